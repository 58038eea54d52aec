"""Text as the engine sees it: one normalisation for training and serving, and its words.

Knows Unicode; knows nothing of labels, features or sessions.
"""

import unicodedata

_DROPPED_CATEGORIES = frozenset({"Cc", "Cs"})
_ASCII_CONTROLS = {
    code: " " if chr(code).isspace() else None
    for code in range(128)
    if not chr(code).isprintable() or chr(code).isspace()
}
_ASCII_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_SEPARATOR_RANGES = ((0x80, 0xA9), (0xAB, 0xB1), (0xB4, 0xB4), (0xB6, 0xB8), (0xBB, 0xBB), (0xBF, 0xBF),
                     (0xD7, 0xD7), (0xF7, 0xF7), (0x2000, 0x206F), (0x3000, 0x303F))  # fmt: skip


def normalise(text: str) -> str:
    """Return a query in the one form in which it is stored and compared.

    In this order: white space becomes a space, categories Cc and Cs are dropped, NFKC, casefold,
    NFKC, runs of spaces become one, both ends are stripped.
    """
    return _squeeze(_fold(text))


def normalise_prefix(text: str) -> str:
    """Return a typed prefix normalised; one trailing space of a non-empty prefix stays.

    A trailing space says "this word is finished". A prefix of only spaces is the empty prefix.
    """
    folded = _fold(text)
    squeezed = _squeeze(folded)
    return squeezed + " " if squeezed and folded.endswith(" ") else squeezed


def words(text: str) -> list[str]:
    """Return the words of a normalised text, in order.

    A word is a longest run of characters other than spaces, ASCII punctuation, and the
    punctuation of the Latin-1, General Punctuation and CJK Symbols blocks.
    """
    return "".join(c if is_word_character(ord(c)) else " " for c in text).split()


def is_word_character(code: int) -> bool:
    """Tell whether a code point belongs to a word (and does not separate two)."""
    if code < 0x80:
        return chr(code) in _ASCII_WORD
    return not any(first <= code <= last for first, last in _SEPARATOR_RANGES)


def _fold(text: str) -> str:
    if text.isascii():
        return (text if text.isprintable() else text.translate(_ASCII_CONTROLS)).lower()
    spaced = "".join(" " if c.isspace() else c for c in text)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in _DROPPED_CATEGORIES)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", kept).casefold())


def _squeeze(text: str) -> str:
    stripped = text.strip(" ")
    return " ".join(stripped.split()) if "  " in stripped else stripped
