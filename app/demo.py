"""`make demo`: look for the port, make the key, train where a log is given, then become the server.

Knows commands and files of the demo; knows nothing of requests.
"""

import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import click

from xmr_engine import __version__

_ROOT = Path(__file__).resolve().parent.parent
_HOST = "127.0.0.1"
_INDEXES = "hybrid,tree,trie"
_CHUNK_BYTES = 1 << 20


@click.command()
@click.option("--port", default=8000, type=click.IntRange(1, 65535), show_default=True)
@click.option("--log", "log", type=click.Path(path_type=Path), help="A query log to train on and serve.")
def main(port: int, log: Path | None) -> None:
    """Serve the demo, on the sample models or on a log of your own."""
    require_free(port)
    environ = dict(os.environ)
    if log is not None:
        environ["NEXTQUERY_MODELS"] = str(model_of(log))
    environ.setdefault("NEXTQUERY_SECRET_KEY", secret_key(_ROOT / "instance" / "secret_key"))
    environ.setdefault("NEXTQUERY_LOG_FORMAT", "plain")
    environ["NEXTQUERY_BIND"] = f"{_HOST}:{port}"
    os.chdir(_ROOT)
    sys.stderr.flush()
    os.execve(sys.executable, [sys.executable, "-m", "gunicorn", "app:create_app()"], environ)


def require_free(port: int) -> None:
    """Exit with the way out if something listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            raise SystemExit(f"error: port {port} is in use; choose another one: make demo PORT={port + 1}") from None


def secret_key(path: Path) -> str:
    """Return the key kept in a file only its owner may read; make it the first time."""
    path.parent.mkdir(exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    key = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key


def model_of(log: Path) -> Path:
    """Return the model trained on a log; train it unless log, settings and engine are those of last time."""
    if not log.is_file():
        raise SystemExit(f"error: {log}: no such file; name a query log: make demo LOG=queries.tsv")
    model = _ROOT / "models" / log.name.split(".")[0]
    record = model.with_name(f"{model.name}.made-from.json")
    made_from = {"log_sha256": digest(log), "index": _INDEXES, "engine": __version__}
    if (model / "model.json").is_file() and record.is_file() and json.loads(record.read_bytes()) == made_from:
        click.echo(f"{model.name}: log and settings are unchanged, the model is reused", err=True)
        return model
    record.unlink(missing_ok=True)
    train = [sys.executable, "-m", "xmr_engine", "train", str(log), "--out", str(model), "--index", _INDEXES]
    outcome = subprocess.run(train, check=False).returncode
    if outcome:
        raise SystemExit(outcome)
    record.write_text(json.dumps(made_from), encoding="utf-8")
    return model


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            total.update(chunk)
    return total.hexdigest()


if __name__ == "__main__":
    main()
