"""One question asked of every index of a model, side by side.

Knows documents of completions and the traced beam; knows nothing of how a question is read.
"""

from collections.abc import Callable, Mapping
from typing import Any

from xmr_engine.kernels.arrays import Codes
from xmr_engine.kernels.candidates import Limits
from xmr_engine.kernels.complete import complete
from xmr_engine.kernels.held import hold
from xmr_engine.kernels.weighing import input_of
from xmr_engine.model import Model
from xmr_engine.trace import drawn_layers, trace_beam

RUNS = 3

Answer = Callable[[str], Mapping[str, Any]]


def compare(model: Model, codes: Codes, limits: Limits, answer: Answer) -> dict[str, Any]:
    """Return the same question answered by every index, as a document.

    `took_ms` is the shortest of three runs. `beam` holds of each layer every kept node and the best of the others;
    `evaluated` says how many of a layer were scored within the span, drawn or not. `only` names the completions
    that no other index shows; with a single index there is nothing to compare, and it stays empty.

    Parameters
    ----------
    codes, limits
        The question as the kernels read it.
    answer
        Index name → the document of its completions.
    """
    asked: Mapping[str, Any] = {}
    found = {}
    for name in model.indexes:
        asked = min((answer(name) for _ in range(RUNS)), key=lambda document: document["took_ms"])
        shown = {"completions": asked["completions"], "took_ms": asked["took_ms"]}
        found[name] = shown | _search(model, name, codes, limits)
    texts = {name: [row["text"] for row in document["completions"]] for name, document in found.items()}
    return {"prefix": asked["prefix"], "previous": asked["previous"], "indexes": found, "only": only_one(texts)}


def only_one(texts: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return, for each name, its texts that no other name has; of a single name none."""
    only = {}
    for name, own in texts.items():
        others = {text for other, listed in texts.items() if other != name for text in listed}
        only[name] = [text for text in own if text not in others] if len(texts) > 1 else []
    return only


def _search(model: Model, name: str, codes: Codes, limits: Limits) -> dict[str, Any]:
    """Return what one index's search visited."""
    serving, index = model.serving(), model.indexes[name]
    completed = complete(hold(serving, *index), codes, limits, 1)
    _, row, span, _ = input_of(serving, codes)
    traced = trace_beam(index, row, span, limits)
    return {
        "nodes_visited": int(completed.n_scored),
        "candidates": int(completed.n_candidates),
        "evaluated": [int(layer.nodes.size) for layer in traced.layers],
        "beam": drawn_layers(index.tree, traced),
    }
