import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.retrieval.small import SETTINGS, small_catalogue, small_model, small_purchases, write_files
from xmr_engine import ConfigError, ModelFormatError, open_retriever, storage, train_products
from xmr_engine.retrieval.model import to_arrays
from xmr_engine.retrieval.retriever import Retriever


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    return Retriever(small_model(), "small")


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Retriever:
    folder = tmp_path_factory.mktemp("shop")
    purchases, catalogue, held_out = write_files(folder)
    train_products(purchases, catalogue, folder / "model", held_out=held_out, config=SETTINGS)
    return open_retriever(folder / "model")


def test_a_name_that_no_title_has_finds_what_was_bought(retriever):
    titles = [product.title for product in retriever.search("couch", k=5)]
    assert all("Sofa" in title for title in titles)
    assert not any("Sofa" in product.title for product in retriever.search("couch", k=5, system="lexical"))


@pytest.mark.parametrize("system", ["full", "xr-linear", "lexical"])
@given(query=st.text(max_size=30), k=st.integers(1, 40))
def test_whatever_is_asked_products_come_best_first_and_once(retriever, system, query, k):
    found = retriever.search(query, k, system=system)
    assert len(found) <= k
    assert len({product.product_id for product in found}) == len(found)
    scores = [product.score for product in found]
    assert scores == sorted(scores, reverse=True)
    assert np.isfinite(scores).all()


def test_a_beam_as_wide_as_the_tree_finds_every_product(retriever):
    found = retriever.search("red sofa", k=1000, beam=1000, system="xr-linear")
    assert len(found) == retriever.n_products


def test_a_higher_threshold_makes_the_tree_lighter(retriever):
    whole, light = (retriever.compare("red sofa", threshold=threshold) for threshold in (None, 0.5))
    assert light["megabytes"] < whole["megabytes"]
    assert whole["systems"]["lexical"]["products"] == light["systems"]["lexical"]["products"]


def test_the_beam_that_is_drawn_is_the_one_that_answered(retriever):
    document = retriever.compare("red sofa", k=8, beam=2)
    found = retriever.search("red sofa", k=8, beam=2, system="xr-linear")
    leaves = [row for row in document["tree"]["beam"][-1] if row["kept"]]
    assert len(leaves) == len(found)
    assert sorted(np.exp([row["score"] for row in leaves])) == pytest.approx(sorted(p.score for p in found), abs=1e-4)


def test_sources_are_named(retriever):
    named = {source for product in retriever.search("red sofa", k=20) for source in product.sources}
    assert named == {"index", "lexical", "bought"}


@pytest.mark.parametrize("wrong", [{"k": 0}, {"beam": 0}, {"threshold": -0.1}, {"threshold": 2}, {"system": "best"}])
def test_what_cannot_be_is_refused(retriever, wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        retriever.search("sofa", **wrong)


def test_held_out_purchases_are_kept_but_not_learned(opened, retriever):
    rows = small_purchases(2, 40)
    bought = opened.purchased(rows[0].query)
    assert bought[rows[0].product_id] >= rows[0].times
    assert opened.search("red sofa") == retriever.search("red sofa")
    document = opened.compare(rows[0].query, k=50)
    assert document["asked"]
    shown = {row["product_id"]: row for row in document["systems"]["full"]["products"]}
    assert all(row["purchased"] == (name in bought) for name, row in shown.items())
    assert not opened.compare("nobody asked this")["asked"]


def test_it_measures_itself_on_them(opened):
    measured = opened.measured
    assert measured["queries"] > 10
    assert measured["systems"]["full"]["recall10"] >= measured["systems"]["lexical"]["recall10"]
    widths = [row["megabytes"] for row in measured["curve"] if row["beam"] == 10]
    assert widths == sorted(widths, reverse=True)
    best = {row["beam"]: row["recall100"] for row in measured["curve"] if row["threshold"] == 0.1}
    assert best[50] >= best[1]


def test_saved_and_opened_it_is_the_same(tmp_path, retriever):
    storage.write(tmp_path / "a", *to_arrays(small_model()))
    opened = open_retriever(tmp_path / "a")
    storage.write(tmp_path / "b", *to_arrays(opened.model))
    for file in (tmp_path / "a").iterdir():
        assert (tmp_path / "b" / file.name).read_bytes() == file.read_bytes()
    assert opened.search("blue kettle") == retriever.search("blue kettle")
    assert opened.attributes("p000") == dict(small_catalogue()[0].attributes)


def test_another_kind_of_model_is_refused(small_folder):
    with pytest.raises(ModelFormatError, match="retrieval"):
        open_retriever(small_folder)
