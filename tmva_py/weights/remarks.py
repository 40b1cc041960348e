"""What is in a weight file and was not understood."""

from __future__ import annotations

from collections.abc import Iterable

from tmva_py.errors import did_you_mean, warn

_MOST = 10
_LONGEST_NAME = 100
_LONGEST_TEXT = 300


class Remarks:
    """The first few things that were not understood, in words, and whether there are more."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._seen: set[str] = set()
        self.has_more = False

    @property
    def is_full(self) -> bool:
        """Whether nothing is added any more."""
        return len(self._texts) == _MOST

    def add(self, what: str, place: str = "", *, name: str = "", known: Iterable[str] = ()) -> None:
        """Add `what`, for instance "attribute 'x' of", and its place; the same thing counts once.

        What is similar to `name` among `known` is suggested.
        """
        if what in self._seen:
            return
        if self.is_full:  # no suggestion for each of a million
            self.has_more = True
            return
        self._seen.add(what)
        what = what if len(what) <= _LONGEST_TEXT else f"{what[:_LONGEST_TEXT]}…"
        near = did_you_mean(name, known) if known and len(name) <= _LONGEST_NAME else ""
        self._texts.append(f"{what}{place}{near}")

    def texts(self) -> list[str]:
        """Return one text each, and one for all that were too many."""
        return [*self._texts, "and more"] if self.has_more else list(self._texts)


def warn_of(remarks: list[str], owner: str) -> None:
    """Warn of all remarks at once, if there are any."""
    if remarks:
        text = f"{owner}: not known and left out: {'; '.join(remarks)}"
        warn(text)
