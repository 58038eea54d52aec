"""The long proofs, one after the other: soak, fuzz, no JIT, oldest and newest versions, audits, a fresh machine.

Each is a command of its own; how it ended, at which commit and how long it took is kept, until it is made again. None
is skipped in silence.

    python -m benchmarks.gate
    python -m benchmarks.gate --only fuzz,licences
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.request
import venv
from collections.abc import Callable
from pathlib import Path

from benchmarks.record import RESULTS, ROOT, commit, record
from benchmarks.server import free_port, running

Step = Callable[[Path], str]
KNOWN_LICENCES = ("ISC", "MIT", "BSD", "Apache", "MPL")


class FailedError(Exception):
    """A proof did not hold; the message says where."""


class NotRunError(Exception):
    """A proof cannot be made here; the message says why."""


def main() -> None:
    """Run what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="names of proofs, separated by commas")
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else list(STEPS)
    kept = RESULTS / "gate.json"
    figures = json.loads(kept.read_text("utf-8"))["figures"] if options.only and kept.is_file() else {}
    for name in chosen:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            try:
                outcome: dict[str, object] = {"held": True, "says": STEPS[name](Path(folder))}
            except NotRunError as error:
                outcome = {"held": None, "says": f"not run: {error}"}
            except (FailedError, RuntimeError, OSError) as error:
                outcome = {"held": False, "says": str(error)[-2000:]}
        figures[name] = outcome | {"seconds": round(time.monotonic() - begun), "commit": commit()}
        told = {True: "held", None: "NOT RUN", False: "FAILED"}[figures[name]["held"]]
        sys.stderr.write(f"{name}: {told}: {outcome['says']}\n")
        record("gate", {each: figures[each] for each in STEPS if each in figures})
    if any(figures[name]["held"] is False for name in chosen):
        raise SystemExit(1)


def soak(folder: Path) -> str:
    """Load for ten minutes, workers killed for two, reloads for one."""
    _run([sys.executable, "-m", "benchmarks.serving", "--soak", "600", "--kill", "120", "--reload", "60"])
    return f"see {(RESULTS / 'serving.json').relative_to(ROOT)}"


def fuzz(folder: Path) -> str:
    """Feed 120,000 wrong inputs."""
    _run([sys.executable, "-m", "benchmarks.fuzz", "--logs", "60000", "--models", "60000"])
    return "120,000 inputs: nothing but refusals of one line, or answers"


def without_jit(folder: Path) -> str:
    """Run the tests with kernels as plain Python: every index is checked."""
    return _tests(sys.executable, ["tests/engine", "tests/test_architecture.py"], NUMBA_DISABLE_JIT="1")


def oldest(folder: Path) -> str:
    """Run the tests at the lower bounds of every dependency."""
    return _with_versions(folder, [line.replace(">=", "==") for line in _supported()])


def newest(folder: Path) -> str:
    """Run the tests at the newest versions there are."""
    return _with_versions(folder, ["--upgrade", *_supported()])


