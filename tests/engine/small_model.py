"""A small model of all three indexes, trained once a run on made-up sessions; its beam is narrow: labels get lost."""

from functools import cache

import numpy as np

from xmr_engine.completer import Completer
from xmr_engine.config import TrainConfig, from_dict
from xmr_engine.data.pairs import Pairs
from xmr_engine.pipeline import train_model

THINGS = ("camera", "candle", "canoe", "carpet", "castle", "coat", "coffee", "cello", "desk", "dish", "drum", "duvet")
KINDS = ("", " sale", " small", " red", " for kids", " repair", " cover", " near me")
SETTINGS = {
    "indexes": {
        "hybrid": {"trie_depth": 1, "branching": 3, "leaf": 4},
        "tree": {"branching": 3, "leaf": 4},
        "trie": {"trie_depth": 6},
    },
    "matching": {"beam": 3},
    "ranking": {"beam_candidates": 8, "popular": 6, "successors": 4},
    "corpus": "small",
    "synthetic": True,
}


def small_pairs(n_sessions: int = 150) -> Pairs:
    """Sessions that stay with one thing, some things more often than others."""
    draw = np.random.default_rng(7)
    rows = []
    for session in range(n_sessions):
        thing = THINGS[int(draw.integers(len(THINGS)) * draw.random())]
        previous = ""
        for _ in range(int(draw.integers(2, 6))):
            if draw.random() < 0.2:
                thing = THINGS[int(draw.integers(len(THINGS)))]
            query = thing + KINDS[int(draw.integers(len(KINDS)))]
            rows.append((previous, query[: int(draw.integers(len(query) + 1))], query, session, session))
            previous = query
    return Pairs(*(list(column) for column in zip(*rows, strict=True)))


@cache
def small_completer() -> Completer:
    """The small model, ready to answer."""
    return Completer(train_model(small_pairs(), None, from_dict(TrainConfig, SETTINGS)), "small")
