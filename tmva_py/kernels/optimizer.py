"""Optimiser steps over the flat vector of all parameters, in place.

Symbols as in TMVA's: θ parameters, g gradients, η learning rate; V, M, A are states of the same length.
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel(memory=True)
def sgd_step(
    xp: Any, *, parameters: Array, gradients: Array, V: Array, learning_rate: float, momentum: float
) -> None:
    """V ← μV + g; θ ← θ − ηV."""
    V[...] = momentum * V + gradients
    parameters -= learning_rate * V


@kernel(memory=True)
def adam_step(
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
) -> None:
    """M ← β₁M + (1−β₁)g; V ← β₂V + (1−β₂)g²; θ ← θ − α M/(√V + ε), with α in `rate`."""
    M[...] = beta1 * M + (1 - beta1) * gradients
    V[...] = beta2 * V + (1 - beta2) * gradients * gradients
    parameters -= rate * M / (xp.sqrt(V) + eps)


@kernel(memory=True)
def adagrad_step(
    xp: Any, *, parameters: Array, gradients: Array, V: Array, learning_rate: float, eps: float
) -> None:
    """V ← V + g²; θ ← θ − η g/√(V + ε)."""
    V += gradients * gradients
    parameters -= learning_rate * gradients / xp.sqrt(V + eps)


@kernel(memory=True)
def rmsprop_step(
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
) -> None:
    """V ← ρV + (1−ρ)g²; A ← μA + η g/√(V + ε); θ ← θ − A."""
    V[...] = rho * V + (1 - rho) * gradients * gradients
    A[...] = momentum * A + learning_rate * gradients / xp.sqrt(V + eps)
    parameters -= A


@kernel(memory=True)
def adadelta_step(
    xp: Any,
    *,
    parameters: Array,
    gradients: Array,
    V: Array,
    A: Array,
    learning_rate: float,
    rho: float,
    eps: float,
) -> None:
    """V ← ρV + (1−ρ)g²; Δ = √(A + ε)/√(V + ε)·g; θ ← θ − ηΔ; A ← ρA + (1−ρ)Δ²."""
    V[...] = rho * V + (1 - rho) * gradients * gradients
    delta = xp.sqrt((A + eps) / (V + eps)) * gradients
    parameters -= learning_rate * delta
    A[...] = rho * A + (1 - rho) * delta * delta
