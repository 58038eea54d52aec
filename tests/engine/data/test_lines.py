"""Lines come out whole, in order and numbered right, whatever lies between them."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmr_engine.data import lines as module
from xmr_engine.data.lines import NOT_UTF8, OVER_LONG, broken, read_lines
from xmr_engine.errors import DataError


def read(path: Path) -> list[str]:
    return list(read_lines(path, lambda _: None))


@given(st.binary(max_size=60).filter(lambda b: b"\r" not in b), st.integers(1, 9))
@settings(max_examples=200)
def test_any_block_size_gives_the_same_lines(tmp_path_factory: pytest.TempPathFactory, content: bytes, block: int):
    path = tmp_path_factory.mktemp("lines") / "x.tsv"
    path.write_bytes(content)
    expected = content.decode("utf-8", "surrogateescape").split("\n")
    if expected[-1] == "":
        expected.pop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        assert read(path) == expected


@given(st.lists(st.sampled_from([b"", b"a", b"bcdef", b"x" * 20, b"x" * 300]), max_size=8), st.integers(1, 40))
@settings(max_examples=200)
def test_over_long_lines_keep_their_place(tmp_path_factory: pytest.TempPathFactory, rows: list[bytes], block: int):
    path = tmp_path_factory.mktemp("lines") / "x.tsv"
    path.write_bytes(b"".join(row + b"\n" for row in rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        patch.setattr(module, "_LONGEST_LINE", 10)
        found = [OVER_LONG if broken(line) == OVER_LONG else line for line in read(path)]
    assert found == [OVER_LONG if len(row) > 10 else row.decode() for row in rows]


def test_line_ends_of_both_kinds(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_bytes(b"a\r\nb\nc")
    assert read(tmp_path / "x.tsv") == ["a", "b", "c"]


def test_gzipped_files_of_several_members(tmp_path: Path) -> None:
    (tmp_path / "x.tsv.gz").write_bytes(gzip.compress(b"a\nb") + gzip.compress(b"c\n"))
    assert read(tmp_path / "x.tsv.gz") == ["a", "bc"]


def test_bytes_that_are_no_utf8_are_found(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_bytes(b"good\nb\xe9d\n\xed\xa0\x80\n\xf0\x9f\x98\x80\n")
    assert [broken(line) for line in read(tmp_path / "x.tsv")] == [None, NOT_UTF8, NOT_UTF8, None]


def test_a_bomb_of_one_line_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_SKIPPED", 4_000_000)
    (tmp_path / "x.tsv.gz").write_bytes(gzip.compress(bytes(20_000_000)))
    with pytest.raises(DataError, match="a line over"):
        read(tmp_path / "x.tsv.gz")


def test_progress_reaches_the_size_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.tsv").write_bytes(b"a\n" * 2_000_000)
    told: list[int] = []
    n_lines = sum(1 for _ in read_lines(tmp_path / "x.tsv", told.append))
    assert n_lines == 2_000_000
    assert told == sorted(told)
    assert told[-1] == 4_000_000