def audit(folder: Path) -> str:
    """Ask whether a pinned version has a known weakness."""
    command = [sys.executable, "-m", "pip_audit", "-r", "requirements.txt", "--no-deps", "--disable-pip"]
    done = subprocess.run([*command, "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        raise NotRunError(f"pip-audit said {done.stderr.strip()[-300:]!r}") from None
    audited = [each for each in found if "vulns" in each]
    if not audited:
        raise NotRunError(f"the database of weaknesses cannot be reached ({found[0].get('skip_reason')})")
    weak = [f"{each['name']} {each['version']}: {weak['id']}" for each in audited for weak in each["vulns"]]
    if weak:
        raise FailedError("; ".join(weak))
    return f"{len(audited)} of {len(found)} pinned versions are known, none with a weakness"


def licences(folder: Path) -> str:
    """Look for the licence of every vendored folder."""
    found = []
    for vendor in (ROOT / "static" / "vendor", ROOT / "tests" / "browser" / "vendor"):
        for part in sorted(path for path in vendor.iterdir() if path.is_dir()):
            texts = [file.read_text("utf-8") for file in part.glob("LICEN[CS]E*")]
            names = [name for name in KNOWN_LICENCES if any(name in text or _is(name, text) for text in texts)]
            if not names:
                raise FailedError(f"{part.relative_to(ROOT)}: no licence that is known")
            found.append(f"{part.name} ({names[0]})")
    return ", ".join(found)


def fresh(folder: Path) -> str:
    """Follow the README on a clean checkout with an empty home: demo, and tests of the command line."""
    _run(["git", "clone", "--quiet", str(ROOT), str(folder / "checkout")])
    home = folder / "home"
    home.mkdir()
    kept = {
        name: os.environ[name] for name in ("PATH", "LANG", "PIP_INDEX_URL", "PIP_CONFIG_FILE") if name in os.environ
    }
    environ = kept | {"HOME": str(home), "PORT": str(free_port())}
    demo = subprocess.Popen(["make", "demo"], cwd=folder / "checkout", env=environ, start_new_session=True)
    try:
        _await_ready(int(environ["PORT"]), demo)
    finally:
        os.killpg(demo.pid, signal.SIGTERM)
        demo.wait(60)
    _run(["make", ".venv/.installed-dev"], cwd=folder / "checkout", env=environ)
    _run([".venv/bin/python", "-m", "pytest", "tests/engine/test_cli.py"], cwd=folder / "checkout", env=environ)
    return "`make demo` served; what `make test` needs was installed, and tests ran"


def image(folder: Path) -> str:
    """Do by hand what the image does: compile for a generic processor, copy, serve from what cannot be written."""
    compiled, private, code = folder / "compiled", folder / "private", folder / "code"
    wanted = shutil.ignore_patterns("__pycache__")
    for part in ("xmr_engine", "app", "static", "templates", "sample_models", "benchmarks"):
        shutil.copytree(ROOT / part, code / part, ignore=wanted)
    shutil.copy2(ROOT / "gunicorn.conf.py", code)
    environ = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "PYTHONDONTWRITEBYTECODE": "1"}
    whole = {**os.environ, **environ, "PYTHONPATH": str(code)}
    _run([sys.executable, "-m", "app.compile"], cwd=code, env=whole | {"NUMBA_CACHE_DIR": str(compiled)})
    for path in [code, *code.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = _files(compiled)
    start = ROOT / "deploy" / "start.sh"
    here = environ | {"NEXTQUERY_COMPILED": str(compiled), "NUMBA_CACHE_DIR": str(private), "HOME": "/nonexistent"}
    models = code / "sample_models"
    with running(models, folder / "log", root=code, through=(str(start),), **here) as server:
        texts = server.texts("/api/v1/complete?prefix=n")
    if _files(private) != before or not texts:
        raise FailedError("kernels were compiled again at start")
    return f"{len(before)} files of compiled kernels copied, none added; served {len(texts)} completions"


STEPS: dict[str, Step] = {
    "soak": soak,
    "fuzz": fuzz,
    "without-jit": without_jit,
    "oldest": oldest,
    "newest": newest,
    "audit": audit,
    "licences": licences,
    "fresh": fresh,
    "image": image,
}


def _supported() -> list[str]:
    """Return what the engine's tests need, with its lower bounds: the dependencies, and those of a cluster."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["cluster"]]


def _with_versions(folder: Path, requirements: list[str]) -> str:
    """Run the tests in an environment of their own."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, *requirements])
    tools = ("pytest", "hypothesis", "scikit-learn", "bm25s", "cloudpickle")
    _run([*pip, *tools])
    names = [re.split(r"[=><\[]", line)[0] for line in requirements if not line.startswith("--")]
    listed = _run([str(python), "-m", "pip", "list", "--format=freeze"]).lower().replace("_", "-").splitlines()
    versions = [line for line in listed if line.split("==")[0] in {name.lower() for name in names}]
    return f"{_tests(str(python), ['tests/engine'])}; {', '.join(versions)}"


def _tests(python: str, paths: list[str], **environ: str) -> str:
    """Run tests and return their last line."""
    said = _run([python, "-m", "pytest", "-p", "no:cacheprovider", *paths], env={**os.environ, **environ})
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def _run(command: list[str], cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a command and return what it said; raises `FailedError` where it ends badly."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(f"{' '.join(command[-4:])}: exit {done.returncode}: {(done.stdout + done.stderr)[-1500:]}")
    return done.stdout


def _await_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server is ready."""
    for _ in range(1200):
        if process.poll() is not None:
            raise FailedError(f"make demo ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.5)
    raise FailedError("make demo was not ready in time")


def _files(folder: Path) -> set[str]:
    """Return the names of all compiled files below a folder."""
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*.nb[ic]")}


def _is(name: str, text: str) -> bool:
    """Tell whether a licence's text is of a kind that does not name itself."""
    return name == "MIT" and "Permission is hereby granted, free of charge" in text


if __name__ == "__main__":
    main()
