"""Vector arithmetic in LLVM's intermediate language: what the compiled kernels are made of.

numba leaves it to LLVM to find vectors in scalar loops, which fails where a loop touches many arrays. Here
the vectors are written out, as long as the processor's registers. The last vector of a row is masked, so
that every element goes through the same operations wherever it is: results do not depend on how a batch
is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from numba import types

from tmva_py.kernels.numba.processor import PROCESSOR

VECTOR_BYTES = PROCESSOR.vector_bytes

I1, I32, I64 = ir.IntType(1), ir.IntType(32), ir.IntType(64)
VOID = ir.VoidType()


class Precision:
    """LLVM's types for vectors of one precision."""

    def __init__(self, dtype: Any) -> None:
        if dtype == types.float32:
            self.element, self.bits = ir.FloatType(), 32
        elif dtype == types.float64:
            self.element, self.bits = ir.DoubleType(), 64
        else:
            message = f"kernels are compiled for float32 and float64, not for {dtype}"
            raise TypeError(message)
        self.bytes = self.bits // 8
        self.lanes = VECTOR_BYTES // self.bytes
        self.vector = ir.VectorType(self.element, self.lanes)
        self.mask = ir.VectorType(I1, self.lanes)
        self.pointer = self.element.as_pointer()
        self.tag = f"v{self.lanes}f{self.bits}"
        self.zero = ir.Constant(self.vector, [0.0] * self.lanes)


class Emitter:
    """Writes vector instructions at the builder's place."""

    def __init__(self, builder: Any, precision: Precision) -> None:
        self.builder, self.precision = builder, precision

    def function(self, name: str, result: Any, arguments: Sequence[Any]) -> Any:
        """Return the declaration of a function of LLVM or of this module."""
        found = self.builder.module.globals.get(name)
        return found or ir.Function(self.builder.module, ir.FunctionType(result, list(arguments)), name)

    def splat(self, scalar: Any) -> Any:
        """Return a vector with `scalar` in every lane."""
        vector = ir.VectorType(scalar.type, self.precision.lanes)
        undefined = ir.Constant(vector, ir.Undefined)
        first = self.builder.insert_element(undefined, scalar, I32(0))
        places = ir.Constant(ir.VectorType(I32, self.precision.lanes), [0] * self.precision.lanes)
        return self.builder.shuffle_vector(first, undefined, places)

    def mask_of_first(self, count: Any) -> Any:
        """Return a mask that is true for the first `count` lanes."""
        lanes = self.precision.lanes
        numbers = ir.Constant(ir.VectorType(I64, lanes), list(range(lanes)))
        return self.builder.icmp_signed("<", numbers, self.splat(count))

    def load_scalar(self, pointer: Any) -> Any:
        """Return one element."""
        return self.builder.load(pointer, align=self.precision.bytes)

    def load(self, pointer: Any, mask: Any = None) -> Any:
        """Return a vector; lanes that `mask` leaves out are zero and not read."""
        precision = self.precision
        if mask is None:
            whole = self.builder.bitcast(pointer, precision.vector.as_pointer())
            return self.builder.load(whole, align=precision.bytes)
        masked = self.function(
            f"llvm.masked.load.{precision.tag}.p0",
            precision.vector,
            [precision.pointer, I32, precision.mask, precision.vector],
        )
        return self.builder.call(masked, [pointer, I32(precision.bytes), mask, precision.zero])

    def store(self, value: Any, pointer: Any, mask: Any = None) -> None:
        """Write a vector, or those lanes that `mask` names."""
        precision = self.precision
        if mask is None:
            whole = self.builder.bitcast(pointer, precision.vector.as_pointer())
            self.builder.store(value, whole, align=precision.bytes)
            return
        masked = self.function(
            f"llvm.masked.store.{precision.tag}.p0",
            VOID,
            [precision.vector, precision.pointer, I32, precision.mask],
        )
        self.builder.call(masked, [value, pointer, I32(precision.bytes), mask])

    def multiply_add(self, a: Any, b: Any, c: Any) -> Any:
        """Return a·b + c, in one rounding where the processor can."""
        vector = self.precision.vector
        fused = self.function(f"llvm.fmuladd.{self.precision.tag}", vector, [vector] * 3)
        return self.builder.call(fused, [a, b, c])

    def value(self, x: Lanes | float) -> Lanes:
        """Return a number as lanes."""
        if isinstance(x, Lanes):
            return x
        constant = ir.Constant(self.precision.vector, [float(x)] * self.precision.lanes)
        return Lanes(self, constant)

    def unary(self, name: str, x: Lanes) -> Lanes:
        """Apply one of LLVM's functions of one argument: fabs, sqrt, floor, rint."""
        vector = self.precision.vector
        function = self.function(f"llvm.{name}.{self.precision.tag}", vector, [vector])
        return Lanes(self, self.builder.call(function, [x.ir]))

    def compare(self, operator: str, a: Lanes | float, b: Lanes | float) -> Any:
        """Return a mask; false where a value is not a number."""
        return self.builder.fcmp_ordered(operator, self.value(a).ir, self.value(b).ir)

    def where(self, mask: Any, a: Lanes | float, b: Lanes | float) -> Lanes:
        """Return `a` where the mask is true, else `b`."""
        return Lanes(self, self.builder.select(mask, self.value(a).ir, self.value(b).ir))

    def maximum(self, a: Lanes | float, b: Lanes | float) -> Lanes:
        """Return the larger value; `b` where one is not a number."""
        return self.where(self.compare(">", a, b), a, b)

    def minimum(self, a: Lanes | float, b: Lanes | float) -> Lanes:
        """Return the smaller value; `b` where one is not a number."""
        return self.where(self.compare("<", a, b), a, b)

    def clipped(self, x: Lanes, low: float, high: float) -> Lanes:
        """Return `x` between two bounds; what is not a number stays so."""
        return self.maximum(low, self.minimum(high, x))

    def polynomial(self, x: Lanes, coefficients: Sequence[float]) -> Lanes:
        """Return a polynomial by Horner's rule, the highest power's coefficient first."""
        total = self.value(coefficients[0])
        for coefficient in coefficients[1:]:
            total = total.times_plus(x, coefficient)
        return total


