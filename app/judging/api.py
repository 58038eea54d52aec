"""The JSON calls of judging: what to judge next, votes, scenarios, results and exports.

Knows HTTP; what the calls mean lives in the modules it names.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import NotFound, Unauthorized

from app.judging import ballots, exports
from app.judging.access import judging, study_of
from app.judging.ballots import WITHDRAWN
from app.judging.exchange import parse, read_scenario, render
from app.judging.gate import require_same_origin
from app.judging.handing import MOST_HANDED, MOST_RATER, hand_out
from app.judging.results import sum_up
from app.judging.sets import add_scenarios, clean_name, clean_text, read_set
from app.judging.studies import Study, list_studies, read_frozen
from app.judging.verdicts import names_of, read_judged
from app.problems import refuse

judging_api = Blueprint("judging_api", __name__, url_prefix="/api/v1")

_TYPES = {"text/csv": "csv", "application/x-ndjson": "jsonl", "application/jsonl": "jsonl"}
_FORMATS = {"json": "application/json", "csv": "text/csv", "jsonl": "application/x-ndjson", "trec": "text/plain"}


@judging_api.before_request
def let_in() -> None:
    """Refuse other sites' pages, and those who have not said the passphrase."""
    require_same_origin(request)
    if not judging().gate.lets_in(request):
        raise Unauthorized("Judging is closed: say the passphrase at /judge, or send it as a bearer token.")


@judging_api.post("/judge/studies/<study_id>/items")
def hand_items(study_id: str) -> Response:
    """Answer with what a rater judges next, and how far the work is."""
    study, body = study_of(study_id), _body()
    rater = clean_text(body.get("rater"), "rater", MOST_RATER)
    waiting, wanted = body.get("waiting", []), body.get("n", 5)
    if not isinstance(waiting, list) or not all(isinstance(one, str) for one in waiting):
        raise refuse("waiting: expected a list of items.")
    if type(wanted) is not int or not 1 <= wanted <= MOST_HANDED:
        raise refuse(f"n: expected a whole number from 1 to {MOST_HANDED}.")
    handed = hand_out(judging().store, study, rater, set(waiting), wanted)
    progress = {"done": handed.done, "total": handed.total, "own": handed.own}
    return jsonify({"rater": rater, **progress, "items": handed.showings})


@judging_api.post("/judgments")
def cast_vote() -> tuple[Response, int]:
    """Keep a vote, and say whom it was for."""
    parts, body = judging(), _body()
    key = ballots.read_key(request.headers.get("Idempotency-Key"))
    showing = ballots.find_showing(parts.store, body.get("item"))
    if showing is None:
        raise refuse("item: there is none of this id; reload the page.")
    study = study_of(showing["study_id"])
    cast = ballots.cast(parts.store, study, showing, body, key)
    told: dict[str, Any] = {"judgment": cast.number, "item": showing["id"], "vote": cast.value}
    if study.reveal == "vote" and cast.value != WITHDRAWN:
        (item,) = read_frozen(parts.store, study.id, showing["item_id"])
        told["names"] = names_of(study, showing, item.answers)
    return jsonify(told), 201 if cast.fresh else 200


@judging_api.get("/judgments")
def export() -> Response:
    """Answer with the votes that count, of one study or of all."""
    form = request.args.get("format", "json")
    if form not in _FORMATS:
        raise refuse(f"format: got {form[:40]!r}, expected {', '.join(_FORMATS)}.")
    studies = _asked_studies()
    if form == "trec":
        text = "".join(map(_trec, studies))
    else:
        store = judging().store
        rows = (
            row
            for study in studies
            for row in exports.describe(study, read_frozen(store, study.id), read_judged(store, study))
        )
        text = {"json": exports.as_json, "csv": exports.as_csv, "jsonl": exports.as_jsonl}[form](rows)
    response = Response(text, content_type=f"{_FORMATS[form]}; charset=utf-8")
    if form != "json":
        ending = request.args.get("part", "qrels") if form == "trec" else form
        response.headers["Content-Disposition"] = f'attachment; filename="judgments.{ending}"'
    return response


@judging_api.get("/judge/studies/<study_id>/results")
def results(study_id: str) -> Response:
    """Answer with what a study's votes add up to."""
    study, store = study_of(study_id), judging().store
    return jsonify(sum_up(study, read_frozen(store, study.id), read_judged(store, study)))


@judging_api.post("/judge/sets/<name>/scenarios")
def add(name: str) -> tuple[Response, int]:
    """Add one scenario, or those of a CSV or JSON lines file, to a set."""
    parts, form = judging(), _TYPES.get(request.mimetype)
    scenarios = [read_scenario(_body())] if form is None else parse(request.get_data(as_text=True), form)
    added = add_scenarios(parts.store, parts.shipped, clean_name(name), scenarios)
    return jsonify({"set": clean_name(name), "added": added, "known": len(scenarios) - added}), 201


@judging_api.get("/judge/sets/<name>/scenarios")
def export_set(name: str) -> Response:
    """Answer with a set as a file."""
    form = request.args.get("format", "jsonl")
    if form not in ("csv", "jsonl"):
        raise refuse(f"format: got {form[:40]!r}, expected csv or jsonl.")
    scenarios = read_set(judging().store, judging().shipped, name)
    if scenarios is None:
        raise NotFound("There is no such set here.")
    response = Response(render(scenarios, form), content_type=f"{_FORMATS[form]}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="scenarios.{form}"'
    return response


def _body() -> Mapping[str, Any]:
    """Return the JSON object of a call."""
    body: Any = request.get_json()
    if not isinstance(body, dict):
        raise refuse("The body must be a JSON object.")
    return body


def _asked_studies() -> list[Study]:
    """Return the studies that an export is of, the oldest first."""
    wanted, name = request.args.get("study"), request.args.get("set")
    studies = [study_of(wanted)] if wanted else list_studies(judging().store)[::-1]
    return [study for study in studies if name in (None, study.set_name)]


def _trec(study: Study) -> str:
    """Return a study's part of a TREC file: grades, or what a system answered; nothing where it has no lists."""
    store, part = judging().store, request.args.get("part", "qrels")
    if part not in ("qrels", "run"):
        raise refuse(f"part: got {part[:40]!r}, expected qrels or run.")
    if part == "qrels":
        return "".join(exports.qrels(study, read_judged(store, study))) if study.mode == "graded" else ""
    system = request.args.get("system", study.names[0] if len(study.names) == 1 else "")
    if study.mode == "typing" or (system not in study.names and not request.args.get("study")):
        return ""
    if system not in study.names:
        raise refuse(f"system: name one of {', '.join(study.names)}.")
    return "".join(exports.run(study, read_frozen(store, study.id), study.names.index(system)))
