"""Small models, trained once, and how tests of the engine draw their examples."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.engine.small import INDEXES, SMALL, small_pairs
from xmr_engine import storage
from xmr_engine.config import TrainConfig, from_dict
from xmr_engine.model import Model, to_arrays
from xmr_engine.pipeline import train_model

settings.register_profile("engine", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("engine")


@pytest.fixture(scope="session")
def small_config() -> TrainConfig:
    """Settings of a small model with all three indexes."""
    return from_dict(TrainConfig, SMALL | {"indexes": INDEXES})


@pytest.fixture(scope="session")
def small_model(small_config) -> Model:
    """A model of some two hundred labels, as training leaves it."""
    return train_model(small_pairs(), None, small_config)


@pytest.fixture(scope="session")
def small_folder(small_model, tmp_path_factory) -> Path:
    """The same model on disk."""
    folder = tmp_path_factory.mktemp("models") / "small"
    storage.write(folder, *to_arrays(small_model))
    return folder
