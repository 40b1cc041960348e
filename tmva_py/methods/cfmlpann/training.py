"""Training a network of CFMlpANN: events at random, one after the other, with momentum."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.kernels.momentum_perceptron import layer_matrices, momentum_error, momentum_steps
from tmva_py.message_log import MessageLog
from tmva_py.methods.cfmlpann.random_numbers import CongruentialRandom
from tmva_py.methods.inputs import Doubles

MOMENTUM = 0.5
_FIRST_RATE, _LAST_RATE = 1e-4, 1e-10
# The training ends where the mean error is smaller; it is computed in the first and last cycle and in every
# so manieth.
_SMALL_ERROR = 1e-6
_LOOKS = 1000
_WIDTH = 0.2


def first_weights(sizes: npt.NDArray[np.int64], random: CongruentialRandom) -> Doubles:
    """Return weights between −0.2 and 0.2.

    A neuron's bias is drawn anew with each of its weights, so that the last one counts.
    """
    n_weights = int(((sizes[:-1] + 1) * sizes[1:]).sum())
    weights = np.empty(n_weights)
    for matrix in layer_matrices(sizes, weights):
        n_after, n_before = matrix.shape[0], matrix.shape[1] - 1
        drawn = (random.uniform(2 * n_before * n_after) * 2.0 - 1.0) * _WIDTH
        drawn = drawn.reshape(n_before, n_after, 2)
        matrix[:, 1:] = drawn[:, :, 0].T
        matrix[:, 0] = drawn[-1, :, 1]
    return weights


def train(
    x: Doubles,
    is_signal: npt.NDArray[np.bool_],
    sizes: npt.NDArray[np.int64],
    n_cycles: int,
    backend: Backend,
    after_cycle: Callable[[], object],
    log: MessageLog,
) -> Doubles:
    """Return the weights after a training; Ctrl-C ends it with those so far."""
    random = CongruentialRandom()
    weights = first_weights(sizes, random)
    changes = np.zeros_like(weights)
    target = np.where(np.stack([is_signal, ~is_signal], axis=1), 1.0, -1.0)
    n = len(x)
    slope = (_LAST_RATE - _FIRST_RATE) / float(n_cycles * n - 1)
    offset = _FIRST_RATE - slope
    steps = momentum_steps.on(backend)
    try:
        for cycle in range(1, n_cycles + 1):
            # The first event is number 1, so that 0 is none, and the last one is never drawn.
            order = (n * random.uniform(n)).astype(np.int64) - 1
            rates = slope * np.arange((cycle - 1) * n + 1, cycle * n + 1, dtype=np.float64) + offset
            steps(
                backend.xp,
                x=x,
                target=target,
                order=order,
                rates=rates,
                momentum=MOMENTUM,
                sizes=sizes,
                weights=weights,
                changes=changes,
            )
            after_cycle()
            if cycle % _LOOKS == 0 or cycle == 1:
                squares = momentum_error.on(backend)(
                    backend.xp, x=x, target=target, sizes=sizes, weights=weights
                )
                if squares / (float(n * 2) * 2.0) < _SMALL_ERROR:
                    break
    except KeyboardInterrupt:
        log.warning("interrupted: the training ends here")
    return weights
