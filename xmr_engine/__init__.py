"""Nextquery's engine: session-aware query completion by extreme multi-label ranking.

This module is the door. Everything behind it is loaded on first use, so importing it is instant.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from xmr_engine.compilation import keep_compiled_kernels
from xmr_engine.errors import ConfigError, DataError, ModelFormatError, XmrError

if TYPE_CHECKING:
    from xmr_engine.completer import Completer, Completion, open_completer
    from xmr_engine.pipeline import train
    from xmr_engine.retrieval.retriever import Product, Retriever, open_retriever
    from xmr_engine.retrieval.train import train_products
    from xmr_engine.xlinear import XLinear

__version__ = "0.1.0"

__all__ = [
    "Completer",
    "Completion",
    "ConfigError",
    "DataError",
    "ModelFormatError",
    "Product",
    "Retriever",
    "XLinear",
    "XmrError",
    "open_completer",
    "open_retriever",
    "train",
    "train_products",
]

_HOME = {
    "Completer": "xmr_engine.completer",
    "Completion": "xmr_engine.completer",
    "open_completer": "xmr_engine.completer",
    "train": "xmr_engine.pipeline",
    "Product": "xmr_engine.retrieval.retriever",
    "Retriever": "xmr_engine.retrieval.retriever",
    "open_retriever": "xmr_engine.retrieval.retriever",
    "train_products": "xmr_engine.retrieval.train",
    "XLinear": "xmr_engine.xlinear",
}

keep_compiled_kernels()


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Load a public name from the module that holds it."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
