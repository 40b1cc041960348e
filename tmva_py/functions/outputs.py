"""Output functions: the base class and TMVA's own."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import Any, ClassVar

from tmva_py.backends import Array, Backend
from tmva_py.kernels import Kernel
from tmva_py.kernels import output as kernels
from tmva_py.plugins import hookimpl


class OutputFunction(ABC):
    """What turns a network's raw outputs into predictions.

    A subclass names a kernel, or overrides `apply`.

    Attributes
    ----------
    names : tuple of str
        The names in ``output=`` and in `Loss.default_output`.
    code : str
        The letter in weight files (``OutputFunction="S"``).
    kernel : Kernel
        See `tmva_py.kernels.output`.
    """

    names: ClassVar[tuple[str, ...]]
    code: ClassVar[str]
    kernel: ClassVar[Kernel[..., Any]]

    def apply(self, backend: Backend, x: Array) -> Array:
        """Return a new array of the shape of `x`, (B, n), each event for itself."""
        return self.kernel.on(backend)(backend.xp, x=x)


class IdentityOutput(OutputFunction):
    """The raw outputs."""

    names = ("IDENTITY",)
    code = "I"
    kernel = kernels.identity


class SigmoidOutput(OutputFunction):
    """1/(1 + exp(−x)) for each output."""

    names = ("SIGMOID",)
    code = "S"
    kernel = kernels.sigmoid


class SoftmaxOutput(OutputFunction):
    """exp(x_j)/Σ_k exp(x_k) over the outputs of an event."""

    names = ("SOFTMAX",)
    code = "M"
    kernel = kernels.softmax


@hookimpl
def tmva_py_outputs() -> Sequence[type]:
    """Return the output functions."""
    return [IdentityOutput, SigmoidOutput, SoftmaxOutput]
