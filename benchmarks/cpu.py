"""Training and predicting on the CPU: the NumPy and numba backends against PyTorch, Keras and ONNX Runtime.

Prints the tables of docs/performance.md. Run as ``python benchmarks/cpu.py``; see README.md beside this file.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import itertools
import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import cnn
import numpy as np
import torch
from harness import (
    ADAM_FORMS,
    Case,
    Ours,
    Recurrent,
    Theirs,
    fastest_adam,
    geometric_mean,
    machine,
    sample,
    take_turns,
    threads,
)
from keras_side import BACKENDS, KerasSide, installed
from torch import nn

from tmva_py.network import NetworkBuilder

Product = tuple[int, int, int, int]

# (events, time steps, input width, state width)
RECURRENT_SHAPES = (
    (1, 10, 30, 10),
    (32, 10, 30, 10),
    (100, 10, 30, 10),
    (256, 20, 6, 20),
    (100, 20, 8, 32),
    (256, 20, 16, 64),
    (100, 100, 8, 32),
    (1024, 30, 16, 64),
    (512, 50, 32, 128),
    (64, 50, 64, 256),
    (64, 100, 123, 320),
)
# Seconds between two sides where they have several threads.
REST = 0.3
# Steps of a Keras epoch at least: an epoch of it has a millisecond or more of its own.
KERAS_STEPS = 4
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
MODULES = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}


def recurrent_layer(builder: NetworkBuilder, kind: str, size: int, *, sequence: bool) -> NetworkBuilder:
    if kind == "LSTM":
        return builder.lstm(size, return_sequence=sequence)
    if kind == "GRU":
        # The form that PyTorch has.
        return builder.gru(size, reset_gate_after=True, return_sequence=sequence)
    return builder.rnn(size, return_sequence=sequence)


def recurrent_products(kind: str, shape: Sequence[int]) -> tuple[tuple[Product, ...], tuple[Product, ...]]:
    """Return the products of a training step and of a prediction; the input needs no gradient."""
    batch, steps, width, size = shape
    rows = GATES[kind] * size
    forward = ((rows, steps * batch, width, 1), (rows, batch, size, steps))
    backward = ((size, batch, rows, steps), (rows, width, steps * batch, 1), (rows, size, steps * batch, 1))
    return forward + backward, forward


def dense_products(batch: int, widths: Sequence[int]) -> tuple[tuple[Product, ...], tuple[Product, ...]]:
    forward = tuple((batch, o, i, 1) for i, o in itertools.pairwise(widths))
    weights = tuple((o, i, batch, 1) for i, o in itertools.pairwise(widths))
    inputs = tuple((batch, i, o, 1) for i, o in itertools.pairwise(widths[1:]))
    return forward + weights + inputs, forward


def recurrent_case(kind: str, shape: tuple[int, int, int, int]) -> Case:
    batch, steps, width, size = shape
    products, forward = recurrent_products(kind, shape)
    # Epochs of a step at least, and of some milliseconds.
    count = max(1, min(40, int(1e9 / (batch * steps * size * (size + width) * GATES[kind] * 6))))
    return Case(
        f"{kind} {batch}, {steps}, {width}, {size}",
        (steps, width),
        batch,
        batch * count,
        1.0,
        lambda builder: recurrent_layer(builder, kind, size, sequence=False).dense(1),
        lambda: Recurrent(MODULES[kind](width, size, batch_first=True), nn.Linear(size, 1), sequence=False),
        products,
        forward,
    )


def tutorial_case(kind: str) -> Case:
    products, forward = recurrent_products(kind, (100, 10, 30, 10))
    head, head_forward = dense_products(100, (100, 64, 1))
    # The flattened sequence needs its gradient too.
    return Case(
        f"{kind} of ROOT's tutorial, 100",
        (10, 30),
        100,
        4000,
        3.0 if kind == "LSTM" else 1.0,
        lambda builder: (
            recurrent_layer(builder, kind, 10, sequence=True).flatten().dense(64, "TANH").dense(1)
        ),
        lambda: Recurrent(
            MODULES[kind](30, 10, batch_first=True),
            nn.Sequential(nn.Flatten(), nn.Linear(100, 64), nn.Tanh(), nn.Linear(64, 1)),
            sequence=True,
        ),
        (*products, *head, (100, 100, 64, 1)),
        (*forward, *head_forward),
    )


def dense_case(width: int, batch: int) -> Case:
    widths = (width, 64, 64, 64, 64, 1)
    products, forward = dense_products(batch, widths)

    def theirs() -> nn.Module:
        parts: list[nn.Module] = []
        for before, after in itertools.pairwise(widths[:-1]):
            parts += [nn.Linear(before, after), nn.Tanh()]
        return nn.Sequential(*parts, nn.Linear(64, 1))

    def ours(builder: NetworkBuilder) -> NetworkBuilder:
        for _ in range(4):
            builder = builder.dense(64, "TANH")
        return builder.dense(1)

    return Case(
        f"dense {width}-4x64-1, {batch}", (width,), batch, 40 * batch, 4.0, ours, theirs, products, forward
    )


def image_case() -> Case:
    found = cnn.CASES[0]
    batch = found.batch_size
    convolutions = ((10, 256 * batch, 9, 1), (10, 256 * batch, 90, 1))
    back = ((10, 9, 256 * batch, 1), (10, 90, 256 * batch, 1), (90, 256 * batch, 10, 1))
    head, head_forward = dense_products(batch, (2250, 100, 1))
    return Case(
        f"CNN of ROOT's tutorial, {batch}",
        found.input_shape,
        batch,
        10 * batch,
        1.0,
        found.ours,
        found.theirs,
        (*convolutions, *back, *head, (batch, 2250, 100, 1)),
        (*convolutions, *head_forward),
    )


def all_cases() -> list[Case]:
    return [
        *(dense_case(width, batch) for width in (7, 64) for batch in (32, 128, 1024)),
        *(tutorial_case(kind) for kind in GATES),
        *(recurrent_case(kind, shape) for kind in GATES for shape in RECURRENT_SHAPES),
        image_case(),
    ]


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

    @numba.njit(nogil=True)
    def run(sizes: Any, A: Any, B: Any, C: Any) -> None:
        for number in range(len(sizes)):
            m, n, k, count = sizes[number]
            for _ in range(count):
                product(A, 0, k, 1, B, 0, n, C, 0, n, m, n, k, 0)

    return run  # type: ignore[no-any-return]


def shown(seconds: float | None, digits: int = 0) -> str:
    """Return the microseconds, or a dash for a side that is not here."""
    return "–" if seconds is None else f"{seconds * 1e6:,.{digits}f}"


def speed(times: Mapping[str, float], side: str, other: str) -> float | None:
    """Return how many times as fast as the other a side is."""
    return times[other] / times[side] if other in times else None


def heading(title: str, *columns: str) -> None:
    print(f"{title}\n\n| {' | '.join(columns)} |\n|---|{'---:|' * (len(columns) - 1)}")


def quotient(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}"


def train_row(
    case: Case, seconds: float, count: int, keras_side: KerasSide | None
) -> tuple[str, dict[str, float]]:
    """Return the row of the table, and the seconds of a step of each side."""
    adam = fastest_adam(case)
    numpy_side, numba_side = Ours(case, "numpy"), Ours(case, "numba")
    torch_side = Theirs(case, ADAM_FORMS[adam])
    steps = case.events // case.batch_size
    measured: dict[str, list[float]] = {}

    def epoch(name: str, run: Callable[[], float], steps: int = steps) -> Callable[[], None]:
        return lambda: measured.setdefault(name, []).append(run() / steps)

    sides: dict[str, Callable[[], object]] = {
        "numpy": epoch("numpy", lambda: numpy_side.run(1)),
        "numba": epoch("numba", lambda: numba_side.run(1)),
        "torch": epoch("torch", lambda: torch_side.run(1)),
    }
    if keras_side is not None:
        keras_steps = max(steps, KERAS_STEPS)
        events = sample(dataclasses.replace(case, events=keras_steps * case.batch_size))
        keras_side.build(case.theirs(), *events, case.batch_size)
        sides["keras"] = epoch("keras", keras_side.epoch, keras_steps)
    times = take_turns({**sides, **product_calls(case.products)}, seconds, 5, REST if count > 1 else 0.0)
    # The sides' own clocks leave setting up out.
    step = {name: float(np.median(values[1:])) for name, values in measured.items()}
    bound = min(times["bound: BLAS"], times["bound: tiles"])
    columns = [
        *(shown(step.get(side)) for side in ("numpy", "numba", "torch", "keras")),
        quotient(speed(step, "numpy", "torch")),
        quotient(speed(step, "numba", "torch")),
        quotient(speed(step, "numba", "keras")),
        shown(bound),
        quotient(step["numba"] / bound),
    ]
    return f"| {case.name} | {count} | {' | '.join(columns)} |", step


def summary(rows: Sequence[Mapping[str, float]], other: str, name: str) -> str:
    """Return the mean and the least ratio of our backends to another side, nothing where that is not here."""
    parts = []
    for side, ours in (("numpy", "NumPy"), ("numba", "numba")):
        ratios = [times[other] / times[side] for times in rows if other in times]
        if ratios:
            parts.append(f"{ours} {geometric_mean(ratios):.2f} × (at least {min(ratios):.2f} ×)")
    return f" Against {name}: {', '.join(parts)}." if parts else ""


def train_table(
    cases: Sequence[Case], seconds: float, counts: Sequence[int], keras_sides: Mapping[int, KerasSide]
) -> None:
    sides = ("numpy (µs)", "numba", "PyTorch", "Keras")
    ratios = ("numpy ×", "numba ×", "numba × Keras", "bound (µs)", "over")
    heading("### Training", "network, batch", "threads", *sides, *ratios)
    rows: dict[int, list[dict[str, float]]] = {count: [] for count in counts}
    for case in cases:
        for count in counts:
            with threads(count):
                row, step = train_row(case, seconds, count, keras_sides.get(count))
            rows[count].append(step)
            print(row, flush=True)
    for count, found in rows.items():
        print(
            f"\n{count} thread{'s' if count > 1 else ''}, geometric means."
            + summary(found, "torch", "PyTorch")
            + summary(found, "keras", "Keras"),
            flush=True,
        )


def onnx_session(model: nn.Module, x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return PyTorch's model in ONNX Runtime, on one thread."""
    import onnxruntime
    from onnx_models import to_onnx

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        to_onnx(model, x.shape), options, providers=["CPUExecutionProvider"]
    )
    return lambda values: session.run(None, {"x": values})[0]


