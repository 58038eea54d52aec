"""The json files of the benchmarks, and where each figure comes from.

Knows files and their head; knows nothing of what a figure means.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

logger = logging.getLogger(__name__)

Figures = Mapping[str, Any]


class Result(NamedTuple):
    """One file: what was measured, and all it takes to read it.

    synthetic: whether the log was made up, None where the file does not say. load: processes that wanted to run in the
    last minute, None where it was not recorded.
    """

    name: str
    command: str
    date: str
    commit: str
    cpu: str
    cores: int
    load: float | None
    data: str
    synthetic: bool | None
    figures: Figures

    @property
    def day(self) -> str:
        """When it was measured, to the day."""
        return self.date[:10]

    @property
    def log(self) -> str:
        """What log the figures are of."""
        kind = {True: "synthetic log", False: "real log"}.get(self.synthetic)  # type: ignore[arg-type]
        split = self.figures.get("split")
        return ", ".join(filter(None, [self.data, f"{split} rows" if split else "", kind]))

    @property
    def busy(self) -> bool:
        """Whether more wanted to run than there are cores, so that times are longer than they need be."""
        return self.load is not None and self.load > self.cores + 0.5


Results = Mapping[str, Result]


def read_results(folder: Path) -> dict[str, Result]:
    """Return the results of a folder by name, none where it is absent; a damaged file is left out and logged.

    Short forms of a benchmark show that it runs and measure nothing: they are left out, too.
    """
    found = {}
    for path in sorted(folder.glob("*.json")):
        if path.stem.endswith("-short"):
            continue
        try:
            found[path.stem] = _result(path.stem, json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            logger.warning("%s is no result of a benchmark: %s", path.name, error)
    return _with_kinds(found)


def _result(name: str, document: Figures) -> Result:
    """Return a file's document as a result."""
    machine, figures = document["machine"], document["figures"]
    load = machine.get("load_average")
    return Result(
        name=name,
        command=str(document["command"]),
        date=str(document["date"]),
        commit=str(document.get("commit") or ""),
        cpu=str(machine["cpu"]),
        cores=int(machine["cores"] or 1),
        load=float(load[0]) if load else None,
        data=str(figures.get("data", "")),
        synthetic=figures.get("synthetic"),
        figures=figures,
    )


def _with_kinds(results: Mapping[str, Result]) -> dict[str, Result]:
    """Return the results, each knowing whether its log is synthetic if any of the same log says so."""
    known = {one.data: one.synthetic for one in results.values() if one.data and one.synthetic is not None}
    return {
        name: one._replace(synthetic=known.get(one.data)) if one.synthetic is None else one
        for name, one in results.items()
    }
