"""Locks that a forked child finds free, whichever thread of the parent had them."""

from __future__ import annotations

import itertools
import os
import threading
import time
import weakref
from collections.abc import Callable

LONGEST_WAIT = 5.0
"""Seconds that a fork waits for threads that hold such locks."""

_NUMBERS = itertools.count()
_LOCKS: weakref.WeakSet[ForkSafeLock] = weakref.WeakSet()


class ForkSafeLock:
    """A re-entrant lock. A fork waits until it is free; a child whose parent's thread kept it has a new one.

    Only the thread that forks lives on in the child: what another one has locked would stay so for ever.

    Parameters
    ----------
    when_lost : callable, optional
        Called in such a child, to put in order what the thread that is gone left half done.
    """

    def __init__(self, when_lost: Callable[[], None] | None = None) -> None:
        self._lock = threading.RLock()
        self._when_lost = when_lost
        self._number = next(_NUMBERS)
        self._held = False
        _LOCKS.add(self)

    def acquire(self, timeout: float = -1.0) -> bool:
        """Take the lock; False if it was not free in time."""
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        """Let the lock go."""
        self._lock.release()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    def before_fork(self, timeout: float) -> None:
        """Wait for the thread that has the lock."""
        self._held = self._lock.acquire(timeout=max(0.0, timeout))

    def after_fork(self, *, in_child: bool) -> None:
        """Go on."""
        held, self._held = self._held, False
        if held:
            self._lock.release()
        elif in_child:
            self._lock = threading.RLock()
            if self._when_lost is not None:
                self._when_lost()


def _before() -> None:
    end = time.monotonic() + LONGEST_WAIT
    for lock in _in_order():
        lock.before_fork(end - time.monotonic())


def _after_in_parent() -> None:
    for lock in reversed(_in_order()):
        lock.after_fork(in_child=False)


def _after_in_child() -> None:
    for lock in reversed(_in_order()):
        lock.after_fork(in_child=True)


def _in_order() -> list[ForkSafeLock]:
    return sorted(_LOCKS, key=lambda lock: lock._number)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)

IMPORTS = ForkSafeLock()
"""Held while a part of the package is imported: a child would wait for ever for a module half imported."""
