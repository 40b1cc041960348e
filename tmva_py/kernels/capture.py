"""What stands in the way of capturing a training step, noted while the step runs.

Some calls of libraries cannot be captured into a CUDA graph, and an attempt costs time. A kernel that makes
such a call says so here, so that whoever wants to capture a step can run it once and ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NOTED: ContextVar[list[str] | None] = ContextVar("noted", default=None)


@contextmanager
def noting_obstacles() -> Iterator[list[str]]:
    """Give the list that `note_obstacle` adds to inside the ``with`` block."""
    noted: list[str] = []
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def note_obstacle(text: str) -> None:
    """Say that what is computed just now cannot be captured, and why; forgotten when nobody asks."""
    noted = _NOTED.get()
    if noted is not None:
        noted.append(text)
