"""A model of products that answers by the engine's contract from a handful of invented products; no learning."""

from typing import Any

from xmr_engine.errors import ConfigError
from xmr_engine.text import normalise

COLORS = ("red", "navy", "olive", "sage green")
PRODUCTS = {
    f"p{number:02d}": {
        "title": f"Sofren {kind.title()}, {COLORS[number % 4].title()}, Size {number} <b>",
        "type": kind,
        "color": COLORS[number % 4],
        "department": "home" if kind == "sofa" else "sport",
        "price": f"{100 + number}.99",
    }
    for number, kind in enumerate(["sofa", "tent"] * 12)
}
SOLD = {"couch": {"p00": 2, "p04": 1}}
SHIFT = {"full": 0, "xr-linear": 2, "lexical": 5, "neural": 9}


class FakeRetriever:
    """A retriever by the contract, quick and the same every time."""

    name = "fake-shop"
    systems = tuple(SHIFT)
    n_products = len(PRODUCTS)
    synthetic = True
    beam = 10
    measured = {  # noqa: RUF012
        "curve": [
            {"beam": beam, "threshold": cut, "megabytes": 2 - cut, "recall10": beam / 100, "recall100": 0.6 - cut}
            for beam in (1, 2, 3, 5, 10, 15, 20, 30, 50)
            for cut in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
        ]
    }

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def warm(self) -> None:
        pass

    def compare(self, query, k=10, beam=None, threshold=None) -> dict[str, Any]:
        self.asked.append((query, k, beam, threshold))
        if query == "refuse me":
            raise ConfigError("query: not this one")
        text = normalise(query)
        sold = SOLD.get(text, {})
        kinds = [name for name, row in PRODUCTS.items() if text != "couch" or row["type"] == "sofa"]
        systems = {}
        for system, shift in SHIFT.items():
            names = [] if text == "nothing" else (kinds[shift:] + kinds[:shift])[:k]
            rows = [
                {
                    "product_id": name,
                    "title": PRODUCTS[name]["title"],
                    "score": 1 / (1 + place),
                    "sources": ["index"],
                    "purchased": name in sold,
                    "times": sold.get(name, 0),
                }
                for place, name in enumerate(names)
            ]
            systems[system] = {"products": rows, "took_ms": 0.1}
        beam_rows = [
            [{"node": n, "parent": 0, "score": -n / 3, "kept": n < 3, "span": [0, 9]} for n in (1, 2, 3, 4)],
            [{"node": n, "parent": 1, "score": -n / 9, "kept": n < 7, "span": [n, n + 1]} for n in (5, 6, 7)],
        ]
        return {
            "query": text,
            "asked": bool(sold),
            "bought": len(sold),
            "systems": systems,
            "cards": {name: {k: v for k, v in row.items() if k != "title"} for name, row in PRODUCTS.items()},
            "tree": {"nodes_visited": 7, "candidates": 2, "evaluated": [4, 3], "beam": beam_rows},
            "megabytes": 2 - (threshold or 0.1),
        }
