"""What the command line may set of a retrieval model, as settings."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xmr_engine.config import from_dict
from xmr_engine.errors import ConfigError
from xmr_engine.retrieval.settings import RetrievalConfig

_PLACES = {"branching": "index", "leaf": "index", "threshold": "matching", "beam": "matching"}


def to_config(file: str | None, options: Mapping[str, Any]) -> RetrievalConfig:
    """Return the settings of a JSON file with the given options over them; an option of None is not given.

    Raises
    ------
    ConfigError
        The file is no JSON object, or a key or value cannot be.
    """
    settings = _read(Path(file)) if file else {}
    for name, value in options.items():
        if value is None:
            continue
        place = _PLACES.get(name)
        if place is None:
            settings[name] = value
        else:
            part = settings.get(place, {})
            settings[place] = {**part, name: value} if isinstance(part, Mapping) else part
    index = settings.get("index", {})
    if isinstance(index, Mapping):
        settings["index"] = {"branching": 32, "leaf": 100, "embedding": "pifa", **index}
    return from_dict(RetrievalConfig, settings)


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise ConfigError(f"{file}: is no JSON ({error})") from None
    if not isinstance(found, dict):
        raise ConfigError(f"{file}: expected an object of settings")
    return found
