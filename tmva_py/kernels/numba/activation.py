"""Activation functions and their derivatives, compiled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.kernels import activation as kernels
from tmva_py.kernels.numba import functions
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.vectors import Emitter, Lanes
from tmva_py.kernels.numba.views import At

Array = Any
Values = Sequence[Lanes]


def _linear(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    return [values[0]]


def _relu(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    # In this order what is not a number stays so, as in NumPy.
    return [e.maximum(0.0, values[0])]


def _sigmoid(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    return [functions.sigmoid(e, values[0])]


def _tanh(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    return [functions.tanh(e, values[0])]


def _symmetric_relu(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    return [e.unary("fabs", values[0])]


def _softsign(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    return [values[0] / (e.unary("fabs", values[0]) + 1.0)]


def _gauss(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    return [functions.exp(e, -(values[0] * values[0]))]


def _linear_back(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    return [values[0]]


def _relu_back(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_out, x, _ = values
    return [e.where(e.compare(">=", x, 0.0), d_out, 0.0 * d_out)]


def _sigmoid_back(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_out, _, y = values
    return [(1.0 - y) * y * d_out]


def _tanh_back(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_out, _, y = values
    return [(1.0 - y * y) * d_out]


def _symmetric_relu_back(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_out, x, _ = values
    return [e.where(e.compare(">=", x, 0.0), d_out, -d_out)]


def _softsign_back(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_out, _, y = values
    rest = 1.0 - e.unary("fabs", y)
    return [rest * rest * d_out]


def _gauss_back(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_out, x, y = values
    return [-2.0 * x * y * d_out]


linear, relu, sigmoid, tanh = map(elementwise, (_linear, _relu, _sigmoid, _tanh))
symmetric_relu, softsign, gauss = map(elementwise, (_symmetric_relu, _softsign, _gauss))
linear_back, relu_back, sigmoid_back, tanh_back = map(
    elementwise, (_linear_back, _relu_back, _sigmoid_back, _tanh_back)
)
symmetric_relu_back, softsign_back, gauss_back = map(
    elementwise, (_symmetric_relu_back, _softsign_back, _gauss_back)
)


@borrowing
def activate(number: int, n: int, x: At, y: At) -> None:
    """Write the activation `number` of `n` values."""
    if number == 0:
        if x.array is not y.array:
            linear(n, (x,), (y,), ())
    elif number == 1:
        relu(n, (x,), (y,), ())
    elif number == 2:
        sigmoid(n, (x,), (y,), ())
    elif number == 3:
        tanh(n, (x,), (y,), ())
    elif number == 4:
        symmetric_relu(n, (x,), (y,), ())
    elif number == 5:
        softsign(n, (x,), (y,), ())
    else:
        gauss(n, (x,), (y,), ())


@borrowing
def activate_back(number: int, n: int, d_out: At, x: At, y: At, out: At) -> None:
    """Write the derivative's product with `d_out`; `x` is `y` where it is not wanted."""
    seen, written = (d_out, x, y), (out,)
    if number == 0:
        linear_back(n, seen, written, ())
    elif number == 1:
        relu_back(n, seen, written, ())
    elif number == 2:
        sigmoid_back(n, seen, written, ())
    elif number == 3:
        tanh_back(n, seen, written, ())
    elif number == 4:
        symmetric_relu_back(n, seen, written, ())
    elif number == 5:
        softsign_back(n, seen, written, ())
    else:
        gauss_back(n, seen, written, ())


class Forward:
    """An activation's override; `number` is what compiled kernels know it by."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, xp: Any, *, x: Array, out: Array) -> Array:
        """Write f(x) into `out`."""
        if plain(x, out):
            activate(self.number, x.size, At(x.reshape(-1), 0), At(out.reshape(-1), 0))
        else:
            out[...] = self(xp, x=in_order(x), out=xp.empty(out.shape, out.dtype))
        return out


class Backward:
    """A derivative's override."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __call__(self, xp: Any, *, d_out: Array, x: Array | None, y: Array, out: Array) -> Array:
        """Write f'(x) · `d_out` into `out`."""
        x = y if x is None else x
        if plain(d_out, x, y, out):
            flat = At(y.reshape(-1), 0)
            seen = flat if x is y else At(x.reshape(-1), 0)
            activate_back(self.number, y.size, At(d_out.reshape(-1), 0), seen, flat, At(out.reshape(-1), 0))
        elif plain(out):
            self(xp, d_out=in_order(d_out), x=in_order(x), y=in_order(y), out=out)
        else:
            out[...] = self(xp, d_out=d_out, x=x, y=y, out=xp.empty(out.shape, out.dtype))
        return out


def plain(*arrays: Array) -> bool:
    """Return whether all arrays are in memory in the order of their indices and may be written to."""
    # A loop: every layer passes here, and all() of a generator takes three times as long.
    for array in arrays:  # noqa: SIM110
        if not array.flags.carray:
            return False
    return True


def in_order(array: Array) -> Array:
    """Return an array that is `plain`: itself, or a copy."""
    return array if array.flags.carray else array.copy(order="C")


NAMES = ("linear", "relu", "sigmoid", "tanh", "symmetric_relu", "softsign", "gauss")

for _number, _name in enumerate(NAMES):
    getattr(kernels, f"{_name}_forward").override("numba")(Forward(_number))
    getattr(kernels, f"{_name}_backward").override("numba")(Backward(_number))
