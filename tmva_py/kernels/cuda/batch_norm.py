"""Batch normalisation on the GPU, one launch in each direction."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.batch_norm import (
    BatchNormTrace,
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_statistics,
    scale_and_shift,
)
from tmva_py.kernels.cuda.launch import FEATURES, THREADS, contiguous, function
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numpy.batch_norm import scaled

Array = Any


def _start(xp: Any, name: str, x: Array, axis: int, arguments: tuple[Any, ...]) -> None:
    features, count = x.shape[1 - axis], x.shape[axis]
    # Features, values of each, and how far one and the next are apart; neighbours in memory go to threads
    # that are neighbours.
    if axis == 0:
        sizes, lanes = (features, count, 1, features), FEATURES
    else:
        sizes, lanes = (features, count, count, 1), 1
    grid, block = (-(-features // lanes),), (lanes, THREADS // lanes)
    function(xp, "batch_norm", name, x.dtype)(grid, block, (*arguments, *sizes))


@batch_norm_forward.override("cupy")
def _batch_norm_forward_cupy(
    xp: Any, *, x: Array, gamma: Array, beta: Array, epsilon: float, axis: int, memory: Memory
) -> tuple[Array, BatchNormTrace]:
    x = contiguous(xp, x)
    y, centred = (memory.array(name, x.shape) for name in ("y", "centred"))
    mean, variance, inverse = (
        memory.array(name, gamma.shape) for name in ("mean", "variance", "inverse_deviation")
    )
    arrays = (x, contiguous(xp, gamma), contiguous(xp, beta), y, centred, mean, variance, inverse)
    _start(xp, "batch_norm_forward", x, axis, (*arrays, float(epsilon)))
    return y, BatchNormTrace(centred, mean, variance, inverse)


@batch_norm_backward.override("cupy")
def _batch_norm_backward_cupy(
    xp: Any,
    *,
    d_y: Array,
    gamma: Array,
    trace: BatchNormTrace,
    d_gamma: Array,
    d_beta: Array,
    axis: int,
    memory: Memory,
) -> Array:
    d_y = contiguous(xp, d_y)
    d_x = memory.array("d_x", d_y.shape)
    arrays = (d_y, contiguous(xp, gamma), trace.centred, trace.inverse_deviation, d_gamma, d_beta, d_x)
    _start(xp, "batch_norm_backward", d_y, axis, arrays)
    return d_x


@batch_norm_statistics.override("cupy")
def _batch_norm_statistics_cupy(
    xp: Any,
    *,
    mean: Array,
    variance: Array,
    count: int,
    momentum: float,
    epsilon: float,
    running_mean: Array,
    running_variance: Array,
    batches: Array,
) -> None:
    unbiased = count / (count - 1 + epsilon)
    arrays = (mean, variance, running_mean, running_variance, batches)
    function(xp, "batch_norm", "batch_norm_statistics", mean.dtype)(
        (1,), (THREADS,), (*arrays, unbiased, float(momentum), mean.shape[0])
    )


scale_and_shift.override("cupy")(scaled)
