"""Successor counts: what the log says was asked next.

Knows labels and how often each followed each; knows nothing of trees, weights or features.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from xmr_engine.baselines.most_frequent import MostFrequent
from xmr_engine.kernels.arrays import Counts
from xmr_engine.text import normalise, normalise_prefix


class Successor:
    """The labels most often asked after the previous query, filled up with the most frequent ones.

    Parameters
    ----------
    most_frequent
        What fills up.
    followed
        How often each label was asked after each.
    """

    def __init__(self, most_frequent: MostFrequent, followed: Counts) -> None:
        self.most_frequent = most_frequent
        self.followed = followed

    def complete(self, prefix: str, previous: Sequence[str], k: int) -> list[str]:
        """Return k labels that begin with the prefix, best first."""
        typed = normalise_prefix(prefix)
        found = list(self._after(typed, previous))[:k]
        if len(found) < k:
            known = set(found)
            found += [label for label in self.most_frequent.best(typed, k) if label not in known][: k - len(found)]
        return [self.most_frequent.labels.text(label) for label in found]

    def _after(self, typed: str, previous: Sequence[str]) -> Iterator[int]:
        """Yield the labels asked after the previous query, the most often asked first."""
        labels = self.most_frequent.labels
        before = labels.find(normalise(previous[-1])) if previous else None
        if before is None:
            return
        lo, hi = labels.span(typed)
        row = slice(int(self.followed.rows[before]), int(self.followed.rows[before + 1]))
        ids, count = self.followed.ids[row], self.followed.count[row].astype(np.int64)
        for i in np.lexsort((ids, -count)):
            if lo <= ids[i] < hi:
                yield int(ids[i])
