"""The measured documents are what their command makes of the files beside them."""

import pytest

from app.report.contents import contents
from app.report.results import read_results
from benchmarks.record import RESULTS
from benchmarks.report import DOCS, DOCUMENTS, documents, drawn, picture_of


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_what_its_command_makes_of_the_files(name):
    kept = (DOCS / name).read_text("utf-8")
    assert kept == documents(read_results(RESULTS))[name], f"docs/{name} is behind: python -m benchmarks.report"


def test_every_chart_has_its_picture():
    places = [DOCS / picture_of(chart) for chart in drawn(contents(read_results(RESULTS)))]
    assert [place.name for place in places if not place.is_file()] == []


def test_without_files_the_documents_say_so(tmp_path):
    for text in documents(read_results(tmp_path)).values():
        assert "Nothing has been measured yet." in text
