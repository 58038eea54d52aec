"""Composed completions of a whole model: their evidence, what is never offered, and what a damaged model does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import xmr_engine
from tests.engine.small import small_pairs
from xmr_engine import storage
from xmr_engine.completer import Completer, Completion, open_completer
from xmr_engine.config import TrainConfig, from_dict
from xmr_engine.data.pairs import Pairs
from xmr_engine.errors import ModelFormatError
from xmr_engine.evidence import Evidence, find_evidence
from xmr_engine.model import from_arrays, to_arrays
from xmr_engine.pipeline import train_model
from xmr_engine.text import normalise, normalise_prefix

ARRAYS = ("piece_blob", "piece_offsets", "piece_count", "piece_before", "after_rows", "after_ids", "after_count",
          "after_total", "blocked_phrases")  # fmt: skip
BRANDS = ("arvo", "belin", "cado", "dorn", "évora", "felk")
WORDS = (*BRANDS, "camera", "bag", "desk", "lamp", "red", "small", "for", "kids", "2", "pack", "unheard")
TYPED = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).flatmap(
    lambda words: st.integers(1, len(" ".join(words)) + 1).map(lambda n: (" ".join(words) + " ")[:n])
)
QUERIES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join), max_size=3)


@pytest.fixture(scope="module")
def completer(small_model) -> Completer:
    return Completer(small_model, "small")


def composed(completer: Completer, typed: str, previous: list[str], k: int = 1000) -> list[Completion]:
    return [found for found in completer.complete(typed, previous, k=k) if found.match == "composed"]


def evidence_of(completer: Completer, typed: str, text: str, previous: list[str]) -> list[Evidence]:
    queries = [normalise(query) for query in previous]
    return find_evidence(completer.model.statistics.successions, normalise_prefix(typed), text, queries)


@given(typed=TYPED, previous=QUERIES)
def test_every_piece_of_a_composed_completion_has_evidence(
    completer: Completer, typed: str, previous: list[str]
) -> None:
    log = [text.split(" ") for text in completer.model.labels.texts()]
    heard = [query.split(" ") for query in previous]
    for found in composed(completer, typed, previous):
        assert found.sources == ("composed",)
        assert found.text.startswith(normalise_prefix(typed))
        for place, piece in enumerate(evidence_of(completer, typed, found.text, previous)):
            row = [piece.before, piece.piece]
            in_log = any(row == query[i : i + 2] for query in log for i in range(len(query))) or (
                piece.before is None and any(query[0] == piece.piece for query in log)
            )
            inside = any(piece.piece in query[1:] for query in log)
            assert (piece.support == "pair") == in_log
            assert piece.support != "none"
            if piece.support == "session":
                assert inside
                assert any(piece.piece in query for query in heard)
            if piece.support == "begun":
                assert inside
                assert place == 0


@given(typed=TYPED, previous=QUERIES)
def test_without_back_off_every_pair_is_seen_or_of_the_session(small_model, typed: str, previous: list[str]) -> None:
    config = small_model.config
    strict = replace(small_model, config=replace(config, ranking=replace(config.ranking, back_off=False)))
    for found in composed(Completer(strict), typed, previous):
        supports = {piece.support for piece in evidence_of(Completer(strict), typed, found.text, previous)}
        assert supports <= {"pair", "session pair", "session"}


@given(typed=TYPED, previous=QUERIES)
def test_what_is_typed_is_offered_only_as_a_label(completer: Completer, typed: str, previous: list[str]) -> None:
    for found in completer.complete(typed, previous, k=1000):
        if found.text == normalise(typed):
            assert found.match != "composed"


@given(typed=TYPED, previous=QUERIES)
def test_where_ten_labels_begin_so_nothing_is_composed(completer: Completer, typed: str, previous: list[str]) -> None:
    lo, hi = completer.model.labels.span(normalise_prefix(typed))
    if hi - lo >= 10:
        assert composed(completer, typed, previous) == []
    labels = {label.text for label in completer.complete(typed, previous, k=1000) if label.match == "prefix"}
    if hi - lo < 10:
        assert labels == set(completer.model.labels.texts()[lo:hi])


def test_a_word_of_the_session_goes_with_what_is_typed(completer: Completer) -> None:
    texts = [found.text for found in composed(completer, "évora desk la", ["belin desk lamp small"])]
    assert completer.model.labels.find("évora desk lamp small") is not None or "évora desk lamp small" in texts
    assert "unheard camera bag" in [found.text for found in composed(completer, "unheard c", ["dorn camera bag"])]


def test_explanations_of_composed_completions_add_up(completer: Completer) -> None:
    previous = ["dorn camera bag"]
    found = composed(completer, "unheard c", previous)
    assert found
    for completion in found:
        document = completer.explain("unheard c", completion.text, previous)
        assert sum(document["groups"].values()) == pytest.approx(completion.score, rel=1e-6)
        assert sum(term["value"] for term in document["terms"]) == pytest.approx(completion.score, rel=1e-6)
        assert document["sources"] == ["composed"]
    assert completer.explain("unheard c", "unheard xyz", previous)["reason"] == "not a label"


def test_a_source_may_be_switched_off(completer: Completer) -> None:
    assert composed(completer, "unheard c", ["dorn camera bag"])
    labels_only = ["index", "popular", "successor"]
    assert completer.complete("unheard c", ["dorn camera bag"], sources=labels_only) == []
    alone = completer.complete("arvo desk l", ["dorn camera bag"], sources=["composed"], k=1000)
    assert all(found.match == "composed" for found in alone)


def test_no_address_or_long_number_is_composed() -> None:
    queries = ["call 555", "call 123 4567", "mail me@x.com", "mail me", "you me@x.com", "dial 12 4567"]
    pairs = Pairs([""] * 30, ["c"] * 30, queries * 5, list(range(30)), list(range(30)))
    completer = Completer(train_model(pairs, None, from_dict(TrainConfig, {})))
    assert [found.text for found in composed(completer, "ring 12 45", [])] == ["ring 12 4567"]
    assert composed(completer, "ring 123 45", []) == []
    assert composed(completer, "call 555 123 45", []) == []
    assert all("@" not in found.text for found in composed(completer, "mail you m", ["you me@x.com"]))
    assert composed(completer, "x@y.com ca", []) == []


def test_the_block_list_holds_for_what_is_put_together(tmp_path: Path) -> None:
    rows = ["tall green hat", "green hat box", "small red hat", "red hat stand", "tall red coat"]
    log = tmp_path / "pairs.tsv"
    lines = [f"{rows[(i + 1) % 5]}\t{text[:3]}\t{text}\t{i // 5}" for i, text in enumerate(rows * 12)]
    log.write_text("\n".join(["previous\tprefix\tnext\tsession", *lines]) + "\n", "utf-8")
    (tmp_path / "blocked.txt").write_text("tall red hat\nwrong\n", "utf-8")
    found = {}
    for name, blocklist in (("free", None), ("barred", tmp_path / "blocked.txt")):
        xmr_engine.train(log, out=tmp_path / name, blocklist=blocklist)
        completer = open_completer(tmp_path / name)
        found[name] = [one.text for one in composed(completer, "tall red h", [])]
        assert (
            not any("wrong" in one.text for one in completer.complete("wrong h", ["wrong hat"], k=1000))
            or not blocklist
        )
    assert "tall red hat" in found["free"]
    assert not any("tall red hat" in text for text in found["barred"])
    assert not any("tall red hat" in text for text in (tmp_path / "barred" / "model.json").read_text().split("\n"))


def test_withheld_queries_of_the_shop_are_composed(shop_model: Path) -> None:
    completer = open_completer(shop_model)
    for typed, before, wanted in (
        ("waterproof t", "trail running shoes", "waterproof trail shoes"),
        ("descaler e", "espresso machine cleaner", "descaler espresso machine"),
    ):
        assert completer.model.labels.find(wanted) is None
        assert wanted in [found.text for found in composed(completer, typed, [before], k=10)]


def test_a_model_made_before_there_were_successions_still_answers(small_model) -> None:
    arrays, document = to_arrays(small_model)
    older = {name: array for name, array in arrays.items() if not name.startswith(("piece_", "after_", "blocked_"))}
    completer = Completer(from_arrays(older, document))
    whole = Completer(small_model)
    labels_only = ["index", "popular", "successor"]
    for typed in ("a", "arvo c", "unheard c"):
        assert completer.complete(typed, ["camera"]) == whole.complete(typed, ["camera"], sources=labels_only)


@pytest.mark.parametrize("name", ARRAYS)
def test_a_missing_or_damaged_array_is_named(small_model, name: str) -> None:
    arrays, document = to_arrays(small_model)
    without = {other: array for other, array in arrays.items() if other != name}
    with pytest.raises(ModelFormatError, match=f"array {name} is missing"):
        from_arrays(without, document)
    for damaged in (arrays[name].astype(np.complex64), np.stack([arrays[name]] * 2)):
        with pytest.raises(ModelFormatError, match=name):
            from_arrays(arrays | {name: damaged}, document)


@pytest.mark.parametrize(("name", "value"), [("after_ids", 10**6), ("after_rows", -1), ("piece_before", -1),
                                             ("piece_count", -5), ("after_total", np.nan),
                                             ("piece_offsets", 10**9)])  # fmt: skip
def test_bounds_of_successions_are_checked(small_model, name: str, value: float) -> None:
    arrays, document = to_arrays(small_model)
    damaged = arrays[name].copy()
    damaged[len(damaged) // 2] = value
    with pytest.raises(ModelFormatError, match="does not hold"):
        from_arrays(arrays | {name: damaged}, document)


def test_a_saved_model_composes_the_same(small_model, small_folder: Path) -> None:
    opened, trained = open_completer(small_folder), Completer(small_model)
    for typed in ("unheard c", "arvo desk l", "évora "):
        assert opened.complete(typed, ["dorn camera bag"]) == trained.complete(typed, ["dorn camera bag"])
    assert storage.read(small_folder)[0]["piece_blob"].size > 0


def test_statistics_count_the_pairs_given() -> None:
    model = train_model(small_pairs(40), None, from_dict(TrainConfig, {}))
    assert model.statistics.successions.after.total.sum() > 0
