"""What is compared: one model, one of its indexes, with or without the session; and what it answers.

Knows completers; knows nothing of raters or databases.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from app.opened import Completer
from app.problems import refuse
from xmr_engine.evaluation.scenarios import Scenario

_ALONE = "no-session"
_SEEN = ("text", "match", "meant")

Document = Mapping[str, Any]
Completers = Mapping[str, Completer]
Rows = list[dict[str, str]]


class Contender(NamedTuple):
    """One system; `model_hash` is the sha256 of the model's document, which holds those of all its arrays."""

    model: str
    index: str  # type: ignore[assignment]
    context: bool
    model_hash: str

    @property
    def name(self) -> str:
        """The system's name: `shop-model/hybrid`; `shop-model/hybrid/no-session` where it is not told the session."""
        return f"{self.model}/{self.index}" if self.context else f"{self.model}/{self.index}/{_ALONE}"


def list_contenders(completers: Completers) -> dict[str, Contender]:
    """Return every system of the models served, by name."""
    found = (
        Contender(completer.name, index, context, completer.fingerprint)
        for completer in completers.values()
        for context in (True, False)
        for index in completer.indexes
    )
    return {contender.name: contender for contender in found}


def find_contender(completers: Completers, name: str) -> Contender:
    """Return the system of a name; refuses one that is not there."""
    known = list_contenders(completers)
    if name not in known:
        raise refuse(f"system: there is no {name[:100]!r} here; there is {', '.join(known)}.")
    return known[name]


def answer_prefix(completers: Completers, contender: Contender, scenario: Scenario, k: int) -> Document:
    """Return what a system shows at the scenario's prefix."""
    return {"rows": _rows(completers, contender, scenario, scenario.prefix, k)}


def answer_typing(completers: Completers, contender: Contender, scenario: Scenario, k: int) -> Document:
    """Return what a system shows after each keystroke of the scenario's next query."""
    typed = (scenario.next[:length] for length in range(1, len(scenario.next) + 1))
    return {"steps": [_rows(completers, contender, scenario, prefix, k) for prefix in typed]}


ANSWERS: Mapping[str, Callable[[Completers, Contender, Scenario, int], Document]] = {
    "list": answer_prefix,
    "typing": answer_typing,
    "interleaved": answer_prefix,
    "graded": answer_prefix,
}


def digest(document: Document) -> str:
    """Return the sha256 of an answer; two answers that look the same have the same."""
    return sha256(json.dumps(document, ensure_ascii=True, sort_keys=True).encode("ascii")).hexdigest()


def _rows(completers: Completers, contender: Contender, scenario: Scenario, prefix: str, k: int) -> Rows:
    """Return the rows of one list: what is seen of them, and nothing of where they came from."""
    completer = completers[contender.model]
    previous = scenario.previous if contender.context else ()
    answer = completer.answer(prefix, previous, k, contender.index)
    return [{name: row[name] for name in _SEEN if name in row} for row in answer["completions"]]
