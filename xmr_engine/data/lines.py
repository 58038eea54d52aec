"""Lines out of files of text, plain or gzipped, of any size and with any bytes in them.

Knows bytes and their encoding; must not know fields.
"""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from xmr_engine.errors import DataError

__all__ = ["NOT_UTF8", "OVER_LONG", "Advance", "broken", "check_unpacked", "read_lines"]

NOT_UTF8 = "bytes that are not UTF-8"
OVER_LONG = "line over 1 MB"

_BLOCK = 1 << 20
_LONGEST_LINE = 1_000_000
_LONGEST_SKIPPED = 1 << 28  # a longer line is no log but an attack, or another kind of file
_MOST_TIMES = 200  # texts of people unpack to ten times the size, rarely to thirty
_ALWAYS_FINE = 1 << 26  # bytes
_OVER_LONG_MARK = "\udfff"  # no decoder yields it
_BROKEN = re.compile("[\ud800-\udfff]")

Advance = Callable[[int], None]


def broken(text: str) -> str | None:
    """Return what is wrong with a line or a part of it, if anything is."""
    if text.isascii() or not _BROKEN.search(text):
        return None
    return OVER_LONG if _OVER_LONG_MARK in text else NOT_UTF8


def check_unpacked(path: Path, n_packed: int, n_unpacked: int) -> None:
    """Refuse a file that is far larger unpacked than packed, before it fills memory or a disk.

    Raises
    ------
    DataError
        If it is over 64 MB and 200 times as large.
    """
    if n_unpacked > max(_ALWAYS_FINE, _MOST_TIMES * n_packed):
        raise DataError(f"{path}: unpacks to over {_MOST_TIMES} times its size; this is no log (if it is, unpack it)")


def read_lines(path: Path, advance: Advance) -> Iterator[str]:
    """Yield decoded lines without their ends; what is broken carries lone surrogates."""
    with path.open("rb") as raw:
        stream = cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if path.suffix.lower() == ".gz" else raw
        rest, skipped, n_unpacked = b"", 0, 0
        while block := stream.read(_BLOCK):
            advance(raw.tell())
            n_unpacked += len(block)
            check_unpacked(path, raw.tell(), n_unpacked)
            if skipped:
                _, end, block = block.partition(b"\n")
                if not end:
                    skipped += _BLOCK
                    if skipped > _LONGEST_SKIPPED:
                        raise DataError(f"{path}: a line over {_LONGEST_SKIPPED >> 20} MB; this is no log")
                    continue
                yield _OVER_LONG_MARK
                skipped = 0
            whole, end, tail = block.rpartition(b"\n")
            if end:
                yield from _decoded(rest + whole)
                rest = b""
            rest += tail
            if len(rest) > _LONGEST_LINE:
                rest, skipped = b"", len(rest)
        if skipped:
            yield _OVER_LONG_MARK
        elif rest:
            yield from _decoded(rest)


def _decoded(whole: bytes) -> Iterator[str]:
    """Yield the lines of a block of whole lines."""
    for line in whole.decode("utf-8", "surrogateescape").split("\n"):
        text = line[:-1] if line.endswith("\r") else line
        if len(text) > _LONGEST_LINE // 4 and len(text.encode("utf-8", "surrogateescape")) > _LONGEST_LINE:
            text = _OVER_LONG_MARK
        yield text
