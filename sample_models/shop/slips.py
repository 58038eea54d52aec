"""Typing mistakes: neighbouring keys, swapped, dropped and doubled letters.

A word has a few mistakes that everybody makes; which ones is fixed by the word itself.
"""

from functools import lru_cache
from random import Random

_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "adw", "d": "sfe", "f": "dgr", "g": "fht", "h": "gjy", "j": "hku", "k": "jli",
    "l": "kop", "z": "asx", "x": "zcd", "c": "xvf", "v": "cbg", "b": "vnh", "n": "bmj", "m": "njk",
}  # fmt: skip
_VARIANTS = 5
_SHORTEST = 4


def slip(rng: Random, text: str) -> str:
    """Return the text with one word mistyped, or as it is when no word is long enough."""
    words = text.split()
    long = [i for i, word in enumerate(words) if len(word) >= _SHORTEST and word.isalpha()]
    if not long:
        return text
    place = long[int(len(long) * rng.random())]
    share = rng.random()
    variants = mistakes(words[place])
    words[place] = variants[int(len(variants) * share * share)]
    return " ".join(words)


@lru_cache(maxsize=8192)
def mistakes(word: str) -> tuple[str, ...]:
    """Return the usual mistakes in a word, the most usual first; never in its first letter."""
    rng = Random(f"slip/{word}")
    found: dict[str, None] = {}
    while len(found) < _VARIANTS:
        at = 1 + int((len(word) - 2) * rng.random())
        share = rng.random()
        if share < 0.4:
            typed = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif share < 0.65:
            typed = word[:at] + word[at + 1 :]
        elif share < 0.8:
            typed = word[:at] + word[at] + word[at:]
        else:
            near = _NEIGHBOURS[word[at]]
            typed = word[:at] + near[int(len(near) * rng.random())] + word[at + 1 :]
        if typed != word:
            found[typed] = None
    return tuple(found)
