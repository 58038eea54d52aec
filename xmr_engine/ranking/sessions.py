"""Sessions as two columns, session and query, ordered by session: their bounds, blocks of them, pairs within each."""

from collections.abc import Iterator

import numpy as np

from xmr_engine.kernels.arrays import Offsets
from xmr_engine.ranking.counting import Column

LONGEST_SESSION = 25


def session_bounds(sessions: Column) -> Offsets:
    """Return where each session's labels begin, sessions ascending."""
    return np.concatenate([[0], np.flatnonzero(np.diff(sessions)) + 1, [sessions.size]])


def blocks_of_sessions(asked: tuple[Column, Column], most: int) -> Iterator[tuple[Column, Column]]:
    """Yield what was asked in blocks of whole sessions, at least `most` rows each."""
    ends = session_bounds(asked[0])[1:]
    start = 0
    while start < asked[0].size:
        stop = int(ends[np.searchsorted(ends, min(start + most, asked[0].size))])
        yield asked[0][start:stop], asked[1][start:stop]
        start = stop


def pairs_within(asked: tuple[Column, Column]) -> tuple[Column, Column]:
    """Return every ordered pair of positions in `asked` that belong to one session of moderate length."""
    bounds = session_bounds(asked[0])
    sizes = np.diff(bounds)
    left, right = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in range(2, LONGEST_SESSION + 1):
        starts = bounds[:-1][sizes == size]
        if starts.size:
            i, j = np.nonzero(~np.eye(size, dtype=bool))
            left.append((starts[:, None] + i).ravel())
            right.append((starts[:, None] + j).ravel())
    return np.concatenate(left), np.concatenate(right)
