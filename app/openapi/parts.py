"""The pieces a description is made of: parameters, answers, refusals.

Knows OpenAPI's words; knows nothing of any particular call.
"""

from collections.abc import Sequence
from typing import Any

Part = dict[str, Any]

JSON = "application/json"
PROBLEM = "application/problem+json"

TITLES = {
    400: "The request cannot be read.",
    401: "A passphrase is needed.",
    403: "The call changes something and was made by a page of another origin.",
    404: "There is no such thing here.",
    409: "The call contradicts an earlier one.",
    413: "The body is larger than 16 kB.",
    414: "The URL is longer than 32 kB.",
    415: "The body is of another type.",
    422: "A parameter is out of its limits; the problem names it.",
    429: "The client has called too often; `Retry-After` says when to come back.",
    503: "Models or kernels are not ready; `Retry-After` says when to come back.",
}
ALWAYS = (400, 404, 405, 413, 414, 422, 429)
CHANGING = (*ALWAYS, 403, 415)


def text(name: str, says: str, most: int, *, required: bool = False, example: str | None = None) -> Part:
    """Return a text parameter of at most so many characters."""
    schema: Part = {"type": "string", "maxLength": most}
    part: Part = {"name": name, "in": "query", "description": says, "required": required, "schema": schema}
    return part | ({} if example is None else {"example": example})


def number(name: str, says: str, most: int, default: int | None = None) -> Part:
    """Return a whole number from 1."""
    schema: Part = {"type": "integer", "minimum": 1, "maximum": most}
    if default is not None:
        schema["default"] = default
    return {"name": name, "in": "query", "description": says, "schema": schema}


def choice(name: str, says: str, values: Sequence[str], default: str) -> Part:
    """Return a parameter that takes one of some words."""
    return {
        "name": name,
        "in": "query",
        "description": says,
        "schema": {"type": "string", "enum": list(values), "default": default},
    }


def several(name: str, says: str, most: int) -> Part:
    """Return a parameter that may be repeated."""
    items = {"type": "string", "maxLength": most}
    schema = {"type": "array", "items": items}
    return {"name": name, "in": "query", "description": says, "schema": schema, "style": "form", "explode": True}


def position(name: str, says: str) -> Part:
    """Return a position within the path."""
    schema = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
    return {"name": name, "in": "path", "description": says, "required": True, "schema": schema}


def body(schema: Part, kind: str = JSON) -> Part:
    """Return what a call takes as its body."""
    return {"required": True, "content": {kind: {"schema": schema}}}


def record(fields: dict[str, Part], optional: Sequence[str] = ()) -> Part:
    """Return an object of these fields."""
    return {"type": "object", "properties": fields, "required": [name for name in fields if name not in optional]}


def rows(items: Part) -> Part:
    """Return a list."""
    return {"type": "array", "items": items}


def by_name(values: Part) -> Part:
    """Return an object whose names are free."""
    return {"type": "object", "additionalProperties": values}


def named(name: str) -> Part:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(schema: Part, says: str = "The answer.", kind: str = JSON, files: Sequence[str] = ()) -> Part:
    """Return an answer's description; `files` are further types it may have, of free form."""
    content = {kind: {"schema": schema}} | {other: {"schema": {"type": "string"}} for other in files}
    return {"description": says, "headers": _HEADERS, "content": content}


def call(
    name: str,
    summary: str,
    answers: dict[int, Part],
    parameters: Sequence[Part] = (),
    refusals: Sequence[int] = ALWAYS,
    **more: Any,  # noqa: ANN401
) -> Part:
    """Return a call's description; `more` goes in as it is."""
    refused = {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(set(refusals))}
    given = {str(status): part for status, part in answers.items()}
    described: Part = {"operationId": name, "summary": summary, "responses": given | refused}
    return described | ({"parameters": list(parameters)} if parameters else {}) | more


def refusals() -> Part:
    """Return every refusal that calls refer to; a page where a person is navigating."""
    titles = TITLES | {405: "The call does not know this method; `Allow` names those it knows."}
    return {
        str(status): {
            "description": says,
            "headers": _HEADERS,
            "content": {PROBLEM: {"schema": named("Problem")}, "text/html": {"schema": {"type": "string"}}},
        }
        for status, says in sorted(titles.items())
    }


_HEADERS = {"X-Request-ID": {"description": "Names the request in the log.", "schema": {"type": "string"}}}
