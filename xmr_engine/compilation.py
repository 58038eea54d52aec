"""Where compiled kernels are kept: a private, writable folder named after the kernels' own source.

Numba's cache runs stale code when a callee in another file changes, so the folder's name carries a
hash of every file in `kernels/`; and two versions of Numba that share a folder overwrite each other's code, so it
carries that too. Knows the file system; knows nothing of what a kernel computes.
"""

import contextlib
import getpass
import hashlib
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

_KERNELS = Path(__file__).parent / "kernels"


def keep_compiled_kernels() -> None:
    """Point Numba's cache to a writable folder that belongs to this very version of the kernels."""
    name = f"nextquery-{kernel_hash()}-{version('numba')}"
    wished = os.environ.get("NUMBA_CACHE_DIR")
    if wished is not None and Path(wished).name == name:
        return
    folder = _first_writable(_candidates(wished), name)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)


def are_kernels_compiled() -> bool:
    """Tell whether a process of this very kind has run every serving kernel before, so that they load at once."""
    return _mark().is_file()


def record_compiled_kernels() -> None:
    """Remember that every serving kernel has run; where nothing can be written, nothing is remembered."""
    with contextlib.suppress(OSError):
        _mark().touch()


def _mark() -> Path:
    """Return the file that says so; its name holds what Numba's cache depends on besides the source."""
    parts = [str(_KERNELS), sys.version, version("numba"), platform.machine()]
    parts += [os.environ.get(name, "") for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "NUMBA_DISABLE_JIT")]
    parts += [str(path.stat().st_mtime_ns) for path in sorted(_KERNELS.glob("*.py"))]
    name = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return Path(os.environ["NUMBA_CACHE_DIR"]) / f"compiled-{name}"


def kernel_hash() -> str:
    """Return twelve hexadecimal digits that change with any file of the kernels' folder."""
    digest = hashlib.sha256()
    for path in sorted(_KERNELS.glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _candidates(wished: str | None) -> list[Path]:
    """Return the parents to try, best first."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return [Path(wished)] if wished else [Path(cache)]


def _first_writable(parents: list[Path], name: str) -> Path:
    """Return `name` inside the first parent that can be written, else inside a private temporary folder."""
    for parent in parents:
        folder = parent / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    private = Path(tempfile.gettempdir()) / f"nextquery-{getpass.getuser()}"
    try:
        private.mkdir(mode=0o700, exist_ok=True)
        owned = private.stat().st_uid == os.getuid()
    except OSError:
        owned = False
    return (private if owned else Path(tempfile.mkdtemp(prefix="nextquery-"))) / name
