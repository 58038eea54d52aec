import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import naive_products as naive
from xmr_engine.features.codes import to_codes
from xmr_engine.features.products import KINDS, fit_products, make_product_rows
from xmr_engine.kernels.product_words import split_stems
from xmr_engine.text import normalise

DOCUMENTS = ["deck over", "2x6 boards", "red boards 2 x 6", "red, red deck", "glass boxes", "évora çay"]
ALL = {"words": None, "pairs": None, "triples": None, "chars": None}
texts = st.text(alphabet="abesxiyuz 2#9é,-", max_size=24).map(normalise)


def stems(text: str) -> list[str]:
    found = split_stems((to_codes("zq" + text + "qz"), 2, 2 + len(text)))
    return ["".join(map(chr, found.codes[a:b])) for a, b in zip(found.starts, found.stops, strict=True)]


@given(texts)
def test_stems_are_those_of_the_twin(text):
    assert stems(text) == naive.stems(text)


def test_plurals_and_digits():
    assert stems("2x6x8 batteries glass boxes churches 4ft bus lenses") == [
        "2", "x", "6", "x", "8", "battery", "glass", "box", "church", "4", "ft", "bus", "lens",
    ]  # fmt: skip


@given(texts)
def test_rows_are_those_of_the_twin(text):
    row = make_product_rows(fit_products(DOCUMENTS, ALL), [text])
    wanted = [naive.set_row(DOCUMENTS, kind, None, text) for kind in KINDS]
    on = sum(bool(part) for part in wanted)
    values = sorted(value / np.sqrt(on) for part in wanted for value in part.values())
    assert np.allclose(sorted(row.data), values, atol=1e-5)
    assert row.has_canonical_format


@pytest.mark.parametrize("kind", KINDS)
@given(text=texts)
def test_a_capped_set_shares_one_id_for_the_rest(kind, text):
    vectorizer = fit_products(DOCUMENTS, dict.fromkeys(KINDS, 0) | {kind: 1})
    row = make_product_rows(vectorizer, [text])
    assert row.shape[1] == 2
    assert row.nnz <= 2
    if naive.terms(text, kind):
        assert row.multiply(row).sum() == pytest.approx(1, abs=1e-5)


def test_every_set_can_be_left_out():
    whole = make_product_rows(fit_products(DOCUMENTS, ALL), DOCUMENTS).shape[1]
    alone = [make_product_rows(fit_products(DOCUMENTS, ALL | {kind: 0}), DOCUMENTS).shape[1] for kind in KINDS]
    assert all(width < whole for width in alone)
    assert sum(whole - width for width in alone) == whole


def test_what_is_frequent_gets_an_id_of_its_own():
    documents = ["red boards", "red", "boards", "glass"]
    vectorizer = fit_products(documents, dict.fromkeys(KINDS, 0) | {"words": 2})
    both = make_product_rows(vectorizer, ["red", "boards", "glass", "unheard"])
    ids = both.indices.tolist()
    assert {ids[0], ids[1]} == {0, 1}
    assert ids[2] == ids[3] == 2
