"""Whatever an array holds, a retrieval model is refused when opened or answers without an accident."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.engine.retrieval.small import SETTINGS, write_files
from tests.engine.small import WITHOUT_JIT
from tests.engine.test_damage import MANGLES, ODD, arrays_of, leaves, replaced, written
from xmr_engine import ModelFormatError, open_retriever, storage, train_products
from xmr_engine.baselines.two_tower import KIND, Network, Side, network_to
from xmr_engine.frozen import freeze

pytestmark = [
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

QUERIES = ("", "couch", "red sofa 2x3", "évora desklamp lamp", "kettel", "a" * 600, "sofa " * 80)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A model with held-out purchases and a neural baseline, whose files may be overwritten."""
    folder = tmp_path_factory.mktemp("shop")
    purchases, catalogue, held_out = write_files(folder)
    storage.write(folder / "network", network_to(small_network()), {"kind": KIND})
    options = {"held_out": held_out, "neural": folder / "network", "config": SETTINGS}
    train_products(purchases, catalogue, folder / "model", **options)
    return folder / "model"


def small_network() -> Network:
    random = np.random.default_rng(5)
    sides = [Side(freeze(random.normal(size=(4, 4)), np.float32), freeze(np.zeros(4), np.float32)) for _ in range(2)]
    return Network(freeze(random.normal(size=(64, 4)), np.float32), *sides)


def answers(path: Path) -> bool:
    """Open a model and ask it; return whether it was opened."""
    try:
        retriever = open_retriever(path)
    except ModelFormatError as error:
        return "\n" in str(error)  # a refusal is one line
    for query in QUERIES:
        for system in retriever.systems:
            assert len(retriever.search(query, 7, system=system)) <= 7
    retriever.compare("red sofa")
    return True


@pytest.mark.parametrize("mangle", MANGLES)
def test_mangled_contents_are_refused_or_borne(copy: Path, mangle: str) -> None:
    opened = refused = 0
    for name, array in list(arrays_of(copy)):
        if array.size == 0:
            continue
        rng = np.random.default_rng([len(name), *name.encode()])
        replaced(copy, name, MANGLES[mangle](rng, array.copy()))
        opened, refused = (opened + 1, refused) if answers(copy) else (opened, refused + 1)
        replaced(copy, name, array)
    assert opened > 0
    assert refused > 0
    assert answers(copy)


def test_mangled_files_are_refused_or_borne(copy: Path) -> None:
    refused = 0
    for file in sorted(copy.glob("*.npy"))[:: 4 if WITHOUT_JIT else 1]:
        whole = file.read_bytes()
        rng = np.random.default_rng([*file.name.encode()])
        for _ in range(2):
            content = bytearray(whole)
            for at in rng.integers(0, 128, 2):
                content[at] = rng.integers(256)
            written(file, bytes(content))
            refused += not answers(copy)
        written(file, whole)
    assert refused > 20
    assert answers(copy)


def test_mangled_documents_are_refused_or_borne(copy: Path) -> None:
    file = copy / "model.json"
    whole = file.read_text("utf-8")
    outer = json.loads(whole)
    ways = [way for way in leaves(outer) if way[-1] != "sha256" and way[0] != "measured"]
    refused = 0
    for i, way in enumerate(ways[::2]):
        document = json.loads(whole)
        place = document
        for key in way[:-1]:
            place = place[key]
        place[way[-1]] = ODD[i % len(ODD)]
        file.write_text(json.dumps(document), "utf-8")
        refused += not answers(copy)
    file.write_text(whole, "utf-8")
    assert refused > 20
    assert answers(copy)


def test_a_missing_array_is_named(copy: Path) -> None:
    file = copy / "shelf_head.npy"
    whole = file.read_bytes()
    file.unlink()
    with pytest.raises(ModelFormatError, match="shelf_head"):
        open_retriever(copy)
    written(file, whole)