def predict_row(
    case: Case, x: np.ndarray, seconds: float, keras_side: KerasSide | None
) -> tuple[str, dict[str, float]]:
    """Return the row of the table, and the seconds of a prediction of each side."""
    model = case.theirs().eval()
    run, tensor = onnx_session(model, x), torch.from_numpy(x)
    # Short calls many times: the clock and the turns cost something too.
    often = 50 if len(x) == 1 else 3

    def by_torch() -> None:
        with torch.inference_mode():
            for _ in range(often):
                torch.sigmoid(model(tensor))

    def by_onnx() -> None:
        for _ in range(often):
            run(x)

    def by(backend: str) -> Callable[[], None]:
        network = Ours(case, backend).network

        def predict() -> None:
            for _ in range(often):
                network.predict(x)

        return predict

    sides: dict[str, Callable[[], object]] = {
        "numpy": by("numpy"),
        "numba": by("numba"),
        "torch": by_torch,
        "onnx": by_onnx,
    }
    # By the worker's own clock, which leaves the pipe to it out.
    measured: list[float] = []
    if keras_side is not None:
        keras_side.build(model, x, np.zeros(len(x), np.float32), len(x))
        sides["keras"] = lambda: measured.append(keras_side.predict(often))
    with threads(1):
        times = take_turns(sides, seconds, 5)
    if measured:
        times["keras"] = float(np.median(measured[1:]))
    times = {name: time / often for name, time in times.items()}
    columns = [
        *(shown(times.get(side), 1) for side in ("numpy", "numba", "torch", "keras", "onnx")),
        quotient(speed(times, "numpy", "onnx")),
        quotient(speed(times, "numba", "onnx")),
        quotient(speed(times, "numba", "keras")),
    ]
    events = "one event" if len(x) == 1 else f"{len(x)} events"
    name = case.name.removesuffix(f", {case.batch_size}").replace(f" {case.batch_size}, ", " ")
    return f"| {name}; {events} | {' | '.join(columns)} |", times


