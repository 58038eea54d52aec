"""What judging consists of in this app, for its calls and its pages.

Knows Flask's current app; knows nothing of what is done with the parts.
"""

from typing import NamedTuple

from flask import current_app
from werkzeug.exceptions import NotFound

from app.catalog import Catalog
from app.judging.gate import Gate
from app.judging.sets import Sets
from app.judging.store import Store
from app.judging.studies import Study, find_study


class Judging(NamedTuple):
    """What judging needs: the database, the shipped sets, the models, and the door."""

    store: Store
    shipped: Sets
    catalog: Catalog
    gate: Gate


def judging() -> Judging:
    """Return this app's judging."""
    found: Judging = current_app.extensions["judging"]
    return found


def study_of(study_id: str) -> Study:
    """Return the study of an address; raises `NotFound`."""
    study = find_study(judging().store, study_id)
    if study is None:
        raise NotFound("There is no such study here.")
    return study
