"""What a loss function is."""

from __future__ import annotations

from abc import ABC
from typing import Any, ClassVar

from tmva_py.backends import Array, Backend
from tmva_py.kernels import Kernel


class Loss(ABC):
    """How far a network's raw outputs are from the targets.

    A subclass names a kernel, or overrides `total`.

    Attributes
    ----------
    names : tuple of str
        The names that stand in ``ErrorStrategy=`` and ``loss=``.
    code : str
        The letter that stands for it in weight files (``LossFunction="C"``).
    default_output : str
        Name of the output function that fits the loss: what `Network.predict` applies to the raw outputs
        of a network trained with it.
    kernel : Kernel
        See `tmva_py.kernels.loss`.
    """

    names: ClassVar[tuple[str, ...]]
    code: ClassVar[str]
    default_output: ClassVar[str]
    kernel: ClassVar[Kernel[..., Any]]

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