def predict_table(cases: Sequence[Case], seconds: float, keras_side: KerasSide | None) -> None:
    sides = ("numpy (µs)", "numba", "PyTorch", "Keras", "ONNX Runtime")
    heading("\n### Predicting, one thread", "network", *sides, "numpy ×", "numba ×", "numba × Keras")
    batches: list[dict[str, float]] = []
    seen: set[str] = set()
    for case in cases:
        network = f"{case.theirs()} {case.input_shape}"
        counts = {case.batch_size} if network in seen else {1, case.batch_size}
        seen.add(network)
        for events in sorted(counts):
            row, times = predict_row(case, sample(case)[0][:events], seconds, keras_side)
            if events > 1:
                batches.append(times)
            print(row, flush=True)
    print(
        "\nBatches, geometric means."
        + summary(batches, "onnx", "ONNX Runtime")
        + summary(batches, "keras", "Keras")
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="for each row")
    parser.add_argument("--only", default="", help="run the cases whose name begins so")
    parser.add_argument("--threads", default="1,2", help="numbers of threads")
    parser.add_argument("--skip", default="", choices=("", "training", "predicting"))
    parser.add_argument("--keras-backend", default=BACKENDS[0], choices=BACKENDS)
    arguments = parser.parse_args()
    cases = [case for case in all_cases() if case.name.startswith(arguments.only)]
    started = time.strftime("%Y-%m-%d")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    counts = [int(count) for count in arguments.threads.split(",")]
    keras = "no Keras (pip install keras jax)"
    with contextlib.ExitStack() as processes:
        keras_sides: dict[int, KerasSide] = {}
        if installed(arguments.keras_backend):
            for count in sorted({1, *counts}):
                keras_sides[count] = processes.enter_context(KerasSide(arguments.keras_backend, count))
            keras = keras_sides[1].versions()
        if arguments.skip != "training":
            train_table(cases, arguments.seconds, counts, keras_sides)
        if arguments.skip != "predicting":
            predict_table(cases, arguments.seconds / 2, keras_sides.get(1))
    print(f"\n{machine()}, {keras}; float32; {started}, load of the machine before {load:.1f}.")


if __name__ == "__main__":
    main()
