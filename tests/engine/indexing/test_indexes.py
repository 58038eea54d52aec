"""Label trees: the laws every index keeps, and the eight strings drawn out."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import naive
from tests.engine.small import plain_tree, random_rows
from xmr_engine.config import IndexConfig
from xmr_engine.features.rows import make_label_rows
from xmr_engine.features.vocabulary import fit_terms
from xmr_engine.indexing.build import Material, build_index
from xmr_engine.indexing.embedding import normalise_rows, positive_instances
from xmr_engine.indexing.tree import layers
from xmr_engine.kernels.arrays import Tree
from xmr_engine.kernels.checks import is_tree
from xmr_engine.kernels.rows import Vectorizer
from xmr_engine.labels import make_labels

EIGHT = ["a", "ab", "abc", "abd", "abfgh", "abfgi", "bcde", "bcdf"]
TEXTS = st.lists(st.text(alphabet="abé ", min_size=1, max_size=6), unique=True, min_size=1, max_size=60).map(sorted)
KINDS = ("hybrid", "tree", "trie")


def material(texts: list[str]) -> Material:
    terms, none = fit_terms(texts, 3, words=False), fit_terms([], 0, words=True)
    vectorizer = Vectorizer(none.table, terms.table, 0, 3, True)
    return Material(make_labels(texts).strings, make_label_rows(vectorizer, texts))


def drawn(kind: str, texts: list[str], **settings: object) -> object:
    tree = build_index(kind, material(texts), IndexConfig(**settings))
    return plain_tree(tree).nested(0, texts)


def flat(nested: object) -> list[str]:
    return [nested] if isinstance(nested, str) else [text for child in nested for text in flat(child)]


UNDER_AB = ("ab", "abc", "abd", "abfgh", "abfgi")


def test_a_trie_of_depth_one_parts_first_letters() -> None:
    assert drawn("trie", EIGHT, trie_depth=1) == (("a", *UNDER_AB), ("bcde", "bcdf"))


def test_a_trie_of_depth_two_gives_a_its_own_leaf() -> None:
    assert drawn("trie", EIGHT, trie_depth=2) == (("a", UNDER_AB), (("bcde", "bcdf"),))


def test_a_whole_trie_ends_in_single_labels() -> None:
    abf = ((("abfgh", "abfgi"),),)
    assert drawn("trie", EIGHT) == (("a", ("ab", "abc", "abd", *abf)), (((("bcde", "bcdf"),),)))


def test_a_hybrid_with_large_leaves_is_the_trie() -> None:
    for depth in (1, 2):
        assert drawn("hybrid", EIGHT, trie_depth=depth) == drawn("trie", EIGHT, trie_depth=depth)


@pytest.mark.parametrize("leaf", [2, 3])
def test_a_hybrid_of_depth_one_clusters_beneath_first_letters(leaf: int) -> None:
    a, b = drawn("hybrid", EIGHT, trie_depth=1, leaf=leaf, branching=2)
    assert sorted(flat(a)) == ["a", *UNDER_AB]
    assert b == ("bcde", "bcdf")
    assert [len(flat(half)) for half in a] == [3, 3]
    assert [all(isinstance(child, str) for child in half) for half in a] == [leaf == 3] * 2


def test_a_hybrid_of_depth_two_clusters_beneath_two_letters() -> None:
    a, b = drawn("hybrid", EIGHT, trie_depth=2, leaf=3, branching=2)
    assert a[0] == "a"
    assert b == (("bcde", "bcdf"),)
    assert sorted(flat(a[1])) == list(UNDER_AB)
    assert sorted(map(len, a[1])) == [2, 3]


def test_must_links_of_two_letters_on_the_eight() -> None:
    halves = drawn("tree", EIGHT, must_link=2)
    a, b = sorted(halves, key=lambda half: min(flat(half)))
    assert set(a) == {"a", UNDER_AB}
    assert b == ("bcde", "bcdf")


def test_a_tree_of_large_leaves_is_one_cluster() -> None:
    assert drawn("tree", EIGHT) == tuple(EIGHT)


def test_a_tree_of_the_eight_halves_them() -> None:
    halves = drawn("tree", EIGHT, leaf=4, branching=2)
    assert [len(flat(half)) for half in halves] == [4, 4]
    assert {"bcde", "bcdf"} <= set(flat(next(half for half in halves if "bcde" in flat(half))))


def check_laws(tree: Tree, n_labels: int) -> None:
    """Check what every index keeps."""
    plain = plain_tree(tree)
    assert is_tree(tree.first_child, tree.label, n_labels)
    assert sorted(label for label in plain.label if label is not None) == list(range(n_labels))
    for node, children in enumerate(plain.children):
        below = plain.labels_below(node)
        assert (tree.lo[node], tree.hi[node]) == (min(below), max(below) + 1)
        for child in children:
            assert child > node
            assert tree.parent[child] == node
            assert tree.lo[node] <= tree.lo[child] < tree.hi[child] <= tree.hi[node]
    assert [tree.label[leaf] for leaf in tree.leaf] == list(range(n_labels))
    edges = list(layers(tree))
    assert [a for a, _ in edges] + [tree.label.size] == [0] + [b for _, b in edges]
    assert not any(array.flags.writeable for array in tree)


@given(TEXTS, st.sampled_from(KINDS), st.integers(1, 4), st.integers(0, 3), st.integers(2, 6), st.integers(1, 5))
def test_every_label_is_there_once_and_spans_nest(
    texts: list[str], kind: str, depth: int, must_link: int, branching: int, leaf: int
) -> None:
    config = IndexConfig(trie_depth=depth, must_link=must_link, branching=branching, leaf=leaf)
    tree = build_index(kind, material(texts), config)
    check_laws(tree, len(texts))
    again = build_index(kind, material(texts), config, threads=4)
    assert all(np.array_equal(a, b) for a, b in zip(tree, again, strict=True))


@given(TEXTS, st.integers(2, 32), st.integers(1, 9))
def test_clusters_are_balanced_and_leaves_small(texts: list[str], branching: int, leaf: int) -> None:
    plain = plain_tree(build_index("tree", material(texts), IndexConfig(branching=branching, leaf=leaf)))
    for node, children in enumerate(plain.children):
        sizes = [len(plain.labels_below(child)) for child in children]
        if children and max(sizes) > 1:
            assert max(sizes) - min(sizes) <= 1
            assert 2 <= len(children) <= branching
            assert len(plain.labels_below(node)) > leaf
        else:
            assert len(children) <= max(leaf, branching)


@given(TEXTS, st.integers(1, 4))
def test_a_trie_keeps_together_what_begins_alike(texts: list[str], depth: int) -> None:
    plain = plain_tree(build_index("trie", material(texts), IndexConfig(trie_depth=depth)))
    node_of: dict[int, list[int]] = {}

    def descend(node: int, way: list[int]) -> None:
        if plain.label[node] is not None:
            node_of[plain.label[node]] = way
        for child in plain.children[node]:
            descend(child, [*way, child])

    descend(0, [])
    for a in range(len(texts)):
        for b in range(a):
            shared = min(naive.common(texts[a], texts[b]), depth)
            assert naive.common(node_of[a], node_of[b]) == shared


@given(TEXTS, st.integers(1, 4), st.integers(1, 4))
def test_must_linked_labels_part_below_the_depth_or_when_nothing_else_is_left(
    texts: list[str], must_link: int, leaf: int
) -> None:
    config = IndexConfig(must_link=must_link, leaf=leaf, branching=2)
    tree = build_index("tree", material(texts), config)
    plain = plain_tree(tree)
    for depth, (start, stop) in enumerate(layers(tree), start=1):
        for node in range(start, stop):
            members = [texts[label] for label in plain.labels_below(node)]
            shared = min(naive.common(members[0], text) for text in members)
            parts = [{texts[label] for label in plain.labels_below(child)} for child in plain.children[node]]
            length = max(depth, shared + 1)
            if length <= must_link:
                starts = [{text[:length] for text in part} for part in parts]
                assert len(set().union(*starts)) == sum(map(len, starts))


def test_must_links_hold_where_clusters_alone_would_part() -> None:
    texts = sorted(f"{a}{b} {c}" for a in "abcd" for b in "xy" for c in ("lamp", "tent", "shoe"))
    linked = drawn("tree", texts, must_link=2, leaf=2, branching=2)
    for half in linked:
        assert len({text[0] for text in flat(half)}) == 2
        for quarter in half:
            assert len({text[:2] for text in flat(quarter)}) == 2
    first, second = ({text[0] for text in flat(half)} for half in drawn("tree", texts, leaf=2, branching=2))
    assert first & second


def test_one_label_is_a_root_and_a_leaf() -> None:
    for kind in KINDS:
        tree = build_index(kind, material(["only"]), IndexConfig())
        assert tree.label.tolist() == [-1, 0]


def test_seeds_decide() -> None:
    texts = sorted({f"{a}{b}{c}" for a in "abcde" for b in "fghij" for c in "klm"})
    first, second = (build_index("tree", material(texts), IndexConfig(leaf=4), seed) for seed in (0, 1))
    assert not np.array_equal(first.leaf, second.leaf)


def test_positive_instances_are_the_mean_of_what_a_label_answered() -> None:
    X = random_rows(np.random.default_rng(0), 6, 5, density=0.8)
    Y = random_rows(np.random.default_rng(1), 6, 3, density=0.8)
    Y.data[:] = 1
    found = positive_instances(X, Y).toarray()
    dense, answers = X.toarray(), Y.toarray()
    for label in range(3):
        rows = [dense[i] / np.sqrt(answers[i].sum()) for i in np.flatnonzero(answers[:, label])]
        assert found[label] == pytest.approx(sum(rows) / np.linalg.norm(sum(rows)), rel=1e-4)


def test_rows_have_length_one_or_nothing() -> None:
    rows = normalise_rows(random_rows(np.random.default_rng(3), 40, 3, density=0.2))
    norms = np.sqrt((rows.toarray() ** 2).sum(1))
    assert all(norm == pytest.approx(1) or norm == 0 for norm in norms)
    assert 0 < (norms > 0).sum() < 40


def test_layers_meet_end_to_end() -> None:
    tree = build_index("trie", material(EIGHT), IndexConfig())
    assert all(a[1] == b[0] for a, b in pairwise(layers(tree)))