class Lanes:
    """A vector with the signs of arithmetic."""

    def __init__(self, emitter: Emitter, value: Any) -> None:
        self.emitter, self.ir = emitter, value

    def _do(self, name: str, a: Any, b: Any) -> Lanes:
        e = self.emitter
        return Lanes(e, getattr(e.builder, name)(e.value(a).ir, e.value(b).ir))

    def __add__(self, other: Lanes | float) -> Lanes:
        return self._do("fadd", self, other)

    def __radd__(self, other: float) -> Lanes:
        return self._do("fadd", other, self)

    def __sub__(self, other: Lanes | float) -> Lanes:
        return self._do("fsub", self, other)

    def __rsub__(self, other: float) -> Lanes:
        return self._do("fsub", other, self)

    def __mul__(self, other: Lanes | float) -> Lanes:
        return self._do("fmul", self, other)

    def __rmul__(self, other: float) -> Lanes:
        return self._do("fmul", other, self)

    def __truediv__(self, other: Lanes | float) -> Lanes:
        return self._do("fdiv", self, other)

    def __rtruediv__(self, other: float) -> Lanes:
        return self._do("fdiv", other, self)

    def __neg__(self) -> Lanes:
        return self._do("fsub", -0.0, self)

    def times_plus(self, factor: Lanes | float, summand: Lanes | float) -> Lanes:
        """Return self·factor + summand."""
        e = self.emitter
        return Lanes(e, e.multiply_add(self.ir, e.value(factor).ir, e.value(summand).ir))
