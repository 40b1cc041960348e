"""How far a search is."""

from __future__ import annotations

from collections.abc import Callable

PARTS = 100


class Progress:
    """Moves a bar of a hundred steps by the number of sets of parameters that were looked at.

    Parameters
    ----------
    expected : int
        How many there will be, roughly; the bar ends there.
    advance : callable
        Moves the bar by one step.
    """

    def __init__(self, expected: int, advance: Callable[[], None]) -> None:
        self._expected = max(1, expected)
        self._advance = advance
        self._done = self._shown = 0

    def __call__(self, count: int) -> None:
        """Tell that some more sets were looked at."""
        self._done += count
        while self._shown < min(PARTS, PARTS * self._done // self._expected):
            self._shown += 1
            self._advance()
