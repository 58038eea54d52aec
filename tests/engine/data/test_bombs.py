"""Files that are far larger unpacked: one clear line, in bounded memory, and nothing left behind."""

import gzip
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from xmr_engine.data import lines
from xmr_engine.data.prepare import prepare_pairs
from xmr_engine.errors import DataError

FINE, PEAK = 1 << 20, 48 << 20
HEADER = b"user\ttime\tquery\n"
SAME = "SELECT 'u' AS user, 1 AS time, 'shoes' AS query FROM range(600000)"
WIDE = "SELECT 'u' AS user, 1 AS time, repeat('x', 2000000) AS query FROM range(3000)"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Bombs of some megabytes do as well as real ones."""
    monkeypatch.setattr(lines, "_ALWAYS_FINE", FINE)
    monkeypatch.setattr(lines, "_LONGEST_SKIPPED", 1 << 30)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))


def pack(path: Path, blocks: Iterable[bytes]) -> None:
    with gzip.open(path, "wb", compresslevel=9) as stream:
        stream.writelines(blocks)


def columns(path: Path, query: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{path}'")


BOMBS = {
    "rows.tsv.gz": [HEADER, *[b"u\t1\tshoes\n" * 100_000] * 8],
    "blank.csv.gz": [b"user,time,query\n", *[b"\n" * 1_000_000] * 8],
    "line.jsonl.gz": [bytes(1_000_000)] * 100,
    "zeros.parquet.gz": [bytes(1_000_000)] * 100,
    "rows.parquet": SAME,
    "wide.parquet": WIDE,
}
TOLD = {"wide.parquet": "3000 of 3000 rows cannot be used, more than half: line 1: field over 128 kB"}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_one_line_and_bounded_memory(tmp_path: Path, name: str) -> None:
    path, content = tmp_path / name, BOMBS[name]
    if isinstance(content, str):
        columns(path, content)
    else:
        pack(path, content)
    assert path.stat().st_size < 200_000
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=TOLD.get(name, "unpacks to over 200 times its size")) as caught:
            prepare_pairs([path], tmp_path / "out")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert peak < PEAK
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([name, "temporary"])
    assert not list((tmp_path / "temporary").iterdir())


@pytest.mark.parametrize("name", ["log.zip", "log.tsv.zip", "log.tsv.zst", "log.tsv.xz"])
def test_other_ways_of_packing_are_not_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(DataError, match=r"unknown kind of file; expected .tsv, .csv, .jsonl or .parquet"):
        prepare_pairs([tmp_path / name], tmp_path / "out")


def test_a_log_that_packs_well_is_still_a_log(tmp_path: Path) -> None:
    rows = [f"user {n % 97}\t{n * 60}\tshoes of size {n % 11}\n".encode() for n in range(60_000)]
    pack(tmp_path / "log.tsv.gz", [HEADER, *rows])
    packed = (tmp_path / "log.tsv.gz").stat().st_size
    assert sum(map(len, rows)) > max(FINE, 5 * packed)
    assert prepare_pairs([tmp_path / "log.tsv.gz"], tmp_path / "out").rows == len(rows)
