"""The pages of judging: studies and sets, the page to judge on, results, replay, and the door.

Knows forms and templates; what stands on the pages comes from the modules it names.
"""

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound, ServiceUnavailable, UnprocessableEntity
from werkzeug.wrappers import Response as AnyResponse

from app.judging import replay
from app.judging.access import judging, study_of
from app.judging.contenders import find_contender, list_contenders
from app.judging.exchange import parse, read_scenario
from app.judging.gate import require_same_origin
from app.judging.results import keystrokes, sum_up
from app.judging.sets import add_scenarios, clean_name, clean_text, list_sets, read_own, read_set, remove_scenario
from app.judging.sets import remove_set as forget_set
from app.judging.studies import MODES, REVEALS, Plan, begin, list_studies, read_frozen
from app.judging.verdicts import count_votes, read_judged, verdict
from app.problems import refuse

judging_pages = Blueprint("judging_pages", __name__, url_prefix="/judge")

MODE_NAMES = {
    "list": "Two lists",
    "typing": "Whole typing",
    "interleaved": "One list of both",
    "graded": "Graded rows",
}
_MOST_TITLE = 120
_MOST_LISTED = 200
_OPEN = "judging_pages.enter"


@judging_pages.before_request
def let_in() -> AnyResponse | None:
    """Send those to the door who have not said the passphrase."""
    require_same_origin(request)
    if request.endpoint == _OPEN or judging().gate.lets_in(request):
        return None
    return redirect(url_for(_OPEN, to=request.full_path.rstrip("?")), 303)


@judging_pages.route("/enter", methods=["GET", "POST"])
def enter() -> AnyResponse:
    """Ask for the passphrase, and let in who says it."""
    to, gate = _local(request.values.get("to", "")), judging().gate
    if gate.lets_in(request):
        return redirect(to, 303)
    wrong = request.method == "POST"
    if wrong and gate.try_passphrase(request, request.form.get("passphrase", "")):
        response = Response(status=303, headers={"Location": to})
        gate.open_for(request, response)
        return response
    return make_response(render_template("judge/enter.html", to=to, wrong=wrong), 401 if wrong else 200)


@judging_pages.get("")
def overview() -> str:
    """Show the studies, what a new one can be, and the sets."""
    return _overview(request.args)


@judging_pages.post("")
def begin_study() -> AnyResponse:
    """Begin a study and go to it; what cannot be is said on the form."""
    if not judging().catalog.wait():
        raise ServiceUnavailable(judging().catalog.state, retry_after=2)
    try:
        study_id = _begin(request.form)
    except UnprocessableEntity as error:
        return make_response(_overview(request.form, str(error.description)), 422)
    return redirect(url_for("judging_pages.judge", study_id=study_id), 303)


@judging_pages.get("/<study_id>")
def judge(study_id: str) -> str:
    """Show the page to judge on; it holds no name of a system."""
    study = study_of(study_id)
    told = {name: getattr(study, name) for name in ("title", "id", "mode", "split", "synthetic")}
    return render_template("judge/judge.html", **told)


@judging_pages.get("/<study_id>/results")
def results(study_id: str) -> str:
    """Show what a study's votes add up to."""
    study, store = study_of(study_id), judging().store
    frozen, judged = read_frozen(store, study.id), read_judged(store, study)
    others = [each for each in list_studies(store) if each.set_name == study.set_name and each.id != study.id]
    return render_template(
        "judge/results.html",
        study=study,
        mode_name=MODE_NAMES[study.mode],
        summed=sum_up(study, frozen, judged),
        votes=[(each, _said(verdict(study, each), study.names) if study.mode != "graded" else "") for each in judged],
        others=others,
        most=_MOST_LISTED,
    )


@judging_pages.get("/votes/<int:number>")
def show_vote(number: int) -> str:
    """Show a vote with what was on the page when it was cast."""
    replayed = replay.find_vote(judging().store, number)
    if replayed is None:
        raise NotFound("There is no such vote, or it was taken back.")
    typed = {}
    if replayed.study.mode == "typing":
        wanted = replayed.judged.scenario["next"]
        typed = {system: keystrokes(answer, wanted) for system, answer in enumerate(replayed.item.answers)}
    shown = replayed._asdict() | {"mode_name": MODE_NAMES[replayed.study.mode], "typed": typed}
    return render_template("judge/vote.html", **shown)


