"""What the command line shows: bars on a terminal, lines elsewhere, documents as lines."""

import json

import pytest

from xmr_engine import console


def test_off_a_terminal_a_stage_is_a_line_and_one_each_quarter(capsys: pytest.CaptureFixture[str]) -> None:
    with console.shown_progress() as progress:
        for hundredth in range(101):
            progress("reading", hundredth / 100)
        progress("writing", 1.0)
        progress("reading", 1.0)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["reading", "reading 25 %", "reading 50 %", "reading 75 %", "writing"]


def test_on_a_terminal_a_stage_is_a_bar(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    with console.shown_progress() as progress:
        progress("reading", 0.5)
        progress("writing", 0.25)
    out, err = capsys.readouterr()
    assert out == ""
    assert "reading" in err
    assert "writing" in err
    assert "100%" in err


def test_json_is_one_ascii_document(capsys: pytest.CaptureFixture[str]) -> None:
    document = {"text": "é\udc80\x1b[31m", "list": [1.5, None]}
    console.write_json(document)
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == document


def test_a_document_is_one_line_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    console.write_document(
        {"a": 1, "b": {"c": 0.123456789, "d": [1, 2]}, "e": [{"x": "y", "z": 2}], "f": [], "g": None}
    )
    assert capsys.readouterr().out.splitlines() == [
        "a  1",
        "b",
        "  c  0.123457",
        "  d  1, 2",
        "e",
        "  y  2",
        "f  ",
        "g  None",
    ]


def test_no_completions_are_said_to_be_none(capsys: pytest.CaptureFixture[str]) -> None:
    console.write_completions({"completions": [], "took_ms": 0.5})
    assert capsys.readouterr() == ("", "0 completions in 0.50 ms\n")


def test_an_evaluation_says_where_two_models_differ_and_on_which_queries(capsys: pytest.CaptureFixture[str]) -> None:
    cell = {"rows": 12, "mrr": 0.01, "mrr_ci": [-0.005, 0.02], "p": 0.25}
    change = {"query": "red shoe", "rows": 3, "mrr": 0.5, "other_mrr": 1.0, "change": -1.5}
    console.write_evaluation(
        {
            "model": "new",
            "rows": 12,
            "seen": 6,
            "systems": {"model": {"all": {"sampled": {"mrr": 0.5}}, "no_context_seen": {"sampled": {"mrr": 0.25}}}},
            "differences": {"old": {"all": {"sampled": cell}, "by_frequency": {"2-3": cell}}},
            "changes": {"old": [change]},
        }
    )
    out = capsys.readouterr().out
    assert "MRR, no_context_seen\n        sampled\nmodel    0.2500\n" in out
    assert "MRR of the model less that of old\n" in out
    assert "  by frequency, 2-3              12 rows  +0.0100  [-0.0050, +0.0200]  p 0.2500\n" in out
    assert "Most changed since old\n    -1.500  1.000 -> 0.500      3 rows  red shoe\n" in out


@pytest.mark.parametrize(
    ("gain", "p", "said"),
    [
        (0.01, 0.25, "The model cannot be told from old: +0.0100 at the rows' own prefix, p 0.2500"),
        (0.03, 0.001, "The model is better than old: +0.0300 at the rows' own prefix, p 0.0010"),
        (-0.03, 0.001, "The model is worse than old: -0.0300 at the rows' own prefix, p 0.0010"),
    ],
)
def test_a_comparison_begins_with_its_verdict(
    capsys: pytest.CaptureFixture[str], gain: float, p: float, said: str
) -> None:
    cells = {"sampled": gain, "len1": 0.2, "len8": -0.1}
    differences = {name: {"rows": 9, "mrr": mrr, "mrr_ci": [mrr, mrr], "p": p} for name, mrr in cells.items()}
    console.write_evaluation(
        {"model": "new", "rows": 9, "seen": 9, "systems": {}, "differences": {"old": {"all": differences}}}
    )
    assert f"{said}; most at len1 (+0.2000), least at len8 (-0.1000).\n" in capsys.readouterr().out
