"""What all tests share: the project's folder, and one small model trained on a synthetic shop."""

from pathlib import Path

import pytest

import xmr_engine
from sample_models.shop.generate import Plan, generate

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shop_log(tmp_path_factory) -> Path:
    """A small synthetic log."""
    folder = tmp_path_factory.mktemp("shop")
    generate(folder, Plan(sessions=3000, products=1000))
    return folder / "log.tsv"


@pytest.fixture(scope="session")
def shop_model(shop_log, tmp_path_factory) -> Path:
    """A model of three indexes, trained on the small synthetic log."""
    out = tmp_path_factory.mktemp("models") / "small-shop"
    indexes = ("hybrid", "tree", "trie")
    xmr_engine.train(shop_log, out=out, index=indexes, config={"corpus": "shop", "synthetic": True})
    return out
