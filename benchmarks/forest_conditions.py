"""What is expected of forests, beside what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import forest_models
from forest_rows import Row, heading


def print_expectations(rows: Sequence[Row], threads: int) -> None:
    """Print what is expected; the worst row of each kind counts."""
    print()
    heading(f"expected, {threads} thread{'s' if threads > 1 else ''}", "measured", "holds")
    for text, values, limit, is_most in _expectations(rows, threads):
        found = list(values)
        if not found:
            continue
        worst = max(found) if is_most else min(found)
        holds = worst <= limit if is_most else worst >= limit
        print(f"| {text} {limit:g} | {worst:.3g} | {'yes' if holds else 'no'} |")


def _expectations(rows: Sequence[Row], threads: int) -> Iterable[tuple[str, Iterable[float], float, bool]]:
    responses = [row for row in rows if row.table == "response"]
    batches = [row for row in responses if row.events > 100]
    rivals = forest_models.RIVALS
    yield (
        "batches up to depth 3: times the fastest of the four, at least",
        [row.ratio(rivals) for row in batches if row.depth <= 3],
        5.0,
        False,
    )
    yield "batches, deeper: at least", [row.ratio(rivals) for row in batches if row.depth > 3], 1.0, False
    if threads == 1:
        single = [row.of_tree_and_event for row in batches if row.depth == 3]
        yield "batches of depth 3: ns a tree and event, at most", single, 0.5, True
        events = [row.times["numba"] * 1e6 for row in responses if row.events == 1 and row.trees == 850]
        yield "one event of 850 trees: µs, at most", events, 10.0, True
        plain = [row.times["NumPy"] / row.times["numba"] for row in batches]
        yield "batches: NumPy's time over numba's, at most", plain, 20.0, True
    trainings = [row for row in rows if row.table == "training"]
    if threads == 1:
        rates = [
            row.events * row.trees * row.variables / 1e6 / row.times[side]
            for row in trainings
            for side in ("AdaBoost", "Grad")
        ]
        yield "training: 10⁶ events · trees · variables in a second, at least", rates, 40.0, False
    factor = 3.0 if threads == 1 else 5.0
    tmva = [row.ratio(("TMVA",)) for row in rows if row.table == "TMVA"]
    yield "training: times TMVA on one thread, at least", tmva, factor, False
