"""The activation function SYMMRELU."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.activations.base import Activation
from tmva_py.kernels import activation as kernels
from tmva_py.plugins import hookimpl


class SymmetricRelu(Activation):
    """The symmetric rectifier, f(x) = |x|."""

    names = ("SYMMRELU",)
    code = 4
    needs_input = True
    forward_kernel = kernels.symmetric_relu_forward
    backward_kernel = kernels.symmetric_relu_backward


@hookimpl
def tmva_py_activations() -> Sequence[type]:
    """Register the activation function."""
    return [SymmetricRelu]
