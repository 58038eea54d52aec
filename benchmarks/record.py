"""Keep what a benchmark measured: one json file a benchmark, with all it takes to read the figures later.

Knows the machine, the versions and the commit; knows nothing of what was measured.
"""

import datetime
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PACKAGES = ("numpy", "scipy", "numba", "nextquery")


def record(name: str, figures: dict[str, Any], versions: dict[str, str] | None = None) -> Path:
    """Write figures to ``benchmarks/results/NAME.json`` and print the same document to stdout.

    Parameters
    ----------
    name : str
        Name of the file, without its ending.
    figures : dict
        What was measured; plain values that json knows.
    versions : dict, optional
        Versions of further software that took part.

    Returns
    -------
    Path
        The file written.
    """
    document = {
        "benchmark": name,
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "command": command(sys.argv),
        "machine": machine(),
        "versions": installed_versions() | (versions or {}),
        "figures": figures,
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    unfinished = path.with_suffix(".json.partial")
    unfinished.write_text(text + "\n", encoding="utf-8")
    unfinished.replace(path)
    print(text)
    return path


def machine() -> dict[str, Any]:
    """Return the processor's name, the number of cores, the system, and how busy it was while measuring."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def installed_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide about speed."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def commit() -> str | None:
    """Return the commit of the checkout, marked where tracked files differ from it; None outside git."""
    try:
        return _git("rev-parse", "--short=12", "HEAD") + (" + changes" if _git("status", "-s", "-uno") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def command(argv: list[str]) -> str:
    """Return the command line, its paths relative to the checkout or, outside of it, by their last part."""
    return " ".join(["python", "-m", f"benchmarks.{Path(argv[0]).stem}", *(_portable(part) for part in argv[1:])])


def _portable(argument: str) -> str:
    """Return an argument without what only this machine's paths say."""
    path = Path(argument)
    if argument.startswith("-") or not path.exists():
        return argument
    absolute = path.resolve()
    return absolute.relative_to(ROOT).as_posix() if absolute.is_relative_to(ROOT) else absolute.name


def _git(*arguments: str) -> str:
    """Return what a git command says about the checkout."""
    answer = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return answer.stdout.strip()


def _cpu() -> str:
    """Return the processor's name as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
