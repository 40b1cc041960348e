"""The activation function LINEAR."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.activations.base import Activation
from tmva_py.kernels import activation as kernels
from tmva_py.plugins import hookimpl


class Linear(Activation):
    """The identity, f(x) = x."""

    names = ("LINEAR", "IDENTITY")
    code = 0
    forward_kernel = kernels.linear_forward
    backward_kernel = kernels.linear_backward


@hookimpl
def tmva_py_activations() -> Sequence[type]:
    """Register the activation function."""
    return [Linear]
