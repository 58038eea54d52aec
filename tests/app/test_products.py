from pathlib import Path

import pytest

from app import create_app
from app.intake import read_queries
from app.settings import Settings, SettingsError
from tests.app.conftest import KEY, make_ready
from tests.app.fake_engine import FakeCompleter
from tests.app.fake_retriever import FakeRetriever


@pytest.fixture
def retriever() -> FakeRetriever:
    return FakeRetriever()


@pytest.fixture
def shop(retriever):
    app = create_app(Settings(secret_key=KEY, models=Path()), [FakeCompleter()], retrievers=[retriever])
    make_ready(app)
    return app.test_client()


def test_every_system_answers(shop):
    document = shop.get("/api/v1/products?query=couch").json
    assert set(document["systems"]) == {"full", "xr-linear", "lexical", "neural"}
    assert len(document["systems"]["full"]["products"]) == 10
    assert {"product_id", "title", "score", "purchased"} <= set(document["systems"]["full"]["products"][0])
    assert document["asked"]


def test_what_is_asked_reaches_the_model(shop, retriever):
    shop.get("/api/v1/products?query=red+sofa&k=7&beam=20&threshold=0.25&model=fake-shop")
    assert retriever.asked == [("red sofa", 7, 20, 0.25)]


@pytest.mark.parametrize(
    "query",
    [
        "query=",
        "query=%20",
        "",
        "query=sofa&k=51",
        "query=sofa&k=0",
        "query=sofa&beam=x",
        "query=sofa&beam=501",
        "query=sofa&threshold=2",
        "query=sofa&threshold=-1",
        "query=sofa&threshold=nan",
        "query=sofa&threshold=a",
        "query=sofa&model=other",
        "query=refuse+me",
        "query=" + "a" * 501,
    ],
)
def test_what_is_out_of_its_limits_is_refused(shop, query):
    answer = shop.get(f"/api/v1/products?{query}")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"]


def test_without_a_model_of_products_there_is_nothing_to_find(client):
    answer = client.get("/api/v1/products?query=sofa")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert "no model of products" in client.get("/products").text
    assert "data-products" not in client.get("/").text


def test_the_page_is_whole_without_scripts(shop):
    page = shop.get("/products?query=couch").text
    rows = [row for found in FakeRetriever().compare("couch")["systems"].values() for row in found["products"]]
    n_bought = sum(row["purchased"] for row in rows)
    assert page.count('class="card bought"') == n_bought > 1
    assert page.count("not bought</span>") == len(rows) - n_bought
    assert page.index('data-system="lexical"') < page.index('data-system="neural"') < page.index('data-system="full"')
    assert "Size 0 &lt;b&gt;" in page
    assert 'aria-current="page">Products' in page
    assert "2 products bought" in page


def test_nothing_is_outlined_for_a_query_that_no_held_out_shopper_asked(shop):
    page = shop.get("/products?query=tents").text
    assert "nothing is outlined" in page
    assert "bought</span>" not in page


def test_a_completion_taken_leads_to_its_products(shop):
    shop.post("/", data={"query": "red sofa"})
    assert 'href="/products?query=red+sofa"' in shop.get("/").text


def test_prepared_queries_are_read(tmp_path):
    assert read_queries(tmp_path) == ()
    file = tmp_path / "queries.json"
    file.write_text('[{"query": "couch", "shows": "no title says so"}]', "utf-8")
    assert read_queries(tmp_path) == ({"query": "couch", "shows": "no title says so"},)
    file.write_text('[{"query": "couch"}]', "utf-8")
    with pytest.raises(SettingsError, match=r"queries\.json"):
        read_queries(tmp_path)
