"""Training from files: the same bytes whenever and on however many threads, and nothing of it half-done."""

from pathlib import Path

import pytest

import xmr_engine
from tests.engine.small import INDEXES, SMALL, compiled, small_pairs
from xmr_engine.completer import open_completer
from xmr_engine.config import TrainConfig, from_dict
from xmr_engine.data.pairs import Pairs
from xmr_engine.errors import ConfigError, DataError, XmrError
from xmr_engine.inputs import fit_inputs, make_inputs
from xmr_engine.labels import make_labels
from xmr_engine.pipeline import train
from xmr_engine.storage import partial_path, verify

pytestmark = compiled
CONFIG = SMALL | {"indexes": INDEXES}


def rows_of(pairs: Pairs) -> list[str]:
    columns = (pairs.previous, pairs.prefix, pairs.next, pairs.session)
    return ["\t".join(map(str, row)) for row in zip(*columns, strict=True)]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pair file of the small log."""
    file = tmp_path_factory.mktemp("logs") / "pairs.tsv"
    file.write_text("\n".join(["previous\tprefix\tnext\tsession", *rows_of(small_pairs(120))]) + "\n", "utf-8")
    return file


@pytest.fixture(scope="module")
def trained(log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained") / "one"
    train(log, out=out, config=CONFIG)
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes_on_any_number_of_threads(log: Path, trained: Path, tmp_path: Path) -> None:
    wanted = contents(trained)
    assert len(wanted) > 40
    verify(trained)
    for threads in (1, 4):
        train(log, out=tmp_path / f"on-{threads}", config=CONFIG, threads=threads)
        assert contents(tmp_path / f"on-{threads}") == wanted


def test_another_seed_gives_other_bytes(log: Path, trained: Path, tmp_path: Path) -> None:
    train(log, out=tmp_path / "other", config=CONFIG, seed=99)
    ours, theirs = contents(trained), contents(tmp_path / "other")
    assert ours.keys() == theirs.keys()
    assert ours["tree_label.npy"] != theirs["tree_label.npy"]
    assert ours["label_blob.npy"] == theirs["label_blob.npy"]


def test_nothing_of_place_or_time_is_in_a_model(trained: Path, log: Path) -> None:
    document = (trained / "model.json").read_text("utf-8")
    assert str(log.parent) not in document
    assert "threads" not in document
    assert "made up" in document


def test_progress_is_told_stage_by_stage(log: Path, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    train(log, out=tmp_path / "m", index="trie", progress=lambda stage, share: told.append((stage, share)))
    assert {"features", "index trie", "matchers trie", "statistics", "ranker"} <= {stage for stage, _ in told}
    assert all(0 <= share <= 1 for _, share in told)


def test_equal_inputs_are_one_row_with_all_their_answers() -> None:
    pairs = Pairs(["", "a", "a", "a", ""], ["x"] * 5, ["x1", "x2", "x1", "x2", "x1"], [0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
    inputs = make_inputs(
        pairs, make_labels(pairs.next), lambda previous, prefix: list(zip(previous, prefix, strict=True))
    )
    assert inputs.X == [("", "x"), ("a", "x")]
    assert inputs.Y.toarray().tolist() == [[1, 0], [1, 1]]


def test_terms_come_from_previous_queries_and_prefixes() -> None:
    pairs = Pairs(["", "red hat"], ["h", "ha"], ["hat", "hat x"], [0, 0], [0, 0])
    words, chars = fit_inputs(pairs, TrainConfig())
    assert (len(words), len(chars)) == (2, 3)


def test_rare_strings_stay_out(tmp_path: Path) -> None:
    rows = [("", "c", "common words", i) for i in range(4)] + [("", "s", "secret words", 9)]
    rows += [("common words", "w", "words", i) for i in range(4)]
    file = tmp_path / "pairs.tsv"
    lines = ["\t".join(map(str, row)) for row in sorted(rows, key=lambda row: row[3])]
    file.write_text("\n".join(["previous\tprefix\tnext\tsession", *lines]) + "\n", "utf-8")
    train(file, out=tmp_path / "m", min_people=3, index="trie")
    completer = open_completer(tmp_path / "m")
    assert completer.model.labels.texts() == ["common words", "words"]
    assert not any(b"secret" in content for content in contents(tmp_path / "m").values())


def test_a_failed_training_leaves_nothing(tmp_path: Path, log: Path) -> None:
    (tmp_path / "empty.tsv").write_text("previous\tprefix\tnext\tsession\n", "utf-8")
    with pytest.raises(DataError):
        train(tmp_path / "empty.tsv", out=tmp_path / "m")
    with pytest.raises(ConfigError):
        train(log, out=tmp_path / "m", index="graph")
    (tmp_path / "occupied").mkdir()
    (tmp_path / "occupied" / "file").touch()
    with pytest.raises(XmrError, match="holds no model"):
        train(log, out=tmp_path / "occupied")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.tsv", "occupied"]


def test_a_stopped_training_keeps_the_old_model(log: Path, trained: Path, tmp_path: Path) -> None:
    train(log, out=tmp_path / "m", index="trie")
    before = contents(tmp_path / "m")

    def stop(stage: str, share: float) -> None:
        if stage == "statistics":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(log, out=tmp_path / "m", index="tree", progress=stop)
    assert contents(tmp_path / "m") == before
    assert [path.name for path in partial_path(tmp_path / "m").iterdir()] == ["layers"]  # to go on from, no model


def test_pairs_given_for_validation_fit_the_ranker_only(log: Path, tmp_path: Path) -> None:
    valid = tmp_path / "valid.tsv"
    lines = ["previous\tprefix\tnext\tsession", "camera\tu\tunheard of\t0", *rows_of(small_pairs(40, seed=8))]
    valid.write_text("\n".join(lines) + "\n", "utf-8")
    train(log, out=tmp_path / "m", valid=valid, index="trie")
    completer = open_completer(tmp_path / "m")
    assert completer.model.labels.find("unheard of") is None
    assert completer.model.counted.rows == len(small_pairs(120).next)


def test_the_door_trains_and_opens(log: Path, tmp_path: Path) -> None:
    xmr_engine.train(log, out=tmp_path / "m", index=("tree",), branching=4, leaf=10)
    completer = xmr_engine.open_completer(tmp_path / "m")
    assert completer.indexes == ("tree",)
    assert isinstance(completer.complete("a")[0], xmr_engine.Completion)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = xmr_engine.nothing


def test_settings_of_a_model_are_those_it_was_trained_with(trained: Path) -> None:
    assert open_completer(trained).model.config == from_dict(TrainConfig, CONFIG)
