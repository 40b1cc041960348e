"""Optimiser steps on NumPy: in place, with one vector of work space."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.optimizer import adadelta_step, adagrad_step, adam_step, rmsprop_step, sgd_step

Array = Any


@sgd_step.override("numpy")
def _sgd(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    V: Array,
    learning_rate: float,
    momentum: float,
    memory: Memory,
) -> None:
    spare = memory.array("spare", parameters.shape)
    if momentum:
        V *= momentum
        V += gradients
        gradients = V
    xp.multiply(gradients, learning_rate, out=spare)
    parameters -= spare


@adam_step.override("numpy")
def _adam(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    M: Array,
    V: Array,
    rate: float,
    beta1: float,
    beta2: float,
    eps: float,
    memory: Memory,
) -> None:
    spare = memory.array("spare", parameters.shape)
    xp.multiply(gradients, 1.0 - beta1, out=spare)
    M *= beta1
    M += spare
    xp.multiply(gradients, gradients, out=spare)
    spare *= 1.0 - beta2
    V *= beta2
    V += spare
    xp.sqrt(V, out=spare)
    spare += eps
    xp.divide(M, spare, out=spare)
    spare *= rate
    parameters -= spare


@adagrad_step.override("numpy")
def _adagrad(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    V: Array,
    learning_rate: float,
    eps: float,
    memory: Memory,
) -> None:
    spare = memory.array("spare", parameters.shape)
    xp.multiply(gradients, gradients, out=spare)
    V += spare
    xp.add(V, eps, out=spare)
    xp.sqrt(spare, out=spare)
    xp.divide(gradients, spare, out=spare)
    spare *= learning_rate
    parameters -= spare


@rmsprop_step.override("numpy")
def _rmsprop(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    V: Array,
    A: Array,
    learning_rate: float,
    momentum: float,
    rho: float,
    eps: float,
    memory: Memory,
) -> None:
    spare = memory.array("spare", parameters.shape)
    xp.multiply(gradients, gradients, out=spare)
    spare *= 1.0 - rho
    V *= rho
    V += spare
    xp.add(V, eps, out=spare)
    xp.sqrt(spare, out=spare)
    xp.divide(gradients, spare, out=spare)
    spare *= learning_rate
    A *= momentum
    A += spare
    parameters -= A


@adadelta_step.override("numpy")
def _adadelta(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    V: Array,
    A: Array,
    learning_rate: float,
    rho: float,
    eps: float,
    memory: Memory,
) -> None:
    spare = memory.array("spare", parameters.shape)
    xp.multiply(gradients, gradients, out=spare)
    spare *= 1.0 - rho
    V *= rho
    V += spare
    delta = xp.sqrt((A + eps) / (V + eps))
    delta *= gradients
    xp.multiply(delta, learning_rate, out=spare)
    parameters -= spare
    delta *= delta
    delta *= 1.0 - rho
    A *= rho
    A += delta
