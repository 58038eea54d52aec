"""Measure the server under load: throughput beside a constant answer, memory, and what happens when things go wrong.

Keystrokes of synthetic shop sessions are replayed over eight kept connections against gunicorn with two workers.

    python -m benchmarks.serving
    python -m benchmarks.serving --soak 600 --kill 120 --reload 60
    python -m benchmarks.serving --model MODEL
    python -m benchmarks.serving --only load,idle_connections
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.keystrokes import Replay, keystrokes, replay
from benchmarks.record import RESULTS, ROOT, record
from benchmarks.server import Server, running
from sample_models.shop.generate import Plan, generate
from xmr_engine.data.pairs import read_pairs

APP = "benchmarks.constant:create_app()"
ROUNDS = 5
IDLE = 100
MEGA = 1 << 20
Figures = dict[str, Any]


def main() -> None:
    """Measure what the command line names and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=ROOT / "sample_models" / "shop-model")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round of the comparison with a constant")
    parser.add_argument("--soak", type=float, default=60.0, help="seconds of steady load")
    parser.add_argument("--kill", type=float, default=30.0, help="seconds in which a worker is killed now and then")
    parser.add_argument("--reload", type=float, default=30.0, help="seconds in which all workers are replaced")
    parser.add_argument("--only", help="figures to measure anew, separated by commas; the others stay as they are")
    parser.add_argument("--name", default="serving", help="name of the result: %(default)s")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        models, log = Path(folder) / "models", Path(folder) / "server.log"
        shutil.copytree(options.model, models / options.model.name)
        paths = _draw(Path(folder))
        steps: dict[str, Callable[[], object]] = {
            "load": lambda: compare(models, log, paths, options.seconds),
            "idle_connections": lambda: idle(models, log, paths, options.seconds),
            "memory": lambda: memory(models, log, paths),
            "soak": lambda: soak(models, log, paths, options.soak),
            "workers_killed": lambda: kill(models, log, paths, options.kill),
            "reloads": lambda: reload(models, log, paths, options.reload),
            "workers_answer_alike": lambda: alike(models, log, paths[:300]),
        }
        chosen = options.only.split(",") if options.only else list(steps)
        kept = RESULTS / f"{options.name}.json"
        figures = json.loads(kept.read_text("utf-8"))["figures"] if options.only and kept.is_file() else {}
        figures |= {
            "model_mb": _mb(sum(file.stat().st_size for file in options.model.iterdir())),
            "keystrokes": len(paths),
        }
        figures |= {name: steps[name]() for name in chosen}
        record(options.name, figures)


def compare(models: Path, log: Path, paths: list[str], seconds: float) -> Figures:
    """Return throughput and times of two workers, alternating with a constant answer of the same size."""
    with running(models, log, "app:create_app()") as server:
        size = int(statistics.median(len(server.get(path)[2]) for path in paths[:200]))
    rounds: dict[str, list[Replay]] = {"complete": [], "constant": []}
    with running(models, log, APP, WEB_CONCURRENCY="2", NEXTQUERY_CONSTANT_BYTES=str(size)) as server:
        replay(server.port, paths, seconds)
        for _ in range(ROUNDS):
            rounds["constant"].append(replay(server.port, ["/constant"], seconds))
            rounds["complete"].append(replay(server.port, paths, seconds))
    told = {
        name: _told(seen) | {"by_round": [round(len(each.seconds) / each.took) for each in seen]}
        for name, seen in rounds.items()
    }
    share = told["complete"]["per_second"] / told["constant"]["per_second"]
    return {"answer_bytes": size, "rounds": ROUNDS, **told, "share_of_constant": round(share, 3)}


def idle(models: Path, log: Path, paths: list[str], seconds: float) -> Figures:
    """Return times beside a hundred open connections that send nothing, and ones that send half a request."""
    with running(models, log, WEB_CONCURRENCY="2") as server:
        replay(server.port, paths, seconds)
        alone = replay(server.port, paths, seconds)
        with contextlib.ExitStack() as opened:
            for n in range(IDLE):
                client = opened.enter_context(socket.create_connection(("127.0.0.1", server.port)))
                client.sendall(b"GET / HTTP/1.1\r\n" if n % 2 else b"")
            beside = replay(server.port, paths, seconds)
    return {"connections": IDLE, "alone": _told([alone]), "beside": _told([beside])}


