"""The trie: labels that begin with the same characters stay together, down to a depth."""

import numpy as np

from xmr_engine.indexing.tree import Split
from xmr_engine.kernels.arrays import Ids, Offsets, Strings
from xmr_engine.kernels.strings import common_prefixes


def trie_split(strings: Strings, depth_limit: int) -> Split:
    """Return the split of a trie cut at `depth_limit` characters.

    At depth d a cluster's labels share d characters; it falls apart where the next character differs. A label
    that ends there is a child of its own. At the limit what is left becomes one leaf cluster.
    """
    shared = common_prefixes(strings)

    def split(members: Ids, depth: int) -> Offsets | None:
        if depth >= depth_limit:
            return None
        parts = np.flatnonzero(shared[members[0] + 1 : members[-1] + 1] <= depth) + 1
        return np.concatenate([[0], parts, [members.size]])

    return split
