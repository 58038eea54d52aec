"""The most frequent queries, re-ordered by the neural model: what a neural model can do where it only ranks.

Knows two other baselines; knows nothing of how they come to their answers.
"""

from collections.abc import Sequence

from xmr_engine.baselines.gru import Gru
from xmr_engine.baselines.most_frequent import MostFrequent

POOL = 100


class Reordered:
    """The 100 most frequent labels of a prefix, by the neural model's probability given the previous query."""

    def __init__(self, most_frequent: MostFrequent, gru: Gru) -> None:
        self.most_frequent = most_frequent
        self.gru = gru

    def complete(self, prefix: str, previous: Sequence[str], k: int) -> list[str]:
        """Return k labels that begin with the prefix, the most probable first."""
        found = self.most_frequent.complete(prefix, previous, max(k, POOL))
        scores = self.gru.score(found, previous, prefix).tolist()
        return [text for _, text in sorted(zip(scores, found, strict=True), key=lambda one: (-one[0], one[1]))[:k]]
