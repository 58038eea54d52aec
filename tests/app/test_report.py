"""The report: charts made of the benchmarks' files, and a page that stands without them."""

import json
from pathlib import Path

import pytest

from app import create_app
from app.report.charts import Axis, Chart, Point, Series, write
from app.report.contents import contents
from app.report.headline import headline
from app.report.results import read_results
from app.settings import Settings
from tests.app.fake_engine import FakeCompleter

KEY = "a key that only tests use"
SHIPPED = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
MACHINE = {"cpu": "a processor", "cores": 2, "load_average": [1.0, 1.0, 1.0]}


def cell(mrr, wide=0.02):
    return {"rows": 10, "mrr": mrr, "mrr_ci": [mrr - wide, mrr + wide], "bleu_rr": mrr / 2}


def system(mrr, p50):
    cells = {"sampled": cell(mrr), "len1": cell(mrr / 2), "len3": cell(mrr)}
    return {
        "seen": cells,
        "all": cells,
        "misses": {"no_label": 5, "no_candidate": 1, "ranked_low": 2},
        "latency_ms": {"p50": p50, "p90": 2 * p50, "p99": 3 * p50, "quantiles": [[1, p50 / 2], [50, p50]]},
        "keystrokes_saved": 0.3,
        "keystrokes_saved_first": 0.2,
    }


def quality(**more):
    systems = {"model": system(0.8, 0.2), "mfq": system(0.7, 0.02)}
    claim = {"claim": "mrr above", "beside": "mfq", "ours": 0.8, "theirs": 0.7, "holds": True}
    return {
        "data": "a-log",
        "split": "test",
        "synthetic": False,
        "index": "hybrid",
        "rows": 20,
        "seen": 10,
        "drawn": {"typed_rows": 10},
        "systems": systems,
        "differences": {"mfq": {"by_frequency": {"0": cell(0), "1": cell(0.1), "2-3": cell(0.2)}}},
        "contexts": {"none": systems["mfq"], "last five": systems["model"]},
        "over_mfq": {"sampled": {"ours": 0.1, "paper": None}, "len1": {"ours": 1.5, "paper": 0.71}},
        "claims": [claim],
    } | more


def growth():
    latency = {"p50": 0.1, "p90": 0.2, "p99": 0.4}
    size = {"train_s": 3.0, "peak_gib": 0.5, "model_mb": 9.0, "open_ms": 4.0, "latency_ms": latency}
    return {"data": "shop", "synthetic": True, "sizes": [{"labels": 1000} | size, {"labels": 100_000} | size]}


def keep(folder, name, figures, **head):
    document = {"date": "2026-11-22T10:00:00+00:00", "commit": "abc", "machine": MACHINE, "figures": figures} | head
    (folder / f"{name}.json").write_text(json.dumps({"command": f"python -m benchmarks.{name}"} | document), "utf-8")
    return folder


def page(results):
    app = create_app(Settings(secret_key=KEY, models=Path(), results=results), [FakeCompleter()])
    response = app.test_client().get("/report")
    assert response.status_code == 200
    return response.text


def charts(folder):
    return {chart.id: chart for section in contents(read_results(folder)) for chart in section.charts}


def test_without_files_one_calm_line_stands_there(tmp_path):
    shown = page(tmp_path / "absent")
    assert "Nothing has been measured here yet" in shown
    assert "<figure" not in shown
    assert 'aria-current="page">Report' in shown


def test_each_chart_names_its_command_log_and_commit(tmp_path):
    keep(tmp_path, "quality", quality())
    keep(tmp_path, "growth", growth())
    shown = page(tmp_path)
    assert shown.count("<figure") == len(charts(tmp_path))
    assert "a-log, test rows, real log" in shown
    assert "shop, synthetic log" in shown
    assert "python -m benchmarks.growth" in shown
    assert "2026-11-22, commit abc" in shown


def test_a_busy_machine_is_named_where_times_stand_alone(tmp_path):
    keep(tmp_path, "quality", quality(), machine=MACHINE | {"load_average": [9.0, 1, 1]})
    found = charts(tmp_path)
    assert not found["mrr-by-length"].timed
    assert found["latency-systems"].timed
    assert page(tmp_path).count("the machine was busy") == sum(chart.timed for chart in found.values())


def test_every_chart_has_its_numbers_in_a_table(tmp_path):
    keep(tmp_path, "quality", quality())
    found = charts(tmp_path)
    assert found["mrr-by-length"].table.columns == ("Characters typed", "Nextquery hybrid", "most frequent query")
    assert found["mrr-by-length"].table.rows[0][1] == "0.400 (0.380 to 0.420)"
    assert found["misses"].table.columns == ("System:", "Nextquery hybrid", "most frequent query")
    assert [row[1] for row in found["misses"].table.rows] == ["60.0 %", "10.0 %", "5.0 %", "25.0 %"]
    assert found["by-frequency"].table.rows[0][1].startswith("+0.100")
    assert all(chart.table.rows for chart in found.values())


def test_a_table_wider_than_long_is_turned(tmp_path):
    source = read_results(keep(tmp_path, "quality", quality()))["quality"]
    series = tuple(Series(name, (Point("1", 0.5), Point("2", 0.6))) for name in "abcd")
    chart = Chart("one", "lines", "", "", source, Axis("typed", "text", "steps"), Axis("MRR"), series)
    assert chart.table.columns == ("typed:", "1", "2")
    assert chart.table.rows[0] == ("a", "0.500", "0.600")


def test_a_damaged_file_is_left_out(tmp_path, caplog):
    keep(tmp_path, "quality", quality())
    (tmp_path / "latency.json").write_text("{", "utf-8")
    (tmp_path / "peers.json").write_text("[]", "utf-8")
    assert list(read_results(tmp_path)) == ["quality"]
    assert "latency.json is no result of a benchmark" in caplog.text


def test_a_file_of_other_figures_takes_no_chart_of_others_away(tmp_path, caplog):
    keep(tmp_path, "quality", quality())
    keep(tmp_path, "serving", {"rate": 3})
    assert "mrr-by-length" in charts(tmp_path)
    assert "serving.json has other figures" in caplog.text


def test_short_runs_are_no_results(tmp_path):
    keep(tmp_path, "training-short", {})
    assert read_results(tmp_path) == {}


def test_a_log_is_known_by_its_name_in_another_file(tmp_path):
    keep(tmp_path, "quality", quality())
    keep(tmp_path, "peers", {"data": "a-log"})
    assert read_results(tmp_path)["peers"].synthetic is False


def test_the_figures_said_first_come_from_the_files(tmp_path):
    keep(tmp_path, "quality", quality())
    assert [figure.value for figure in headline(read_results(tmp_path))] == ["0.800", "+150 %", "30.0 %"]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.12345, "share", "0.123"),
        (-0.05, "gain", "−0.050"),
        (0.05, "gain", "+0.050"),
        (1.7, "percent", "170.0 %"),
        (0.216, "ms", "0.216 ms"),
        (1234.5, "ms", "1,234 ms"),
        (126505, "count", "126,505"),
    ],
)
def test_numbers_are_written_as_they_are_read(value, form, text):
    assert write(value, form) == text


def test_every_file_shipped_gives_what_the_report_reads(caplog):
    found = charts(SHIPPED)
    assert {"mrr-by-length", "misses", "latency-systems", "configurations"} <= found.keys()
    assert "other figures" not in caplog.text
    assert "<figure" in page(SHIPPED)
