"""Time of applying variable transformations, beside their bare NumPy formulas.

Run as ``python benchmarks/transformations.py [n_events] [n_variables]``; the default is 1e6 events of 20.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.special import erfinv

from tmva_py.data import DataSetInfo, Events, VariableInfo
from tmva_py.data.transformations import TransformationChain

N_FITTED = 20_000
N_REPEATED = 3


def shortest(function: Callable[[], object]) -> float:
    """Return the shortest of some times in seconds."""
    times = []
    for _ in range(N_REPEATED):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def bare_formulas(chains: dict[str, TransformationChain], x: np.ndarray) -> dict[str, Callable[[], object]]:
    """Return what one would write by hand for all events at once."""
    first = {name: chain.steps[0].transformation for name, chain in chains.items()}
    low, high = first["N"].minimum[-1], first["N"].maximum[-1]
    matrix, means, vectors = first["D"].matrices[-1], first["P"].means[-1], first["P"].eigenvectors[-1]
    curves = []
    for fitted in first["G"].distributions:
        table = fitted[-1].table.values
        centres = fitted[-1].table.axis.centres
        curves.append((centres, table))

    def uniform() -> np.ndarray:
        return np.stack([np.interp(x[:, i], *curve) for i, curve in enumerate(curves)], axis=1).astype("f4")

    def gauss() -> np.ndarray:
        columns = [
            np.sqrt(2) * erfinv(np.clip(2 * np.interp(x[:, i], *curve) - 1, -1 + 1e-8, 1 - 1e-8))
            for i, curve in enumerate(curves)
        ]
        return np.stack(columns, axis=1).astype("f4")

    return {
        "N": lambda: 2 * (x - low) / (high - low) - 1,
        "D": lambda: (x.astype("f8") @ matrix.T).astype("f4"),
        "P": lambda: ((x - means) @ vectors).astype("f4"),
        "U": uniform,
        "G": gauss,
    }


def main(n_events: int = 1_000_000, n_variables: int = 20) -> None:
    """Print a table."""
    random = np.random.default_rng(1)
    mixing = random.normal(size=(n_variables, n_variables))
    x = (random.normal(size=(n_events, n_variables)) @ mixing).astype(np.float32)
    info = DataSetInfo(
        variables=[VariableInfo(f"var{i}") for i in range(n_variables)], classes=["Signal", "Background"]
    )
    weight = np.ones(N_FITTED)
    none = np.empty((N_FITTED, 0), np.float32)
    classes = np.arange(N_FITTED, dtype=np.int32) % 2
    events = Events(x[:N_FITTED], none, none, weight, weight, classes)
    chains, fit_times = {}, {}
    for name in ("N", "D", "P", "U", "G"):
        chains[name] = TransformationChain.from_text(name, info)
        start = time.perf_counter()
        chains[name].fit(events)
        fit_times[name] = time.perf_counter() - start
    print(f"{n_events} events, {n_variables} variables; fitted on {N_FITTED}")
    print("   fit [s]  apply [s]  bare NumPy [s]  ratio  difference (99 %)")
    for name, bare in bare_formulas(chains, x).items():
        chains[name].apply(x[:10])  # imports and tables
        ours, theirs = shortest(lambda name=name: chains[name].apply(x)), shortest(bare)
        # U and G go on beyond the ends of their curves, where the bare formula stops.
        difference = np.quantile(np.abs(chains[name].apply(x) - bare()), 0.99)
        times = f"{fit_times[name]:7.3f}  {ours:9.3f}  {theirs:14.3f}  {ours / theirs:5.2f}"
        print(f"{name}  {times}  {difference:.1e}")


if __name__ == "__main__":
    main(*map(int, map(float, sys.argv[1:])))
