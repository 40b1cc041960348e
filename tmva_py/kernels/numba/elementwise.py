"""Loops over arrays, element by element, in vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from tmva_py.kernels.numba.internals import view_pointer
from tmva_py.kernels.numba.vectors import I64, VOID, Emitter, Lanes, Precision

Body = Callable[[Emitter, Sequence[Lanes], Sequence[Lanes]], Sequence[Lanes]]


def elementwise(body: Body) -> Any:
    """Return a function for compiled kernels that runs `body` over arrays.

    ``body(emitter, inputs, scalars)`` returns the outputs. The result is called as ``f(n, inputs, outputs,
    scalars)`` with tuples of `At` and of numbers; all arrays are of one precision. An output may be one of
    the inputs.
    """

    @intrinsic  # type: ignore[untyped-decorator]
    def run(typing: Any, n: Any, inputs: Any, outputs: Any, scalars: Any) -> Any:
        views = [*inputs.types, *outputs.types]
        dtype = views[0].types[0].dtype
        if any(view.types[0].dtype != dtype for view in views):
            return None
        numbers = types.UniTuple(dtype, len(scalars)) if len(scalars) else scalars
        signature = types.void(types.int64, inputs, outputs, numbers)

        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            precision = Precision(dtype)
            function = _loop(builder.module, precision, body, len(inputs), len(outputs), len(scalars))
            pointers = [
                view_pointer(context, builder, kind, builder.extract_value(views, number))
                for kinds, views in ((inputs.types, values[1]), (outputs.types, values[2]))
                for number, kind in enumerate(kinds)
            ]
            numbers = [builder.extract_value(values[3], number) for number in range(len(scalars))]
            builder.call(function, [values[0], *pointers, *numbers])
            return context.get_dummy_value()

        return signature, code

    return run


def _loop(module: Any, precision: Precision, body: Body, n_in: int, n_out: int, n_scalars: int) -> Any:
    """Return the function ``f(n, inputs…, outputs…, scalars…)`` of this module."""
    name = f"tmva_py_{body.__module__.rpartition('.')[2]}_{body.__qualname__}_{precision.tag}"
    if name in module.globals:
        return module.globals[name]
    arguments = [I64, *[precision.pointer] * (n_in + n_out), *[precision.element] * n_scalars]
    function = ir.Function(module, ir.FunctionType(VOID, arguments), name)
    function.linkage = "linkonce_odr"
    count, pointers, numbers = (
        function.args[0],
        function.args[1 : 1 + n_in + n_out],
        function.args[1 + n_in + n_out :],
    )
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    e = Emitter(builder, precision)
    scalars = [Lanes(e, e.splat(number)) for number in numbers]
    lanes = I64(precision.lanes)
    whole = builder.and_(count, I64(-precision.lanes))
    entry = builder.block
    vectors, check, tail, end = (
        function.append_basic_block(label) for label in ("vectors", "check", "tail", "end")
    )

    def step(place: Any, mask: Any) -> None:
        shifted = [builder.gep(pointer, [place]) for pointer in pointers]
        seen = [Lanes(e, e.load(pointer, mask)) for pointer in shifted[:n_in]]
        for result, pointer in zip(body(e, seen, scalars), shifted[n_in:], strict=True):
            e.store(result.ir, pointer, mask)

    builder.cbranch(builder.icmp_signed(">", whole, I64(0)), vectors, check)
    builder.position_at_end(vectors)
    place = builder.phi(I64)
    place.add_incoming(I64(0), entry)
    step(place, None)
    following = builder.add(place, lanes)
    place.add_incoming(following, builder.block)
    builder.cbranch(builder.icmp_signed("<", following, whole), vectors, check)
    builder.position_at_end(check)
    builder.cbranch(builder.icmp_signed("<", whole, count), tail, end)
    builder.position_at_end(tail)
    step(whole, e.mask_of_first(builder.sub(count, whole)))
    builder.branch(end)
    builder.position_at_end(end)
    builder.ret_void()
    return function
