"""How every kernel is compiled: without the interpreter lock, and kept on disk."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function on its first call; calls release the interpreter lock."""
    return cast(Callable[P, R], njit(nogil=True, cache=True, error_model="numpy")(function))
