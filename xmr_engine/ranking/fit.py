"""Fit the ranker: listwise softmax over the candidates of held-out inputs, short prefixes weighted up."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from xmr_engine.config import RankingConfig
from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Doubles, Floats, Offsets
from xmr_engine.kernels.columns import N_FEATURES
from xmr_engine.kernels.composition import N_ALL
from xmr_engine.kernels.weighing import N_BUCKETS, N_PLAIN_BUCKETS, Weighed
from xmr_engine.labels import LabelTable
from xmr_engine.ranking.features import NAMES, OF_COMPOSED
from xmr_engine.ranking.ranker import Ranker

LENGTHS = (0, 1, 2, 3, 5, 8)
MOST_ROWS = 2500
MOST_LISTS_IN_COMMON = 5000
MOST_ROWS_WITHOUT_SESSION = 800
POPULARITY_ALONE = 4
WITHOUT_SESSION = ("path", "popularity", "rest", "complete", *(feature.name for feature in OF_COMPOSED))
KNOWN_COUNTS = 2.0
CHANCES = ("chance of the word", "chance of added words", "chance of the end",
           "chance of the word, session", "chance of added words, session")  # fmt: skip
CHANCES_COUNT = 0.6


class Example(NamedTuple):
    """A held-out input: the session's queries oldest first, the text typed, the query meant and its label, if any."""

    context: tuple[str, ...]
    prefix: str
    next: str
    label: int | None


class Lists(NamedTuple):
    """Candidate lists one below the other: list i is rows `bounds[i]:bounds[i + 1]`, its answer at row `answers[i]`.

    weights: what each list counts.
    """

    features: Floats
    bounds: Offsets
    answers: Offsets
    weights: Doubles
    buckets: Offsets


class Listed(NamedTuple):
    """One candidate list: features, the answer's row, and the bucket of its weights."""

    features: Floats
    answer: int
    bucket: int
    weight: float


Weigh = Callable[[tuple[str, ...], str], Weighed]


def make_examples(
    contexts: Sequence[tuple[str, ...]], prefixes: Sequence[str], nexts: Sequence[str], labels: Sequence[int | None],
    seed: int,
) -> list[Example]:  # fmt: skip
    """Return examples of held-out rows: at the typed prefix and at fixed lengths, as many whose next query is a label.

    Some also stand without their session, so that the first query of a session is answered well.
    """
    examples = []
    for kind in (True, False):
        alike = [i for i, label in enumerate(labels) if (label is not None) is kind]
        rows = [i for i in alike if contexts[i]] or alike
        drawn = np.random.default_rng(seed).permutation(len(rows))[:MOST_ROWS]
        for turn, i in enumerate(rows[j] for j in drawn):
            for prefix in dict.fromkeys([prefixes[i], *(nexts[i][:n] for n in LENGTHS if n <= len(nexts[i]))]):
                examples.append(Example(contexts[i], prefix, nexts[i], labels[i]))
                if turn < MOST_ROWS_WITHOUT_SESSION and contexts[i]:
                    examples.append(Example((), prefix, nexts[i], labels[i]))
    return examples


def make_lists(examples: Sequence[Example], weigh: Weigh) -> tuple[Lists, Lists]:
    """Return the candidate lists of the examples whose answer is among the candidates.

    First the lists of labels; then, for prefixes that few labels begin with, those of labels and composed completions.
    """
    plain, composing = [], []
    for example in examples:
        weighed = weigh(example.context, example.prefix)
        labels = weighed.candidates.labels
        at = np.flatnonzero(labels == (-1 if example.label is None else example.label))
        answer = int(at[0]) if at.size else None
        if answer is not None and labels.size > 1:
            plain.append(Listed(weighed.features, answer, int(weighed.plain_bucket), 1.0))
        if weighed.bucket < N_PLAIN_BUCKETS:
            continue
        composed = weighed.composed
        if example.label is None:
            texts = LabelTable(composed.strings).texts()
            answer = labels.size + texts.index(example.next) if example.next in texts else None
        if answer is not None and labels.size + composed.sizes.size > 1:
            alike = np.pad(weighed.features, ((0, 0), (0, N_ALL - N_FEATURES)))
            weight = KNOWN_COUNTS if example.label is not None else 1.0
            composing.append(Listed(np.concatenate([alike, composed.features]), answer, int(weighed.bucket), weight))
    return _stack(plain, N_FEATURES), _stack(composing, N_ALL)


