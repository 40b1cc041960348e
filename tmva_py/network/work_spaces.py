"""Work space of predictions that is used again: a single event costs less than making it."""

from __future__ import annotations

import threading
from typing import Any

from tmva_py.layers import Context

# Values in what each thread keeps (16 MB in single precision), and work spaces.
MOST_VALUES, MOST = 1 << 22, 4


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
        """Keep a context after use, if it is small; those unused for longest make room."""
        context.states.clear()
        kept = self._kept.contexts
        kept[events] = context
        # One that was kept before is as large as it was: its arrays are those of the same number of events.
        if context.kept:
            return
        context.kept = context.values
        while len(kept) > MOST or sum(one.kept for one in kept.values()) > MOST_VALUES:
            del kept[next(iter(kept))]

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy of a network starts without.
        return WorkSpaces, ()
