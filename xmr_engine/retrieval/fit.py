"""Fit the linear ranker of products: listwise softmax over what the sources bring for held-out queries."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from xmr_engine.frozen import freeze
from xmr_engine.kernels.arrays import Doubles, Floats, Offsets
from xmr_engine.kernels.retrieve import N_PRODUCT_BUCKETS, N_PRODUCT_FEATURES


class ProductLists(NamedTuple):
    """Products one list below the other: list i is rows `bounds[i]:bounds[i + 1]`; `bought` marks the right ones."""

    features: Floats
    bounds: Offsets
    bought: NDArray[np.bool_]
    buckets: Offsets


def fit_products_ranker(lists: ProductLists, ridge: float, bucket_ridge: float) -> Doubles:
    """Return weights, shape (N_PRODUCT_BUCKETS, N_PRODUCT_FEATURES).

    One set is fitted to all lists; then each bucket's own, pulled towards it.
    """
    scale = _scale(lists.features)
    common = _minimise(lists, np.ones(lists.buckets.size, bool), scale, np.zeros(N_PRODUCT_FEATURES), ridge)
    weights = np.zeros((N_PRODUCT_BUCKETS, N_PRODUCT_FEATURES))
    for bucket in range(N_PRODUCT_BUCKETS):
        own = lists.buckets == bucket
        weights[bucket] = _minimise(lists, own, scale, common, bucket_ridge) / scale
    return freeze(weights)


def _scale(features: Floats) -> Doubles:
    """Return each feature's standard deviation; a feature that does not vary gets no weight."""
    deviation = features.std(axis=0, dtype=np.float64) if features.size else np.zeros(N_PRODUCT_FEATURES)
    return np.where(deviation > 1e-6, deviation, np.inf)


def _minimise(lists: ProductLists, chosen: NDArray[np.bool_], scale: Doubles, prior: Doubles, ridge: float) -> Doubles:
    """Return the weights that minimise cross-entropy + ridge/2 · |w − prior|², over scaled features."""
    picked = np.flatnonzero(chosen)
    if picked.size == 0:
        return prior
    sizes = np.diff(lists.bounds)[picked]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    rows = np.repeat(lists.bounds[picked] - starts, sizes) + np.arange(sizes.sum())
    X = (lists.features[rows] / scale).astype(np.float32)
    wanted = lists.bought[rows] / np.repeat(np.add.reduceat(lists.bought[rows].astype(np.float64), starts), sizes)
    answered = wanted @ X

    def loss(w: Doubles) -> tuple[float, Doubles]:
        scores = (X @ w.astype(np.float32)).astype(np.float64)
        highest = np.maximum.reduceat(scores, starts)
        odds = np.exp(scores - np.repeat(highest, sizes))
        mass = np.add.reduceat(odds, starts)
        entropy = (np.log(mass) + highest).sum() - wanted @ scores
        share = (odds / np.repeat(mass, sizes)).astype(np.float32)
        away = w - prior
        gradient = (share @ X).astype(np.float64) - answered + ridge * away
        return float(entropy + ridge * (away @ away) / 2) / picked.size, gradient / picked.size

    found = minimize(loss, prior, jac=True, method="L-BFGS-B", options={"maxiter": 200, "ftol": 1e-7})
    return np.asarray(found.x)
