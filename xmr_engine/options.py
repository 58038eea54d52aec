"""The settings of a training: those of a config file, with a command's options laid over them.

Knows names of options; knows nothing of what a setting does.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from xmr_engine.config import IndexConfig, TrainConfig, from_dict
from xmr_engine.errors import ConfigError

__all__ = ["make_config"]


def make_config(source: str | Path | Mapping[str, Any] | None, options: Mapping[str, Any]) -> TrainConfig:
    """Return the settings of a config file with the command's options laid over it."""
    settings = from_dict(TrainConfig, _read_config(source))
    left = dict(options)
    if "index" in left:
        names = [left.pop("index")] if isinstance(options["index"], str) else list(left.pop("index"))
        settings = replace(settings, indexes={name: settings.indexes.get(name, IndexConfig()) for name in names})
    shape = {name: left.pop(name) for name in ("trie_depth", "must_link", "branching", "leaf") if name in left}
    settings = replace(settings, indexes={n: replace(index, **shape) for n, index in settings.indexes.items()})
    matching = {name: left.pop(name) for name in ("threshold", "beam") if name in left}
    ranking = {name: matching[name] for name in ("beam",) if name in matching}
    data = {name: left.pop(name) for name in ("min_people",) if name in left}
    settings = replace(settings, matching=replace(settings.matching, **matching), data=replace(settings.data, **data))
    settings = replace(settings, ranking=replace(settings.ranking, **ranking))
    if "seed" in left:
        settings = replace(settings, seed=left.pop("seed"))
    if left:
        raise ConfigError(f"unknown option {next(iter(left))!r}; see python -m xmr_engine train --help")
    return settings


def _read_config(source: str | Path | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the settings of a JSON file, or the ones given."""
    if source is None:
        return {}
    if isinstance(source, Mapping):
        return source
    try:
        return dict(json.loads(Path(source).read_text("utf-8")))
    except OSError as error:
        raise ConfigError(f"{source}: {error.strerror or error}") from None
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{source}: is no JSON object ({error})") from None
