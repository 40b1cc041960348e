"""The activation function SOFTSIGN."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.activations.base import Activation
from tmva_py.kernels import activation as kernels
from tmva_py.plugins import hookimpl


class SoftSign(Activation):
    """The soft sign, f(x) = x/(1 + |x|)."""

    names = ("SOFTSIGN",)
    code = 5
    forward_kernel = kernels.softsign_forward
    backward_kernel = kernels.softsign_backward


@hookimpl
def tmva_py_activations() -> Sequence[type]:
    """Register the activation function."""
    return [SoftSign]
