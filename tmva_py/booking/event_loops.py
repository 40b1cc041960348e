"""The loop over a tree's entries that a thread is in, so that a Reader can look ahead in it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from tmva_py.trees import Entries, TreeSource


class EventLoop(Protocol):
    """A loop over the entries of a tree.

    Attributes
    ----------
    source : TreeSource
        The tree.
    entry : int
        Number of the current entry.
    """

    source: TreeSource
    entry: int

    def coming(self, names: Sequence[str], most: int) -> Entries:
        """Return columns of the current entry and those behind it, at most `most`, as far as at hand."""
        ...


class _Current(threading.local):
    loop: EventLoop | None = None


_CURRENT = _Current()


def announce(loop: EventLoop) -> None:
    """Say that this thread reads entries of a tree one by one."""
    _CURRENT.loop = loop


def current_loop() -> EventLoop | None:
    """Return the loop that this thread read entries in last."""
    return _CURRENT.loop
