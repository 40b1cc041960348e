"""Loss functions: the base class and TMVA's own."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import Any, ClassVar

from tmva_py.backends import Array, Backend
from tmva_py.kernels import Kernel
from tmva_py.kernels import loss as kernels
from tmva_py.plugins import hookimpl


class Loss(ABC):
    """How far a network's raw outputs are from the targets.

    A subclass names a kernel, or overrides `total`.

    Attributes
    ----------
    names : tuple of str
        The names in ``ErrorStrategy=`` and ``loss=``.
    code : str
        The letter in weight files (``LossFunction="C"``).
    default_output : str
        Name of the output function that fits the loss: what `Network.predict` applies to the raw outputs
        of a network trained with it.
    kernel : Kernel
        See `tmva_py.kernels.loss`.
    target_range : (float, float) or None
        The targets that the loss is made for, checked before a training; None for any numbers.
    exclusive : bool
        Whether the targets of an event are its classes' probabilities, which add up to 1.
    """

    names: ClassVar[tuple[str, ...]]
    code: ClassVar[str]
    default_output: ClassVar[str]
    kernel: ClassVar[Kernel[..., Any]]
    target_range: ClassVar[tuple[float, float] | None] = None
    exclusive: ClassVar[bool] = False

    def total(
        self,
        backend: Backend,
        *,
        output: Array,
        target: Array,
        weight: Array | None = None,
        gradient: Array | None = None,
    ) -> Array:
        """Return the loss summed over the events.

        Parameters
        ----------
        backend : Backend
            Where the arrays live.
        output, target : Array
            Raw outputs and targets, (m, n).
        weight : Array, optional
            Event weights (m, 1), negative ones too; none means all ones.
        gradient : Array, optional
            Receives the gradient of the mean over the m events with respect to `output`.

        Returns
        -------
        Array
            Scalar in double precision; divide it by the number of events for the mean.
        """
        return self.kernel.on(backend)(
            backend.xp, output=output, target=target, weight=weight, gradient=gradient
        )


class MeanSquaredError(Loss):
    """Mean squared error, 1/(m n) Σ_ij w_i (y_ij − o_ij)²."""

    names = ("SUMOFSQUARES", "MSE")
    code = "R"
    default_output = "IDENTITY"
    kernel = kernels.mean_squared_error


class CrossEntropy(Loss):
    """Cross entropy of independent sigmoids, 1/(m n) Σ_ij w_i [−y ln σ(o) − (1−y) ln(1−σ(o))]."""

    names = ("CROSSENTROPY",)
    code = "C"
    default_output = "SIGMOID"
    kernel = kernels.cross_entropy
    target_range = (0.0, 1.0)


class SoftmaxCrossEntropy(Loss):
    """Cross entropy of mutually exclusive classes, 1/m Σ_i w_i Σ_j −y_ij ln softmax(o)_ij."""

    names = ("MUTUALEXCLUSIVE",)
    code = "S"
    default_output = "SOFTMAX"
    kernel = kernels.softmax_cross_entropy
    target_range = (0.0, 1.0)
    exclusive = True


@hookimpl
def tmva_py_losses() -> Sequence[type]:
    """Return the losses."""
    return [MeanSquaredError, CrossEntropy, SoftmaxCrossEntropy]
