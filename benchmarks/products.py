"""Matrix products of the sizes that networks have: our tiles, BLAS through NumPy, and PyTorch, one thread.

Run as ``python benchmarks/products.py``; see README.md beside this file.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import torch
from bound import compiled_products
from harness import machine, threads
from turns import take_turns

# (rows, columns, inner): a dense layer of 64 units, the cells of the tutorial's LSTM and of wider ones.
SIZES = (
    (128, 64, 64),
    (1024, 64, 64),
    (40, 100, 41),
    (128, 100, 41),
    (256, 64, 81),
    (512, 64, 161),
    (1280, 64, 444),
)


def calls(rows: int, columns: int, inner: int, count: int) -> dict[str, Callable[[], None]]:
    random = np.random.default_rng(0)
    A, B = (random.normal(size=size).astype(np.float32) for size in ((rows, inner), (inner, columns)))
    C = np.empty((rows, columns), np.float32)
    a, b, c = (torch.from_numpy(array) for array in (A, B, C))
    sizes = np.array([(rows, columns, inner, count)], np.int64)
    tiles = functools.partial(compiled_products(), sizes, A.reshape(-1), B.reshape(-1), C.reshape(-1))

    def blas() -> None:
        for _ in range(count):
            np.matmul(A, B, out=C)

    def by_torch() -> None:
        with torch.inference_mode():
            for _ in range(count):
                torch.mm(a, b, out=c)

    return {"tiles": tiles, "BLAS": blas, "PyTorch": by_torch}


def main() -> None:
    print("| rows × columns × inner | tiles (µs) | BLAS | PyTorch | tiles (GFLOP/s) |")
    print("|---|---:|---:|---:|---:|")
    for rows, columns, inner in SIZES:
        operations = 2 * rows * columns * inner
        count = max(1, int(2e7 / operations))
        with threads(1):
            found = take_turns(calls(rows, columns, inner, count), 1.0, 20)
        times = [seconds / count for seconds in found.values()]
        shown = " | ".join(f"{seconds * 1e6:,.1f}" for seconds in times)
        print(f"| {rows} × {columns} × {inner} | {shown} | {operations / times[0] / 1e9:.0f} |", flush=True)
    print(f"\n{machine()}; float32, one thread, medians of calls in turns.")


if __name__ == "__main__":
    main()
