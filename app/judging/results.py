"""What the votes of a study add up to: shares, strengths, agreement, grades and keystrokes, also by tag.

Knows verdicts and the engine's evaluation; knows nothing of storage or pages.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from app.judging.studies import Frozen, Study
from app.judging.verdicts import Judged, Verdict, verdict
from xmr_engine.evaluation.agreement import cohen_kappa, krippendorff_alpha
from xmr_engine.evaluation.grades import mean_with_interval, ndcg, typed_until_shown
from xmr_engine.evaluation.preferences import bradley_terry, bradley_terry_errors, wilson

Document = dict[str, Any]
Unit = tuple[int, int, int]

_HALF = 0.5
_BAD = -1
_TIE = -2


def sum_up(study: Study, frozen: Sequence[Frozen], judged: Sequence[Judged]) -> Document:
    """Return all results of a study as a document.

    One scenario and pair of systems counts once, however many raters judged it: for the side that more of its votes
    were for, else as a tie.
    """
    compared = study.mode != "graded"
    document: Document = {
        "study": study.id,
        "mode": study.mode,
        "systems": study.names,
        "scenarios": len(frozen),
        "judgments": len(judged),
        "revised": sum(one.revised for one in judged),
        "raters": dict(Counter(one.rater for one in judged)),
        "agreement": _agreement(study, judged),
    }
    if compared:
        document |= {
            "pairs": _pairs(study, frozen, judged),
            "strengths": _strengths(study, judged),
            "tags": {tag: _pairs(study, frozen, chosen, tag) for tag, chosen in _by_tag(judged).items()},
        }
    else:
        document |= {
            "grades": _grades(study, frozen, judged),
            "tags": {tag: _grades(study, frozen, chosen) for tag, chosen in _by_tag(judged).items()},
        }
    if study.mode == "typing":
        document["typing"] = _typing(study, frozen)
    return document


def _verdicts(study: Study, judged: Iterable[Judged]) -> dict[Unit, Verdict]:
    """Return one verdict a unit: who has more of its votes; without a majority a tie, bad only if all say so."""
    votes: dict[Unit, list[Verdict]] = defaultdict(list)
    for one in judged:
        votes[one.item_id, one.one, one.other].append(verdict(study, one))
    found: dict[Unit, Verdict] = {}
    for unit, given in votes.items():
        lead = given.count(unit[1]) - given.count(unit[2])
        undecided: Verdict = "bad" if set(given) == {"bad"} else "tie"
        found[unit] = undecided if lead == 0 else unit[1] if lead > 0 else unit[2]
    return found


def _pairs(study: Study, frozen: Sequence[Frozen], judged: Sequence[Judged], tag: str | None = None) -> list[Document]:
    """Return for each pair of systems its wins, and the share of the decided ones that the first won."""
    verdicts = _verdicts(study, judged)
    places = [one for one in frozen if tag is None or tag in one.scenario["tags"]]
    found = []
    for one, other in combinations(range(len(study.systems)), 2):
        given = Counter(said for unit, said in verdicts.items() if unit[1:] == (one, other))
        decided = given[one] + given[other]
        found.append(
            {
                "systems": [study.names[one], study.names[other]],
                "items": sum(given.values()),
                "wins": [given[one], given[other]],
                "ties": given["tie"],
                "bad": given["bad"],
                "identical": sum(each.digests[one] == each.digests[other] for each in places),
                "share": given[one] / decided if decided else None,
                "interval": list(wilson(given[one], decided)),
            }
        )
    return found


def _strengths(study: Study, judged: Sequence[Judged]) -> Document | None:
    """Return the systems' Bradley–Terry strengths with 95 % intervals; `None` for two systems or no votes.

    Where a system never lost or never won, no finite strength exists: half a win is then added both ways to every
    pair that met, and `helped` says so.
    """
    n = len(study.systems)
    wins = [[0.0] * n for _ in range(n)]
    met = set()
    for (_, one, other), said in _verdicts(study, judged).items():
        met.add((one, other))
        wins[one][other] += 1.0 if said == one else 0.0 if said == other else _HALF
        wins[other][one] += 1.0 if said == other else 0.0 if said == one else _HALF
    if n < 3 or not met:
        return None
    strengths = bradley_terry(wins)
    helped = strengths is None
    if strengths is None:
        for one, other in met:
            wins[one][other] += _HALF
            wins[other][one] += _HALF
        strengths = bradley_terry(wins)
    if strengths is None:
        return None
    errors = bradley_terry_errors(wins, strengths)
    rows = zip(study.names, strengths, errors, strict=True)
    listed = [{"system": name, "strength": s, "interval": [s - 1.96 * e, s + 1.96 * e]} for name, s, e in rows]
    return {"helped": helped, "systems": sorted(listed, key=lambda row: -row["strength"])}


def _agreement(study: Study, judged: Sequence[Judged]) -> Document:
    """Return how far raters agree with one another, and each with their own first vote."""
    graded = study.mode == "graded"
    values: dict[tuple[Any, ...], dict[tuple[str, int], int]] = defaultdict(dict)
    for one in judged:
        for thing, value in _things(study, one):
            values[thing][one.rater, one.round] = value
    firsts = [{rater: value for (rater, round_), value in given.items() if round_ == 0} for given in values.values()]
    raters = sorted({rater for given in firsts for rater in given})
    both = {
        pair: [(given[pair[0]], given[pair[1]]) for given in firsts if pair[0] in given and pair[1] in given]
        for pair in combinations(raters, 2)
    }
    again = {
        rater: [
            (given[rater, 0], given[rater, 1]) for given in values.values() if {(rater, 0), (rater, 1)} <= set(given)
        ]
        for rater in raters
    }
    level = "ordinal" if graded else "nominal"
    return {
        "kappa": [{"raters": list(pair), **_kappa(pairs)} for pair, pairs in both.items() if pairs],
        "alpha": krippendorff_alpha([list(given.values()) for given in firsts], "ordinal" if graded else "nominal"),
        "level": level,
        "units": sum(len(given) > 1 for given in firsts),
        "again": [{"rater": rater, **_kappa(pairs)} for rater, pairs in again.items() if pairs],
    }


def _things(study: Study, judged: Judged) -> list[tuple[tuple[Any, ...], int]]:
    """Return what was judged and how: one comparison, or every row that was graded."""
    if study.mode == "graded":
        return [((judged.item_id, text), grade) for text, grade in zip(judged.rows, judged.numbers, strict=True)]
    said = verdict(study, judged)
    value = said if isinstance(said, int) else _TIE if said == "tie" else _BAD
    return [((judged.item_id, judged.one, judged.other), value)]


def _kappa(pairs: Sequence[tuple[int, int]]) -> Document:
    same = sum(one == other for one, other in pairs)
    return {"n": len(pairs), "same": same, "kappa": cohen_kappa(pairs)}


def _by_tag(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """Return the votes by the tags of their scenarios."""
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        for tag in one.scenario["tags"]:
            found[tag].append(one)
    return dict(sorted(found.items()))


def _grades(study: Study, frozen: Sequence[Frozen], judged: Sequence[Judged]) -> list[Document]:
    """Return each system's nDCG@10 and mean grade, scenarios drawn for the interval."""
    answers = {one.item_id: one.answers for one in frozen}
    found = []
    for system, name in enumerate(study.names):
        gains, units, grades = [], [], []
        for one in judged:
            given = dict(zip(one.rows, one.numbers, strict=True))
            listed = [given[row["text"]] for row in answers[one.item_id][system]["rows"]]
            gain = ndcg(listed, given.values())
            grades += listed
            if gain is not None:
                gains.append(gain)
                units.append(one.item_id)
        mean, low, high = mean_with_interval(gains, units)
        mean_grade = sum(grades) / len(grades) if grades else None
        found.append(
            {"system": name, "items": len(set(units)), "ndcg": mean, "interval": [low, high], "mean_grade": mean_grade}
        )
    return found


def _typing(study: Study, frozen: Sequence[Frozen]) -> list[Document]:
    """Return each system's keystrokes until the wanted query is shown, counted without anybody's vote."""
    found = []
    for system, name in enumerate(study.names):
        keys = [keystrokes(one.answers[system], one.scenario["next"]) for one in frozen]
        shown = [typed for typed in keys if typed is not None]
        mean = sum(shown) / len(shown) if shown else None
        found.append({"system": name, "shown": len(shown), "never": len(keys) - len(shown), "mean_keystrokes": mean})
    return found


def keystrokes(answer: Mapping[str, Any], wanted: str) -> int | None:
    """Return after how many keystrokes a frozen typing shows the wanted query, if ever."""
    return typed_until_shown(([row["text"] for row in rows] for rows in answer["steps"]), wanted)
