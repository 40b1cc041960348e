"""The parts of `tmva_py/kernels/numba` beside plain numba loops (and BLAS): what the generated vectors bring.

Run as ``python benchmarks/numba_parts.py``. Results are compared before times are; sides take turns, medians.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numba
import numpy as np
from harness import machine, threads
from turns import take_turns

from tmva_py.kernels import Memory
from tmva_py.kernels.numba import activation, cells, convolution, loss, lstm, pooling, recurrent
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.numba.products import product, transpose
from tmva_py.kernels.numba.views import At, Rows, Strided

plain = numba.njit(nogil=True, error_model="numpy", fastmath=True)


@dataclass
class Part:
    """One part: ours, plain loops, perhaps a library, and how often it runs in one measured call."""

    name: str
    ours: Callable[[], Any]
    loops: Callable[[], Any]
    library: Callable[[], Any] | None = None
    often: int = 20


@compiled
def tiles(A: Any, B: Any, C: Any, rows: int, columns: int, inner: int) -> None:
    product(Strided(A, 0, inner, 1), Rows(B, 0, columns), Rows(C, 0, columns), rows, columns, inner, 0)


@plain
def product_loops(A: Any, B: Any, C: Any) -> None:
    for r in range(A.shape[0]):
        for n in range(B.shape[1]):
            C[r, n] = 0.0
        for k in range(A.shape[1]):
            factor = A[r, k]
            for n in range(B.shape[1]):
                C[r, n] += factor * B[k, n]


@compiled
def turned(A: Any, C: Any, rows: int, columns: int) -> None:
    transpose(Rows(A, 0, columns), Rows(C, 0, rows), rows, columns)


@plain
def transpose_loops(A: Any, C: Any) -> None:
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            C[j, i] = A[i, j]


@compiled
def tanh(x: Any, y: Any) -> None:
    activation.tanh(x.size, (At(x, 0),), (At(y, 0),), ())


@plain
def tanh_loops(x: Any, y: Any) -> None:
    for i in range(x.size):
        y[i] = math.tanh(x[i])


@plain
def lstm_loops(a: Any, c: Any, h: Any, c_next: Any, gates: Any, tanh_c: Any) -> None:
    n = c.size
    for j in range(n):
        candidate = math.tanh(a[j])
        i = 1.0 / (1.0 + math.exp(-a[n + j]))
        f = 1.0 / (1.0 + math.exp(-a[2 * n + j]))
        o = 1.0 / (1.0 + math.exp(-a[3 * n + j]))
        c_next[j] = f * c[j] + i * candidate
        tanh_c[j] = math.tanh(c_next[j])
        gates[j], gates[n + j], gates[2 * n + j], gates[3 * n + j] = candidate, i, f, o
        h[j] = o * tanh_c[j]


@plain
def lstm_back_loops(d_h: Any, d_c: Any, c: Any, g: Any, tanh_c: Any, d_a: Any, d_before: Any) -> None:
    n = d_h.size
    for j in range(n):
        candidate, i, f, o = g[j], g[n + j], g[2 * n + j], g[3 * n + j]
        d_cell = d_c[j] + d_h[j] * o * (1 - tanh_c[j] * tanh_c[j])
        d_a[j] = d_cell * i * (1 - candidate * candidate)
        d_a[n + j] = d_cell * candidate * i * (1 - i)
        d_a[2 * n + j] = d_cell * c[j] * f * (1 - f)
        d_a[3 * n + j] = d_h[j] * tanh_c[j] * o * (1 - o)
        d_before[j] = d_cell * f


@plain
def cross_entropy_loops(o: Any, y: Any, gradient: Any) -> float:
    total, factor = 0.0, o.dtype.type(1.0 / o.size)
    for i in range(o.shape[0]):
        small = math.exp(-abs(o[i, 0]))
        total += max(o[i, 0], 0.0) - y[i, 0] * o[i, 0] + math.log1p(small)
        p = (1.0 if o[i, 0] >= 0 else small) / (1.0 + small)
        gradient[i, 0] = (p - y[i, 0]) * factor
    return total


@plain
def pool_loops(x: Any, out: Any, height: int, width: int) -> None:
    for image in range(x.shape[0]):
        for i in range(x.shape[1] - height + 1):
            for j in range(x.shape[2] - width + 1):
                largest = x[image, i, j]
                for a in range(height):
                    for b in range(width):
                        largest = max(largest, x[image, i + a, j + b])
                out[image, i, j] = largest


@plain
def convolution_loops(padded: Any, W: Any, b: Any, z: Any, size: int) -> None:
    depth, batch = padded.shape[0], padded.shape[1]
    for event in range(batch):
        for o in range(z.shape[0]):
            for i in range(z.shape[2]):
                for j in range(z.shape[3]):
                    z[o, event, i, j] = b[o]
            for d in range(depth):
                for kh in range(size):
                    for kw in range(size):
                        factor = W[o, (d * size + kh) * size + kw]
                        for i in range(z.shape[2]):
                            for j in range(z.shape[3]):
                                z[o, event, i, j] += factor * padded[d, event, i + kh, j + kw]


Written = tuple[np.ndarray, np.ndarray]


def pair(values: Callable[..., np.ndarray], *shape: int) -> Written:
    """Return two arrays, for ours and for the loops to write into."""
    first = values(*shape)
    return first, first.copy()


def products(values: Callable[..., np.ndarray]) -> Iterator[tuple[Part, Written]]:
    """Yield products of the sizes that recurrent and dense layers have."""
    for rows, columns, inner in ((40, 100, 41), (100, 64, 100), (128, 64, 64), (1024, 64, 64), (256, 64, 81)):
        A, B, (C, D), out = (
            values(rows, inner), values(inner, columns), pair(values, rows, columns), values(rows, columns)
        )  # fmt: skip
        ours = partial(tiles, A.reshape(-1), B.reshape(-1), C.reshape(-1), rows, columns, inner)
        library = partial(np.matmul, A, B, out=out)
        yield (
            Part(f"product {rows}x{columns}x{inner}", ours, partial(product_loops, A, B, D), library),
            (C, D),
        )
    A, (C, D) = values(100, 30), pair(values, 30, 100)
    ours = partial(turned, A.reshape(-1), C.reshape(-1), 100, 30)
    yield Part("transposition 100x30", ours, partial(transpose_loops, A, D)), (C, D)


def elementwise(values: Callable[..., np.ndarray]) -> Iterator[tuple[Part, Written]]:
    """Yield functions of single elements."""
    x, (y, y2), out = values(6400), pair(values, 6400), values(6400)
    library = partial(np.tanh, x, out=out)
    yield Part("tanh of 6400", partial(tanh, x, y), partial(tanh_loops, x, y2), library), (y, y2)
    n = 1000
    a, c = values(4 * n), values(n)
    (h, h2), (after, after2), (gates, gates2), (tanh_c, tanh_c2) = (
        pair(values, length * n) for length in (1, 1, 4, 1)
    )
    ours = partial(cells.run_lstm_forward, a, c, h, after, gates, tanh_c)
    loops = partial(lstm_loops, a, c, h2, after2, gates2, tanh_c2)
    yield Part("LSTM cell of 1000", ours, loops), (h, h2)
    d_h, d_c, (d_a, d_a2), (before, before2) = values(n), values(n), pair(values, 4 * n), pair(values, n)
    ours = partial(cells.run_lstm_backward, d_h, d_c, c, gates, tanh_c, d_a, before)
    loops = partial(lstm_back_loops, d_h, d_c, c, gates, tanh_c, d_a2, before2)
    yield Part("LSTM cell back of 1000", ours, loops), (d_a, d_a2)
    o, target, (slope, slope2) = values(1024, 1), values(1024, 1) > 0, pair(values, 1024, 1)
    target = target.astype(np.float32)
    ours = partial(loss.cross_entropy, o, target, o, 0, slope, 1)
    yield (
        Part("cross entropy of 1024", ours, partial(cross_entropy_loops, o, target, slope2)),
        (slope, slope2),
    )


def images(values: Callable[..., np.ndarray]) -> Iterator[tuple[Part, Written]]:
    """Yield pooling and convolution of ROOT's tutorial."""
    x, (out, out2) = values(1000, 16, 16), pair(values, 1000, 16, 16)
    ours, loops = partial(pooling.forward_images, x, out, 2, 2), partial(pool_loops, x, out2, 2, 2)
    yield Part("max pooling 2x2 of 1000x16x16", ours, loops, often=1), (out[:, :15, :15], out2[:, :15, :15])
    padded, W, b, (z, z2) = values(10, 100, 18, 18), values(10, 90), values(10), pair(values, 10, 100, 16, 16)
    shifts = convolution._Plan(padded, convolution.Window(3, 3, 1, 1), 10).shifts
    ours = partial(convolution.forward_events, padded, W, b, shifts, z, 0, 100)
    loops = partial(convolution_loops, padded, W, b, z2, 3)
    yield Part("convolution 3x3, 10 to 10, 100x16x16", ours, loops, often=1), (z, z2)


