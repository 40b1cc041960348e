"""The activation function RELU."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.activations.base import Activation
from tmva_py.kernels import activation as kernels
from tmva_py.plugins import hookimpl


class Relu(Activation):
    """The rectifier, f(x) = max(0, x), with derivative 1 at 0."""

    names = ("RELU",)
    code = 1
    needs_input = True
    forward_kernel = kernels.relu_forward
    backward_kernel = kernels.relu_backward


@hookimpl
def tmva_py_activations() -> Sequence[type]:
    """Register the activation function."""
    return [Relu]
