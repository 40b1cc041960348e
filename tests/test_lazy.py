"""Attributes that are computed when they are first read."""

from __future__ import annotations

import threading

from tmva_py.lazy import lazy


class Thing:
    def __init__(self) -> None:
        self.calls = 0

    @lazy
    def value(self) -> list[int]:
        """A list."""
        self.calls += 1
        return []


def test_it_is_computed_once_for_each_object():
    first, second = Thing(), Thing()
    assert first.value is first.value
    assert first.value is not second.value
    assert (first.calls, second.calls) == (1, 1)
    assert Thing.value.__doc__ == "A list."


def test_another_thread_may_compute_it_meanwhile():
    """Nobody waits, and all get one value."""
    inside, go = threading.Event(), threading.Event()
    thing = Thing()

    class Slow(Thing):
        @lazy
        def value(self) -> list[int]:
            if threading.current_thread() is not threading.main_thread():
                inside.set()
                assert go.wait(60)
            return []

    thing = Slow()
    seen: list[list[int]] = []
    thread = threading.Thread(target=lambda: seen.append(thing.value))
    thread.start()
    assert inside.wait(60)
    here = thing.value  # no lock
    go.set()
    thread.join()
    assert seen[0] is here
    assert thing.value is here
