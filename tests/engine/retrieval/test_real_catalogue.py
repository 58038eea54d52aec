"""A real electronics catalogue beside the project, where there is one: counts only, nothing of what it says."""

import csv
from pathlib import Path

import pytest

from xmr_engine.config import from_dict
from xmr_engine.data.products import Listed, Purchase, read_catalogue
from xmr_engine.retrieval.retriever import Retriever
from xmr_engine.retrieval.settings import RetrievalConfig
from xmr_engine.retrieval.train import train_model
from xmr_engine.text import normalise

SETTINGS = {"features": {"pairs": 0, "chars": 0}, "matching": {"passes": 3}, "ranking": {"folds": 2}}


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    found = root.parent / "shared" / "data" / "electronics"
    if not found.is_dir():
        pytest.skip("no real catalogue beside the project (../shared/data/electronics)")
    return found


@pytest.fixture(scope="module")
def catalogue(folder: Path) -> list[Listed]:
    return read_catalogue(folder / "products.jsonl.gz")


@pytest.fixture(scope="module")
def judged(folder: Path, catalogue: list[Listed]) -> dict[str, set[str]]:
    known = {row.product_id for row in catalogue}
    found: dict[str, set[str]] = {}
    with (folder / "judgments.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if int(row["relevance"]) >= 2 and row["product_id"] in known:
                found.setdefault(normalise(row["query"]), set()).add(row["product_id"])
    return found


def test_every_product_of_a_real_catalogue_is_read(catalogue):
    assert len(catalogue) == 19_406
    assert sum(bool(row.attributes) for row in catalogue) > 19_000
    ids = [row.product_id for row in catalogue]
    assert ids == sorted(set(ids))


def test_a_real_catalogue_is_searched(catalogue, judged):
    queries = sorted(judged)
    asked, learned = queries[::4], [query for i, query in enumerate(queries) if i % 4]
    purchases = [Purchase(query, product_id, 1) for query in learned for product_id in sorted(judged[query])]
    retriever = Retriever(train_model(purchases, catalogue, from_dict(RetrievalConfig, SETTINGS), threads=2))
    found = {
        system: [_hits(retriever, system, query, judged[query]) for query in asked] for system in ("full", "lexical")
    }
    assert sum(found["full"]) > 0.5 * len(asked)
    assert sum(found["full"]) >= sum(found["lexical"])


def _hits(retriever: Retriever, system: str, query: str, wanted: set[str]) -> float:
    products = [product.product_id for product in retriever.search(query, k=10, system=system)]
    return len(wanted.intersection(products)) / min(len(wanted), 10)
