"""How systems and settings of the files are called where people read. Knows words only."""

from collections.abc import Iterable

from app.report.results import Result

MODEL = "model"
FRONT = frozenset({MODEL, "mfq", "successor", "gru", "mfq+gru", "libpecos hybrid-1"})

_NAMES = {
    "mfq": "most frequent query",
    "mfq-backoff": "most frequent, with back-off",
    "successor": "successor counts",
    "gru": "GRU network",
    "mfq+gru": "most frequent, GRU order",
    "libpecos tree": "libpecos tree",
    "libpecos trie": "libpecos trie",
    "libpecos hybrid-1": "libpecos hybrid, depth 1",
    "libpecos hybrid-3": "libpecos hybrid, depth 3",
}
_INDEXES = frozenset({"tree", "trie", "hybrid"})


def name_of(system: str, source: Result) -> str:
    """Return the name of a system; the model's is that of its default index."""
    if system == MODEL:
        index = source.figures.get("index", "")
        return f"Nextquery {index}".rstrip()
    return f"Nextquery {system}" if system in _INDEXES else _NAMES.get(system, system)


def lengths_of(settings: Iterable[str]) -> list[int]:
    """Return the prefix lengths among settings such as `len3`."""
    return sorted(int(name[3:]) for name in settings if name.startswith("len"))


def ordinal(characters: int) -> str:
    """Return a number of characters in words."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    number = words[characters] if characters < len(words) else str(characters)
    return f"{number} character{'' if characters == 1 else 's'}"
