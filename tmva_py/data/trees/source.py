"""The interface of a tree: named branches, read by ranges of entries."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, did_you_mean

if TYPE_CHECKING:
    import awkward as ak

Column: TypeAlias = "npt.NDArray[Any] | ak.Array"
"""The values of one branch: (n,), (n, k, …) for fixed arrays, or a jagged awkward array."""

_SHOWN_NAMES = 20


class TreeSource(ABC):
    """A tree that can be read.

    Attributes
    ----------
    name : str
        The tree's name.
    n_entries : int
        Number of entries.
    branch_names : tuple of str
        Every branch that can be read; sub-branches as ``branch.sub``.
    """

    def __init__(self, name: str, n_entries: int, branch_names: Iterable[str]) -> None:
        self.name = name
        self.n_entries = n_entries
        self.branch_names = tuple(branch_names)
        self._full_names = _full_names(self.branch_names)

    @property
    def file_path(self) -> str:
        """The file on disk that the tree is read from; empty if there is none."""
        return ""

    @abstractmethod
    def describe(self) -> str:
        """Return where the tree is, for messages: ``"file.root:tree"`` for one in a file."""

    @abstractmethod
    def _read(self, branches: Sequence[str], start: int, stop: int) -> dict[str, Column]:
        """Return the columns of some of `branch_names` for the entries from `start` to before `stop`."""

    def largest_basket(self, branches: Iterable[str]) -> int:
        """Return how many entries the storage gives out together, at most; 0 where any range is as good.

        Parameters
        ----------
        branches : iterable of str
            The branches that are to be read.
        """
        del branches
        return 0

    def read(self, branches: Iterable[str], start: int = 0, stop: int | None = None) -> dict[str, Column]:
        """Return the values of some branches.

        Parameters
        ----------
        branches : iterable of str
            Names as in `branch_names`; a sub-branch may go by its last part alone, as in a TTree expression.
        start, stop : int
            The range of entries, by default all; `stop` may lie beyond the last entry.

        Returns
        -------
        dict of str to ndarray or awkward array
            Keyed by the names asked for, each with one item per entry.

        Raises
        ------
        DataError
            A branch does not exist, or cannot be read; the message names the tree and the nearest branch.
        """
        wanted = tuple(dict.fromkeys(branches))
        full = {name: self.full_name(name) for name in wanted}
        stop = self.n_entries if stop is None else min(stop, self.n_entries)
        columns = self._read(tuple(dict.fromkeys(full.values())), start, max(start, stop))
        return {name: columns[full[name]] for name in wanted}

    def full_name(self, branch: str) -> str:
        """Return the branch's name as in `branch_names`.

        Raises
        ------
        DataError
            There is no such branch.
        """
        found = self._full_names.get(branch) or self._full_names.get(branch.replace("/", ".").rstrip("."))
        if found is None:
            shown = ", ".join(self.branch_names[:_SHOWN_NAMES])
            more = len(self.branch_names) - _SHOWN_NAMES
            message = (
                f"{self.describe()} has no branch {branch!r}{did_you_mean(branch, self._full_names)}; "
                f"its branches: {shown or 'none'}{f' and {more} more' if more > 0 else ''}"
            )
            raise DataError(message)
        return found


def _full_names(names: Sequence[str]) -> dict[str, str]:
    """Map every accepted spelling to the branch; of several with one last part the first wins, as in ROOT."""
    table = {name: name for name in names}
    for name in names:
        dotted = name.replace("/", ".").rstrip(".")
        table.setdefault(dotted, name)
        # Only whole prefixes may be left out: "event.jet.pt" also goes by "jet.pt" and "pt".
        parts = dotted.split(".")
        for first in range(1, len(parts)):
            table.setdefault(".".join(parts[first:]), name)
    return table


def as_column(values: Any, where: str) -> Column:
    """Return what a user or a library gave as one column.

    Parameters
    ----------
    values : array_like
        Anything with one item per entry: an array, a list, a pandas or polars series, an awkward array,
        a list of lists of unequal lengths.
    where : str
        The column, for messages.

    Raises
    ------
    DataError
        Values are missing, or the items are no numbers.
    """
    if type(values).__module__.partition(".")[0] == "awkward":
        return _from_awkward(values, where)
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        n_masked = np.count_nonzero(np.ma.getmaskarray(values))
        message = f"{where}: {n_masked} values are masked; fill them or leave them out"
        raise DataError(message)
    if not isinstance(values, np.ndarray) and hasattr(values, "to_numpy"):
        values = _from_series(values)
    try:
        array = np.asarray(values)
    except ValueError:  # items of unequal lengths
        array = np.empty(0, object)
    if array.dtype == object:
        import awkward as ak

        try:
            return _from_awkward(ak.from_iter(values), where)
        except (TypeError, ValueError) as error:
            message = f"{where}: expected numbers or lists of numbers, got items that are neither ({error})"
            raise DataError(message) from error
    return array


def _from_series(series: Any) -> Any:
    """Return a frame's column as an array; missing values of nullable numbers become NaN."""
    array = series.to_numpy()
    nullable = str(series.dtype).startswith(("Int", "UInt", "Float", "boolean"))
    if array.dtype == object and nullable:
        return series.to_numpy(dtype="float64", na_value=np.nan)
    return array


def _from_awkward(array: Any, where: str) -> Column:
    import awkward as ak

    if "?" in str(array.type) or "option[" in str(array.type):
        n_missing = int(ak.sum(ak.is_none(array, axis=-1), axis=None)) + int(ak.sum(ak.is_none(array)))
        if n_missing:
            message = (
                f"{where}: values are missing (None); fill them, for example with NaN, or leave them out"
            )
            raise DataError(message)
        array = ak.fill_none(array, np.nan, axis=None)
    # Lists stay lists, also where all of them happen to have one length.
    if "var *" in str(array.type):
        return array
    try:
        plain: npt.NDArray[Any] = ak.to_numpy(array)
    except (ValueError, TypeError):
        return array
    return plain
