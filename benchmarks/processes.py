"""Sides of a benchmark that run in a process of their own and do what they are told through a pipe."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self


class Worker:
    """A process that answers calls; ends with the ``with`` statement that began it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(environment)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def call(self, method: str, *arguments: Any) -> Any:
        """Return what the method of the object served by the process returns."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pickle.dump((method, arguments), self.process.stdin)
        self.process.stdin.flush()
        state, result = pickle.load(self.process.stdout)
        if state == "failed":
            raise RuntimeError(result)
        return result


def serve(make: Callable[[], object]) -> None:
    """Answer the calls that come through standard input with the methods of what `make` returns.

    Calls are pickled, (method, arguments); answers are ("done", result) or ("failed", traceback). In between
    the process waits for input and leaves the processor to others.
    """
    # What libraries print goes to the error stream, not between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    served = make()
    while True:
        try:
            method, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        # As `take_turns` does for the sides in its own process.
        gc.disable()
        try:
            answer = ("done", getattr(served, method)(*arguments))
        except Exception:  # noqa: BLE001 - the other end raises whatever it is
            answer = ("failed", traceback.format_exc())
        gc.enable()
        pickle.dump(answer, answers)
        answers.flush()
