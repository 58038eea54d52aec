"""The benchmark of quality: it says so where its data is absent, and takes no synthetic model."""

import subprocess
import sys


def run(root, *arguments):
    command = [sys.executable, "-m", "benchmarks.quality", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_without_its_data_it_says_so(root, tmp_path):
    done = run(root, "--data", tmp_path / "absent")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "skipped: no folder absent; name one by --data\n"


def test_the_figures_of_a_synthetic_log_are_refused(root, tmp_path, shop_model):
    done = run(root, "--data", tmp_path, "--model", shop_model)
    assert (done.returncode, done.stdout) == (1, "")
    assert "trained on a synthetic log, whose figures are no quality" in done.stderr
