"""Sessions against a plain cutter, and the laws of a gap."""

import subprocess
import sys
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmr_engine.data.events import Event
from xmr_engine.data.sessions import Step, cut_sessions
from xmr_engine.errors import DataError

MINUTE = 60_000_000

EVENTS = st.lists(
    st.builds(
        Event,
        person=st.integers(0, 3),
        time=st.integers(0, 12).map(lambda tens: tens * 10 * MINUTE),
        query=st.sampled_from("abc"),
    ),
    min_size=1,
    max_size=30,
)


def cut(events: list[Event], **options) -> list[Step]:
    with cut_sessions(events, **options) as sessions:
        return list(sessions.steps)


def naive_cut(events: list[Event], gap_minutes: float = 30.0) -> list[tuple[int, int, int, str]]:
    by_person: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for row, event in enumerate(events):
        by_person[event.person].append((event.time, row, event.query))
    found: list[list[tuple[int, int, int, str]]] = []
    for person, rows in by_person.items():
        rows.sort()
        last = None
        for time, row, query in rows:
            if last is None or time - last > gap_minutes * MINUTE:
                found.append([])
            found[-1].append((time, row, person, query))
            last = time
    found.sort()
    kept = []
    for number, session in enumerate(found):
        kept.append((number, *session[0][1:]))
        kept += [(number, *here[1:]) for before, here in pairwise(session) if before[3] != here[3]]
    return kept


@given(EVENTS)
@settings(max_examples=60, deadline=None)
def test_as_a_plain_cutter_does(events: list[Event]) -> None:
    assert [(step.session, step.row, step.person, step.query) for step in cut(events)] == naive_cut(events)


@pytest.mark.parametrize(("minutes", "n_sessions"), [(29.999, 1), (30, 1), (30.001, 2)])
def test_only_a_gap_strictly_over_the_limit_ends_a_session(minutes: float, n_sessions: int) -> None:
    events = [Event(1, 0, "a"), Event(1, round(minutes * MINUTE), "b")]
    with cut_sessions(events) as sessions:
        assert sessions.n_sessions == n_sessions


def test_the_gap_is_a_setting() -> None:
    events = [Event(1, 0, "a"), Event(1, 10 * MINUTE, "b")]
    assert [step.session for step in cut(events, gap_minutes=10)] == [0, 0]
    assert [step.session for step in cut(events, gap_minutes=9.5)] == [0, 1]


def test_ties_keep_file_order() -> None:
    events = [Event(1, 0, query) for query in "cabdc"]
    assert [step.query for step in cut(events)] == list("cabdc")


def test_repeats_are_dropped_but_bridge_a_gap() -> None:
    events = [
        Event(1, minutes * MINUTE, query) for minutes, query in [(0, "a"), (20, "a"), (40, "a"), (60, "b"), (61, "a")]
    ]
    with cut_sessions(events) as sessions:
        assert [step.query for step in sessions.steps] == ["a", "b", "a"]
        assert sessions.n_repeats == 2
        assert sessions.n_sessions == 1


def test_a_repeat_in_a_new_session_stays() -> None:
    assert [step.query for step in cut([Event(1, 0, "a"), Event(1, 31 * MINUTE, "a")])] == ["a", "a"]


def test_common_counts_persons_and_not_events() -> None:
    events = [Event(1, 0, "a"), Event(1, 99 * MINUTE, "a"), Event(2, 0, "b"), Event(3, 0, "b")]
    assert {step.query: step.common for step in cut(events, min_people=2)} == {"a": False, "b": True}
    assert all(step.common for step in cut(events))


def test_queries_that_look_like_csv_survive() -> None:
    queries = ['"', '""', "'", "null", "\\n", ",", "#", "a\x01"[:1], "é😀", "x" * 50_000, "\ufeffa", "\u2028b"]
    events = [Event(1, row, query) for row, query in enumerate(queries)]
    assert [step.query for step in cut(events)] == queries


def test_a_log_larger_than_memory_gives_the_same_sessions() -> None:
    events = [Event(row * 7919 % 5003, row * 2_654_435_761 % 100_000 * 1_000_000, f"query {row % 9973} " + "x" * 90)
              for row in range(150_000)]  # fmt: skip
    assert cut(events, memory_limit="40MB") == cut(events)


def test_nothing_to_cut_is_refused() -> None:
    with pytest.raises(DataError, match="no usable query"):
        cut([])


def test_a_limit_that_is_none_is_refused() -> None:
    with pytest.raises(DataError, match="Memory must"):
        cut([Event(1, 0, "a")], memory_limit="much")


def test_the_temporary_files_go_away(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cut([Event(1, 0, "a")])
    with pytest.raises(RuntimeError), cut_sessions([Event(1, 0, "a")]):
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_data_never_loads_numpy() -> None:
    code = (
        "import sys; from xmr_engine.data.pairs import read_pairs; from xmr_engine.data.prepare import prepare_pairs;"
        "from xmr_engine.data.sessions import cut_sessions; from xmr_engine.data.events import Event\n"
        "with cut_sessions([Event(1, 0, 'a')], min_people=2) as s: list(s.steps)\n"
        "sys.exit('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
