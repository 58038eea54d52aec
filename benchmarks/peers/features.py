"""Text to rows, by the recipe of the session-aware completion paper (arXiv 2012.07654, section 3).

Word tf-idf of the previous query beside position-weighted character 1-3-gram tf-idf of the prefix.
Runs in the peer's environment; knows nothing of labels, indexes or files.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer, strip_accents_unicode
from sklearn.preprocessing import normalize

GRAM_SIZES = (1, 2, 3)


class PositionTfidf:
    """Character n-gram tf-idf in which an n-gram that starts at position i (from 1) counts 1/i.

    The document frequency is the ordinary one; rows are l2-normalised.
    """

    def fit(self, texts: Sequence[str]) -> "PositionTfidf":
        """Learn the n-grams and their idf, ln((1 + n) / (1 + df)) + 1, from texts."""
        frequency: Counter[str] = Counter()
        for text in texts:
            frequency.update(position_weights(text).keys())
        self.vocabulary = {gram: column for column, gram in enumerate(sorted(frequency))}
        counts = np.array([frequency[gram] for gram in self.vocabulary], dtype=np.float64)
        self.idf = np.log((1 + len(texts)) / (1 + counts)) + 1
        return self

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return one row a text, shape (n_texts, n_grams), float32."""
        indptr, columns, values = [0], [], []
        for text in texts:
            for gram, weight in position_weights(text).items():
                column = self.vocabulary.get(gram)
                if column is not None:
                    columns.append(column)
                    values.append(weight * self.idf[column])
            indptr.append(len(columns))
        shape = (len(texts), len(self.vocabulary))
        return normalize(sparse.csr_matrix((np.array(values, dtype=np.float32), columns, indptr), shape=shape))


class PairEncoder:
    """The row of (previous, prefix): both parts l2-normalised, side by side, and normalised again."""

    def fit(self, previous: Sequence[str], prefixes: Sequence[str]) -> "PairEncoder":
        """Learn the words of the distinct previous queries and the n-grams of all rows' prefixes."""
        self.words = TfidfVectorizer(strip_accents="unicode", dtype=np.float32)
        self.words.fit(sorted(set(previous) - {""}))
        self.grams = PositionTfidf().fit(prefixes)
        return self

    def transform(self, previous: Sequence[str], prefixes: Sequence[str]) -> sparse.csr_matrix:
        """Return one row a pair, csr float32 with sorted indices."""
        parts = [self.words.transform(previous), self.grams.transform(prefixes)]
        rows = normalize(sparse.hstack(parts, format="csr", dtype=np.float32))
        rows.sort_indices()
        return rows


def position_weights(text: str) -> dict[str, float]:
    """Return the weight of every character n-gram of a text, summed over its places."""
    text = strip_accents_unicode(text.lower())
    weights: dict[str, float] = {}
    for size in GRAM_SIZES:
        for start in range(len(text) - size + 1):
            gram = text[start : start + size]
            weights[gram] = weights.get(gram, 0.0) + 1 / (start + 1)
    return weights
