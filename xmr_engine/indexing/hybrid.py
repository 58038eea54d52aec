"""The trie-tree hybrid: a trie on top, clusters of label vectors beneath."""

from xmr_engine.indexing.tree import Split
from xmr_engine.kernels.arrays import Ids, Offsets


def hybrid_split(trie: Split, clusters: Split, trie_depth: int) -> Split:
    """Return the split that follows the trie for `trie_depth` characters and clusters below."""

    def split(members: Ids, depth: int) -> Offsets | None:
        return trie(members, depth) if depth < trie_depth else clusters(members, depth)

    return split
