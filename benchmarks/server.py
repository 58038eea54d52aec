"""A real gunicorn over real models, in processes of its own, on a free port of this machine.

Knows processes, signals and memory; knows nothing of what is measured or tested with them.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUARD_SECONDS = 120.0


class Server:
    """A running server; its log is collected in a file."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
        self.port = port
        self.process = process
        self.log = log

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of one GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=GUARD_SECONDS)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    def texts(self, path: str) -> list[str]:
        """Return the texts that a completion call answers with."""
        status, _, body = self.get(path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:200]!r}")
        return [row["text"] for row in json.loads(body)["completions"]]

    def send(self, content: bytes) -> bytes:
        """Return whatever the server answers to some bytes."""
        with socket.create_connection(("127.0.0.1", self.port), GUARD_SECONDS) as client:
            client.sendall(content)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while data := client.recv(65536):
                    received += data
            return received

    def workers(self) -> list[int]:
        """Return the workers' process ids."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]

    def memory(self) -> int:
        """Return the bytes that master and workers take together, a page that several share counted once (PSS)."""
        return sum(proportional_set(pid) for pid in [self.process.pid, *self.workers()])

    def signal(self, what: signal.Signals) -> None:
        """Send the master a signal."""
        self.process.send_signal(what)

    def says(self, text: str) -> bool:
        """Wait until the log holds a text; tell whether it came."""
        return eventually(lambda: text in self.log.read_text("utf-8", "replace"))


@contextlib.contextmanager
def running(
    folder: Path,
    log: Path,
    app: str = "app:create_app()",
    *,
    root: Path = ROOT,
    through: Sequence[str] = (),
    **environ: str,
) -> Iterator[Server]:
    """Serve a folder of models until the context ends; ready when it is entered.

    `root` holds the code; `through` is a command that starts the server in its place.
    """
    port = free_port()
    settings = {
        "NEXTQUERY_SECRET_KEY": "a key that only tests use",
        "NEXTQUERY_MODELS": str(folder),
        "NEXTQUERY_BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "1",
        "PYTHONPATH": str(root),
    }
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*through, sys.executable, "-m", "gunicorn", app],
            cwd=root,
            env={**os.environ, **settings, **environ},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    server = Server(port, process, log)
    try:
        if not eventually(lambda: is_ready(server)):
            raise RuntimeError(log.read_text("utf-8", "replace"))
        yield server
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def proportional_set(pid: int) -> int:
    """Return a process' memory in bytes, each page divided by the number of processes that share it."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} tells no Pss")


def is_ready(server: Server) -> bool:
    """Tell whether the server answers that it is ready."""
    if server.process.poll() is not None:
        raise RuntimeError(server.log.read_text("utf-8", "replace"))
    try:
        return server.get("/readyz")[0] == 200
    except OSError:
        return False


def eventually(holds: Callable[[], bool], seconds: float = GUARD_SECONDS) -> bool:
    """Wait until something holds; the limit only guards against waiting for ever."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
