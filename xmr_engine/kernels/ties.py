"""How strongly queries are tied that stand in the same sessions: the strongest ties of every label.

The tie of two labels is the number of sessions with both, over the root of the product of how often each was asked: it
does not depend on the rest of a session, so it is weighed once for all keystrokes. A popular label stands beside tens
of thousands of others; what lies beyond its strongest ties moves no score.
"""

import numpy as np

from xmr_engine.kernels.arrays import Counts, Doubles, Ids, Sparse
from xmr_engine.kernels.compiled import kernel
from xmr_engine.kernels.search import keep_best

MOST_TIES = 128


@kernel
def fill_ties(count: Ids, together: Counts, ties: Sparse) -> None:
    """Write each label's strongest ties, at most `MOST_TIES`, by ascending id; `ties.indptr` is given."""
    for label in range(count.size):
        start, stop = together.rows[label], together.rows[label + 1]
        strengths = weigh_ties(count, together, label)
        best = np.sort(keep_best(strengths, stop - start, MOST_TIES))
        for i in range(best.size):
            ties.indices[ties.indptr[label] + i] = together.ids[start + best[i]]
            ties.values[ties.indptr[label] + i] = strengths[best[i]]


@kernel
def weigh_ties(count: Ids, together: Counts, label: int) -> Doubles:
    """Return how strongly a label is tied to each of its companions."""
    start, stop = together.rows[label], together.rows[label + 1]
    strengths = np.empty(stop - start, np.float64)
    for at in range(start, stop):
        often = (count[label] + 0.5) * (count[together.ids[at]] + 0.5)
        strengths[at - start] = together.count[at] / np.sqrt(often)
    return strengths
