"""Composed completions: the pieces tried, their chances, and what is barred, against plain definitions."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import naive_composing as naive
from tests.engine.small import texts_in
from xmr_engine.features.codes import to_codes
from xmr_engine.frozen import freeze
from xmr_engine.kernels import compose as sizes
from xmr_engine.kernels.arrays import Successions
from xmr_engine.kernels.barred import holds_long_number, holds_phrase
from xmr_engine.kernels.compose import compose
from xmr_engine.kernels.context import Context
from xmr_engine.kernels.drafts import MOST_PIECES, Heard, Typed, read_heard, read_typed
from xmr_engine.kernels.successions import chance_after
from xmr_engine.ranking.successions import count_successions, hash_phrases

SIZES = naive.Sizes(
    sizes.MOST_FOLLOWERS, sizes.MOST_BEGUN, sizes.MOST_NEXT, sizes.MOST_AFTER_NEXT, sizes.MOST_QUERIES, MOST_PIECES
)
PIECES = ("trail", "trails", "running", "shoes", "shoe", "tent", "waterproof", "espresso", "machine", "é", "éva", "a@b")
PIECE = st.sampled_from(PIECES)
QUERY = st.lists(PIECE, min_size=1, max_size=5).map(" ".join)
LOG = st.dictionaries(QUERY, st.integers(1, 9), min_size=1, max_size=12)
TYPED = st.tuples(
    st.lists(PIECE | st.just("unheard"), max_size=3), st.sampled_from(["", "t", "tr", "trail", "é", "sh"])
)


def counted(log: dict[str, int]) -> Successions:
    texts = sorted(log)
    return count_successions(texts, np.array([log[text] for text in texts], np.int64))


def typed_in(successions: Successions, text: str) -> Typed:
    codes = to_codes(text)
    return read_typed(successions.pieces, codes, 0, codes.size)


def heard_in(successions: Successions, queries: list[str]) -> Heard:
    codes = to_codes("\n".join([*queries, ""]))
    stops = np.cumsum([len(query) + 1 for query in queries], dtype=np.int64)[::-1] - 1
    starts = stops - np.array([len(query) for query in queries[::-1]], np.int64)
    n, nothing = len(queries), np.zeros(0, np.int32)
    return read_heard(
        successions.pieces,
        Context(
            codes, starts, stops, np.zeros(n, np.int32), np.zeros(n + 1, np.int64), nothing, np.ones(n), np.ones(n)
        ),
    )


def composed(successions: Successions, typed: str, queries: list[str], back_off: bool) -> list[str]:
    held = typed_in(successions, typed)
    drafts = compose(successions, held, heard_in(successions, queries), back_off)
    pieces = texts_in(successions.pieces)
    finished = typed[: typed.rfind(" ") + 1]
    rows = zip(drafts.pieces, drafts.sizes[: drafts.n[0]].tolist(), strict=False)
    return [finished + " ".join(pieces[i] for i in row[:size]) for row, size in rows]


@given(log=LOG)
def test_pieces_and_successions_are_those_of_the_queries(log: dict[str, int]) -> None:
    successions, plain = counted(log), naive.successions(log)
    pieces = texts_in(successions.pieces)
    assert dict(zip(pieces, successions.count.tolist(), strict=True)) == plain.count
    assert dict(zip([*pieces, ""], successions.before.tolist(), strict=True)) == {
        piece: plain.places(piece) for piece in [*pieces, ""]
    }
    for first, before in enumerate([*pieces, ""]):
        row = slice(successions.after.rows[first], successions.after.rows[first + 1])
        names = [[*pieces, ""][i] for i in successions.after.ids[row]]
        assert dict(zip(names, successions.after.count[row].tolist(), strict=True)) == plain.after.get(before, {})


@given(log=LOG, before=PIECE, piece=PIECE)
def test_the_chance_of_a_piece_after_another_is_smoothed(log: dict[str, int], before: str, piece: str) -> None:
    successions, plain = counted(log), naive.successions(log)
    ids = {text: i for i, text in enumerate(texts_in(successions.pieces))}
    if piece in ids:
        found = chance_after(successions, ids.get(before, -1), ids[piece])
        assert found == pytest.approx(plain.chance(before if before in ids else "?", piece))
    end = len(ids)
    assert chance_after(successions, end, end) == pytest.approx(plain.chance("", ""))


@given(log=LOG, before=PIECE)
def test_chances_after_a_piece_add_up_to_one(log: dict[str, int], before: str) -> None:
    successions = counted(log)
    ids = {text: i for i, text in enumerate(texts_in(successions.pieces))}
    total = sum(chance_after(successions, ids.get(before, -1), piece) for piece in range(len(ids) + 1))
    assert total == pytest.approx(1.0)


@given(log=LOG, typed=TYPED, queries=st.lists(QUERY, max_size=3), back_off=st.booleans())
def test_what_is_composed_is_what_the_plain_rules_give(
    log: dict[str, int], typed: tuple[list[str], str], queries: list[str], back_off: bool
) -> None:
    text = " ".join([*typed[0], typed[1]])
    found = composed(counted(log), text, queries, back_off)
    assert len(found) == len(set(found))
    assert set(found) == naive.compose(naive.successions(log), text, queries, back_off, SIZES)


@given(texts=st.lists(QUERY, max_size=4), typed=TYPED)
def test_typed_text_is_cut_into_pieces(texts: list[str], typed: tuple[list[str], str]) -> None:
    successions = counted(dict.fromkeys(texts, 1))
    held = typed_in(successions, " ".join([*typed[0], typed[1]]))
    pieces = texts_in(successions.pieces)
    assert [None if i < 0 else pieces[i] for i in held.finished] == [p if p in pieces else None for p in typed[0]]
    assert bytes(held.text[held.fragment :]).decode() == typed[1]
    assert held.last == (held.finished[-1] if typed[0] else len(pieces))


@given(st.text(alphabet="0123456789 -.,/()ax\u2013", max_size=24))
def test_long_numbers_are_found(text: str) -> None:
    data = np.frombuffer(text.encode(), np.uint8)
    runs = re.split("[ax]", text)
    assert holds_long_number(data) == any(sum(c.isdigit() for c in run) >= 7 for run in runs)


@pytest.mark.parametrize(
    ("text", "held"),
    [("bad", True), ("a bad-word", True), ("a very bad  thing", True), ("badly", False), ("very thing", False),
     ("", False)],
)  # fmt: skip
def test_phrases_of_the_block_list_are_found_as_words(text: str, held: bool) -> None:
    blocked = hash_phrases({("bad",), ("very", "bad", "thing"), ("ünder", "one")})
    assert holds_phrase(blocked, np.frombuffer(text.encode(), np.uint8)) is held
    assert holds_phrase(blocked, np.frombuffer((text + " ünder.one").encode(), np.uint8))
    assert not holds_phrase(hash_phrases(()), np.frombuffer(text.encode(), np.uint8))


def test_counts_beyond_the_type_are_cut() -> None:
    successions = count_successions(["a b"], np.array([2**33]))
    assert successions.count.tolist() == [2**31 - 1] * 2
    assert successions.after.count.max() == 65535
    assert math.isfinite(chance_after(successions, 0, 1))
    assert not freeze(successions.count).flags.writeable
