"""The activation function FTANH."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.activations.base import Activation
from tmva_py.kernels import activation as kernels
from tmva_py.plugins import hookimpl


class FastTanh(Activation):
    """TMVA's fast hyperbolic tangent, computed here as the exact one.

    ROOT's differs from it by at most 1e-6.
    """

    names = ("FTANH",)
    code = 7
    forward_kernel = kernels.tanh_forward
    backward_kernel = kernels.tanh_backward


@hookimpl
def tmva_py_activations() -> Sequence[type]:
    """Register the activation function."""
    return [FastTanh]
