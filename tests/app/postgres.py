"""A real PostgreSQL for tests, started from the machine's own binaries; it listens on this machine only."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ADVICE = "no PostgreSQL binaries found (Debian, Ubuntu: apt-get install postgresql)"
_PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")
_NOBODY = ("postgres", "nobody")


def find_binaries() -> Path | None:
    """Return the folder of initdb and postgres, if there is one."""
    found = [Path(path).resolve().parent for path in [shutil.which("initdb")] if path]
    found += [folder for pattern in _PLACES for folder in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    return next((folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@contextmanager
def run_postgres(binaries: Path) -> Iterator[str]:
    """Run a server on a new, empty folder; yields the URL of its first database."""
    folder = Path(tempfile.mkdtemp(prefix="nq-pg-"))
    user = _another_user(folder) if os.geteuid() == 0 else None
    port = _free_port()
    try:
        data = folder / "data"
        _run([binaries / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"], user)
        settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [binaries / "pg_ctl", "-D", data]
        _run([*control, "-w", "-l", folder / "log", "-o", settings, "start"], user)
        try:
            yield f"postgresql://tester@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "-w", "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _another_user(folder: Path) -> str:
    """Give the folder to somebody, since PostgreSQL does not run as root."""
    for name in _NOBODY:
        try:
            shutil.chown(folder, name)
        except LookupError:
            continue
        return name
    raise LookupError(f"none of {', '.join(_NOBODY)} is a user here")


def _run(command: list[object], user: str | None) -> None:
    subprocess.run(
        list(map(str, command)), user=user, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
