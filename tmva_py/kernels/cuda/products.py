"""Matrix products on the GPU: small ones by a kernel of our own, all others by cuBLAS.

CuPy calls no cuBLAS while a CUDA graph is captured, and for small matrices a product costs little beside its
launch. Which of the two computes is decided by the sizes alone, so that a training gives the same numbers
with and without graphs.
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.capture import note_obstacle
from tmva_py.kernels.cuda.launch import THREADS, function

Array = Any

# Multiplications up to which a product is ours, and terms of each sum: a long sum keeps few threads busy.
# Estimates; no GPU was at hand to measure where cuBLAS becomes the faster one.
MOST_MULTIPLICATIONS = 2**23
MOST_TERMS = 4096
# Rows and columns of a block's share of the result (TILE in products.cu).
TILE = 16


def is_small(rows: int, columns: int, depth: int) -> bool:
    """Return whether a product of (rows, depth) with (depth, columns) is our own kernel's."""
    return depth <= MOST_TERMS and rows * columns * depth <= MOST_MULTIPLICATIONS


def matrix_product(xp: Any, a: Array, b: Array, *, out: Array, add: bool = False) -> None:
    """Write the product of two matrices into `out`, C-contiguous, or with `add` add it to what is there."""
    (rows, depth), columns = a.shape, b.shape[1]
    if not out.size:
        return
    if not is_small(rows, columns, depth):
        note_obstacle(
            f"the product of ({rows}, {depth}) and ({depth}, {columns}) is large, cuBLAS computes it"
        )
        if add:
            out += xp.matmul(a, b)
        else:
            xp.matmul(a, b, out=out)
        return
    strides = [[stride // array.itemsize for stride in array.strides] for array in (a, b)]
    blocks = -(-rows // TILE) * -(-columns // TILE)
    function(xp, "products", "matrix_product", out.dtype)(
        (blocks,), (THREADS,), (a, *strides[0], b, *strides[1], out, rows, columns, depth, int(add))
    )
