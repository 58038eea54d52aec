"""Words that may not be shown, read from a file.

Knows words and the file that lists them; must not know logs, pairs or models.
"""

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from xmr_engine.errors import DataError
from xmr_engine.text import normalise, words

__all__ = ["Blocklist", "read_blocklist", "visible"]

_LARGEST_LIST = 50_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Blocklist:
    """Words, and sequences of words, that no string of a model may hold.

    Only whole words count: "scunthorpe" holds none of the words within it.
    """

    phrases: frozenset[tuple[str, ...]] = frozenset()
    lengths: tuple[int, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lengths", tuple(sorted({len(phrase) for phrase in self.phrases})))

    def blocks(self, text: str) -> bool:
        """Tell whether a normalised text holds a phrase of the list; invisible characters hide none."""
        if not self.phrases:
            return False
        tokens = words(visible(text))
        return any(
            tuple(tokens[start : start + length]) in self.phrases
            for length in self.lengths
            for start in range(len(tokens) - length + 1)
        )


def visible(text: str) -> str:
    """Return a text without its invisible characters (category Cf)."""
    return text if text.isascii() else "".join(c for c in text if unicodedata.category(c) != "Cf")


def read_blocklist(path: str | Path) -> Blocklist:
    """Read a block list: UTF-8, one word or sequence of words a line; ``#`` begins a comment line.

    Raises
    ------
    DataError
        If the file cannot be read, or a line holds no word.
    """
    source = Path(path)
    try:
        with source.open("rb") as stream:
            content = stream.read(_LARGEST_LIST + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{source}: the block list cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{source}, line {line}: the block list is not UTF-8; save it as UTF-8") from None
    if len(content) > _LARGEST_LIST:
        raise DataError(f"{source}: the block list is over {_LARGEST_LIST // 1_000_000} MB; expected a list of words")
    phrases: set[tuple[str, ...]] = set()
    for number, entry in enumerate(map(normalise, text.split("\n")), 1):
        if not entry or entry.startswith("#"):
            continue
        phrase = tuple(words(entry))
        if not phrase:
            raise DataError(f"{source}, line {number}: {entry[:40]!a} holds no word; expected one word or more a line")
        phrases.add(phrase)
    return Blocklist(frozenset(phrases))
