"""Terms of a text and their tf-idf: against plain twins, and against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from tests import naive
from tests.engine.small import BRANDS, KINDS, lookup, text_of, texts_in
from xmr_engine.features.vocabulary import Terms, fit_terms
from xmr_engine.kernels.terms import char_terms, is_word_code, tfidf, word_terms
from xmr_engine.text import is_word_character

QUERY = st.text(alphabet="abc é1-/", max_size=14)
DOCUMENTS = st.lists(QUERY, min_size=1, max_size=8)


def summed(keys: np.ndarray, weights: np.ndarray) -> dict[int, float]:
    found: dict[int, float] = {}
    for key, weight in zip(keys.tolist(), weights.tolist(), strict=True):
        found[key] = found.get(key, 0.0) + weight
    return found


def hashed(counts: dict[str, float]) -> dict[int, float]:
    return {naive.term_hash(term): value for term, value in counts.items()}


def kernel_tfidf(terms: Terms, text: str, longest: int, *, words: bool, weighted: bool = False) -> dict[str, float]:
    keys, weights = np.empty(200, np.int64), np.empty(200, np.float64)
    place = text_of(text)
    n = word_terms(place, longest, keys, weights) if words else char_terms(place, longest, weighted, keys, weights)
    ids, values = np.empty(200, np.int32), np.empty(200, np.float64)
    size = tfidf(terms.table, keys, weights, n, ids, values)
    assert (np.diff(ids[:size]) > 0).all()
    return {texts_in(terms.strings)[i]: v for i, v in zip(ids[:size].tolist(), values[:size].tolist(), strict=True)}


def test_a_word_is_the_same_to_kernel_and_text() -> None:
    edges = [*range(0x30FF), 0xFF21, 0x1F600, 0x10FFFF]
    assert [c for c in edges if is_word_code(c) != is_word_character(c)] == []


@given(QUERY, st.integers(0, 4))
def test_word_ngrams_are_their_twins(text: str, longest: int) -> None:
    keys, weights = np.empty(100, np.int64), np.empty(100, np.float64)
    n = word_terms(text_of(text), longest, keys, weights)
    assert keys[:n].tolist() == [naive.term_hash(term) for term in naive.word_ngrams(text, longest)]
    assert (weights[:n] == 1).all()


@given(QUERY, st.integers(0, 4), st.booleans())
def test_character_ngrams_are_their_twins(text: str, longest: int, weighted: bool) -> None:
    keys, weights = np.empty(100, np.int64), np.empty(100, np.float64)
    n = char_terms(text_of(text), longest, weighted, keys, weights)
    wanted = hashed(naive.char_counts(text, longest, weighted=weighted))
    assert summed(keys[:n], weights[:n]) == pytest.approx(wanted)


def test_position_weights_of_the_paper() -> None:
    counts = naive.char_counts("nike shoes", 1, weighted=True)
    wanted = {"n": 1, "i": 1 / 2, "k": 1 / 3, "e": 1 / 4 + 1 / 9, " ": 1 / 5, "s": 1 / 6 + 1 / 10, "h": 1 / 7}
    assert counts == pytest.approx(wanted | {"o": 1 / 8})


@given(DOCUMENTS, st.integers(0, 3), st.booleans())
def test_a_vocabulary_is_its_twins(documents: list[str], longest: int, words: bool) -> None:
    terms = fit_terms(documents, longest, words=words)
    split = naive.word_ngrams if words else lambda text, n: [term for term, _ in naive.char_ngrams(text, n)]
    wanted = naive.inverse_frequencies([split(text, longest) for text in documents])
    assert texts_in(terms.strings) == list(wanted)
    assert terms.table.idf.tolist() == pytest.approx(list(wanted.values()), rel=1e-6)
    assert lookup(terms.table) == {naive.term_hash(term): i for i, term in enumerate(wanted)}


def test_only_the_terms_kept_enter_a_vocabulary() -> None:
    terms = fit_terms(["red shoes", "red hat"], 1, words=True, keep=frozenset({"hat", "red"}))
    assert texts_in(terms.strings) == ["hat", "red"]
    assert terms.table.idf[1] == pytest.approx(1.0)


@given(DOCUMENTS, QUERY, st.booleans(), st.booleans())
def test_tfidf_is_its_twins(documents: list[str], text: str, words: bool, weighted: bool) -> None:
    terms = fit_terms(documents, 2, words=words)
    idf = dict(zip(texts_in(terms.strings), terms.table.idf.tolist(), strict=True))
    counts = naive.word_counts(text, 2) if words else naive.char_counts(text, 2, weighted=weighted)
    found = kernel_tfidf(terms, text, 2, words=words, weighted=weighted)
    assert found == pytest.approx(naive.tfidf(counts, idf), rel=1e-12)


@pytest.mark.parametrize(("words", "longest"), [(True, 1), (True, 2), (False, 1), (False, 3)])
def test_tfidf_is_scikit_learns(words: bool, longest: int) -> None:
    documents = [f"{brand} {kind}" for brand in BRANDS for kind in KINDS] + ["aaa aaa b"]
    analyser = {"analyzer": "word", "token_pattern": r"\w+"} if words else {"analyzer": "char"}
    oracle = TfidfVectorizer(ngram_range=(1, longest), lowercase=False, **analyser).fit(documents)
    terms = fit_terms(documents, longest, words=words)
    assert texts_in(terms.strings) == oracle.get_feature_names_out().tolist()
    for text in [*documents[::5], "camera camera unknown", "zzz"]:
        row = oracle.transform([text]).tocoo()
        wanted = {oracle.get_feature_names_out()[j]: v for j, v in zip(row.col, row.data, strict=True)}
        assert kernel_tfidf(terms, text, longest, words=words) == pytest.approx(wanted, rel=1e-6)
