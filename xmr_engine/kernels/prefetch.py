"""Ask the processor for memory that will be read soon, so that the waits overlap. Changes no result."""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_untracked
from numba.extending import intrinsic
from numpy.typing import NDArray

READ, KEEP, DATA = 0, 3, 1


def _emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
    """Emit LLVM's prefetch of the row at `array[i]`."""
    kind = signature.args[0]
    array = context.make_array(kind)(context, builder, arguments[0])
    strides = cgutils.unpack_tuple(builder, array.strides, kind.ndim)
    offset = builder.mul(arguments[1], strides[0])
    byte = builder.bitcast(array.data, ir.IntType(8).as_pointer())
    address = builder.gep(byte, [offset])
    integer = ir.IntType(32)
    function = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(ir.VoidType(), [address.type, integer, integer, integer]),
        "llvm.prefetch.p0",
    )
    builder.call(function, [address, *(ir.Constant(integer, value) for value in (READ, KEEP, DATA))])
    return impl_ret_untracked(context, builder, signature.return_type, context.get_dummy_value())


def _typed(typing_context: Any, array: Any, i: Any) -> Any:  # noqa: ANN401
    return types.void(array, types.intp), _emit


def _nothing(array: NDArray[Any], i: int) -> None:
    """Do nothing: without the JIT nothing is fetched ahead."""


prefetch: Callable[[NDArray[Any], int], None] = _nothing if config.DISABLE_JIT else intrinsic(_typed)
