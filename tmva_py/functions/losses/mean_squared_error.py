"""The loss SUMOFSQUARES."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.functions.losses.base import Loss
from tmva_py.kernels import loss as kernels
from tmva_py.plugins import hookimpl


class MeanSquaredError(Loss):
    """Mean squared error, 1/(m n) Σ_ij w_i (y_ij − o_ij)²."""

    names = ("SUMOFSQUARES", "MSE")
    code = "R"
    default_output = "IDENTITY"
    kernel = kernels.mean_squared_error


@hookimpl
def tmva_py_losses() -> Sequence[type]:
    """Register the loss."""
    return [MeanSquaredError]
