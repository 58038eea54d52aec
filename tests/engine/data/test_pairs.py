"""Pairs from logs and from pair files, their contexts and their splits."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmr_engine.data.pairs import Pairs, contexts, read_pairs, split_last, take, write_pairs
from xmr_engine.data.report import Report
from xmr_engine.errors import ConfigError, DataError

LOG = """user\ttime\tquery
bo\t100\tShoes
al\t50\tdigital  camera
al\t60\tnikon camera
bo\t130\tshoes
bo\t140\tred shoes
al\t9000\tnikon bag
"""


def write(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content, encoding="utf-8")
    return folder / name


def test_a_log_becomes_pairs_ordered_by_the_start_of_sessions(tmp_path: Path) -> None:
    report = Report()
    pairs = read_pairs(write(tmp_path, "log.tsv", LOG), report=report)
    assert pairs.previous == ["", "digital camera", "", "shoes", ""]
    assert pairs.next == ["digital camera", "nikon camera", "shoes", "red shoes", "nikon bag"]
    assert pairs.session == [0, 0, 1, 1, 2]
    assert pairs.person == [0, 0, 1, 1, 0]
    assert all(text.startswith(prefix) and prefix for prefix, text in zip(pairs.prefix, pairs.next, strict=True))
    assert (report.sessions, report.people, report.repeats, report.rows) == (3, 2, 1, 6)
    assert report.kept == {"pairs": 5}


def test_the_draw_depends_on_the_seed_alone(tmp_path: Path) -> None:
    rows = "".join(f"u{row % 7}\t{row}\tquery number {row}\n" for row in range(100))
    path = write(tmp_path, "log.tsv", "user\ttime\tquery\n" + rows)
    assert read_pairs(path, seed=1) == read_pairs([path], seed=1)
    assert read_pairs(path, seed=1).next == read_pairs(path, seed=2).next
    assert read_pairs(path, seed=1).prefix != read_pairs(path, seed=2).prefix


def test_logs_of_the_same_users_are_one_log(tmp_path: Path) -> None:
    header, *rows = LOG.splitlines(keepends=True)
    parts = [write(tmp_path, f"{n}.tsv", header + "".join(rows[n::2])) for n in range(2)]
    whole = read_pairs(write(tmp_path, "log.tsv", LOG))
    split = read_pairs(parts)
    assert (split.previous, split.next, split.session) == (whole.previous, whole.next, whole.session)


def test_a_pair_file_is_taken_as_it_is(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "pairs.tsv",
        "session\tprevious\tprefix\tnext\nx\t\tDig\tDigital Camera\nx\tdigital camera\tnikon \tnikon bag\ny\tA\t\tb\n",
    )
    assert read_pairs(path) == Pairs(
        ["", "digital camera", "a"], ["dig", "nikon ", ""], ["digital camera", "nikon bag", "b"], [0, 0, 1], [0, 0, 1]
    )


def test_without_sessions_every_row_is_one(tmp_path: Path) -> None:
    pairs = read_pairs(write(tmp_path, "p.tsv", "previous\tprefix\tnext\n\ta\ta\na\tb\tb\n\tc\tc\n"))
    assert pairs.session == pairs.person == [0, 1, 2]
    empty = read_pairs(write(tmp_path, "q.tsv", "previous\tprefix\tnext\tsession\n\ta\ta\t\na\tb\tb\t\n"))
    assert empty.session == [0, 1]


def test_rows_of_one_session_come_together(tmp_path: Path) -> None:
    rows = "\ta\ta\tx\n\tb\tb\ty\na\tc\tc\tx\nb\td\td\ty\n"
    pairs = read_pairs(write(tmp_path, "p.tsv", "previous\tprefix\tnext\tsession\n" + rows))
    assert pairs.next == ["a", "c", "b", "d"]
    assert pairs.session == [0, 0, 1, 1]


def test_sessions_of_two_files_stay_apart(tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{n}.tsv", "previous\tprefix\tnext\tsession\n\ta\ta\t0\na\tb\tb\t0\n") for n in range(2)]
    assert read_pairs(paths).session == [0, 0, 1, 1]


def test_unusable_pairs_are_counted_by_reason(tmp_path: Path) -> None:
    rows = ["\ta\tab", "\ta\tac", "\ta\tad", "\ta\t ", "\tx\tab", "\tab \tab"]
    report = Report()
    pairs = read_pairs(write(tmp_path, "p.tsv", "\n".join(["previous\tprefix\tnext", *rows])), report=report)
    assert pairs.next == ["ab", "ac", "ad"]
    assert report.bad == {"nothing left of the query": 1, "a prefix that does not begin its next": 2}


def test_pairs_come_in_every_kind_of_file(tmp_path: Path) -> None:
    tsv = read_pairs(write(tmp_path, "p.tsv", "previous\tprefix\tnext\tsession\n\ta\tab\t1\nab\tb\tbc\t1\n"))
    csv = read_pairs(write(tmp_path, "p.csv", 'previous,prefix,next,session\n,a,ab,1\n"ab",b,bc,1\n'))
    rows = [
        {"prefix": "a", "next": "ab", "previous": None, "session": 1},
        {"prefix": "b", "next": "bc", "previous": "ab", "session": 1},
    ]
    jsonl = read_pairs(write(tmp_path, "p.jsonl", "not json\n" + "\n".join(map(json.dumps, rows))))
    assert tsv == csv == jsonl


@pytest.mark.parametrize("form", ["auto", "pairs"])
def test_logs_and_pairs_cannot_be_mixed(tmp_path: Path, form: str) -> None:
    paths = [write(tmp_path, "log.tsv", LOG), write(tmp_path, "p.tsv", "previous\tprefix\tnext\n\ta\ta\n")]
    with pytest.raises(DataError, match=r"cannot be mixed|also needs previous"):
        read_pairs(paths, form)


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="no file"):
        read_pairs([])


PAIRS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["", "a", "b c", "é"]), st.sampled_from(["nikon", "n b", "ñ"])),
        min_size=1,
        max_size=8,
    ),
    min_size=1,
    max_size=5,
).map(
    lambda sessions: Pairs(
        [previous for rows in sessions for previous, _ in rows],
        [text[:2] for rows in sessions for _, text in rows],
        [text for rows in sessions for _, text in rows],
        [number for number, rows in enumerate(sessions) for _ in rows],
        [number for number, rows in enumerate(sessions) for _ in rows],
    )
)


@given(PAIRS)
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, pairs: Pairs) -> None:
    path = tmp_path_factory.mktemp("pairs") / "p.tsv"
    write_pairs(pairs, path)
    assert read_pairs(path) == pairs
    assert [child.name for child in path.parent.iterdir()] == ["p.tsv"]


@given(PAIRS)
def test_a_context_is_the_session_so_far(pairs: Pairs) -> None:
    for row, context in enumerate(contexts(pairs)):
        earlier = [
            pairs.previous[r] for r in range(row + 1) if pairs.session[r] == pairs.session[row] and pairs.previous[r]
        ]
        distinct = [text for place, text in enumerate(earlier) if place == 0 or earlier[place - 1] != text]
        assert context == tuple(distinct[-5:])


@given(PAIRS, st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]))
def test_a_split_cuts_between_sessions(pairs: Pairs, share: float) -> None:
    head, tail = split_last(pairs, share)
    n_sessions = pairs.session[-1] + 1
    n_held = int(share * n_sessions + 1e-9)
    assert head.next + tail.next == pairs.next
    assert head.prefix + tail.prefix == pairs.prefix
    assert sorted(set(head.session)) == list(range(n_sessions - n_held))
    assert sorted(set(tail.session)) == list(range(n_held))


def test_nothing_can_be_split() -> None:
    empty = Pairs([], [], [], [], [])
    assert split_last(empty, 0.1) == (empty, empty)
    assert contexts(empty) == []


def test_rows_can_be_taken_in_any_order() -> None:
    pairs = Pairs(["", "a"], ["a", "b"], ["a", "b"], [0, 0], [3, 3])
    assert take(pairs, [1, 0, 1]) == Pairs(["a", "", "a"], ["b", "a", "b"], ["b", "a", "b"], [0, 0, 0], [3, 3, 3])


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = write(tmp_path, "p.tsv", "old")
    with pytest.raises(ValueError, match="shorter"):
        write_pairs(Pairs(["a"], [], ["b"], [0], [0]), path)
    assert path.read_text(encoding="utf-8") == "old"
