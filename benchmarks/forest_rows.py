"""Rows of the tables of forests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured in one row."""

    table: str
    name: str
    events: int
    variables: int
    trees: int
    depth: int
    times: Mapping[str, float]

    def ratio(self, others: Iterable[str], side: str = "numba") -> float:
        """Return how many times as fast as the fastest of others a side is."""
        found = [self.times[other] for other in others if other in self.times]
        return min(found) / self.times[side] if found else float("nan")

    @property
    def of_tree_and_event(self) -> float:
        """Nanoseconds a tree and event that compiled kernels take."""
        return self.times["numba"] * 1e9 / (self.trees * self.events)


def heading(*columns: str) -> None:
    print(f"| {' | '.join(columns)} |\n|---|{'---:|' * (len(columns) - 1)}")


def shown(seconds: float | None, scale: float) -> str:
    """Return scaled seconds with three digits, a dash for a side that is not here."""
    if seconds is None:
        return "–"
    value = seconds * scale
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
