"""What a completion reads, kept in one piece that a call passes in no time.

A tuple of sixty arrays is taken apart at every call of a kernel, which costs a tenth of a completion's time. A
structure is taken apart once, when it is made. Without the JIT a plain tuple does the same.
"""

from typing import Any, NamedTuple

from numba import config, types
from numba.experimental import structref

from xmr_engine.kernels.arrays import Chunks, Doubles, Statistics, Strings, Tree
from xmr_engine.kernels.rows import Vectorizer


class Serving(NamedTuple):
    """What every completion of a model reads, whichever index it takes.

    words: of the labels, sorted. weights: the ranker's, shape (N_BUCKETS, N_FEATURES). n_sessions: sessions of the log.
    """

    labels: Strings
    words: Strings
    vectorizer: Vectorizer
    statistics: Statistics
    weights: Doubles
    decay: float
    n_sessions: float


class Held(NamedTuple):
    """All that an index's completions read."""

    serving: Serving
    tree: Tree
    chunks: Chunks


if not config.DISABLE_JIT:

    @structref.register
    class _HeldType(types.StructRef):
        """The compiled type of `Held`."""

    class _Held(structref.StructRefProxy):
        """The same fields, in a structure."""

    structref.define_proxy(_Held, _HeldType, list(Held._fields))


def hold(serving: Serving, tree: Tree, chunks: Chunks) -> Any:  # noqa: ANN401
    """Return the fields of `Held` in the form that kernels take at the least cost."""
    return Held(serving, tree, chunks) if config.DISABLE_JIT else _Held(serving, tree, chunks)
