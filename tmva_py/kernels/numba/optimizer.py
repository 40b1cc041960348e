"""Optimiser steps, compiled: one pass over the parameters."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import numpy as np

from tmva_py.kernels import optimizer as kernels
from tmva_py.kernels.kernel import Kernel
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.compiling import borrowing

Array = Any


@borrowing
def run_sgd(p: Array, g: Array, V: Array, rate: float, momentum: float) -> None:
    """Step of `tmva_py.kernels.optimizer.sgd_step`; without momentum V is neither read nor written."""
    r, m = p.dtype.type(rate), p.dtype.type(momentum)
    if momentum == 0.0:
        for i in range(p.size):
            p[i] -= g[i] * r
        return
    for i in range(p.size):
        V[i] = V[i] * m + g[i]
        p[i] -= V[i] * r


@borrowing
def run_adam(
    p: Array, g: Array, M: Array, V: Array, rate: float, beta1: float, beta2: float, eps: float
) -> None:
    """Step of `tmva_py.kernels.optimizer.adam_step`."""
    r, e = p.dtype.type(rate), p.dtype.type(eps)
    b1, rest1 = p.dtype.type(beta1), p.dtype.type(1.0 - beta1)
    b2, rest2 = p.dtype.type(beta2), p.dtype.type(1.0 - beta2)
    for i in range(p.size):
        M[i] = M[i] * b1 + g[i] * rest1
        V[i] = V[i] * b2 + g[i] * g[i] * rest2
        p[i] -= M[i] / (np.sqrt(V[i]) + e) * r


@borrowing
def run_adagrad(p: Array, g: Array, V: Array, rate: float, eps: float) -> None:
    """Step of `tmva_py.kernels.optimizer.adagrad_step`."""
    r, e = p.dtype.type(rate), p.dtype.type(eps)
    for i in range(p.size):
        V[i] += g[i] * g[i]
        p[i] -= g[i] / np.sqrt(V[i] + e) * r


@borrowing
def run_rmsprop(
    p: Array, g: Array, V: Array, A: Array, rate: float, momentum: float, rho: float, eps: float
) -> None:
    """Step of `tmva_py.kernels.optimizer.rmsprop_step`."""
    r, m, e = p.dtype.type(rate), p.dtype.type(momentum), p.dtype.type(eps)
    kept, rest = p.dtype.type(rho), p.dtype.type(1.0 - rho)
    for i in range(p.size):
        V[i] = V[i] * kept + g[i] * g[i] * rest
        A[i] = A[i] * m + g[i] / np.sqrt(V[i] + e) * r
        p[i] -= A[i]


@borrowing
def run_adadelta(p: Array, g: Array, V: Array, A: Array, rate: float, rho: float, eps: float) -> None:
    """Step of `tmva_py.kernels.optimizer.adadelta_step`."""
    r, e = p.dtype.type(rate), p.dtype.type(eps)
    kept, rest = p.dtype.type(rho), p.dtype.type(1.0 - rho)
    for i in range(p.size):
        V[i] = V[i] * kept + g[i] * g[i] * rest
        delta = np.sqrt((A[i] + e) / (V[i] + e)) * g[i]
        A[i] = A[i] * kept + delta * delta * rest
        p[i] -= delta * r


def _override(kernel: Kernel[..., None], run: Callable[..., None], *names: str) -> None:
    in_order = itemgetter("parameters", "gradients", *names)

    @kernel.override("numba")
    def step(xp: Any, *, memory: Memory, **given: Any) -> None:
        run(*in_order(given))


_override(kernels.sgd_step, run_sgd, "V", "learning_rate", "momentum")
_override(kernels.adam_step, run_adam, "M", "V", "rate", "beta1", "beta2", "eps")
_override(kernels.adagrad_step, run_adagrad, "V", "learning_rate", "eps")
_override(kernels.rmsprop_step, run_rmsprop, "V", "A", "learning_rate", "momentum", "rho", "eps")
_override(kernels.adadelta_step, run_adadelta, "V", "A", "learning_rate", "rho", "eps")
