"""The time of matrix products alone: what no implementation of a network can go below."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from harness import Product


def product_calls(products: Sequence[Product]) -> dict[str, Callable[[], None]]:
    """Return what does the products and nothing else, by BLAS and by our own tiles, on warm operands.

    The calls cost BLAS next to nothing more, as NumPy's are the shortest; the tiles' are one call altogether.
    """
    random = np.random.default_rng(0)
    operands = [
        (*(random.normal(size=s).astype(np.float32) for s in ((m, k), (k, n), (m, n))), count)
        for m, n, k, count in products
    ]
    sizes = np.array(products, np.int64)
    largest = [random.normal(size=max(p[i] * p[j] for p in products)) for i, j in ((0, 2), (2, 1), (0, 1))]
    A, B, C = (values.astype(np.float32) for values in largest)
    all_products = compiled_products()

    def blas() -> None:
        for left, right, out, count in operands:
            for _ in range(count):
                np.matmul(left, right, out=out)

    return {"bound: BLAS": blas, "bound: tiles": lambda: all_products(sizes, A, B, C)}


@functools.cache
def compiled_products() -> Callable[..., None]:
    import numba

    from tmva_py.kernels.numba.products import product
    from tmva_py.kernels.numba.views import Rows, Strided

    @numba.njit(nogil=True)
    def run(sizes: Any, A: Any, B: Any, C: Any) -> None:
        for number in range(len(sizes)):
            m, n, k, count = sizes[number]
            for _ in range(count):
                product(Strided(A, 0, k, 1), Rows(B, 0, n), Rows(C, 0, n), m, n, k, 0)

    return run  # type: ignore[no-any-return]