def memory(models: Path, log: Path, paths: list[str]) -> Figures:
    """Return the memory of one and of four workers after load; a shared page counts once."""
    found = {}
    for workers in (1, 4):
        with running(models, log, WEB_CONCURRENCY=str(workers)) as server:
            replay(server.port, paths, 5.0, connections=16)
            found[workers] = server.memory()
    model = sum(file.stat().st_size for file in models.rglob("*.npy"))
    return {
        "one_worker_mb": _mb(found[1]),
        "four_workers_mb": _mb(found[4]),
        "share_of_one_and_model": round(found[4] / (found[1] + model), 3),
    }


def soak(models: Path, log: Path, paths: list[str], seconds: float) -> Figures:
    """Return what steady load does to memory: its course, and how far the last third is above the second."""
    with running(models, log, WEB_CONCURRENCY="2") as server:
        course: list[int] = []
        with _now_and_then(seconds / 30, lambda: course.append(server.memory())):
            seen = replay(server.port, paths, seconds)
    third = len(course) // 3
    growth = statistics.median(course[2 * third :]) / statistics.median(course[third : 2 * third]) - 1
    told = {"seconds": seconds, **_told([seen]), "memory_mb": [_mb(size) for size in course]}
    return told | {"growth_of_last_third": round(growth, 4)}


def kill(models: Path, log: Path, paths: list[str], seconds: float, connections: int = 8) -> Figures:
    """Return what fails while a worker is killed every three seconds: nothing but what it was answering."""
    with running(models, log, WEB_CONCURRENCY="2") as server:
        killed: list[int] = []
        with _now_and_then(3.0, lambda: killed.append(_kill_one(server))):
            seen = replay(server.port, paths, seconds, connections)
    held = len(killed) * connections
    return {"seconds": seconds, "killed": len(killed), "connections_at_most_held": held, **_told([seen])}


def reload(models: Path, log: Path, paths: list[str], seconds: float) -> Figures:
    """Return what fails while all workers are replaced every five seconds: nothing."""
    with running(models, log, WEB_CONCURRENCY="2") as server:
        reloads: list[None] = []
        with _now_and_then(5.0, lambda: reloads.append(server.signal(signal.SIGHUP))):
            seen = replay(server.port, paths, seconds)
    return {"seconds": seconds, "reloads": len(reloads), **_told([seen]), "reconnected": seen.reconnected}


def alike(models: Path, log: Path, paths: list[str]) -> bool:
    """Return whether one and four workers answer the same."""
    found = []
    for workers in ("1", "4"):
        with running(models, log, WEB_CONCURRENCY=workers) as server:
            found.append([server.texts(path) for path in paths])
    return found[0] == found[1]


def _draw(folder: Path) -> list[str]:
    """Return keystrokes of shop sessions."""
    generate(folder / "shop", Plan(sessions=400, products=1000, seed=7))
    pairs = read_pairs(folder / "shop" / "log.tsv")
    sessions: dict[int, list[str]] = {}
    for number, text in zip(pairs.session, pairs.next, strict=True):
        sessions.setdefault(number, []).append(text)
    return keystrokes(list(sessions.values()), 8000)


def _told(rounds: list[Replay]) -> Figures:
    """Return the figures of some rounds: medians of the rates, times over all answers."""
    times = sorted(seconds * 1000 for seen in rounds for seconds in seen.seconds)
    failures = [failure for seen in rounds for failure in seen.failures]
    return {
        "per_second": round(statistics.median(len(seen.seconds) / seen.took for seen in rounds), 1),
        "ms": {f"p{q}": round(times[min(len(times) * q // 100, len(times) - 1)], 3) for q in (50, 90, 99)},
        "answers": len(times),
        "errors": len(failures),
        "kinds_of_errors": sorted(set(failures)),
    }


def _kill_one(server: Server) -> int:
    """Kill the oldest worker."""
    pid = server.workers()[0]
    os.kill(pid, signal.SIGKILL)
    return pid


@contextlib.contextmanager
def _now_and_then(pause: float, act: Callable[[], object]) -> Iterator[None]:
    """Do something every so many seconds while the context is open."""
    over = threading.Event()

    def repeat() -> None:
        while not over.wait(pause):
            act()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _mb(size: int) -> float:
    return round(size / MEGA, 1)


if __name__ == "__main__":
    main()
