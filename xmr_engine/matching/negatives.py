"""Negatives that the matcher brings: rows that a search through the layers trained so far leads to a parent."""

from typing import NamedTuple

import numpy as np

from xmr_engine.kernels.arrays import Chunks, Doubles, Ids, Sparse, Tree
from xmr_engine.kernels.search import advance_beams


class Beams(NamedTuple):
    """The inner nodes of one depth that a search keeps for each row, and their path scores, shape (n_rows, beam).

    -1 where a row keeps fewer.
    """

    nodes: Ids
    scores: Doubles


def begin(n_rows: int, beam: int) -> Beams:
    """Return the beams at the root."""
    nodes, scores = np.full((n_rows, beam), -1, np.int32), np.full((n_rows, beam), -np.inf)
    nodes[:, 0], scores[:, 0] = 0, 0.0
    return Beams(nodes, scores)


def advance(beams: Beams, tree: Tree, chunks: Chunks, rows: Sparse) -> Beams:
    """Return the beams one layer down; `chunks` holds the layers trained so far."""
    return Beams(*advance_beams(tree, chunks, rows, beams.nodes, beams.scores))


def brought(beams: Beams) -> tuple[Ids, Ids]:
    """Return the rows and the parents that the search led them to, flat."""
    row, slot = np.nonzero(beams.nodes >= 0)
    return row.astype(np.int64), beams.nodes[row, slot].astype(np.int64)
