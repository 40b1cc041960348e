"""The activation function GAUSS."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.activations.base import Activation
from tmva_py.kernels import activation as kernels
from tmva_py.plugins import hookimpl


class Gauss(Activation):
    """The bell curve, f(x) = exp(−x²)."""

    names = ("GAUSS",)
    code = 6
    needs_input = True
    forward_kernel = kernels.gauss_forward
    backward_kernel = kernels.gauss_backward


@hookimpl
def tmva_py_activations() -> Sequence[type]:
    """Register the activation function."""
    return [Gauss]
