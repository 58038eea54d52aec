"""The most frequent query: the paper's strong baseline, strict and with its back-off.

Knows labels and how often each was asked; knows nothing of trees, weights or features.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xmr_engine.labels import LabelTable
from xmr_engine.text import normalise_prefix


class MostFrequent:
    """The most frequent labels that begin with the prefix, then by text. The session is not looked at.

    Parameters
    ----------
    labels, count
        The label table and how often each label was asked, shape (n_labels,).
    backoff
        Fill up with completions of ever shorter prefixes, which do not begin with what is typed (Yadav et al. 2021).
    """

    def __init__(self, labels: LabelTable, count: NDArray[np.integer], backoff: bool = False) -> None:
        self.labels = labels
        self.backoff = backoff
        order = np.argsort(-count.astype(np.int64), kind="stable")
        self._place = np.empty(order.size, np.int64)
        self._place[order] = np.arange(order.size)

    def complete(self, prefix: str, previous: Sequence[str], k: int) -> list[str]:
        """Return the k most frequent labels, best first."""
        typed = normalise_prefix(prefix)
        found = self.best(typed, k)
        if self.backoff:
            for length in range(len(typed) - 1, -1, -1):
                if len(found) >= k:
                    break
                found += [label for label in self.best(typed[:length], k) if label not in found]
        return [self.labels.text(label) for label in found[:k]]

    def best(self, prefix: str, k: int) -> list[int]:
        """Return the k most frequent labels of a prefix as ids."""
        lo, hi = self.labels.span(prefix)
        places = self._place[lo:hi]
        if k < places.size:
            nearest = np.argpartition(places, k)[:k]
            return [int(lo + i) for i in nearest[np.argsort(places[nearest])]]
        return [int(lo + i) for i in np.argsort(places)]
