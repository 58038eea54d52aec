"""The exact sum behind one score: the ranker's terms, the matcher's split down to n-grams; or where a label was lost.

Knows the model and its kernels; knows nothing of how a question is read or shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, get_args

import numpy as np

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Codes, Doubles, Floats, Ids
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.chunks import score_child
from xmr_engine.kernels.held import Serving
from xmr_engine.kernels.search import gate
from xmr_engine.kernels.weighing import input_of, weigh
from xmr_engine.labels import LabelTable
from xmr_engine.model import Index, Model
from xmr_engine.ranking.features import FEATURES, OF_LABELS, Group
from xmr_engine.trace import find_loss, trace_beam, way_to

SHOWN = 10
GROUPS: tuple[Group, ...] = get_args(Group)
PATH, SLIP = "path", "slip of the finger"
EMPTY: dict[str, Any] = {
    "score": None,
    "groups": {},
    "terms": [],
    "rank": None,
    "rank_without_context": None,
    "sources": [],
}

Ranked = Mapping[str, tuple[str, ...]]


class Inquiry(NamedTuple):
    """What is asked: the index, the question as kernels read it, and the text to explain, normalised.

    The question holds the prefix that was meant; penalty: what the slip of the finger in the typed one costs.
    """

    index_name: str
    codes: Codes
    limits: Limits
    label: str
    penalty: float = 0.0


class Term(NamedTuple):
    """One summand of a score. kind: `path`, an n-gram in the matcher's sum; `ranker`, one of the ranker's features."""

    group: Group
    term: str
    value: float
    kind: str


class Split(NamedTuple):
    """A path's score as a sum: the share of each of the input's features, and g(0) of every layer together."""

    shares: Doubles
    start: float


def explain(model: Model, inquiry: Inquiry, ranked: Ranked, ranked_without: Ranked) -> dict[str, Any]:
    """Return what a label's score adds up to, as a document.

    `score`, `groups`, `terms`, `rank`, `rank_without_context` and `sources`. A label that is not among the first ten
    has a `reason`: "not a label" and "outside the typed prefix" (no score then), "left the beam" (with `lost`: the
    layer, its score there and the last one kept; no other source brought it) or "ranked below".

    Parameters
    ----------
    ranked, ranked_without
        All completions of the question, best first, with their sources; and of the same without the session.
    """
    label = model.labels.find(inquiry.label)
    if label is None:
        composed = explain_composed(model, inquiry)
        if composed is None:
            return EMPTY | {"reason": "not a label"}
        document = _add_up(composed, inquiry.label, ranked, ranked_without)
        return document if _is_shown(document["rank"]) else document | {"reason": "ranked below"}
    serving, index = model.serving(), model.indexes[inquiry.index_name]
    _, row, span, _ = input_of(serving, inquiry.codes)
    if not span[0] <= label < span[1]:
        return EMPTY | {"reason": "outside the typed prefix"}
    document = _add_up(explain_score(model, inquiry, label), inquiry.label, ranked, ranked_without)
    rank = document["rank"]
    if rank is not None:
        return document if _is_shown(rank) else document | {"reason": "ranked below"}
    loss = find_loss(index.tree, trace_beam(index, row, span, inquiry.limits), label)
    if loss is None or inquiry.limits.index == 0:
        return document | {"reason": "ranked below"}
    return document | {"reason": "left the beam", "lost": loss._asdict()}


def _add_up(terms: Sequence[Term], text: str, ranked: Ranked, ranked_without: Ranked) -> dict[str, Any]:
    """Return the document of a score's summands."""
    return {
        "score": float(sum(term.value for term in terms)),
        "groups": {group: float(sum(term.value for term in terms if term.group == group)) for group in GROUPS},
        "terms": [term._asdict() for term in terms],
        "rank": _rank(ranked, text),
        "rank_without_context": _rank(ranked_without, text),
        "sources": list(ranked.get(text, ())),
    }


def _is_shown(rank: int | None) -> bool:
    return rank is not None and rank <= SHOWN


def explain_composed(model: Model, inquiry: Inquiry) -> list[Term] | None:
    """Return the summands of a composed completion's score, the largest first; None where it is not composed."""
    serving, index = model.serving(), model.indexes[inquiry.index_name]
    weighed = weigh(serving, index.tree, index.chunks, inquiry.codes, inquiry.limits)
    texts = LabelTable(weighed.composed.strings).texts()
    if inquiry.label not in texts:
        return None
    features = weighed.composed.features[texts.index(inquiry.label)]
    weighted = (serving.weights[weighed.bucket] * features.astype(np.float64)).tolist()
    terms = [Term(f.group, f.name, value, "ranker") for f, value in zip(FEATURES, weighted, strict=True) if value]
    return sorted(terms, key=lambda term: -abs(term.value))


