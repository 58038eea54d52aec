"""The session as ids, and what the log associates with it, against plain sums over counters."""

from itertools import pairwise

import numpy as np
import pytest

from tests import naive
from tests.engine.ranking.test_statistics import LOGS, counted, plainly
from tests.engine.small import texts_in
from xmr_engine.features.codes import to_codes
from xmr_engine.kernels import association
from xmr_engine.kernels.association import N_SIGNALS, associate, find_slot, touch
from xmr_engine.kernels.context import Context, is_among, read_context, text_bounds
from xmr_engine.kernels.kin import LEAST_COSINE, asked_by_kin
from xmr_engine.kernels.pairs import pair_words
from xmr_engine.kernels.spans import count_entries, count_of, entries_in_span

DECAY = 0.6
NAMES = ("FOLLOWED", "FOLLOWED_SHARE", "SHARE_EARLIER", "TOGETHER", "TOGETHER_EARLIER", "KIN_SQUARED", "KIN_CLOSEST",
         "TWO_STEPS", "SHARED_WORDS")  # fmt: skip
SIGNALS = sorted(NAMES, key=lambda name: getattr(association, name))
SESSIONS = {
    "odd": [
        ["york"],
        ["new york new york", "york"],
        ["york lost", "never seen york", "york"],
        ["item 3", "item 4"],
        [],
    ],
    "small": [["arvo camera"], ["camera", "belin camera red", "desk lamp"], ["zzz", "zzz tent"], ["zzz"], ["!!"]],
    "shuffled": [["tent", "tripod"], ["dorn shoes", "évora shoes small", "shoes"]],
}
CASES = [(name, queries) for name, sessions in SESSIONS.items() for queries in sessions]


@pytest.fixture(scope="module")
def statistics():
    return {name: counted(log) for name, log in LOGS.items()}


def context_of(counted_log, queries: list[str], prefix: str = "x") -> Context:
    labels, _, known = counted_log
    codes = to_codes("\n".join([*queries, prefix]))
    return read_context(labels.strings, known, codes, text_bounds(codes), DECAY)


@pytest.mark.parametrize("texts", [[""], ["", ""], ["a", "é😀", "", "b"]])
def test_texts_are_found_between_separators(texts: list[str]) -> None:
    joined = "\n".join(texts)
    bounds = text_bounds(to_codes(joined)).tolist()
    assert [joined[a : b - 1] for a, b in pairwise(bounds)] == texts


@pytest.mark.parametrize(("name", "queries"), CASES)
def test_a_session_is_read_latest_first(statistics, name: str, queries: list[str]) -> None:
    labels, words, _ = statistics[name]
    terms = texts_in(words.strings)
    context = context_of(statistics[name], queries)
    assert context.labels.tolist() == [-1 if labels.find(text) is None else labels.find(text) for text in queries[::-1]]
    assert context.decay.tolist() == pytest.approx([DECAY**age for age in range(len(queries))])
    for j, query in enumerate(reversed(queries)):
        known = [word for word in dict.fromkeys(naive.words_of(query)) if word in terms]
        found = context.words[context.word_rows[j] : context.word_rows[j + 1]]
        assert [terms[word] for word in found] == known
        squares = [float(words.table.idf[terms.index(word)]) ** 2 for word in known]
        assert context.norms[j] == pytest.approx(sum(squares) ** 0.5)


def session_of(name: str, queries: list[str]) -> naive.Session:
    return naive.Session(queries, DECAY, len(set(LOGS[name].session)))


@pytest.mark.parametrize(("name", "queries"), CASES)
def test_like_sessions_are_the_twins(statistics, name: str, queries: list[str]) -> None:
    labels, _, known = statistics[name]
    session, twin, context = session_of(name, queries), plainly(LOGS[name]), context_of(statistics[name], queries)
    like = naive.similar_sessions(twin, session, LEAST_COSINE)
    for prefix in ("", "a", "c", "york"):
        lo, hi = labels.span(prefix)
        found, cosines = asked_by_kin(known, context, (lo, hi), float(session.n_sessions))
        wanted = sorted(
            (i, cosine)
            for i, text in enumerate(labels.texts()[lo:hi], lo)
            for place, cosine in like.items()
            if text in twin.sessions[place]
        )
        assert sorted(found.tolist()) == [label for label, _ in wanted]
        assert sorted(zip(found.tolist(), cosines.tolist(), strict=True)) == [
            (label, pytest.approx(cosine, rel=1e-4)) for label, cosine in wanted
        ]


