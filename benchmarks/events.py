"""One event at a time: `Network.predict`, and `Reader.EvaluateMVA` from bound buffers with what it adds.

Then wide networks, whose weights the Reader's kernels turn around once: `EvaluateMVA` of numba and of NumPy;
and all methods, one row each, in Python and, where ROOT is installed, in a macro (`macro_loop.py`).
Run as ``python benchmarks/events.py``. The sides take turns, a burst of events each. The median of the bursts
counts, or with ``--shortest`` the shortest, for a machine that does other things too. ``--only methods``, or
``networks``, leaves the other part out.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from statistics import median
from unittest import mock

import numpy as np
from macro_loop import TURNS, table, times_of_methods
from turns import processor

from tmva_py import Reader
from tmva_py.network import Network, NetworkBuilder

BURST = 50
WIDTHS = (64, 128, 256, 512, 1024)


def networks(backend: str) -> dict[str, Network]:
    """Return a small dense network and the LSTM of ROOT's tutorial."""
    dense = NetworkBuilder((4,), backend=backend, seed=1).dense(64, "TANH").dense(64, "TANH").dense(1)
    lstm = NetworkBuilder((10, 30), backend=backend, seed=1).lstm(10, return_sequence=True).flatten()
    return {
        "dense 4-64-64-1": dense.build(),
        "LSTM of ROOT's tutorial": lstm.dense(64, "TANH").dense(1).build(),
    }


def wide_network(width: int, backend: str) -> Network:
    """Return a network with two products of `width` times `width`."""
    builder = NetworkBuilder((20,), backend=backend, seed=1)
    for _ in range(3):
        builder = builder.dense(width, "TANH")
    return builder.dense(1).build()


def burst_times(sides: dict[str, Callable[[], object]], seconds: float) -> dict[str, list[float]]:
    """Return the microseconds of an event in each burst, the sides in turns."""
    for call in sides.values():  # compiles what is compiled
        for _ in range(3):
            call()
    times: dict[str, list[float]] = {side: [] for side in sides}
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for side, call in sides.items():
            started = time.perf_counter()
            for _ in range(BURST):
                call()
            times[side].append((time.perf_counter() - started) / BURST * 1e6)
    return times


def bound_reader(network: Network, file: Path, backend: str) -> Callable[[], float]:
    """Return a call of `EvaluateMVA` for the network in a weight file, from one buffer for each variable."""
    network.save(file)
    reader = Reader("Silent")
    for number in range(math.prod(network.input_shape)):
        reader.AddVariable(f"var{number}", array("f", [0.1 * (number % 7)]))
    with mock.patch("tmva_py.backends.selection.CPU_BACKENDS", (backend,)):
        reader.BookMVA("network", file)
    return lambda: float(reader.EvaluateMVA("network"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="for each row")
    parser.add_argument("--shortest", action="store_true", help="the shortest burst in place of the median")
    parser.add_argument("--only", choices=("networks", "methods"), help="a part of the tables")
    given = parser.parse_args()
    statistic = min if given.shortest else median
    if given.only != "methods":
        print_networks(given.seconds, statistic)
        kind = "shortest" if given.shortest else "median"
        print(f"\n{processor()}; {kind} of bursts of {BURST} events.")
    if given.only != "networks":
        print(f"\n{table(times_of_methods(TURNS))}\n\n{processor()}; shortest of {TURNS} turns.")


def print_networks(seconds: float, statistic: Callable[[list[float]], float]) -> None:
    """Print the tables of networks."""
    print(
        "| network | backend | predict (µs) | EvaluateMVA (µs) | difference (µs) |\n|---|---|---:|---:|---:|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for backend in ("numba", "numpy"):
            for name, network in networks(backend).items():
                x = np.full((1, *network.input_shape), 0.1, np.float32)
                sides: dict[str, Callable[[], object]] = {
                    "predict": lambda network=network, x=x: network.predict(x),  # type: ignore[misc]
                    "EvaluateMVA": bound_reader(network, Path(folder) / "network.weights.xml", backend),
                }
                times = burst_times(sides, seconds)
                alone, read = (statistic(values) for values in times.values())
                print(f"| {name} | {backend} | {alone:.1f} | {read:.1f} | {read - alone:.1f} |", flush=True)
        print(
            "\n| network | predict, numba (µs) | EvaluateMVA, numba | EvaluateMVA, NumPy | ÷ |\n"
            "|---|---:|---:|---:|---:|"
        )
        for width in WIDTHS:
            compiled = wide_network(width, "numba")
            x = np.full((1, 20), 0.1, np.float32)
            file = Path(folder) / "wide.weights.xml"
            times = burst_times(
                {
                    "predict": lambda network=compiled, x=x: network.predict(x),  # type: ignore[misc]
                    "numba": bound_reader(compiled, file, "numba"),
                    "numpy": bound_reader(wide_network(width, "numpy"), file, "numpy"),
                },
                seconds,
            )
            alone, ours, theirs = (statistic(values) for values in times.values())
            name = f"dense 20-3x{width}-1"
            print(f"| {name} | {alone:.1f} | {ours:.1f} | {theirs:.1f} | {theirs / ours:.2f} |", flush=True)


if __name__ == "__main__":
    main()