@judging_pages.get("/compare")
def compare() -> str:
    """Show what two studies froze, side by side."""
    store = judging().store
    one, other = (study_of(request.args.get(name, "")) for name in ("one", "other"))
    changes = replay.compare((one, read_frozen(store, one.id)), (other, read_frozen(store, other.id)))
    return render_template("judge/compare.html", one=one, other=other, changes=changes, overlap=replay.overlap)


@judging_pages.get("/sets/<name>")
def show_set(name: str) -> str:
    """Show the scenarios of a set."""
    return _set_page(name)


@judging_pages.post("/sets")
def import_set() -> AnyResponse:
    """Add a file, or one scenario, to a set; make the set where there is none."""
    parts, form = judging(), request.form
    name = clean_name(form.get("name"))
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        kind = "csv" if upload.filename.lower().endswith(".csv") else "jsonl"
        try:
            scenarios = parse(upload.read().decode("utf-8-sig"), kind)
        except UnicodeDecodeError:
            raise refuse("The file is no UTF-8 text.") from None
    else:
        row = {"previous": form.get("previous", "").splitlines(), "tags": form.get("tags", "").split(";")}
        scenarios = [read_scenario({**row, "prefix": form.get("prefix", ""), "next": form.get("next", "")})]
    add_scenarios(parts.store, parts.shipped, name, scenarios)
    return redirect(url_for("judging_pages.show_set", name=name), 303)


@judging_pages.post("/sets/<name>")
def change_set(name: str) -> AnyResponse:
    """Remove one scenario, or the whole set."""
    store, number = judging().store, request.form.get("remove", "")
    if "whole" in request.form:
        forget_set(store, name)
        return redirect(url_for("judging_pages.overview"), 303)
    if number.isascii() and number.isdigit():
        remove_scenario(store, name, int(number[:9]))
    return redirect(url_for("judging_pages.show_set", name=name), 303)


def _overview(fields: MultiDict[str, str], problem: str = "") -> str:
    """Return the page of studies, its form filled as `fields` say."""
    parts = judging()
    chosen = fields.getlist("system") or list(list_contenders(parts.catalog.completers))[:2]
    return render_template(
        "judge/overview.html",
        studies=list_studies(parts.store),
        votes=count_votes(parts.store),
        sets=list_sets(parts.store, parts.shipped),
        systems=list_contenders(parts.catalog.completers),
        modes=MODE_NAMES,
        fields=fields,
        chosen=chosen,
        problem=problem,
        catalog=current_app.extensions["catalog"],
    )


def _begin(form: MultiDict[str, str]) -> str:
    """Return the id of the study that a form asks for."""
    parts = judging()
    completers = parts.catalog.completers
    set_name, mode, reveal = form.get("set", ""), form.get("mode", ""), form.get("reveal", "vote")
    if mode not in MODES or reveal not in REVEALS:
        raise refuse("mode: choose how to judge.")
    scenarios = read_set(parts.store, parts.shipped, set_name)
    if scenarios is None:
        raise refuse("set: choose one of those listed.")
    systems = tuple(find_contender(completers, name) for name in form.getlist("system"))
    title = form.get("title", "").strip() or f"{set_name}: {MODE_NAMES[mode].lower()}"
    plan = Plan(
        title=clean_text(title, "title", _MOST_TITLE),
        set_name=set_name,
        mode=mode,
        systems=systems,
        twice=_percent(form.get("twice", "10")),
        split="split" in form,
        reveal=reveal,
    )
    return begin(parts.store, completers, plan, scenarios)


def _set_page(name: str) -> str:
    parts = judging()
    own = None if name in parts.shipped else read_own(parts.store, name)
    if own is None and name not in parts.shipped:
        raise NotFound("There is no such set here.")
    rows = [(None, one) for one in parts.shipped.get(name, ())] if own is None else own
    return render_template("judge/set.html", name=name, rows=rows, shipped=own is None)


def _percent(text: str) -> float:
    """Return a share from a whole number of percent."""
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100):
        raise refuse(f"twice: got {text[:20]!r}, expected a whole number from 0 to 100.")
    return int(text) / 100


def _said(said: object, names: list[str]) -> str:
    """Return a verdict in words."""
    if isinstance(said, int):
        return names[said]
    return "tie" if said == "tie" else "both bad"


def _local(to: str) -> str:
    """Return the address to go on to, if it is one of judging."""
    elsewhere = any(urlsplit(to)[:2]) or not to.startswith("/judge")
    return url_for("judging_pages.overview") if elsewhere else to
