"""How fast forests respond, beside libraries that hold the same forest."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from forest_models import OTHERS, RIVALS, FullForest, Predict, installed, ours
from forest_rows import Row, heading, shown
from turns import take_turns

FORESTS = ((850, 3), (1000, 2), (400, 4), (200, 6))
"""Trees and their depth."""

VARIABLES = (10, 30)
EVENTS = (1, 100, 50_000)
SIDES = ("numba", "NumPy", *RIVALS, *OTHERS)
# Of values that add up to 1: single precision, and its sums.
TOLERANCE = 2e-5
# Seconds of one turn of short calls: the clock and the turns cost something too.
TURN = 1e-3
# Seconds between two sides where they have several threads.
REST = 0.05


def sides_of(forest: FullForest, threads: int, leave_out: str) -> dict[str, Predict]:
    """Return what each library makes of a forest; they agree."""
    sides = {"numba": ours(forest), "NumPy": ours(forest, compiled=False)}
    for name, (module, make) in {**RIVALS, **OTHERS}.items():
        if installed(module) and name not in leave_out.split(","):
            sides[name] = make(forest, threads)
    x = forest.events(1000)
    expected = sides["numba"](x)
    for name, predict in sides.items():
        difference = np.abs(predict(x) - expected).max()
        if not difference <= TOLERANCE:
            message = f"{forest}: {name} differs by {difference:.1e}"
            raise ValueError(message)
    return sides


def measured(sides: dict[str, Predict], x: np.ndarray, seconds: float, rest: float) -> dict[str, float]:
    """Return the seconds of a call of each side."""
    often = {}
    for name, predict in sides.items():
        predict(x)
        once = min(take_turns({name: lambda predict=predict: predict(x)}, 0.0, 3).values())
        often[name] = max(1, int(TURN / once))

    def repeated(name: str) -> Callable[[], None]:
        def call() -> None:
            predict = sides[name]
            for _ in range(often[name]):
                predict(x)

        return call

    times = take_turns({name: repeated(name) for name in sides}, seconds, 5, rest)
    return {name: time / often[name] for name, time in times.items()}


def table(arguments: argparse.Namespace, threads: int) -> list[Row]:
    """Print the responses, and return the rows."""
    print(
        f"\n### Responses, {threads} thread{'s' if threads > 1 else ''}\n\n"
        "One event in µs a call, more in ns a tree and event.\n"
    )
    heading("trees × depth, variables, events", *SIDES, "numba ×")
    rows: list[Row] = []
    for n_trees, depth in FORESTS:
        for n_variables in VARIABLES:
            forest = FullForest(n_trees, depth, n_variables)
            name = f"{n_trees} × {depth}, {n_variables}"
            if not name.startswith(arguments.only):
                continue
            sides = sides_of(forest, threads, arguments.leave_out)
            for count in EVENTS:
                x = forest.events(count)
                times = measured(sides, x, arguments.seconds, REST if threads > 1 else 0.0)
                scale = 1e6 if count == 1 else 1e9 / (n_trees * count)
                row = Row("response", f"{name}, {count:,}", count, n_variables, n_trees, depth, times)
                rows.append(row)
                cells = [shown(times.get(side), scale) for side in SIDES]
                print(f"| {row.name} | {' | '.join(cells)} | {row.ratio(RIVALS):.2f} |", flush=True)
    return rows
