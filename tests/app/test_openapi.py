import re

import pytest

from app.openapi.views import document
from app.reading import MAX_BEAM, MAX_K, MAX_PREFIX, MAX_QUERY

UNDESCRIBED = {"/static/<path:filename>", "/favicon.ico"}


def test_every_call_is_described_and_nothing_else(app):
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule not in UNDESCRIBED
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, methods in document()["paths"].items() for method in methods}
    assert described == served


def test_limits_are_those_that_are_checked(client):
    for parameter in document()["paths"]["/api/v1/complete"]["get"]["parameters"]:
        schema = parameter["schema"]
        limit = schema.get("maximum") or schema.get("maxLength") or schema.get("items", {}).get("maxLength")
        known = {"prefix": MAX_PREFIX, "previous": MAX_QUERY, "k": MAX_K, "beam": MAX_BEAM}
        assert limit == known.get(parameter["name"], limit)


def test_every_reference_leads_somewhere():
    whole = document()

    def follow(part):
        if isinstance(part, dict):
            for key, value in part.items():
                if key == "$ref":
                    place = whole
                    for step in value.removeprefix("#/").split("/"):
                        place = place[step]
                else:
                    follow(value)
        elif isinstance(part, list):
            for each in part:
                follow(each)

    follow(whole)
    names = [call["operationId"] for methods in whole["paths"].values() for call in methods.values()]
    assert len(set(names)) == len(names)


def test_the_reader_shows_every_call_and_loads_nothing_from_elsewhere(client):
    page = client.get("/docs").text
    for path, methods in document()["paths"].items():
        for call in methods.values():
            assert f'id="{call["operationId"]}"' in page
            assert path in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert client.get("/openapi.json").json == document()


@pytest.mark.parametrize("path", ["/api/v1/complete?prefix=n", "/livez", "/metrics", "/openapi.json", "/docs", "/"])
def test_head_is_get_without_the_body(client, path):
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_type == whole.content_type


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/v1/complete", {"GET", "HEAD", "OPTIONS"}),
        ("/api/v1/session", {"GET", "HEAD", "OPTIONS", "DELETE"}),
        ("/api/v1/session/queries", {"POST", "OPTIONS"}),
    ],
)
def test_options_and_refusals_name_the_methods(client, path, methods):
    options = client.options(path)
    assert options.status_code == 200
    assert set(options.headers["Allow"].split(", ")) == methods
    refused = client.open(path, method="PATCH")
    assert (refused.status_code, refused.content_type) == (405, "application/problem+json")
    assert set(refused.headers["Allow"].split(", ")) == methods
