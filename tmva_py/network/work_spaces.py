"""Work space of predictions that is used again: a single event costs less than making it."""

from __future__ import annotations

import threading
from typing import Any

from tmva_py.layers import Context

# Values that a work space may hold to be kept (1 MB in single precision), and how many each thread keeps.
LARGEST, MOST = 262144, 4


class _Kept(threading.local):
    """The work spaces of one thread by number of events."""

    def __init__(self) -> None:
        self.contexts: dict[int, Context] = {}


class WorkSpaces:
    """Contexts by number of events, each thread's own; one in use is not among them."""

    def __init__(self) -> None:
        self._kept = _Kept()

    def take(self, events: int) -> Context | None:
        """Return the context for this number of events, if one is kept, and let go of it."""
        return self._kept.contexts.pop(events, None)

    def give_back(self, events: int, context: Context) -> None:
        """Keep a context after use, if it is small; the one unused for longest makes room."""
        context.states.clear()
        # One that was kept before is as large as it was: its arrays are those of the same number of events.
        if not context.kept:
            if context.values > LARGEST:
                return
            context.kept = True
        kept = self._kept.contexts
        kept[events] = context
        if len(kept) > MOST:
            del kept[next(iter(kept))]

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy of a network starts without.
        return WorkSpaces, ()
