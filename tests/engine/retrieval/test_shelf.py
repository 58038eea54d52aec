import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import naive_products as naive
from tests.engine.retrieval.small import small_catalogue
from xmr_engine.features.codes import to_codes
from xmr_engine.frozen import freeze
from xmr_engine.kernels.shelf import BLOCK, gather
from xmr_engine.kernels.shelf_query import read_query
from xmr_engine.retrieval.shelving import K1, B, build_shelf
from xmr_engine.text import normalise

TITLES = [normalise(row.title) for row in small_catalogue()]
NOTHING = np.zeros(0, np.int32)
MIX = freeze(np.array([1.0, 10.0, 30.0]))
words = st.sampled_from(
    ["arvo", "desk", "lamp", "lamps", "red", "sofa", "sofas", "couch", "2x3", "m", "decklamp", "unheard", "évora"]
)
queries = st.lists(words, max_size=6).map(" ".join)


@pytest.fixture(scope="module")
def shelf():
    return build_shelf(TITLES, [""] * len(TITLES), ["couch"])


def gathered(shelf, query: str, extras=NOTHING, most=1000, mend=False):
    return gather(shelf, read_query(shelf, (to_codes(query), 0, len(query)), mend), extras, most, MIX)


@given(query=queries)
def test_bm25_is_that_of_the_twin(shelf, query):
    if "decklamp" in query or "desk lamp" in query:
        return  # what one title writes as one word and another as two counts as well: see below
    found = gathered(shelf, query)
    wanted = naive.bm25(TITLES, query)
    scores = np.zeros(len(TITLES))
    scores[found.products] = found.scores[:, 0]
    assert np.allclose(scores, wanted, rtol=0.01, atol=1e-6)


def test_bm25_is_that_of_the_library(shelf):
    library = bm25s.BM25(k1=K1, b=B, method="lucene")
    library.index([naive.stems(title) for title in TITLES], show_progress=False)
    for query in ("arvo sofa", "red kettle 2", "belin tent black"):
        scores = np.zeros(len(TITLES))
        found = gathered(shelf, query)
        scores[found.products] = found.scores[:, 0]
        assert np.allclose(scores, library.get_scores(naive.stems(query)) * (K1 + 1), rtol=0.01, atol=1e-5)


@settings(max_examples=15)
@given(query=queries)
def test_cosines_of_trigrams_are_those_of_the_twin(shelf, query):
    idf = naive.rarity(TITLES, "chars")
    common = {t for t in idf if sum(t in naive.terms(title, "chars") for title in TITLES) > len(TITLES) // 8}
    asked = set(naive.terms(query, "chars")) & set(idf)
    found = gathered(shelf, query)
    for product, score in zip(found.products.tolist(), found.scores[:, 2].tolist(), strict=True):
        own = set(naive.terms(TITLES[product], "chars"))
        norms = [sum(idf[t] ** 2 for t in some) ** 0.5 for some in (asked, own)]
        wanted = sum(idf[t] ** 2 for t in (asked & own) - common) / (norms[0] * norms[1]) if asked else 0
        assert score == pytest.approx(wanted, abs=1e-4)


@given(query=queries, most=st.integers(1, 30))
def test_the_best_are_kept(shelf, query, most):
    whole, some = gathered(shelf, query), gathered(shelf, query, most=most)
    totals = dict(zip(whole.products.tolist(), (whole.scores @ MIX).tolist(), strict=True))
    assert some.products.size == min(most, whole.products.size)
    assert np.all(np.diff(some.products) > 0)
    bar = sorted(totals.values(), reverse=True)[: some.products.size]
    assert sorted((totals[p] for p in some.products.tolist()), reverse=True) == pytest.approx(bar)


def test_what_another_source_brings_is_scored_too(shelf):
    extras = np.array([3, 77], np.int32)
    found = gathered(shelf, "unheardof", extras, most=1)
    assert found.products.tolist() == [3, 77]
    assert not found.scores[:, 0].any()


def test_blocks_make_no_difference():
    n = 2 * BLOCK + 3
    titles = [f"thing {i % 7}" for i in range(n)]
    shelf = build_shelf(titles, [""] * n, [])
    found = gathered(shelf, "thing 3", most=n)
    best = found.products[found.scores[:, 0] == found.scores[:, 0].max()]
    assert best.tolist() == [i for i in range(n) if i % 7 == 3]


def test_one_word_finds_two_and_two_find_one():
    shelf = build_shelf(["deck over paint", "deckover paint", "oven"], [""] * 3, [])
    assert gathered(shelf, "deckover").products.tolist()[:2] == [0, 1]
    assert (gathered(shelf, "deck over").scores[:2, 1] > 0).all()


def test_a_word_that_no_title_has_is_taken_for_one_alike(shelf):
    assert not gathered(shelf, "kettel", mend=False).scores[:, 0].any()
    found = gathered(shelf, "kettel", mend=True)
    best = found.products[found.scores[:, 0].argmax()]
    assert "kettle" in TITLES[best]
