"""The documents that calls give, as schemas.

Knows the fields of answers; knows nothing of calls.
"""

from app.openapi.parts import Part, by_name, named, record, rows

TEXT: Part = {"type": "string"}
WHOLE: Part = {"type": "integer"}
NUMBER: Part = {"type": "number"}
TRUTH: Part = {"type": "boolean"}
MATCH: Part = {"type": "string", "enum": ["prefix", "composed", "typo", "words", "shorter"]}
SOURCE: Part = {"type": "string", "enum": ["index", "popular", "successor", "composed"]}


def or_null(schema: Part) -> Part:
    """Return a schema that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


SCHEMAS: dict[str, Part] = {
    "Problem": record(
        {
            "type": TEXT,
            "title": TEXT,
            "status": WHOLE,
            "detail": TEXT,
            "instance": TEXT,
            "request_id": TEXT,
        },
        optional=["instance"],
    ),
    "Completion": record(
        {
            "text": TEXT,
            "score": NUMBER,
            "match": MATCH,
            "sources": rows(SOURCE),
            "meant": {**TEXT, "description": "Of a typo: the beginning of the text that was meant by the prefix."},
        },
        optional=["meant"],
    ),
    "Completions": record(
        {
            "model": TEXT,
            "index": TEXT,
            "prefix": {**TEXT, "description": "What was typed, normalised."},
            "previous": rows(TEXT),
            "took_ms": {**NUMBER, "description": "The engine's time in milliseconds."},
            "completions": rows(named("Completion")),
        }
    ),
    "Node": record(
        {
            "node": WHOLE,
            "parent": or_null(WHOLE),
            "score": NUMBER,
            "kept": TRUTH,
            "span": {"type": "array", "items": WHOLE, "minItems": 2, "maxItems": 2},
        }
    ),
    "Compared": record(
        {
            "completions": rows(named("Completion")),
            "took_ms": NUMBER,
            "nodes_visited": WHOLE,
            "candidates": WHOLE,
            "evaluated": rows(WHOLE),
            "beam": rows(rows(named("Node"))),
        },
        optional=["evaluated"],
    ),
    "Comparison": record(
        {
            "prefix": TEXT,
            "previous": rows(TEXT),
            "indexes": by_name(named("Compared")),
            "only": by_name(rows(TEXT)),
        }
    ),
    "Term": record({"group": TEXT, "term": TEXT, "value": NUMBER, "kind": TEXT}, optional=["kind"]),
    "Explanation": record(
        {
            "score": or_null(NUMBER),
            "groups": by_name(NUMBER),
            "terms": rows(named("Term")),
            "rank": or_null(WHOLE),
            "rank_without_context": or_null(WHOLE),
            "sources": rows(SOURCE),
            "meant": {**TEXT, "description": "The prefix it is scored for, where that is not the one typed."},
            "reason": TEXT,
            "lost": record({"layer": WHOLE, "score": NUMBER, "beam_last_score": or_null(NUMBER)}),
        },
        optional=["sources", "meant", "reason", "lost", "rank_without_context"],
    ),
    "Session": record({"queries": rows(record({"text": TEXT, "time": WHOLE}))}),
    "Drawing": record(
        {
            "strings": rows(TEXT),
            "depth": WHOLE,
            "branching": WHOLE,
            "prefix": TEXT,
            "beam": WHOLE,
            "indexes": by_name({"type": "object"}),
        }
    ),
    "Alive": record({"status": {"const": "alive"}}),
    "Readiness": record(
        {"status": {"enum": ["ready", "warming", "failed"]}, "detail": TEXT, "models": rows(TEXT)},
    ),
}
