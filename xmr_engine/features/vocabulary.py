"""Which terms are features, and how rare each is: a vocabulary with inverse document frequencies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xmr_engine.features.codes import pack_codes
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Floats, Offsets, Strings, Vocabulary
from xmr_engine.kernels.hashing import fill_slots
from xmr_engine.kernels.terms import list_terms
from xmr_engine.labels import make_strings

BLOCK = 100_000


@dataclass(frozen=True, slots=True)
class Terms:
    """A fitted vocabulary: what the kernels look terms up in, and the terms' texts in id order."""

    table: Vocabulary
    strings: Strings

    def __len__(self) -> int:
        return int(self.table.idf.size)


def fit_terms(texts: Sequence[str], longest: int, *, words: bool, keep: frozenset[str] | None = None) -> Terms:
    """Return the vocabulary of all word (or character) n-grams, n = 1 … `longest`, of a collection.

    Texts are read block by block, which bounds the memory by the distinct terms.
    The inverse document frequency is smoothed, ln((1 + n) / (1 + df)) + 1, as scikit-learn's default.

    Parameters
    ----------
    texts
        The documents, normalised.
    longest
        The longest n-gram; 0 gives an empty vocabulary.
    words
        Whether the units are words or characters.
    keep
        The only terms allowed; None allows all.
    """
    frequency: dict[int, int] = {}
    text_of: dict[int, str] = {}
    for start in range(0, len(texts), BLOCK):
        for key, text, n in _terms_of(texts[start : start + BLOCK], longest, words):
            frequency[key] = frequency.get(key, 0) + n
            text_of.setdefault(key, text)
    found = ((text, frequency[key], key) for key, text in text_of.items())
    kept = sorted(row for row in found if keep is None or row[0] in keep)
    df = np.array([row[1] for row in kept], np.float64)
    idf = np.log((1.0 + len(texts)) / (1.0 + df)) + 1.0
    hashes = np.array([row[2] for row in kept], np.int64)
    return Terms(make_vocabulary(hashes, freeze(idf, np.float32)), make_strings([row[0] for row in kept]))


def _terms_of(texts: Sequence[str], longest: int, words: bool) -> Iterator[tuple[int, str, int]]:
    """Yield the hash of each distinct term of texts, the term, and how many texts hold it."""
    codes, offsets = pack_codes(texts)
    room = int(offsets[-1]) * longest
    keys, begins, lengths = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int32)
    n = list_terms(codes, offsets, longest, words, (keys, begins, lengths)) if room else 0
    distinct, first, frequency = np.unique(keys[:n], return_index=True, return_counts=True)
    content = codes.tobytes()
    for key, i, df in zip(distinct.tolist(), first.tolist(), frequency.tolist(), strict=True):
        yield key, content[4 * begins[i] : 4 * (begins[i] + lengths[i])].decode("utf-32-le"), df


def make_vocabulary(hashes: Offsets, idf: Floats) -> Vocabulary:
    """Return the lookup table of terms given by their hashes in id order."""
    n_slots = 1 << max(2 * hashes.size, 1).bit_length()
    keys, ids = np.full(n_slots, -1, np.int64), np.zeros(n_slots, np.int32)
    fill_slots(hashes, keys, ids)
    return Vocabulary(freeze(keys), freeze(ids), idf)