def _stack(listed: Sequence[Listed], n_features: int) -> Lists:
    """Return lists one below the other."""
    sizes = [len(one.features) for one in listed]
    bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    rows = [np.zeros((0, n_features), np.float32), *(one.features for one in listed)]
    answers = bounds[:-1] + np.array([one.answer for one in listed], np.int64)
    buckets = np.array([one.bucket for one in listed], np.int64)
    return Lists(np.concatenate(rows), bounds, answers, np.array([one.weight for one in listed]), buckets)


def fit_ranker(lists: Lists, composing: Lists, config: RankingConfig) -> Ranker:
    """Return the ranker fitted to these lists.

    One set of weights is fitted to all lists of a kind (with and without a session), pulled towards popularity: where
    there is little to learn from, popularity orders. Then each bucket's own is fitted, pulled towards it. Without a
    session only features that speak of the candidate itself take part, and up to three characters popularity alone
    decides: nothing else is known then. Where few labels begin with what is typed, composed completions stand beside
    them; those weights are fitted apart, pulled towards the common ones and, of composed completions, towards the
    chances of their words.
    """
    weights = np.zeros((N_BUCKETS, N_ALL))
    half = N_PLAIN_BUCKETS // 2
    for turn, mask in enumerate((_named(WITHOUT_SESSION), np.ones(N_ALL, bool))):
        first = turn * half
        inside = (lists.buckets >= first) & (lists.buckets < first + half)
        scale = _scale(lists.features)
        by_popularity = np.where(_named(("popularity",))[:N_FEATURES], scale, 0.0)
        sample = _every_so_often(inside, MOST_LISTS_IN_COMMON)
        common = _minimise(lists, sample, mask[:N_FEATURES], scale, by_popularity, config.ridge)
        for bucket in range(first, first + half):
            own = lists.buckets == bucket
            pulled = (
                _minimise(lists, own, mask[:N_FEATURES], scale, common, config.bucket_ridge) if own.any() else common
            )
            weights[bucket, :N_FEATURES] = pulled / scale
        few = N_PLAIN_BUCKETS + turn
        spread = _scale(composing.features)
        before = np.pad(common / scale, (0, N_ALL - N_FEATURES)) * spread + _named(CHANCES) * CHANCES_COUNT * spread
        weights[few] = _minimise(composing, composing.buckets == few, mask, spread, before, config.ridge) / spread
    weights[:POPULARITY_ALONE] = _named(("popularity",))
    return Ranker(freeze(weights))


def _named(names: Collection[str]) -> NDArray[np.bool_]:
    """Return which features have one of these names."""
    return np.array([name in names for name in NAMES])


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
        return np.ones(features.shape[1])
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
    counts = lists.weights[picked]
    answered = counts @ X[answers].astype(np.float64)

    def loss(w: Doubles) -> tuple[float, Doubles]:
        scores = (X @ w.astype(np.float32)).astype(np.float64)
        highest = np.maximum.reduceat(scores, starts)
        odds = np.exp(scores - np.repeat(highest, sizes))
        mass = np.add.reduceat(odds, starts)
        entropy = counts @ (np.log(mass) + highest - scores[answers])
        share = (odds * np.repeat(counts / mass, sizes)).astype(np.float32)
        away = w - prior[columns]
        gradient = (share @ X).astype(np.float64) - answered + ridge * away
        return float(entropy + ridge * (away @ away) / 2) / picked.size, gradient / picked.size

    found = minimize(loss, prior[columns], jac=True, method="L-BFGS-B", options={"maxiter": 100, "ftol": 1e-6})
    weights = np.zeros(lists.features.shape[1])
    weights[columns] = found.x
    return weights
