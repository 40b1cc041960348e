r"""The simple recurrent layer, :math:`h_t = \tanh(W x_t + U h_{t-1} + b)`, one cell and whole sequences.

States are feature-major, (S, B), as in `tmva_py.kernels.lstm`. There is one gate, which has no name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tmva_py.kernels.kernel import calling, kernel
from tmva_py.kernels.sequence import Arriving, Gradients, Weights, all_inputs, all_steps

Array = Any
GATES = ("",)


class RNNTrace(NamedTuple):
    """What the backward pass needs: the states (T+1, S, B); index 0 is the initial state."""

    h: Array


@kernel
def rnn_cell_forward(xp: Any, *, a: Array) -> Array:
    """One step: pre-activations `a` (S, B) to the state."""
    return xp.tanh(a)


@kernel
def rnn_cell_backward(xp: Any, *, d_h: Array, h: Array) -> Array:
    """One step back: gradient of the state (S, B) to that of `a`."""
    return d_h * (1 - h * h)


@calling(rnn_cell_forward)
def rnn_forward(
    cell: Callable[..., Any], xp: Any, *, x: Array, weights: Weights, initial: tuple[Array]
) -> RNNTrace:
    """All steps: `x` (T, B, I), initial state (S, B)."""
    inputs, states = all_inputs(xp, x, weights), [*initial]
    for t in range(x.shape[0]):
        states.append(cell(xp, a=inputs[:, t, :] + weights.U @ states[-1]))
    return RNNTrace(xp.stack(states))


@calling(rnn_cell_backward)
def rnn_backward(
    cell: Callable[..., Any],
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    arriving: Arriving,
    trace: RNNTrace,
    gradients: Gradients,
    input_gradient: bool,
) -> tuple[Array | None, tuple[Array]]:
    """All steps back; see `tmva_py.kernels.lstm.lstm_backward`."""
    steps, _, width = x.shape
    (d_h,) = (xp.zeros_like(trace.h[0, ...]) if last is None else last for last in arriving.last)
    d_steps = [None] * steps
    for t in reversed(range(steps)):
        if arriving.h is not None:
            d_h = d_h + arriving.h[t, ...]
        d_steps[t] = cell(xp, d_h=d_h, h=trace.h[t + 1, ...])
        d_h = weights.U.T @ d_steps[t]
    d_a = all_steps(xp, xp.stack(d_steps))
    gradients.W[...] = d_a @ xp.reshape(x, (-1, width))
    gradients.U[...] = d_a @ all_steps(xp, trace.h[:-1, ...]).T
    gradients.b[...] = xp.sum(d_a, axis=1)
    return (xp.reshape(d_a.T @ weights.W, x.shape) if input_gradient else None), (d_h,)
