"""Activation functions on the GPU, one launch each."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels import activation
from tmva_py.kernels.cuda.launch import launch
from tmva_py.kernels.kernel import Kernel

Array = Any

# What the derivative is computed from, in addition to the gradient.
_SEEN = {
    "relu": ("x",),
    "sigmoid": ("y",),
    "tanh": ("y",),
    "symmetric_relu": ("x",),
    "softsign": ("y",),
    "gauss": ("x", "y"),
}

# The functions that a dense layer's last step knows, by their numbers in `bias_and_activation`.
NUMBERS: dict[Any, int] = {}


def _override(name: str, seen: tuple[str, ...]) -> None:
    forward: Kernel[..., Array] = getattr(activation, f"{name}_forward")
    backward: Kernel[..., Array] = getattr(activation, f"{name}_backward")

    @forward.override("cupy")
    def run_forward(xp: Any, *, x: Array, out: Array) -> Array:
        if not (x.flags.c_contiguous and out.flags.c_contiguous):
            return forward(xp, x=x, out=out)
        launch(xp, "activation", f"{name}_forward", x.dtype, x.size, x, out, x.size)
        return out

    @backward.override("cupy")
    def run_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
        values = [{"x": x, "y": y}[which] for which in seen]
        if not all(array.flags.c_contiguous for array in (out, *values)):
            return backward(xp, d_out=d_out, x=x, y=y, out=out)
        given = d_out
        if not given.flags.c_contiguous:
            # An image's gradient comes in another order of its axes; the kernel may work in place.
            out[...] = given
            given = out
        launch(xp, "activation", f"{name}_backward", out.dtype, out.size, given, *values, out, out.size)
        return out


for _name, _values in _SEEN.items():
    _override(_name, _values)
for _number, _name in enumerate(("linear", *_SEEN)):
    _kernel: Kernel[..., Array] = getattr(activation, f"{_name}_forward")
    NUMBERS |= dict.fromkeys((_kernel, _kernel.reference, *_kernel.overrides.values()), _number)
