"""What is too personal, too rare or too rude to enter a model.

Knows patterns, block lists and counts of persons; must not know files of logs, labels or features.
"""

import re
from collections.abc import Hashable, Iterable
from functools import lru_cache
from itertools import chain, pairwise
from typing import TypeVar

from xmr_engine.data.blocklist import Blocklist, read_blocklist, visible
from xmr_engine.data.pairs import Pair, Pairs, take
from xmr_engine.data.report import Report
from xmr_engine.errors import DataError

__all__ = ["Blocklist", "admit", "read_blocklist", "refusal", "screen", "typed_by_enough"]

EMAIL = "e-mail address"
NUMBER = "number of seven or more digits"
BLOCKED = "block list"

_EMAIL = re.compile(r"[^\s@]\s?@\s?[^\s@]+\.\w")
# one number may be written with a point, a comma or a dash between its digits
_LONG_NUMBER = re.compile(r"\d(?:[-.,\u2010-\u2015\u2212]?\d){6}")
# three or more groups of nine or more digits in all are a telephone, card or insurance number
_GROUPS = re.compile(r"\d+(?:[-./() \u2010-\u2015\u2212]{1,3}\d+){2,}")
_N_GROUPED_DIGITS = 9

T = TypeVar("T", bound=Hashable)


@lru_cache(maxsize=1 << 16)
def refusal(text: str, blocklist: Blocklist | None = None) -> str | None:
    """Return why a normalised text may not enter a model, or None if it may."""
    text = visible(text)  # invisible characters within a number would hide it
    if "@" in text and _EMAIL.search(text):
        return EMAIL
    if _LONG_NUMBER.search(text) or any(_is_long(found.group()) for found in _GROUPS.finditer(text)):
        return NUMBER
    return BLOCKED if blocklist is not None and blocklist.blocks(text) else None


def typed_by_enough(strings: Iterable[T], persons: Iterable[int], min_people: int) -> set[T]:
    """Return the strings that at least so many distinct persons typed.

    Parameters
    ----------
    strings : iterable of hashable
        Queries, words, or tuples of them; in any order, repeats welcome.
    persons : iterable of int
        Who typed each, of the same length.
    min_people : int
        How many are enough.

    Returns
    -------
    set
        The strings of enough persons.
    """
    if min_people <= 1:
        return set(strings)
    enough: set[T] = set()
    typed: dict[T, tuple[int, ...]] = {}
    for string, person in zip(strings, persons, strict=True):
        if string in enough:
            continue
        before = typed.get(string, ())
        if person in before:
            continue
        if len(before) + 1 >= min_people:
            enough.add(string)
            typed.pop(string, None)
        else:
            typed[string] = (*before, person)
    return enough


def admit(pair: Pair, wrong: str | None, wrong_before: str | None, report: Report) -> Pair | None:
    """Return a pair as it may enter a model, and tell the report what was taken away.

    Parameters
    ----------
    pair : Pair
        The pair as it was typed.
    wrong, wrong_before : str or None
        Why its next query and its previous query are refused, if they are.
    report : Report
        Counts the reason.
    """
    if wrong is not None:
        report.dropped[wrong] += 1
        return None
    if wrong_before is not None:
        report.emptied[wrong_before] += 1
        return pair._replace(previous="")
    return pair


def screen(
    pairs: Pairs, *, blocklist: Blocklist | None = None, min_people: int = 1, report: Report | None = None
) -> Pairs:
    """Return the pairs that may enter a model.

    Rows whose `next` is refused are dropped; rows whose `previous` is refused keep an empty one.
    Refused are e-mail addresses, long numbers, what the block list names, and strings (and with
    them their words) that fewer than `min_people` distinct persons typed.

    Raises
    ------
    DataError
        If nothing is left.
    """
    report = Report() if report is None else report
    rare = too_few(min_people)
    common = typed_by_enough(chain(pairs.next, pairs.previous), chain(pairs.person, pairs.person), min_people)

    def wrong(text: str) -> str | None:
        return (refusal(text, blocklist) or (None if text in common else rare)) if text else None

    kept: list[int] = []
    previous: list[str] = []
    for row, pair in enumerate(map(Pair, *pairs)):
        admitted = admit(pair, wrong(pair.next), wrong(pair.previous), report)
        if admitted is not None:
            kept.append(row)
            previous.append(admitted.previous)
    report.kept["pairs"] = len(kept)
    if not kept:
        raise DataError(f"nothing is left of {len(pairs.next)} pairs: {explain_drops(report)}")
    found = take(pairs, kept)
    return found._replace(previous=previous, session=_renumber(found.session))


def too_few(min_people: int) -> str:
    """Return the reason for which rare strings are dropped."""
    return f"typed by fewer than {min_people} people"


def explain_drops(report: Report) -> str:
    """Return what was dropped, and why, in a few words."""
    return ", ".join(f"{count} {reason}" for reason, count in report.dropped.most_common()) or "none dropped"


def _is_long(group: str) -> bool:
    return sum(character.isdigit() for character in group) >= _N_GROUPED_DIGITS


def _renumber(sessions: list[int]) -> list[int]:
    """Return session numbers without holes."""
    numbers = [0] if sessions else []
    for before, here in pairwise(sessions):
        numbers.append(numbers[-1] + (here != before))
    return numbers
