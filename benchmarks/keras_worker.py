"""The process in which Keras is trained and predicts; `keras_side.py` is the other end.

TensorFlow and JAX settle the number of their threads when they start, so there is a process for each number.
"""

from __future__ import annotations

import os
import sys

from processes import serve


def make() -> object:
    """Return Keras, kept to as many processors as there are threads, where the system knows how."""
    if hasattr(os, "sched_setaffinity"):
        # Keras's backend counts the processors that it may use when it is imported.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv[1])])
    from keras_network import KerasNetwork

    return KerasNetwork()


if __name__ == "__main__":
    serve(make)
