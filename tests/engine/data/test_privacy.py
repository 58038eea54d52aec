"""What is personal stays out; what only looks rude stays in."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xmr_engine.data.pairs import Pairs
from xmr_engine.data.privacy import Blocklist, read_blocklist, refusal, screen, typed_by_enough
from xmr_engine.data.report import Report
from xmr_engine.errors import DataError
from xmr_engine.text import normalise


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("john.doe@example.com", "e-mail address"),
        ("write to JOHN@EXAMPLE.CO.UK now", "e-mail address"),
        ("john＠example．com", "e-mail address"),
        ("john @ example.com", "e-mail address"),
        ("jo\u200bhn@exa\u00admple.com", "e-mail address"),
        ("1234567", "number of seven or more digits"),
        ("call 555-1234567 today", "number of seven or more digits"),
        ("555-123-4567", "number of seven or more digits"),
        ("555.123.4567", "number of seven or more digits"),
        ("555–123–4567", "number of seven or more digits"),
        ("(555) 123-4567", "number of seven or more digits"),
        ("555 123 4567", "number of seven or more digits"),
        ("06 12 34 56 78", "number of seven or more digits"),
        ("123 45 6789", "number of seven or more digits"),
        ("4111 1111 1111 1111", "number of seven or more digits"),
        ("x12345678y", "number of seven or more digits"),
        ("１２３４５６７", "number of seven or more digits"),
        ("٠١٢٣٤٥٦", "number of seven or more digits"),
        ("555\u200b1234", "number of seven or more digits"),
        ("1,000,000 dollars", "number of seven or more digits"),
    ],
)
def test_personal_queries_are_refused(text: str, reason: str) -> None:
    assert refusal(normalise(text)) == reason


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456",
        "555-123",
        "windows 95 98 2000",
        "camry 2004 2005",
        "iphone 15 pro 256",
        "90210 beverly hills",
        "lunch @ noon",
        "@ example.com",
        "a@b",
        "123456 and 123456",
        "1 2 3 4 5 6",
    ],
)
def test_ordinary_queries_pass(text: str) -> None:
    assert refusal(normalise(text)) is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_filter(text: str) -> None:
    assert refusal(normalise(text), Blocklist(frozenset({("a", "b")}))) in {
        None,
        "e-mail address",
        "number of seven or more digits",
        "block list",
    }


@pytest.mark.parametrize(
    "text", ["@" * 100_000, "a@" * 50_000, "1-" * 50_000 + "a", "1 1" * 30_000, "a@" + "b" * 100_000]
)
def test_hostile_texts_take_no_time(text: str) -> None:
    start = time.process_time()
    refusal(text)
    assert time.process_time() - start < 1


def test_nothing_left_is_said_with_its_reasons() -> None:
    with pytest.raises(DataError, match="nothing is left of 1 pairs: 1 number of seven or more digits"):
        screen(pairs_of(("", "1234567", 0)))


def test_only_whole_tokens_are_blocked() -> None:
    blocked = Blocklist(frozenset({("ass",), ("cunt",), ("red", "light"), ("a", "b", "c")}))
    assert [
        text for text in ("scunthorpe", "assassin creed", "red lights", "light red", "a b") if blocked.blocks(text)
    ] == []
    assert all(blocked.blocks(text) for text in ("my ass", "ass-hat", "a red light", "red-light", "x a.b.c", "'ass'"))
    assert not Blocklist().blocks("anything")


def test_a_block_list_is_read_as_queries_are(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes("\ufeff# rude\r\n\r\n  ASS \r\nStraße 7\n".encode())
    assert read_blocklist(path) == Blocklist(frozenset({("ass",), ("strasse", "7")}))
    assert refusal("ass", read_blocklist(path)) == "block list"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"good\n***\n", "line 2: '\\*\\*\\*' holds no word"), (b"good\nb\xe9d\n", "line 2: the block list is not UTF-8")],
)
def test_an_unreadable_block_list_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "words.txt").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_blocklist(tmp_path / "words.txt")


def test_a_missing_block_list_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "words.txt", tmp_path):
        with pytest.raises(DataError, match="cannot be read"):
            read_blocklist(path)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 4)), max_size=40), st.integers(1, 4))
def test_enough_people_are_counted_once_each(typed: list[tuple[str, int]], min_people: int) -> None:
    found = typed_by_enough([text for text, _ in typed], [person for _, person in typed], min_people)
    assert found == {
        text for text in "abcd" if len({person for other, person in typed if other == text}) >= min_people
    } - (set("abcd") - {text for text, _ in typed})


def test_words_and_successions_can_be_counted_too() -> None:
    assert typed_by_enough([("a", "b"), ("a", "b"), ("b", "a")], [1, 2, 1], 2) == {("a", "b")}


def pairs_of(*rows: tuple[str, str, int]) -> Pairs:
    previous, text, session = (list(column) for column in zip(*rows, strict=True))
    return Pairs(previous, [t[:1] for t in text], text, session, list(session))


def test_screening_drops_what_is_refused_and_empties_what_came_before() -> None:
    report = Report()
    found = screen(
        pairs_of(
            ("", "1234567", 0), ("", "shoes", 1), ("shoes", "my ass", 1), ("my ass", "shoes", 1), ("a@b.com", "bag", 2)
        ),
        blocklist=Blocklist(frozenset({("ass",)})),
        report=report,
    )
    assert found == Pairs(["", "", ""], ["s", "s", "b"], ["shoes", "shoes", "bag"], [0, 0, 1], [1, 1, 2])
    assert report.dropped == {"number of seven or more digits": 1, "block list": 1}
    assert report.emptied == {"block list": 1, "e-mail address": 1}
    assert report.kept == {"pairs": 3}


def test_rare_strings_are_kept_out_with_their_words() -> None:
    report = Report()
    rows = [("", "shoes", n) for n in range(3)] + [("shoes", "rare thing", 2), ("rare thing", "shoes", 2)]
    found = screen(pairs_of(*rows), min_people=3, report=report)
    assert set(found.next) | set(found.previous) == {"shoes", ""}
    assert report.dropped == report.emptied == {"typed by fewer than 3 people": 1}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "a", "b", "a b", "1234567", "x"]),
            st.sampled_from(["a", "b c", "x", "1234567"]),
            st.integers(0, 5),
        ),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 3),
)
def test_the_bound_holds_for_every_string_that_is_left(rows: list[tuple[str, str, int]], min_people: int) -> None:
    pairs = pairs_of(*sorted(rows, key=lambda row: row[2]))
    blocked = Blocklist(frozenset({("x",)}))
    try:
        found = screen(pairs, blocklist=blocked, min_people=min_people)
    except DataError:
        return
    typed_by = {
        text: {
            person
            for columns in (pairs.next, pairs.previous)
            for other, person in zip(columns, pairs.person, strict=True)
            if other == text
        }
        for text in {*found.next, *found.previous} - {""}
    }
    assert all(len(people) >= min_people for people in typed_by.values())
    assert all(refusal(text, blocked) is None for text in typed_by)
    assert found.session[0] == 0
    assert all(after - before in (0, 1) for before, after in zip(found.session, found.session[1:], strict=False))
