"""The three indexes of a handful of strings, small enough to be drawn whole, and a beam search on each.

Knows how a model is trained and traced, and gives plain values; knows nothing of pixels. Everything is the real thing:
the builders, the matchers (trained on every prefix of the strings) and the search.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from xmr_engine.config import IndexConfig, IndexKind, MatchingConfig, RankingConfig, TrainConfig
from xmr_engine.data.pairs import Pairs
from xmr_engine.errors import ConfigError
from xmr_engine.features.codes import SEPARATOR, to_codes
from xmr_engine.kernels.arrays import Tree
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.weighing import input_of
from xmr_engine.model import Model
from xmr_engine.pipeline import fit_model
from xmr_engine.text import normalise, normalise_prefix
from xmr_engine.trace import DIGITS, Layer, trace_beam

MOST_TEXTS = 60
MOST_CHARACTERS = 60
MOST_DEPTH = 16
MOST_BRANCHING = 16
MOST_BEAM = 20
KINDS: tuple[IndexKind, ...] = ("tree", "trie", "hybrid")
_MODELS_KEPT = 32
_LETTERS_KEPT = 4000


def draw(
    texts: Sequence[str], depth: int = 1, branching: int = 2, leaf: int = 1, prefix: str = "", beam: int = 2
) -> dict[str, Any]:
    """Return the tree, the trie and the hybrid of these strings, and how a beam search walks each.

    A node is `{"nodes", "name", "size", "label", "children"}`: `name` the characters that a trie node stands for
    (empty in a cluster), `size` how many strings are below, `label` the string of a leaf. A node above nothing but
    one leaf is drawn as that leaf; `nodes` holds the ids of what is drawn there.

    Parameters
    ----------
    texts
        1 to 60 strings of at most 60 characters; normalised, each counted once.
    depth
        Characters that the hybrid goes down before clusters begin.
    branching, leaf
        Most children of a cluster; a cluster of at most `leaf` strings is not split.
    prefix, beam
        What is typed, and how many nodes of a layer, and how many strings, the search keeps.

    Returns
    -------
    dict
        Of each index the `root`, the search's `layers` (nodes scored, and which were kept) and what was `found`.

    Raises
    ------
    ConfigError
        A number is out of range, or there are too many strings, or none.
    """
    wanted = tuple(sorted({normalise(text) for text in texts} - {""}))
    _check(wanted, depth, branching, beam)
    typed = normalise_prefix(prefix)
    model = _fit(wanted, depth, branching, leaf)
    return {
        "strings": list(wanted),
        "depth": depth,
        "branching": branching,
        "prefix": typed,
        "beam": beam,
        "indexes": {kind: _drawn(model, kind, typed, beam) for kind in KINDS},
    }


def warm() -> None:
    """Run every kernel that a drawing needs once."""
    draw(["a", "ab", "abc", "b"])


def _check(texts: tuple[str, ...], depth: int, branching: int, beam: int) -> None:
    if not 1 <= len(texts) <= MOST_TEXTS:
        raise ConfigError(f"strings: got {len(texts)} different ones, expected 1 to {MOST_TEXTS}, one a line")
    longest = max(texts, key=len)
    if len(longest) > MOST_CHARACTERS:
        raise ConfigError(f"strings: {longest[:20]!r}… has {len(longest)} characters, at most {MOST_CHARACTERS} do")
    given = (("depth", depth, 1, MOST_DEPTH), ("branching", branching, 2, MOST_BRANCHING), ("beam", beam, 1, MOST_BEAM))
    for name, number, least, most in given:
        if not least <= number <= most:
            raise ConfigError(f"{name} must be from {least} to {most}, got {number}")


@lru_cache(maxsize=_MODELS_KEPT)
def _fit(texts: tuple[str, ...], depth: int, branching: int, leaf: int) -> Model:
    """Return the model of the strings: each was typed once, letter by letter, without a session."""
    rows = [(text, text[:n]) for text in texts for n in range(1, len(text) + 1)][:_LETTERS_KEPT]
    numbers = list(range(len(rows)))
    pairs = Pairs([""] * len(rows), [typed for _, typed in rows], [text for text, _ in rows], numbers, numbers)
    clusters = IndexConfig(branching=branching, leaf=leaf)
    config = TrainConfig(
        indexes={
            "tree": clusters,
            "trie": IndexConfig(trie_depth=MOST_DEPTH),
            "hybrid": IndexConfig(trie_depth=depth, branching=branching, leaf=leaf),
        },
        matching=MatchingConfig(threshold=0.0),
        ranking=RankingConfig(enabled=False),
    )
    return fit_model(pairs, config, 1, lambda stage, share: None)


def _drawn(model: Model, kind: IndexKind, prefix: str, beam: int) -> dict[str, Any]:
    """Return one index whole, and the search on it."""
    index = model.indexes[kind]
    _, row, span, _ = input_of(model.serving(), to_codes(SEPARATOR + prefix))
    traced = trace_beam(index, row, span, Limits(beam, beam, 0, 0, 0))
    trie_depth = {"tree": 0, "trie": MOST_DEPTH, "hybrid": model.config.indexes["hybrid"].trie_depth or 1}[kind]
    labels = zip(traced.labels.tolist(), traced.scores.tolist(), strict=True)
    return {
        "root": _branch(index.tree, model.labels.texts(), 0, 0, trie_depth),
        "nodes": int(index.tree.label.size),
        "nodes_visited": traced.n_scored,
        "layers": [_layer(layer) for layer in traced.layers],
        "found": [{"text": model.labels.text(label), "score": round(score, DIGITS)} for label, score in labels],
    }


def _layer(layer: Layer) -> list[dict[str, Any]]:
    """Return what the search scored at one depth."""
    rows = zip(layer.nodes.tolist(), layer.scores.tolist(), layer.kept.tolist(), strict=True)
    return [{"node": node, "score": round(score, DIGITS), "kept": kept} for node, score, kept in rows]


def _branch(tree: Tree, texts: list[str], node: int, depth: int, trie_depth: int) -> dict[str, Any]:
    """Return a node with all below it."""
    children = range(int(tree.first_child[node]), int(tree.first_child[node + 1]))
    nodes = [node]
    if len(children) == 1 and tree.label[children[0]] >= 0:
        node = children[0]
        nodes, children = [*nodes, node], range(0)
    label = int(tree.label[node])
    below = [_branch(tree, texts, child, depth + 1, trie_depth) for child in children]
    in_trie = 0 < depth <= trie_depth
    return {
        "nodes": nodes,
        "name": texts[int(tree.lo[node])][:depth] if in_trie else "",
        "size": sum(child["size"] for child in below) if below else 1,
        "label": texts[label] if label >= 0 else None,
        "children": below,
    }
