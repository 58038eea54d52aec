"""What a model on disk holds, every array checked.

Knows which parts models of each kind have; knows nothing of how they answer.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from xmr_engine import storage
from xmr_engine.indexing.tree import layers
from xmr_engine.kernels.arrays import Tree
from xmr_engine.model import KIND, from_arrays
from xmr_engine.parts import Arrays, tree_from
from xmr_engine.retrieval import model as retrieval
from xmr_engine.xlinear import XLinear

TREE_MARK = "first_child"


def inspect(path: str | Path) -> dict[str, Any]:
    """Return what a model's folder holds: kind, labels, indexes, settings, and every array with its size.

    An index has `labels`, `nodes`, `depth` (layers below the root) and `widths` (nodes of each layer, the root first).

    Raises
    ------
    ModelFormatError
        The folder holds no model, an array was altered, or a part breaks a law that answers rely on.
    """
    folder = Path(path)
    storage.verify(folder)
    arrays, document = storage.read(folder)
    check = _CHECKS.get(str(document.get("kind")))
    if check is not None:
        check(folder, arrays, document)
    indexes = {name: _shape(tree) for name, tree in _trees(arrays, document.get("indexes", ())).items()}
    entries = {name: dict(entry) for name, entry in sorted(document["arrays"].items())}
    rest = {key: value for key, value in document.items() if key not in ("arrays", "kind", "format", "labels")}
    return {
        "kind": document.get("kind"),
        "format": document["format"],
        "labels": document.get("labels", max((index["labels"] for index in indexes.values()), default=0)),
        "bytes": sum(entry["bytes"] for entry in entries.values()),
        **(rest | {"indexes": indexes}),
        "arrays": entries,
    }


def _trees(arrays: Arrays, default_first: Sequence[str]) -> dict[str, Tree]:
    """Return the label trees among the arrays by name; one without a name is `index`."""
    prefixes = [name.removesuffix(TREE_MARK) for name in sorted(arrays) if name.endswith(TREE_MARK)]
    trees = {prefix.rstrip("_") or "index": tree_from(prefix, arrays, None) for prefix in prefixes}
    return {name: trees[name] for name in dict.fromkeys([*default_first, *trees]) if name in trees}


def _shape(tree: Tree) -> dict[str, Any]:
    """Return the size and form of a tree."""
    widths = [stop - start for start, stop in layers(tree)]
    return {"labels": int(tree.leaf.size), "nodes": int(tree.label.size), "depth": len(widths) - 1, "widths": widths}


def _check_completion(_: Path, arrays: Arrays, document: Mapping[str, Any]) -> None:
    from_arrays(arrays, document)


def _check_xlinear(path: Path, _: Arrays, __: Mapping[str, Any]) -> None:
    XLinear.open(path)


def _check_retrieval(_: Path, arrays: Arrays, document: Mapping[str, Any]) -> None:
    retrieval.from_arrays(arrays, document)


_CHECKS: dict[str, Callable[[Path, Arrays, Mapping[str, Any]], None]] = {
    KIND: _check_completion,
    retrieval.KIND: _check_retrieval,
    "xlinear": _check_xlinear,
}
