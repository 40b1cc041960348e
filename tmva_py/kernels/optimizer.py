"""Optimiser steps over the flat vector of all parameters, in place.

Symbols as in TMVA's: θ parameters, g gradients, η learning rate; V, M, A, are states of the same length, and
`spare` is an array of that length whose content does not matter.
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def sgd_step(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    V: Array,
    spare: Array,
    learning_rate: float,
    momentum: float,
) -> None:
    """V ← μV + g; θ ← θ − ηV."""
    if momentum:
        V *= momentum
        V += gradients
        gradients = V
    xp.multiply(gradients, learning_rate, out=spare)
    parameters -= spare


@kernel
def adam_step(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    M: Array,
    V: Array,
    spare: Array,
    rate: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> None:
    """M ← β₁M + (1−β₁)g; V ← β₂V + (1−β₂)g²; θ ← θ − α M/(√V + ε), with α in `rate`."""
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


@kernel
def adagrad_step(
    xp: Any, *, parameters: Array, gradients: Array, V: Array, spare: Array, learning_rate: float, eps: float
) -> None:
    """V ← V + g²; θ ← θ − η g/√(V + ε)."""
    xp.multiply(gradients, gradients, out=spare)
    V += spare
    xp.add(V, eps, out=spare)
    xp.sqrt(spare, out=spare)
    xp.divide(gradients, spare, out=spare)
    spare *= learning_rate
    parameters -= spare


@kernel
def rmsprop_step(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    V: Array,
    A: Array,
    spare: Array,
    learning_rate: float,
    momentum: float,
    rho: float,
    eps: float,
) -> None:
    """V ← ρV + (1−ρ)g²; A ← μA + η g/√(V + ε); θ ← θ − A."""
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


@kernel
def adadelta_step(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    V: Array,
    A: Array,
    spare: Array,
    learning_rate: float,
    rho: float,
    eps: float,
) -> None:
    """V ← ρV + (1−ρ)g²; Δ = √(A + ε)/√(V + ε)·g; θ ← θ − ηΔ; A ← ρA + (1−ρ)Δ²."""
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
