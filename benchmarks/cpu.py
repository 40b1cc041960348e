"""Training and predicting on the CPU: the NumPy and numba backends against PyTorch, Keras and ONNX Runtime.

Prints the tables of docs/performance.md. Run as ``python benchmarks/cpu.py``; see README.md beside this file.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from bound import product_calls
from cases import all_cases
from harness import (
    ADAM_FORMS,
    Case,
    Ours,
    Theirs,
    fastest_adam,
    machine,
    sample,
    threads,
)
from keras_side import BACKENDS, KerasSide, installed
from torch import nn
from turns import geometric_mean, take_turns

# Seconds between two sides where they have several threads.
REST = 0.3
# Steps of a Keras epoch at least: an epoch of it has a millisecond or more of its own.
KERAS_STEPS = 4


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
