"""Instances: the values of an expression, none, one or several for each entry."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


class Instances:
    """The values of an expression, none, one or several for each entry.

    Parameters
    ----------
    values : ndarray of float64
        All values, entry by entry.
    counts : ndarray of int64, shape (n_entries,), optional
        How many belong to each entry; None, also as the attribute, if each entry has one.
    beyond : ndarray of bool, optional
        Which of the values are NaN because a calculated index is beyond its list.
    """

    def __init__(
        self,
        values: npt.NDArray[np.float64],
        counts: npt.NDArray[np.int64] | None = None,
        beyond: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self.values = values
        self.beyond = beyond
        self.counts = None if counts is not None and bool(np.all(counts == 1)) else counts
        self._first = None if self.counts is None else np.cumsum(self.counts) - self.counts

    def take(
        self, entries: npt.NDArray[np.int64], instances: npt.NDArray[np.int64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return one instance's value for each of `entries`, NaN where it is missing, and where that is.

        An entry's only value is that of every instance.
        """
        if self.counts is None or self._first is None:
            beyond = np.zeros(len(entries), dtype=bool) if self.beyond is None else self.beyond[entries]
            return self.values[entries], beyond
        counts = self.counts[entries]
        wanted = np.where(counts == 1, 0, instances)
        missing = wanted >= counts
        places = np.where(missing, 0, self._first[entries] + wanted)
        values = self.values[places] if len(self.values) else np.zeros(len(entries))
        if self.beyond is not None and len(self.values):
            missing = missing | self.beyond[places]
        return np.where(missing, np.nan, values), missing