@pytest.mark.parametrize("wanted", ["", "a", "item", "c"])
@pytest.mark.parametrize(("name", "queries"), CASES)
def test_signals_are_the_twins(statistics, name: str, queries: list[str], wanted: str) -> None:
    labels, _, known = statistics[name]
    session, context = session_of(name, queries), context_of(statistics[name], queries)
    lo, hi = labels.span(wanted)
    found = associate(known, context, (lo, hi), float(session.n_sessions))
    touched = found.labels[: found.n[0]].tolist()
    assert len(set(touched)) == len(touched)
    assert all(lo <= label < hi for label in touched)
    rows, twin = dict(zip(touched, found.signals.tolist(), strict=False)), plainly(LOGS[name])
    for i, text in enumerate(labels.texts()[lo:hi], lo):
        plain = naive.signals(twin, session, text, LEAST_COSINE)
        assert plain.keys() <= set(SIGNALS)
        row = rows.get(i, [0.0] * N_SIGNALS)
        assert row == pytest.approx([plain[signal] for signal in SIGNALS], rel=1e-4, abs=1e-6), text


@pytest.mark.parametrize(("name", "queries"), CASES)
def test_paired_words_are_the_twins(statistics, name: str, queries: list[str]) -> None:
    _, words, known = statistics[name]
    terms = texts_in(words.strings)
    every = np.arange(len(terms), dtype=np.int32)
    paired = pair_words(known.word_pairs, context_of(statistics[name], queries), np.concatenate([every, every]))
    found = {}
    for row in paired.slots[paired.slots >= 0].tolist():
        word = paired.words[row]
        assert paired.slots[find_slot(paired.slots, paired.words, word)] == row
        if paired.session[row] > 0:
            found[terms[word]] = (paired.session[row], paired.latest[row])
    wanted = naive.paired_words(plainly(LOGS[name]), session_of(name, queries))
    assert found.keys() == wanted.keys()
    for word, both in found.items():
        assert both == pytest.approx(wanted[word], rel=1e-5)


def test_a_label_is_touched_once_and_found_again(statistics) -> None:
    labels, _, known = statistics["small"]
    found = associate(known, context_of(statistics["small"], ["camera"]), (0, len(labels)), 260.0)
    n = int(found.n[0])
    assert n > 3
    for row in range(n):
        label = found.labels[row]
        assert found.slots[find_slot(found.slots, found.labels, label)] == row
        assert touch(found, label) == row
    assert found.n[0] == n


def test_rows_are_cut_to_a_span_by_bisection(statistics) -> None:
    _, _, known = statistics["small"]
    counts = known.together
    for row in range(0, counts.rows.size - 1, 7):
        ids = counts.ids[counts.rows[row] : counts.rows[row + 1]].tolist()
        for lo, hi in ((0, 10), (5, 5), (3, 40), (0, 10_000)):
            wanted = np.array([row, -1, row], np.int32)
            entries = entries_in_span(counts.rows, counts.ids, wanted, (lo, hi))
            found = [counts.ids[first:last].tolist() for first, last in zip(*entries, strict=True)]
            inside = [i for i in ids if lo <= i < hi]
            assert found == [inside, [], inside]
            assert count_entries(entries) == 2 * len(inside)
        for label in range(30):
            at = ids.index(label) if label in ids else None
            assert count_of(counts, row, label) == (0 if at is None else counts.count[counts.rows[row] + at])


def test_an_id_is_among_others_or_not() -> None:
    assert is_among(np.array([3, 5], np.int32), 5)
    assert not is_among(np.array([3, 5], np.int32), 4)
    assert not is_among(np.array([], np.int32), 0)
