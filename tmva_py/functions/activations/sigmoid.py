"""The activation function SIGMOID."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.activations.base import Activation
from tmva_py.kernels import activation as kernels
from tmva_py.plugins import hookimpl


class Sigmoid(Activation):
    """The logistic function, f(x) = 1/(1 + exp(−x))."""

    names = ("SIGMOID",)
    code = 2
    forward_kernel = kernels.sigmoid_forward
    backward_kernel = kernels.sigmoid_backward


@hookimpl
def tmva_py_activations() -> Sequence[type]:
    """Register the activation function."""
    return [Sigmoid]
