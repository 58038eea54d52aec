"""The report's page. Knows charts and templates; knows nothing of the files behind them."""

from flask import Blueprint, current_app, render_template

from app.report.contents import contents
from app.report.headline import headline
from app.report.results import read_results

report = Blueprint("report", __name__)


@report.get("/report")
def show_page() -> str:
    """Show every chart that the files give."""
    results = read_results(current_app.extensions["results"])
    return render_template(
        "report.html", sections=contents(results), headline=headline(results), results=results.values()
    )
