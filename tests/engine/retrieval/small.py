"""A made-up shop of a hundred products, what people bought in it, and a small model of both."""

import random
from functools import cache

from xmr_engine.config import from_dict
from xmr_engine.data.products import Listed, Purchase
from xmr_engine.retrieval.model import RetrievalModel
from xmr_engine.retrieval.settings import RetrievalConfig
from xmr_engine.retrieval.train import train_model

BRANDS = ("arvo", "belin", "cado", "dorn", "évora")
KINDS = {
    "sofa": "couch",
    "desk lamp": "reading light",
    "rain coats": "anorak",
    "kettle": "water boiler",
    "tent": "camp",
}
COLORS = ("red", "blue", "green", "black")
SETTINGS = {
    "index": {"branching": 4, "leaf": 8, "embedding": "pifa"},
    "matching": {"threshold": 0.05, "beam": 3},
    "ranking": {"index": 20, "lexical": 30, "bought": 20, "folds": 2},
    "corpus": "made up",
    "synthetic": True,
}


def small_catalogue() -> list[Listed]:
    """Return every kind of every brand in every colour, by id."""
    rows = []
    for kind in KINDS:
        for brand in BRANDS:
            for color in COLORS:
                title = f"{brand.title()} {kind.title()}, {color.title()}, {2 + len(rows) % 3}x{3 + len(rows) % 2} m"
                rows.append(Listed(f"p{len(rows):03d}", title, {"brand": brand, "color": color, "type": kind}))
    return rows


def small_purchases(seed: int = 1, n: int = 160) -> list[Purchase]:
    """Return purchases of people of whom half call a thing by a name that no title has."""
    draw, listed = random.Random(seed), small_catalogue()
    rows = []
    for _ in range(n):
        product = draw.choice(listed)
        kind = product.attributes["type"]
        name = draw.choice([kind, KINDS[kind]])
        detail = draw.choice(["", f"{product.attributes['brand']} ", f"{product.attributes['color']} "])
        rows.append(Purchase(detail + name, product.product_id, draw.randint(1, 3)))
    return rows


@cache
def small_model() -> RetrievalModel:
    """Return the model, trained once a run."""
    return train_model(small_purchases(), small_catalogue(), from_dict(RetrievalConfig, SETTINGS))


def write_files(folder) -> tuple[str, str, str]:
    """Write catalogue and purchases, train and held out, as files; return their paths."""
    catalogue = folder / "catalogue.tsv"
    lines = ["product_id\ttitle\tbrand\tcolor\ttype"]
    lines += ["\t".join((row.product_id, row.title, *row.attributes.values())) for row in small_catalogue()]
    catalogue.write_text("\n".join(lines) + "\n", "utf-8")
    paths = []
    for name, seed in (("train", 1), ("test", 2)):
        rows = small_purchases(seed, 160 if name == "train" else 40)
        lines = ["query\tproduct_id\tcount", *(f"{row.query}\t{row.product_id}\t{row.times}" for row in rows)]
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n", "utf-8")
        paths.append(str(folder / f"{name}.tsv"))
    return paths[0], str(catalogue), paths[1]
