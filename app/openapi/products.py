"""The calls of product retrieval and what they give, described."""

from app.openapi.parts import ALWAYS, Part, answer, by_name, call, named, number, record, rows, text
from app.reading import MAX_BEAM, MAX_K, MAX_QUERY

_TEXT: Part = {"type": "string"}
_WHOLE: Part = {"type": "integer"}
_NUMBER: Part = {"type": "number"}
_TRUTH: Part = {"type": "boolean"}

_QUERY = text("query", "What is looked for.", MAX_QUERY, example="couch")
_ASKING = (
    text("model", "A model of products by name; absent: the first.", 200),
    number("beam", "Nodes kept at a depth; absent: the model's.", MAX_BEAM),
    {
        "name": "threshold",
        "in": "query",
        "description": "The tree's weights below it are left out; absent: the model's.",
        "schema": {"type": "number", "minimum": 0, "maximum": 1},
    },
    number("k", "Most products of each system.", MAX_K, 10),
)

PATHS: dict[str, dict[str, Part]] = {
    "/api/v1/products": {
        "get": call(
            "products",
            "Find products for a query by every system at once.",
            {200: answer(named("Found"), "Each system's products, best first.")},
            [_QUERY | {"required": True}, *_ASKING],
            (*ALWAYS, 503),
            tags=["Products"],
        )
    },
    "/products": {
        "get": call(
            "products_page",
            "A query's products by every system side by side.",
            {200: answer(_TEXT, "The page.", "text/html")},
            [_QUERY, *_ASKING],
            tags=["Pages"],
        )
    },
}

SCHEMAS: dict[str, Part] = {
    "Product": record(
        {
            "product_id": _TEXT,
            "title": _TEXT,
            "score": _NUMBER,
            "sources": rows(_TEXT),
            "purchased": {**_TRUTH, "description": "A held-out shopper who searched so bought it."},
            "times": {**_WHOLE, "description": "How often held-out shoppers who searched so bought it."},
        }
    ),
    "Found": record(
        {
            "query": {**_TEXT, "description": "What was asked, normalised."},
            "asked": {**_TRUTH, "description": "Whether a held-out shopper bought anything after this query."},
            "bought": {**_WHOLE, "description": "How many products they bought."},
            "systems": by_name(record({"products": rows(named("Product")), "took_ms": _NUMBER})),
            "cards": {**by_name(by_name(_TEXT)), "description": "The attributes of every product shown."},
            "tree": record(
                {
                    "nodes_visited": _WHOLE,
                    "candidates": _WHOLE,
                    "evaluated": rows(_WHOLE),
                    "beam": rows(rows(named("Node"))),
                }
            ),
            "megabytes": {**_NUMBER, "description": "The tree and its weights at this threshold."},
        }
    ),
}
