"""A process in which Keras is trained and predicts as it is told; `keras_side.py` is the other end.

TensorFlow and JAX settle the number of their threads when they start, so there is a process for each number.
It reads pickled calls, (method, arguments), of a `KerasNetwork` from its standard input and answers each with
("done", result) or ("failed", traceback). In between it waits for input and leaves the processor to others.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import traceback


def pin(threads: int) -> None:
    """Keep to as many processors as there are threads, where the system knows how."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def main() -> None:
    # What the libraries print goes to the error stream, not between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Keras's backend counts the processors that it may use when it is imported.
    pin(int(sys.argv[1]))
    from keras_network import KerasNetwork

    network = KerasNetwork()
    while True:
        try:
            method, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        # As `take_turns` does for the other sides.
        gc.disable()
        try:
            answer = ("done", getattr(network, method)(*arguments))
        except Exception:  # noqa: BLE001 - the other end raises whatever it is
            answer = ("failed", traceback.format_exc())
        gc.enable()
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    main()
