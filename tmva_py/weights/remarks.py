"""What is in a weight file and was not understood."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from tmva_py.errors import TMVAWarning, did_you_mean

_MOST = 10


class Remarks:
    """The first few things that were not understood, in words, and how many more there are."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._seen: set[str] = set()
        self._more = 0

    def add(self, what: str, place: str = "", *, name: str = "", known: Iterable[str] = ()) -> None:
        """Add `what`, for instance "attribute 'x' of", and its place; the same thing counts once.

        What is similar to `name` among `known` is suggested.
        """
        if what in self._seen:
            return
        if len(self._texts) == _MOST:  # no suggestion for each of a million
            self._more += 1
            return
        self._seen.add(what)
        self._texts.append(f"{what}{place}{did_you_mean(name, known) if known else ''}")

    def texts(self) -> list[str]:
        """Return one text each, and one for all that were too many."""
        return [*self._texts, f"and {self._more} more"] if self._more else list(self._texts)


def warn_of(remarks: list[str], owner: str, *, stacklevel: int) -> None:
    """Warn of all remarks at once, if there are any."""
    if remarks:
        text = f"{owner}: not known and left out: {'; '.join(remarks)}"
        warnings.warn(text, TMVAWarning, stacklevel=stacklevel + 1)
