"""The fully connected layer on NumPy: results are written where they belong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tmva_py.kernels.dense import dense_backward, dense_forward
from tmva_py.kernels.memory import Memory

Array = Any


@dense_forward.override("numpy")
def forward(
    xp: Any,
    *,
    x: Array,
    W: Array,
    b: Array,
    z: Array,
    y: Array,
    activate: Callable[..., Array],
    memory: Memory,
) -> Array:
    """Return f(x Wᵀ + b)."""
    xp.matmul(x, W.T, out=z)
    z += b
    return activate(xp, x=z, out=y)


@dense_backward.override("numpy")
def backward(
    xp: Any,
    *,
    d_out: Array,
    x: Array,
    z: Array | None,
    y: Array,
    W: Array,
    d_W: Array,
    d_b: Array,
    activate_back: Callable[..., Array],
    memory: Memory,
    input_gradient: bool,
) -> Array | None:
    """Write the gradients of `W` and `b` and return that of `x`."""
    d_z = activate_back(xp, d_out=d_out, x=z, y=y, out=memory.array("d_z", y.shape))
    xp.matmul(d_z.T, x, out=d_W)
    # A product with ones sums the rows several times faster than a sum over the first axis.
    xp.dot(memory.once("ones", d_z.shape[:1], lambda: _ones(memory, d_z.shape[0])), d_z, out=d_b)
    if not input_gradient:
        return None
    # With one unit the product is an outer one, for which BLAS is slow.
    product = xp.multiply if W.shape[0] == 1 else xp.matmul
    return product(d_z, W, out=memory.array("d_x", x.shape))


def _ones(memory: Memory, length: int) -> Array:
    ones = memory.array("ones", (length,))
    ones[...] = 1
    return ones
