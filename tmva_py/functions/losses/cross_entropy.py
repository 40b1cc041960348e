"""The loss CROSSENTROPY."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.losses.base import Loss
from tmva_py.kernels import loss as kernels
from tmva_py.plugins import hookimpl


class CrossEntropy(Loss):
    """Cross entropy of independent sigmoids, 1/(m n) Σ_ij w_i [−y ln σ(o) − (1−y) ln(1−σ(o))]."""

    names = ("CROSSENTROPY",)
    code = "C"
    default_output = "SIGMOID"
    kernel = kernels.cross_entropy


@hookimpl
def tmva_py_losses() -> Sequence[type]:
    """Register the loss."""
    return [CrossEntropy]
