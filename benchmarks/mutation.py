"""Bytes made wrong, the same way for the same seed.

Knows bytes; knows nothing of what they mean, but for some words that readers trip over.
"""

from random import Random

WORDS = (
    b"",
    b"\0",
    b"\t",
    b"\n",
    b"\r\n",
    b'"',
    b'""',
    b"\\",
    b",",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x1f\x8b\x08",
    b"PAR1",
    b"-1",
    b"0",
    b"1e999",
    b"NaN",
    b"-Infinity",
    b"99999999999999999999999",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"[[[[[[[[",
    b"{" * 500,
    b"\xe2\x80\x8b",
    b"\xef\xb7\xba" * 40,
    b"a" * 5000,
    b"(1,)",
    b"'O'",
    b"|V8",
    b"../../x",
    b"2006-13-45",
    b"9999999999999",
    b"%s%n",
)
LONGEST = 1 << 20


def mutate(content: bytes, draw: Random, words: tuple[bytes, ...] = WORDS) -> bytes:
    """Return the content with one to four things made wrong."""
    for _ in range(draw.choice((1, 1, 1, 2, 2, 4))):
        content = draw.choice(_WAYS)(content, draw, words)[:LONGEST]
    return content


def _flip(content: bytes, draw: Random, words: tuple[bytes, ...]) -> bytes:
    if not content:
        return content
    changed = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 8))):
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _overwrite(content: bytes, draw: Random, words: tuple[bytes, ...]) -> bytes:
    """Put an extreme number over some bytes."""
    size = draw.choice((1, 2, 4, 8))
    if len(content) < size:
        return content
    number = draw.choice(
        (0, 1, -1, 2 ** (8 * size - 1) - 1, -(2 ** (8 * size - 1)), draw.randrange(2 ** (8 * size - 1)))
    )
    at = draw.randrange(len(content) - size + 1)
    return content[:at] + number.to_bytes(size, "little", signed=True) + content[at + size :]


def _insert(content: bytes, draw: Random, words: tuple[bytes, ...]) -> bytes:
    at = draw.randrange(len(content) + 1)
    return content[:at] + draw.choice(words) + content[at:]


def _replace(content: bytes, draw: Random, words: tuple[bytes, ...]) -> bytes:
    at = draw.randrange(len(content) + 1)
    return content[:at] + draw.choice(words) + content[at + draw.randrange(1, 12) :]


def _cut(content: bytes, draw: Random, words: tuple[bytes, ...]) -> bytes:
    return content[: draw.randrange(len(content) + 1)]


def _drop(content: bytes, draw: Random, words: tuple[bytes, ...]) -> bytes:
    at = draw.randrange(len(content) + 1)
    return content[:at] + content[at + draw.randrange(1, 200) :]


def _repeat(content: bytes, draw: Random, words: tuple[bytes, ...]) -> bytes:
    at = draw.randrange(len(content) + 1)
    part = content[at : at + draw.randrange(1, 200)]
    return content[:at] + part * draw.choice((2, 2, 3, 50)) + content[at:]


def _swap(content: bytes, draw: Random, words: tuple[bytes, ...]) -> bytes:
    a, b = sorted((draw.randrange(len(content) + 1), draw.randrange(len(content) + 1)))
    return content[b:] + content[a:b] + content[:a]


_WAYS = (_flip, _flip, _overwrite, _insert, _replace, _cut, _drop, _repeat, _swap)
