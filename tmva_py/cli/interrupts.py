"""Ctrl-C between pieces of work, never inside one."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self


class InterruptsBetween:
    """Context in which Ctrl-C waits for the next call of `check`.

    Python raises `KeyboardInterrupt` wherever it happens to be; inside a library's destructor it is printed
    and lost, and the work goes on. Here the signal is noted, and `check` raises it. A second Ctrl-C raises at
    once, should a piece of work never end.

    Outside the main thread, where no handler can be set, nothing changes.
    """

    def __init__(self) -> None:
        self._noted = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if Ctrl-C came since the context began."""
        if self._noted:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._noted:
            raise KeyboardInterrupt
        self._noted = True
