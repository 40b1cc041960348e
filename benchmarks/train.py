"""Events per second in training, against PyTorch in the same run; prints a Markdown table.

Both sides run on one thread of one process, take turns, shuffle and gather their batches in the same way
and include the optimiser. PyTorch's side is what its users write; of its forms of Adam (plain, foreach,
fused) the fastest counts. Run as ``python benchmarks/train.py``; see README.md beside this file.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import statistics
from collections.abc import Callable
from typing import Any

import torch
from harness import ADAM_FORMS, Case, Ours, Recurrent, Theirs, machine
from torch import nn

from tmva_py.backends import make_backend
from tmva_py.network import NetworkBuilder


def tutorial_head() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(100, 64), nn.Tanh(), nn.Linear(64, 1))


def tutorial(name: str, target: float, ours: Callable[[NetworkBuilder], NetworkBuilder], theirs: Any) -> Case:
    return Case(
        f"{name} tutorial: T 10, D 30, {name} 10 (sequence), dense 64 tanh, dense 1; batch 100",
        (10, 30),
        100,
        4000,
        target,
        lambda builder: ours(builder).flatten().dense(64, "TANH").dense(1),
        lambda: Recurrent(theirs(30, 10, batch_first=True), tutorial_head(), sequence=True),
    )


def dense_theirs() -> nn.Module:
    widths = [7, 64, 64, 64, 64]
    parts: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        parts += [nn.Linear(before, after), nn.Tanh()]
    return nn.Sequential(*parts, nn.Linear(64, 1))


CASES = (
    tutorial("LSTM", 1.8, lambda builder: builder.lstm(10, return_sequence=True), nn.LSTM),
    tutorial("GRU", 0.0, lambda builder: builder.gru(10, True, return_sequence=True), nn.GRU),
    tutorial("RNN", 0.0, lambda builder: builder.rnn(10, return_sequence=True), nn.RNN),
    Case(
        "dense 7-64-64-64-64-1, tanh; batch 128",
        (7,),
        128,
        12800,
        3.0,
        lambda b: b.dense(64, "TANH").dense(64, "TANH").dense(64, "TANH").dense(64, "TANH").dense(1),
        dense_theirs,
    ),
    Case(
        "LSTM T 20, D 6, H 20 (last state), dense 1; batch 256",
        (20, 6),
        256,
        5120,
        0.9,
        lambda builder: builder.lstm(20).dense(1),
        lambda: Recurrent(nn.LSTM(6, 20, batch_first=True), nn.Linear(20, 1), sequence=False),
    ),
)


def measure(case: Case, repeats: int, backend: str) -> dict[str, list[float]]:
    """Return the events per second of every repeat of every side, the sides taking turns."""
    sides: dict[str, Any] = {"ours": Ours(case, backend)}
    sides |= {f"Adam {name}": Theirs(case, options) for name, options in ADAM_FORMS.items()}
    for side in sides.values():
        side.run(1)
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    gc.disable()
    for _ in range(repeats):
        for name, side in sides.items():
            speeds[name].append(case.events / side.run(1))
    gc.enable()
    return speeds


def main(cases: tuple[Case, ...] = CASES) -> None:
    """Measure the cases and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=31, help="epochs of each side, taken in turns")
    parser.add_argument("--only", default="", help="run the cases whose name begins so")
    parser.add_argument("--backend", default="cpu", help="numpy or numba; cpu is the fastest installed")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print("| network | tmva_py (events/s) | PyTorch (events/s) | its fastest Adam | ratio | target |")
    print("|---|---:|---:|---|---:|---:|")
    for case in cases:
        if not case.name.startswith(arguments.only):
            continue
        speeds = measure(case, arguments.repeats, arguments.backend)
        ours = statistics.median(speeds.pop("ours"))
        best = max(speeds, key=lambda name: statistics.median(speeds[name]))
        theirs = statistics.median(speeds[best])
        target = f"{case.target:.1f}" if case.target else "-"
        row = f"| {case.name} | {ours:,.0f} | {theirs:,.0f} | {best[5:]} | {ours / theirs:.2f} | {target} |"
        print(row, flush=True)
    print()
    print(
        f"Backend {make_backend(arguments.backend).names[0]}; "
        f"{machine()}; float32, one thread each, median of "
        f"{arguments.repeats} epochs in turns, shuffling, gathering and Adam included."
    )


if __name__ == "__main__":
    main()
