"""Two ranked lists drafted into one, so that choosing a row votes for the list that brought it.

Knows texts and coin tosses; knows nothing of systems, raters or chance.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

__all__ = ["Drafted", "team_draft", "winner"]

Team = Literal[0, 1]


class Drafted(NamedTuple):
    """One row of an interleaved list, and the list that it was drafted for."""

    text: str
    team: Team


def team_draft(first: Sequence[str], second: Sequence[str], coins: Iterator[bool], k: int) -> list[Drafted]:
    """Return at most k rows, drafted in turns (Radlinski, Kurup and Joachims, CIKM 2008, algorithm 2).

    The team with fewer rows drafts next, at a draw the one that a coin names (true: the first); it takes the best
    row of its list that is not there yet. The draft ends where one list has none left.

    Parameters
    ----------
    first, second
        Texts, best first.
    coins
        One toss a draw; as many as are needed.
    """
    lists = (list(dict.fromkeys(first)), list(dict.fromkeys(second)))
    drafted: list[Drafted] = []
    sizes = [0, 0]
    while len(drafted) < k:
        taken = {row.text for row in drafted}
        left = [[text for text in texts if text not in taken] for texts in lists]
        if not (left[0] and left[1]):
            break
        team: Team = _next_team(sizes, coins)
        drafted.append(Drafted(left[team][0], team))
        sizes[team] += 1
    return drafted


def winner(drafted: Sequence[Drafted], chosen: Sequence[int]) -> Team | None:
    """Return the team with more chosen rows, ``None`` at a draw; `chosen` are places from 0."""
    credits = [sum(drafted[place].team == team for place in set(chosen)) for team in (0, 1)]
    return None if credits[0] == credits[1] else 0 if credits[0] > credits[1] else 1


def _next_team(sizes: Sequence[int], coins: Iterator[bool]) -> Team:
    """Return who drafts next."""
    if sizes[0] == sizes[1]:
        return 0 if next(coins) else 1
    return 0 if sizes[0] < sizes[1] else 1
