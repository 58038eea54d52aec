"""Where compiled kernels are kept: a private, writable folder named after the kernels' own source.

Numba's cache runs stale code when a callee in another file changes, so the folder's name carries a
hash of every file in `kernels/`. Knows the file system; knows nothing of what a kernel computes.
"""

import getpass
import hashlib
import os
import sys
import tempfile
from pathlib import Path

_KERNELS = Path(__file__).parent / "kernels"


def keep_compiled_kernels() -> None:
    """Point Numba's cache to a writable folder that belongs to this very version of the kernels."""
    name = f"nextquery-{kernel_hash()}"
    wished = os.environ.get("NUMBA_CACHE_DIR")
    if wished is not None and Path(wished).name == name:
        return
    folder = _first_writable(_candidates(wished), name)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)


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
