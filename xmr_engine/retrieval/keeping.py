"""A catalogue and purchases as a model keeps them."""

from collections.abc import Mapping, Sequence

import numpy as np

from xmr_engine.data.products import Listed, Purchase
from xmr_engine.errors import DataError
from xmr_engine.frozen import freeze
from xmr_engine.labels import LabelTable, make_strings
from xmr_engine.retrieval.model import Held, Shop


def group(purchases: Sequence[Purchase], places: Mapping[str, int], name: str) -> dict[str, dict[int, int]]:
    """Return how often each product was bought after each query.

    Raises
    ------
    DataError
        More than half of the purchases are of products that the catalogue lacks.
    """
    grouped: dict[str, dict[int, int]] = {}
    unknown = ""
    n_unknown = 0
    for row in purchases:
        place = places.get(row.product_id)
        if place is None:
            unknown = unknown or row.product_id
            n_unknown += 1
            continue
        bought = grouped.setdefault(row.query, {})
        bought[place] = min(bought.get(place, 0) + row.times, 1 << 30)
    if 2 * n_unknown > len(purchases):
        raise DataError(
            f"{name}: {n_unknown} of {len(purchases)} purchases are of products that the catalogue lacks, "
            f"such as {unknown[:40]!r}; give the catalogue they were bought from"
        )
    return grouped


def keep_shop(listed: Sequence[Listed]) -> Shop:
    """Return the catalogue as it is kept."""
    names = sorted({name for row in listed for name in row.attributes})
    values = sorted({value for row in listed for value in row.attributes.values()})
    name_at, value_at = {text: i for i, text in enumerate(names)}, {text: i for i, text in enumerate(values)}
    flat = [(name_at[name], value_at[value]) for row in listed for name, value in row.attributes.items()]
    rows = np.concatenate([[0], np.cumsum([len(row.attributes) for row in listed])])
    tables = [LabelTable(make_strings(texts)) for texts in (names, values)]
    ids, titles = [row.product_id for row in listed], [row.title for row in listed]
    pairs = np.array(flat, np.int32).reshape(-1, 2)
    columns = (freeze(rows, np.int64), freeze(pairs[:, 0]), freeze(pairs[:, 1]))
    return Shop(LabelTable(make_strings(ids)), LabelTable(make_strings(titles)), *columns, *tables)


def keep_held(purchases: Sequence[Purchase], shop: Shop, name: str) -> Held:
    """Return held-out purchases as they are kept."""
    grouped = group(purchases, {text: place for place, text in enumerate(shop.ids.texts())}, name)
    queries = sorted(grouped)
    rows = np.concatenate([[0], np.cumsum([len(grouped[query]) for query in queries])])
    flat = [pair for query in queries for pair in sorted(grouped[query].items())]
    pairs = np.array(flat, np.int32)
    columns = (freeze(rows, np.int64), freeze(pairs[:, 0]), freeze(pairs[:, 1]))
    return Held(LabelTable(make_strings(queries)), *columns)
