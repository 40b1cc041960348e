"""Optimiser steps, compiled: one pass over the parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from tmva_py.kernels import optimizer as kernels
from tmva_py.kernels.kernel import Kernel
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.vectors import Emitter, Lanes

Array = Any
Values = Sequence[Lanes]


def _sgd(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    (p, g), (rate,) = values, scalars
    return [p - g * rate]


def _momentum(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    (p, g, V), (rate, momentum) = values, scalars
    V = V * momentum + g
    return [p - V * rate, V]


def _adam(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    (p, g, M, V), (rate, beta1, rest1, beta2, rest2, eps) = values, scalars
    M = M * beta1 + g * rest1
    V = V * beta2 + g * g * rest2
    return [p - M / (e.unary("sqrt", V) + eps) * rate, M, V]


def _adagrad(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    (p, g, V), (rate, eps) = values, scalars
    V = V + g * g
    return [p - g / e.unary("sqrt", V + eps) * rate, V]


def _rmsprop(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    (p, g, V, A), (rate, momentum, rho, rest, eps) = values, scalars
    V = V * rho + g * g * rest
    A = A * momentum + g / e.unary("sqrt", V + eps) * rate
    return [p - A, V, A]


def _adadelta(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    (p, g, V, A), (rate, rho, rest, eps) = values, scalars
    V = V * rho + g * g * rest
    delta = e.unary("sqrt", (A + eps) / (V + eps)) * g
    return [p - delta * rate, V, A * rho + delta * delta * rest]


sgd, momentum_, adam = map(elementwise, (_sgd, _momentum, _adam))
adagrad, rmsprop, adadelta = map(elementwise, (_adagrad, _rmsprop, _adadelta))


@compiled
def run_sgd(p: Array, g: Array, V: Array, rate: float, momentum: float) -> None:
    """Step of `tmva_py.kernels.optimizer.sgd_step`."""
    if momentum != 0.0:
        momentum_(p.size, (p, g, V), (0, 0, 0), (p, V), (0, 0), (rate, momentum))
    else:
        sgd(p.size, (p, g), (0, 0), (p,), (0,), (rate,))


@compiled
def run_adam(
    p: Array, g: Array, M: Array, V: Array, rate: float, beta1: float, beta2: float, eps: float
) -> None:
    """Step of `tmva_py.kernels.optimizer.adam_step`."""
    numbers = (rate, beta1, 1.0 - beta1, beta2, 1.0 - beta2, eps)
    adam(p.size, (p, g, M, V), (0, 0, 0, 0), (p, M, V), (0, 0, 0), numbers)


@compiled
def run_adagrad(p: Array, g: Array, V: Array, rate: float, eps: float) -> None:
    """Step of `tmva_py.kernels.optimizer.adagrad_step`."""
    adagrad(p.size, (p, g, V), (0, 0, 0), (p, V), (0, 0), (rate, eps))


@compiled
def run_rmsprop(
    p: Array, g: Array, V: Array, A: Array, rate: float, momentum: float, rho: float, eps: float
) -> None:
    """Step of `tmva_py.kernels.optimizer.rmsprop_step`."""
    rmsprop(p.size, (p, g, V, A), (0, 0, 0, 0), (p, V, A), (0, 0, 0), (rate, momentum, rho, 1.0 - rho, eps))


@compiled
def run_adadelta(p: Array, g: Array, V: Array, A: Array, rate: float, rho: float, eps: float) -> None:
    """Step of `tmva_py.kernels.optimizer.adadelta_step`."""
    adadelta(p.size, (p, g, V, A), (0, 0, 0, 0), (p, V, A), (0, 0, 0), (rate, rho, 1.0 - rho, eps))


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
