"""Sessions of a shop replayed keystroke by keystroke against a server, over connections that are kept.

Knows HTTP/1.1 as far as it takes to ask and to count; knows nothing of what is measured with it. Every connection asks
its next keystroke when the last one is answered. The loop is bounded in time and stops by itself.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from urllib.parse import urlencode

PATIENCE_SECONDS = 30.0


@dataclass
class Replay:
    """What a replay saw: seconds of every answer, and what failed."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    reconnected: int = 0
    took: float = 0.0


def keystrokes(sessions: Sequence[Sequence[str]], most: int) -> list[str]:
    """Return the paths that people typing these sessions would ask for, at most so many.

    Parameters
    ----------
    sessions
        Queries of each session, oldest first.
    """

    def typed() -> Iterator[str]:
        for session in sessions:
            for at, query in enumerate(session):
                previous = [("previous", text) for text in session[:at][-5:]] or [("context", "off")]
                for end in range(1, len(query) + 1):
                    yield "/api/v1/complete?" + urlencode([("prefix", query[:end]), *previous])

    return list(islice(typed(), most))


def replay(port: int, paths: Sequence[str], seconds: float, connections: int = 8) -> Replay:
    """Ask a server of this machine for some seconds, over so many connections, and return what was seen."""
    return asyncio.run(_replay(port, paths, seconds, connections))


async def _replay(port: int, paths: Sequence[str], seconds: float, connections: int) -> Replay:
    seen = Replay()
    begun = time.perf_counter()
    share = len(paths) // connections or 1
    starts = [paths[i * share :] + paths[: i * share] for i in range(connections)]
    await asyncio.gather(*(_type(port, own, begun + seconds, seen) for own in starts))
    seen.took = time.perf_counter() - begun
    return seen


async def _type(port: int, paths: Sequence[str], until: float, seen: Replay) -> None:
    """Ask one path after the other over one connection; a connection that the server closed is opened anew."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for path in cycle(paths):
            begun = time.perf_counter()
            if begun > until:
                return
            try:
                status, keeps = await asyncio.wait_for(_ask(reader, writer, path), PATIENCE_SECONDS)
                if status != 200:
                    seen.failures.append(f"status {status}")
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                seen.failures.append(type(error).__name__)
                keeps = False
            seen.seconds.append(time.perf_counter() - begun)
            if not keeps:
                seen.reconnected += 1
                writer.close()
                reader, writer = await _connect(port, until)
    finally:
        writer.close()


async def _connect(port: int, until: float) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection, waiting for a server that is just starting."""
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            if time.perf_counter() > until:
                raise
            await asyncio.sleep(0.05)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> tuple[int, bool]:
    """Return the status of one answer, and whether the connection may be used again."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode("ascii"))
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head[9:12]), b"\r\nconnection: close\r\n" not in head
