"""Build an index by its kind. A new kind is one file beside this one and one entry here."""

from collections.abc import Callable
from typing import NamedTuple

from scipy.sparse import csr_matrix

from xmr_engine.config import IndexConfig
from xmr_engine.indexing.hybrid import hybrid_split
from xmr_engine.indexing.kmeans import kmeans_split, must_link_split
from xmr_engine.indexing.tree import Split, grow
from xmr_engine.indexing.trie import trie_split
from xmr_engine.kernels.arrays import Strings, Tree

DEFAULT_TRIE_DEPTH = {"trie": 16, "hybrid": 1}


class Material(NamedTuple):
    """What an index is built from: the label texts, and one l2-normalised vector a label."""

    strings: Strings
    vectors: csr_matrix


def build_index(
    kind: str,
    material: Material,
    config: IndexConfig,
    seed: int = 0,
    threads: int = 1,
    report: Callable[[float], None] = lambda share: None,
) -> Tree:
    """Return the index of a kind (`tree`, `trie` or `hybrid`) over all labels; `report` is told the share done."""
    split = _SPLITS[kind](material, config, seed)
    return grow(material.strings.offsets.size - 1, split, threads, report)


def _clusters(material: Material, config: IndexConfig, seed: int) -> Split:
    return kmeans_split(material.vectors, config.branching, config.leaf, seed)


def _tree(material: Material, config: IndexConfig, seed: int) -> Split:
    plain = _clusters(material, config, seed)
    if not config.must_link:
        return plain
    return must_link_split(material.vectors, material.strings, config.must_link, plain, seed)


def _trie(material: Material, config: IndexConfig, seed: int) -> Split:
    return trie_split(material.strings, config.trie_depth or DEFAULT_TRIE_DEPTH["trie"])


def _hybrid(material: Material, config: IndexConfig, seed: int) -> Split:
    depth = config.trie_depth or DEFAULT_TRIE_DEPTH["hybrid"]
    return hybrid_split(trie_split(material.strings, depth), _clusters(material, config, seed), depth)


_SPLITS: dict[str, Callable[[Material, IndexConfig, int], Split]] = {"hybrid": _hybrid, "tree": _tree, "trie": _trie}
