"""The loss MUTUALEXCLUSIVE."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.losses.base import Loss
from tmva_py.kernels import loss as kernels
from tmva_py.plugins import hookimpl


class SoftmaxCrossEntropy(Loss):
    """Cross entropy of mutually exclusive classes, 1/m Σ_i w_i Σ_j −y_ij ln softmax(o)_ij."""

    names = ("MUTUALEXCLUSIVE",)
    code = "S"
    default_output = "SOFTMAX"
    kernel = kernels.softmax_cross_entropy


@hookimpl
def tmva_py_losses() -> Sequence[type]:
    """Register the loss."""
    return [SoftmaxCrossEntropy]
