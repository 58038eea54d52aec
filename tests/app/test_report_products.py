"""The report's charts of product retrieval."""

import pytest

from tests.app.test_report import charts, keep

SYSTEMS = ("full", "xr-linear", "lexical", "neural", "full without XR-Linear")


def cell(recall):
    figures = {}
    for k, one in ((10, recall), (50, recall + 0.1), (100, recall + 0.2)):
        figures |= {f"recall{k}": one, f"recall{k}_ci": [one - 0.01, one + 0.01]}
    return figures | {"p50_ms": 0.5, "p99_ms": 1.5, "seconds": 4.0, "megabytes": 7.0}


def retrieval(**more):
    curve = [
        cell(0.1 + beam / 200 - threshold / 5) | {"beam": beam, "threshold": threshold, "megabytes": 9 - 10 * threshold}
        for threshold in (0.1, 0.3)
        for beam in (1, 10, 50)
    ]
    gain = {"gain": 0.004, "ci": [0.001, 0.007]}
    return {
        "data": "a-shop",
        "synthetic": True,
        "products": 500,
        "queries": 40,
        "training_seconds": {"full": 12.0, "full without XR-Linear": 3.0},
        "systems": {name: cell(0.5 - 0.1 * i) for i, name in enumerate(SYSTEMS)},
        "gain of XR-Linear": {f"recall{k}": gain for k in (10, 50, 100)},
        "curve": curve,
        "beam_ms": {"1": 0.1, "10": 0.2, "50": 0.6},
        "feature_sets": {"words": cell(0.1), "all": cell(0.2)},
    } | more


def peer():
    one = {"index_seconds": 2.0, "matcher_seconds": 4.0, "mb_in_memory": 20.0, "turns": 5}
    recall = {"10": {f"recall{k}": 0.2 for k in (10, 50, 100)}}
    sides = {who: one | {"recall": recall, "p50_ms": {"10": ms}} for who, ms in (("ours", 0.1), ("libpecos", 0.5))}
    return {"data": "a-shop", "rows": 900, "products": 500, "queries": 40} | sides


def test_a_made_up_shop_shows_what_was_planted(tmp_path):
    found = charts(keep(tmp_path, "products-shop", retrieval()))
    table = found["products-shop-planted"].table
    assert "planted" in table.columns[1]
    assert [row[1] for row in table.rows] == ["2.00", "1.33"]
    assert "no evidence" in found["products-shop-planted"].says


def test_real_purchases_show_no_planted_ratios(tmp_path):
    found = charts(keep(tmp_path, "products-homedepot", retrieval(synthetic=False)))
    assert "products-homedepot-planted" not in found
    assert {chart.rpartition("-")[2] for chart in found} == {
        "systems", "gain", "beams", "thresholds", "sets", "training",
    }  # fmt: skip
    assert found["products-homedepot-gain"].table.rows[0] == ("recall@10", "+0.004", "+0.001", "+0.007")
    assert found["products-homedepot-beams"].table.rows[1][4] == "0.200 ms"
    assert found["products-homedepot-thresholds"].table.rows[-1][0] == "0.3"


@pytest.mark.parametrize("lacking", ["beam_ms", "gain of XR-Linear"])
def test_a_file_of_another_version_gives_what_it_has(tmp_path, lacking):
    figures = {name: value for name, value in retrieval().items() if name != lacking}
    assert "products-shop-systems" in charts(keep(tmp_path, "products-shop", figures))


def test_the_peer_stands_beside(tmp_path):
    rows = {row[0]: row[1:] for row in charts(keep(tmp_path, "product-peers", peer()))["product-peers"].table.rows}
    assert rows["a query, beam 10, p50"] == ("0.100 ms", "0.500 ms", "0.20")
