"""Balanced spherical k-means: sizes, seeds, and clusters that are plain to see."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from tests.engine.small import random_rows
from xmr_engine.indexing.embedding import normalise_rows
from xmr_engine.indexing.kmeans import as_sparse
from xmr_engine.kernels.kmeans import add_direction, cut_by_weight, lean, split_members


def split(vectors: csr_matrix, n_parts: int, seed: int = 0) -> list[list[int]]:
    members = np.arange(vectors.shape[0], dtype=np.int32)
    draws = np.random.default_rng(seed).random(2 * n_parts)
    weights = np.ones(vectors.shape[0], np.float32)
    zeros = (np.zeros(vectors.shape[1]), np.zeros(vectors.shape[1]))
    bounds = split_members(as_sparse(vectors), weights, members, n_parts, draws, zeros, 20)
    assert not any(each.any() for each in zeros)
    assert sorted(members.tolist()) == list(range(vectors.shape[0]))
    return [members[a:b].tolist() for a, b in pairwise(bounds)]


@pytest.mark.parametrize("n_parts", range(2, 33))
def test_sizes_differ_by_one_at_most(n_parts: int) -> None:
    for size in (n_parts, n_parts + 1, 2 * n_parts - 1, 67):
        vectors = normalise_rows(random_rows(np.random.default_rng(size), size, 6))
        sizes = [len(part) for part in split(vectors, min(n_parts, size))]
        assert max(sizes) - min(sizes) <= 1
        assert min(sizes) > 0


def test_equal_and_empty_points_are_shared_out_too() -> None:
    for vectors in (csr_matrix(np.ones((7, 2), np.float32)), csr_matrix((7, 2), dtype=np.float32)):
        assert sorted(len(part) for part in split(vectors, 3)) == [2, 2, 3]


@pytest.mark.parametrize("seed", range(5))
def test_clusters_that_are_plain_to_see_are_found(seed: int) -> None:
    directions = np.eye(2, dtype=np.float32)[[0, 1] * 8]
    noise = 0.1 * np.random.default_rng(seed).random((16, 2)).astype(np.float32)
    parts = split(normalise_rows(csr_matrix(directions + noise)), 2, seed)
    assert sorted(map(sorted, parts)) == [list(range(0, 16, 2)), list(range(1, 16, 2))]


def test_halves_are_closer_to_themselves_than_halves_by_chance() -> None:
    vectors = normalise_rows(random_rows(np.random.default_rng(5), 60, 8))
    rows = vectors.toarray().astype(np.float64)

    def tightness(parts: list[list[int]]) -> float:
        return sum(np.linalg.norm(rows[part].sum(0)) for part in parts)

    chance = [np.random.default_rng(seed).permutation(60).tolist() for seed in range(20)]
    assert tightness(split(vectors, 2)) > max(tightness([order[:30], order[30:]]) for order in chance)


def test_the_same_draws_give_the_same_parts() -> None:
    vectors = normalise_rows(random_rows(np.random.default_rng(2), 50, 7))
    assert split(vectors, 5, seed=4) == split(vectors, 5, seed=4)
    assert split(vectors, 5, seed=4) != split(vectors, 5, seed=5)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=12), st.integers(1, 9))
def test_a_cut_holds_its_share_of_the_weight(weights: list[int], tenths: int) -> None:
    share = tenths / 10
    cut = cut_by_weight(np.array(weights, np.float32), np.arange(len(weights), dtype=np.int32), share)
    assert 0 < cut < len(weights)
    assert sum(weights[:cut]) >= sum(weights) * share - 1e-6 or cut == len(weights) - 1
    assert sum(weights[: cut - 1]) < sum(weights) * share + 1e-5 or cut == 1


def test_a_direction_is_the_mean_of_length_one() -> None:
    vectors = random_rows(np.random.default_rng(3), 9, 5)
    points, members = as_sparse(vectors), np.array([1, 4, 7], np.int32)
    direction, scratch = np.zeros(5), np.zeros(5)
    add_direction(points, members, -1.0, direction, scratch)
    rows = vectors.toarray().astype(np.float64)
    mean = rows[members].sum(0) / math.sqrt((rows[members].sum(0) ** 2).sum())
    assert direction == pytest.approx(-mean)
    assert not scratch.any()
    assert lean(points, members, direction) == pytest.approx(rows[members] @ -mean)
