"""Optimiser steps on the GPU, one launch for all parameters of a network."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import launch
from tmva_py.kernels.kernel import Kernel
from tmva_py.kernels.optimizer import adadelta_step, adagrad_step, adam_step, rmsprop_step, sgd_step

# States and settings in the order of the kernel's arguments.
_ARGUMENTS: tuple[tuple[Kernel[..., None], tuple[str, ...], tuple[str, ...]], ...] = (
    (sgd_step, ("V",), ("learning_rate", "momentum")),
    (adam_step, ("M", "V"), ("rate", "beta1", "beta2", "eps")),
    (adagrad_step, ("V",), ("learning_rate", "eps")),
    (rmsprop_step, ("V", "A"), ("learning_rate", "momentum", "rho", "eps")),
    (adadelta_step, ("V", "A"), ("learning_rate", "rho", "eps")),
)


def _override(kernel: Kernel[..., None], states: tuple[str, ...], settings: tuple[str, ...]) -> None:
    name = kernel.reference.__name__

    @kernel.override("cupy")
    def run(xp: Any, *, parameters: Any, gradients: Any, **further: Any) -> None:
        launch(
            xp,
            "optimizer",
            name,
            parameters.dtype,
            parameters.size,
            parameters,
            gradients,
            *(further[state] for state in states),
            *(float(further[setting]) for setting in settings),
            parameters.size,
        )


for _kernel, _states, _settings in _ARGUMENTS:
    _override(_kernel, _states, _settings)