def single_event(values: Callable[..., np.ndarray]) -> Iterator[tuple[Part, Written]]:
    """Yield the path of a single event; beside it, in the place of loops, a chunk of one event."""
    x, weights = values(10, 1, 30), (values(40, 30), values(40, 10), values(40))
    rows = recurrent.input_rows(x)
    one, chunk = (lstm._plan(x, 10, Memory(lambda shape: np.zeros(shape, np.float32))) for _ in range(2))

    def in_chunks() -> None:
        recurrent.pack(*weights, chunk.packed, 10, 40)
        lstm.forward_flat(*rows, chunk.packed, *chunk.flat, *chunk.shape, 0, 1)

    ours = partial(lstm.forward_event, rows.values, rows.step, *weights, one.packed, *one.flat, 10)
    yield Part("one event through LSTM 10, 10 steps", ours, in_chunks), (one.trace.h, chunk.trace.h)


def parts() -> Iterator[tuple[Part, Written]]:
    """Yield each part with the arrays that ours and the loops write, which must agree."""
    random = np.random.default_rng(1)

    def values(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float32)

    yield from products(values)
    yield from elementwise(values)
    yield from images(values)
    yield from single_event(values)


def repeated(call: Callable[[], Any], often: int) -> Callable[[], None]:
    """Return what calls so often: short calls are measured together."""

    def run() -> None:
        for _ in range(often):
            call()

    return run


def main() -> None:
    print(machine())
    print("\n| part | ours (µs) | plain loops (µs) | library (µs) | loops ÷ ours |")
    print("|---|---:|---:|---:|---:|")
    with threads(1):
        for part, (ours, loops) in parts():
            part.ours(), part.loops()
            np.testing.assert_allclose(ours, loops, rtol=2e-4, atol=2e-5, err_msg=part.name)
            sides = {"ours": part.ours, "loops": part.loops}
            if part.library is not None:
                sides["library"] = part.library
            times = take_turns({name: repeated(call, part.often) for name, call in sides.items()}, 0.5, 20)
            times = {name: time / part.often for name, time in times.items()}
            library = f"{times['library'] * 1e6:,.1f}" if "library" in times else "–"
            print(
                f"| {part.name} | {times['ours'] * 1e6:,.1f} | {times['loops'] * 1e6:,.1f} | {library} "
                f"| {times['loops'] / times['ours']:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
