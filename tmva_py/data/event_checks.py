"""Collected reports about events that are not what they should be."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, warn
from tmva_py.message_log import MessageLog

_SHOWN_ENTRIES = 3


@dataclass
class _Finding:
    """How often something was seen, and where first."""

    count: int = 0
    entries: list[int] = field(default_factory=list)
    where: str = ""

    def add(self, entries: npt.NDArray[np.int64], where: str) -> None:
        if not self.count:
            self.where = where
        self.count += len(entries)
        if where == self.where:
            new = [int(entry) for entry in entries[: _SHOWN_ENTRIES + 1]]
            self.entries = (self.entries + new)[: _SHOWN_ENTRIES + 1]

    def text(self) -> str:
        shown = ", ".join(str(entry) for entry in self.entries[:_SHOWN_ENTRIES])
        more = ", …" if len(self.entries) > _SHOWN_ENTRIES else ""
        plural = "entries" if len(self.entries) > 1 else "entry"
        return (
            f"{self.count} times" * (self.count > 1)
            + "once" * (self.count == 1)
            + (f", first in {plural} {shown}{more} of {self.where}")
        )


class EventChecks:
    """Counts values that are NaN or infinite, and other things worth a warning, by expression."""

    def __init__(self) -> None:
        self._kept: dict[str, _Finding] = {}
        self._removed: dict[str, _Finding] = {}
        self._notes: dict[str, _Finding] = {}

    def check(
        self,
        values: npt.NDArray[np.float32],
        removed: npt.NDArray[np.bool_],
        entries: npt.NDArray[np.int64],
        *,
        what: str,
        where: str,
        missing: npt.NDArray[np.bool_] | None = None,
    ) -> npt.NDArray[np.bool_]:
        """Note the values that are not finite, apart by whether a cut removes the event; return which are.

        Those that are `missing` are NaN for want of the element that an index names.
        """
        finite = np.isfinite(values)
        if not finite.all():
            absent = np.zeros(len(values), dtype=bool) if missing is None else missing
            for kind, found in (
                ("has no value, its index is beyond the list", absent),
                ("is NaN", np.isnan(values) & ~absent),
                ("is infinite", np.isinf(values)),
            ):
                for table, selected in ((self._removed, found & removed), (self._kept, found & ~removed)):
                    if selected.any():
                        table.setdefault(f"{what} {kind}", _Finding()).add(entries[selected], where)
        return finite

    def note(self, text: str, entries: npt.NDArray[np.int64], where: str) -> None:
        """Note something that becomes a warning, if there are such entries."""
        if len(entries):
            self._notes.setdefault(text, _Finding()).add(entries, where)

    def report(self, data_set: str, log: MessageLog) -> None:
        """Warn of what was noted and of values that cuts removed; raise for those that they kept."""
        for text, finding in self._notes.items():
            _warn(f"Dataset[{data_set}] : {text} ({finding.text()})", log)
        if self._removed:
            lines = "\n".join(f"  {text} ({finding.text()})" for text, finding in self._removed.items())
            _warn(
                f"Dataset[{data_set}] : Found events with NaN and/or +-inf values\n{lines}\n"
                "These NaN and/or +-infs were all removed by the specified cut, continuing.",
                log,
            )
        if self._kept:
            lines = "\n".join(f"  {text} ({finding.text()})" for text, finding in self._kept.items())
            message = (
                f"Dataset[{data_set}] : How am I supposed to train a NaN or +-inf?! "
                f"Events that no cut removes have such values:\n{lines}\n"
                "remove these events by a cut, or mend the expression (Alt$(v[2], 0), or n > 2 ? v[2] : 0, "
                "gives a short list a value)"
            )
            raise DataError(message)


def _warn(text: str, log: MessageLog) -> None:
    log.warning(text)
    warn(text)
