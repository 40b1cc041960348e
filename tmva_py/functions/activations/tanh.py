"""The activation function TANH."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.activations.base import Activation
from tmva_py.kernels import activation as kernels
from tmva_py.plugins import hookimpl


class Tanh(Activation):
    """The hyperbolic tangent."""

    names = ("TANH",)
    code = 3
    forward_kernel = kernels.tanh_forward
    backward_kernel = kernels.tanh_backward


@hookimpl
def tmva_py_activations() -> Sequence[type]:
    """Register the activation function."""
    return [Tanh]