def explain_score(model: Model, inquiry: Inquiry, label: int) -> list[Term]:
    """Return the summands of a label's score that are not zero, the largest first; a penalty is one of them.

    The path's n-grams and its `g(0)` take the place of the ranker's feature `path`. That feature is kept in float32;
    what its rounding adds counts to `g(0)`.
    """
    serving, index = model.serving(), model.indexes[inquiry.index_name]
    features, bucket = label_features(serving, index, inquiry, label)
    weighted = serving.weights[bucket, : features.size] * features.astype(np.float64)
    terms = [Term("typed", SLIP, -inquiry.penalty, "ranker")]
    for feature, value in zip(OF_LABELS, weighted.tolist(), strict=True):
        if feature.name != PATH:
            terms.append(Term(feature.group, feature.name, value, "ranker"))
            continue
        at = FEATURES.index(feature)
        terms += _path_terms(model, inquiry, label, (float(serving.weights[bucket, at]), value))
    return sorted((term for term in terms if term.value), key=lambda term: -abs(term.value))


def label_features(serving: Serving, index: Index, inquiry: Inquiry, label: int) -> tuple[Floats, int]:
    """Return the ranker's features of one label of the span, candidate or not, and the bucket of their weights.

    The kernel that weighs candidates is asked with every inner node out of reach that is not on the label's path, so
    that only siblings of the nodes on it are candidates beside the label.
    """
    tree = index.tree
    way = way_to(tree, label)
    siblings = int(np.diff(tree.first_child)[tree.parent[way]].sum())
    lo, hi = np.zeros_like(tree.lo), np.zeros_like(tree.hi)
    lo[way], hi[way] = tree.lo[way], tree.hi[way]
    narrow = tree._replace(lo=freeze(lo), hi=freeze(hi))
    limits = inquiry.limits._replace(beam=1, index=siblings, popular=0, successors=0, slips=0)
    weighed = weigh(serving, narrow, index.chunks, inquiry.codes, limits)
    at = int(np.searchsorted(weighed.candidates.labels, label))
    return weighed.features[at], int(weighed.bucket)


def split_path(index: Index, row: tuple[Ids, Floats], label: int) -> Split:
    """Return a label's path score, Σ g(z) over its nodes, as a sum over the input's features.

    In each layer g(z) − g(0) is shared in proportion to w·x / z; where z is 0, 3·w·x, which is the limit.
    """
    tree, chunks = index
    ids, values = row
    shares, start = np.zeros(ids.size, np.float64), 0.0
    for node in way_to(tree, label):
        parent = int(tree.parent[node])
        child = node - int(tree.first_child[parent])
        parts = [score_child(chunks, parent, child, (ids[j : j + 1], values[j : j + 1])) for j in range(ids.size)]
        shares += slope(score_child(chunks, parent, child, row)) * np.array(parts)
        start += gate(0.0)
    return Split(shares, start)


def slope(z: float) -> float:
    """Return (g(z) − g(0)) / z, multiplied out so that it holds at and near z = 0."""
    return 3.0 - 3.0 * z + z * z if z < 1.0 else 1.0 / z


def _path_terms(model: Model, inquiry: Inquiry, label: int, weighted: tuple[float, float]) -> list[Term]:
    """Return the terms of the matcher, whose sum is the feature's weight times its value."""
    weight, total = weighted
    _, row, _, _ = input_of(model.serving(), inquiry.codes)
    shares, start = split_path(model.indexes[inquiry.index_name], row, label)
    terms = [
        Term(*name, weight * share, "path")
        for name, share in zip(_input_names(model, row[0].tolist()), shares.tolist(), strict=True)
    ]
    rounding = total - weight * (float(shares.sum()) + start)
    return [*terms, Term("base", "g(0)", weight * start + rounding, "path")]


def _input_names(model: Model, ids: Sequence[int]) -> list[tuple[Group, str]]:
    """Return group and n-gram of each of the input's features; the last feature is the bias."""
    n_words, n_chars = len(model.input_words), len(model.input_chars)
    words, chars = LabelTable(model.input_words.strings), LabelTable(model.input_chars.strings)
    names: list[tuple[Group, str]] = []
    for i in ids:
        if i < n_words:
            names.append(("previous query", words.text(i)))
        elif i < n_words + n_chars:
            names.append(("typed", chars.text(i - n_words)))
        else:
            names.append(("base", "bias"))
    return names


def _rank(ranked: Ranked, text: str) -> int | None:
    """Return a text's place, from 1; None where it was not found."""
    return list(ranked).index(text) + 1 if text in ranked else None
