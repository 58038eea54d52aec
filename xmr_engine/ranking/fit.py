"""Fit the ranker: listwise softmax over the candidates of held-out inputs, short prefixes weighted up."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from xmr_engine.config import RankingConfig
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Doubles, Floats, Offsets
from xmr_engine.kernels.columns import N_FEATURES
from xmr_engine.kernels.complete import N_BUCKETS, Weighed
from xmr_engine.ranking.features import NAMES
from xmr_engine.ranking.ranker import Ranker

LENGTHS = (0, 1, 2, 3, 5, 8)
MOST_ROWS = 2500
MOST_LISTS_IN_COMMON = 5000
MOST_ROWS_WITHOUT_SESSION = 800
POPULARITY_ALONE = 4
WITHOUT_SESSION = ("path", "popularity", "rest", "complete")


class Example(NamedTuple):
    """A held-out input: the session's queries oldest first, the text typed, the label meant."""

    context: tuple[str, ...]
    prefix: str
    label: int


class Lists(NamedTuple):
    """Candidate lists one below the other: list i is rows `bounds[i]:bounds[i + 1]`, its answer at row `answers[i]`."""

    features: Floats
    bounds: Offsets
    answers: Offsets
    weights: Doubles
    buckets: Offsets


Weigh = Callable[[tuple[str, ...], str], Weighed]


def make_examples(
    contexts: Sequence[tuple[str, ...]], prefixes: Sequence[str], nexts: Sequence[str], labels: Sequence[int | None],
    seed: int,
) -> list[Example]:  # fmt: skip
    """Return examples of held-out rows whose next query is a label: at the typed prefix and at fixed lengths.

    Some also stand without their session, so that the first query of a session is answered well.
    """
    known = [i for i, label in enumerate(labels) if label is not None and contexts[i]]
    known = known or [i for i, label in enumerate(labels) if label is not None]
    drawn = np.random.default_rng(seed).permutation(len(known))[:MOST_ROWS]
    examples = []
    for turn, i in enumerate(known[j] for j in drawn):
        prefixes_of = dict.fromkeys([prefixes[i], *(nexts[i][:n] for n in LENGTHS if n <= len(nexts[i]))])
        examples += [Example(contexts[i], prefix, int(labels[i] or 0)) for prefix in prefixes_of]
        if turn < MOST_ROWS_WITHOUT_SESSION and contexts[i]:
            examples += [Example((), prefix, int(labels[i] or 0)) for prefix in prefixes_of]
    return examples


def make_lists(examples: Sequence[Example], weigh: Weigh) -> Lists:
    """Return the candidate lists of the examples whose answer is among the candidates."""
    features, sizes, answers, buckets = [], [], [], []
    total = 0
    for example in examples:
        weighed = weigh(example.context, example.prefix)
        at = np.flatnonzero(weighed.candidates.labels == example.label)
        if at.size == 0 or weighed.candidates.labels.size < 2:
            continue
        features.append(weighed.features)
        sizes.append(weighed.candidates.labels.size)
        answers.append(total + int(at[0]))
        buckets.append(int(weighed.bucket))
        total += weighed.candidates.labels.size
    rows = np.concatenate(features) if features else np.zeros((0, N_FEATURES), np.float32)
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Lists(rows, bounds, np.array(answers, np.int64), np.ones(len(sizes)), np.array(buckets, np.int64))


def fit_ranker(lists: Lists, config: RankingConfig) -> Ranker:
    """Return the ranker fitted to these lists.

    One set of weights is fitted to all lists of a kind (with and without a session), pulled towards popularity: where
    there is little to learn from, popularity orders. Then each bucket's own is fitted, pulled towards it. Without a
    session only features that speak of the candidate itself take part, and up to three characters popularity alone
    decides: nothing else is known then.
    """
    weights = np.zeros((N_BUCKETS, N_FEATURES))
    half = N_BUCKETS // 2
    allowed = np.array([name in WITHOUT_SESSION for name in NAMES])
    for first, mask in ((0, allowed), (half, np.ones(N_FEATURES, bool))):
        inside = (lists.buckets >= first) & (lists.buckets < first + half)
        scale = _scale(lists.features)
        by_popularity = np.where(np.array(NAMES) == "popularity", scale, 0.0)
        sample = _every_so_often(inside, MOST_LISTS_IN_COMMON)
        common = _minimise(lists, sample, mask, scale, by_popularity, config.ridge)
        for bucket in range(first, first + half):
            own = lists.buckets == bucket
            pulled = _minimise(lists, own, mask, scale, common, config.bucket_ridge) if own.any() else common
            weights[bucket] = pulled / scale
    weights[:POPULARITY_ALONE] = np.array(NAMES) == "popularity"
    return Ranker(freeze(weights))


def _every_so_often(chosen: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """Return at most so many of the chosen lists, evenly spread."""
    positions = np.flatnonzero(chosen)
    step = -(-positions.size // most) or 1
    sample = np.zeros(chosen.size, bool)
    sample[positions[::step]] = True
    return sample


def _scale(features: Floats) -> Doubles:
    """Return each feature's standard deviation, 1 where it does not vary."""
    if not features.size:
        return np.ones(N_FEATURES)
    deviation = features.std(axis=0, dtype=np.float64)
    return np.where(deviation > 1e-6, deviation, 1.0)


def _minimise(
    lists: Lists, chosen: NDArray[np.bool_], mask: NDArray[np.bool_], scale: Doubles, prior: Doubles, ridge: float
) -> Doubles:
    """Return the weights that minimise cross-entropy + ridge/2 · |w − prior|², over scaled features."""
    picked = np.flatnonzero(chosen)
    if picked.size == 0:
        return prior
    sizes = np.diff(lists.bounds)[picked]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rows = np.repeat(lists.bounds[picked] - starts, sizes) + np.arange(sizes.sum())
    columns = np.flatnonzero(mask)
    X = (lists.features[np.ix_(rows, columns)] / scale[columns]).astype(np.float32)
    answers = starts + lists.answers[picked] - lists.bounds[picked]
    answered = X[answers].sum(axis=0, dtype=np.float64)

    def loss(w: Doubles) -> tuple[float, Doubles]:
        scores = (X @ w.astype(np.float32)).astype(np.float64)
        highest = np.maximum.reduceat(scores, starts)
        odds = np.exp(scores - np.repeat(highest, sizes))
        mass = np.add.reduceat(odds, starts)
        entropy = (np.log(mass) + highest - scores[answers]).sum()
        share = (odds / np.repeat(mass, sizes)).astype(np.float32)
        away = w - prior[columns]
        gradient = (share @ X).astype(np.float64) - answered + ridge * away
        return float(entropy + ridge * (away @ away) / 2) / picked.size, gradient / picked.size

    found = minimize(loss, prior[columns], jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-6})
    weights = np.zeros(N_FEATURES)
    weights[columns] = found.x
    return weights
