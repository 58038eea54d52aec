"""A log made ready: parts by time, everything counted, nothing half-written."""

import filecmp
import json
from pathlib import Path

import pytest

from xmr_engine.data.pairs import read_pairs
from xmr_engine.data.prepare import PairsConfig, prepare_pairs
from xmr_engine.errors import ConfigError, DataError, XmrError

PARTS = ["train", "valid", "test"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    rows = [f"u{session % 13}\t{session * 9000 + step}\tquery {session * step % 7} of {step}"
            for session in range(50) for step in range(1 + session % 4)]  # fmt: skip
    path = tmp_path / "log.tsv"
    path.write_text("\n".join(["user\ttime\tquery", *reversed(rows)]), encoding="utf-8")
    return path


def test_parts_are_cut_by_the_start_of_sessions(tmp_path: Path, log: Path) -> None:
    report = prepare_pairs([log], tmp_path / "out", PairsConfig(valid=0.2, test=0.1))
    parts = [read_pairs(tmp_path / "out" / f"{part}.tsv") for part in PARTS]
    assert [part.session[-1] + 1 for part in parts] == [35, 10, 5]
    whole = read_pairs(log)
    for column in ("previous", "prefix", "next"):
        assert [text for part in parts for text in getattr(part, column)] == getattr(whole, column)
    assert report.kept == dict(zip(PARTS, (len(part.next) for part in parts), strict=True))


def test_the_report_is_written_beside_and_adds_up(tmp_path: Path, log: Path) -> None:
    with log.open("a", encoding="utf-8") as stream:
        stream.write("\nu1\tnoon\tx\nu1\t5000\tcall 555-1234567\nu1\t5001\tshoes\n")
    report = prepare_pairs([log], tmp_path / "out")
    written = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert written == report.as_dict()
    assert written["bad"] == {"a time that is neither epoch seconds nor ISO 8601": 1}
    assert written["dropped"] == written["emptied"] == {"number of seven or more digits": 1}
    lost = sum(written["bad"].values()) + sum(written["dropped"].values()) + written["repeats"]
    assert written["rows"] == sum(written["kept"].values()) + lost
    assert "555" not in (tmp_path / "out" / "train.tsv").read_text(encoding="utf-8")


def test_rare_and_blocked_queries_are_dropped(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [f"{user},{user},shoes" for user in range(3)] + ["7,0,rare", "7,1,shoes", "7,2,my ass", "7,3,assassin creed"]
    log.write_text("\n".join(["user,time,query", *rows, "8,0,assassin creed", "9,0,assassin creed"]), encoding="utf-8")
    words = tmp_path / "words.txt"
    words.write_text("ass\n", encoding="utf-8")
    report = prepare_pairs([log], tmp_path / "out", PairsConfig(min_people=3, blocklist=str(words), valid=0, test=0))
    assert report.dropped == {"typed by fewer than 3 people": 1, "block list": 1}
    assert report.emptied == report.dropped
    assert set(read_pairs(tmp_path / "out" / "train.tsv").next) == {"shoes", "assassin creed"}


def test_one_session_is_all_training(tmp_path: Path) -> None:
    log = tmp_path / "log.tsv"
    log.write_text("user\ttime\tquery\nu\t1\ta\nu\t2\tb\n", encoding="utf-8")
    assert prepare_pairs([log], tmp_path / "out").kept == {"train": 2, "valid": 0, "test": 0}
    assert (tmp_path / "out" / "test.tsv").read_text(encoding="utf-8") == "previous\tprefix\tnext\tsession\n"


def test_the_same_log_gives_the_same_bytes(tmp_path: Path, log: Path) -> None:
    for name, limit in (("a", None), ("b", "50MB")):
        prepare_pairs([log], tmp_path / name, PairsConfig(memory_limit=limit))
    for part in PARTS:
        assert (tmp_path / "a" / f"{part}.tsv").read_bytes() == (tmp_path / "b" / f"{part}.tsv").read_bytes()


def test_a_log_larger_than_its_memory_gives_the_same_bytes(tmp_path: Path) -> None:
    log, long = tmp_path / "log.tsv", "x" * 400
    with log.open("w", encoding="utf-8") as stream:
        stream.write("user\ttime\tquery\n")
        for n in range(80_000):
            stream.write(f"{n * 7919 % 5003}\t{n * 2_654_435_761 % 100_000}\tquery {n % 9973} {long}\n")
    assert log.stat().st_size > 33_000_000
    found = [prepare_pairs([log], tmp_path / str(limit), PairsConfig(memory_limit=limit)) for limit in (None, "30MB")]
    assert found[0] == found[1]
    for part in PARTS:
        assert filecmp.cmp(tmp_path / "None" / f"{part}.tsv", tmp_path / "30MB" / f"{part}.tsv", shallow=False)


def test_an_earlier_result_is_replaced_and_nothing_else(tmp_path: Path, log: Path) -> None:
    out = tmp_path / "out"
    prepare_pairs([log], out, PairsConfig(test=0.5))
    prepare_pairs([log], out)
    assert sorted(path.name for path in out.iterdir()) == ["report.json", "test.tsv", "train.tsv", "valid.tsv"]
    (out / "thesis.tex").write_text("years", encoding="utf-8")
    with pytest.raises(DataError, match=r"holds other files \(thesis.tex\)"):
        prepare_pairs([log], out)
    with pytest.raises(DataError, match="a file"):
        prepare_pairs([log], log)
    assert (out / "thesis.tex").exists()


@pytest.mark.parametrize("out", ["out/", "./sub/../out", ".", "..", "/"])
def test_a_folder_can_be_named_in_any_way(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch, out: str) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    if "out" in out:
        prepare_pairs([log], out)
        assert (tmp_path / "out" / "report.json").exists()
    else:
        with pytest.raises(DataError, match="holds other files"):
            prepare_pairs([log], out)


def test_a_failure_leaves_the_old_result_and_no_partial_folder(tmp_path: Path, log: Path) -> None:
    out = tmp_path / "out"
    prepare_pairs([log], out)
    before = (out / "train.tsv").read_bytes()
    for source, config in [(tmp_path / "no.tsv", None), (log, PairsConfig(min_people=99))]:
        with pytest.raises(XmrError):
            prepare_pairs([source], out, config)

    def interrupt(stage: str, done: float) -> None:
        if stage == "writing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare_pairs([log], out, progress=interrupt)
    assert (out / "train.tsv").read_bytes() == before
    assert not (tmp_path / "out.partial").exists()


def test_everything_dropped_is_said_with_its_reasons(tmp_path: Path, log: Path) -> None:
    with pytest.raises(DataError, match=r"nothing is left of the log: \d+ typed by fewer than 99 people"):
        prepare_pairs([log], tmp_path / "out", PairsConfig(min_people=99))


@pytest.mark.parametrize(
    "settings",
    [
        {"valid": 0.5, "test": 0.5},
        {"valid": -0.1},
        {"test": float("nan")},
        {"gap_minutes": -1},
        {"gap_minutes": float("nan")},
        {"min_people": 0},
        {"format": "pairs"},
    ],
)
def test_settings_out_of_range_are_refused(settings: dict) -> None:
    with pytest.raises(ConfigError, match="expected"):
        PairsConfig(**settings)
