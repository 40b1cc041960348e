"""Activation functions: the base class and TMVA's own."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from tmva_py.backends import Array, Backend
from tmva_py.kernels import Kernel
from tmva_py.kernels import activation as kernels
from tmva_py.plugins import hookimpl


class Activation(ABC):
    """A function applied to every element of a layer's pre-activation.

    A subclass names a pair of kernels, or overrides `forward` and `backward`.

    Attributes
    ----------
    names : tuple of str
        The names in layouts.
    code : int
        The number in weight files (``ActivationFunction="3"``).
    needs_input : bool
        Whether `backward` uses the pre-activation `x`, which is stored only then.
    forward_kernel, backward_kernel : Kernel
        f(x), and f'(x) times the gradient; see `tmva_py.kernels.activation`.
    """

    names: ClassVar[tuple[str, ...]]
    code: ClassVar[int]
    needs_input: ClassVar[bool] = False
    forward_kernel: ClassVar[Kernel[..., Any]]
    backward_kernel: ClassVar[Kernel[..., Any]]

    def forward_on(self, backend: Backend) -> Callable[..., Array]:
        """Return what computes f on `backend`, called as a forward kernel is."""
        if type(self).forward is Activation.forward:
            return self.forward_kernel.on(backend)
        return lambda _xp, *, x, out: self.forward(backend, x=x, out=out)

    def backward_on(self, backend: Backend) -> Callable[..., Array]:
        """Return what computes the derivative's product on `backend`, called as a backward kernel is."""
        if type(self).backward is Activation.backward:
            return self.backward_kernel.on(backend)
        return lambda _xp, *, d_out, x, y, out: self.backward(backend, d_out=d_out, x=x, y=y, out=out)

    def forward(self, backend: Backend, *, x: Array, out: Array) -> Array:
        """Write f(`x`) into `out` (which may be `x` unless `needs_input`) and return it."""
        return self.forward_kernel.on(backend)(backend.xp, x=x, out=out)

    def backward(self, backend: Backend, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
        """Write f'(x) · `d_out` into `out` and return it; `y` is f(x), `x` is None unless `needs_input`."""
        return self.backward_kernel.on(backend)(backend.xp, d_out=d_out, x=x, y=y, out=out)


class Linear(Activation):
    """The identity, f(x) = x."""

    names = ("LINEAR", "IDENTITY")
    code = 0
    forward_kernel = kernels.linear_forward
    backward_kernel = kernels.linear_backward


class Relu(Activation):
    """The rectifier, f(x) = max(0, x), with derivative 1 at 0."""

    names = ("RELU",)
    code = 1
    needs_input = True
    forward_kernel = kernels.relu_forward
    backward_kernel = kernels.relu_backward


class Sigmoid(Activation):
    """The logistic function, f(x) = 1/(1 + exp(−x))."""

    names = ("SIGMOID",)
    code = 2
    forward_kernel = kernels.sigmoid_forward
    backward_kernel = kernels.sigmoid_backward


class Tanh(Activation):
    """The hyperbolic tangent."""

    names = ("TANH",)
    code = 3
    forward_kernel = kernels.tanh_forward
    backward_kernel = kernels.tanh_backward


class SymmetricRelu(Activation):
    """The symmetric rectifier, ``f(x) = |x|``."""

    names = ("SYMMRELU",)
    code = 4
    needs_input = True
    forward_kernel = kernels.symmetric_relu_forward
    backward_kernel = kernels.symmetric_relu_backward


class SoftSign(Activation):
    """The soft sign, ``f(x) = x/(1 + |x|)``."""

    names = ("SOFTSIGN",)
    code = 5
    forward_kernel = kernels.softsign_forward
    backward_kernel = kernels.softsign_backward


class Gauss(Activation):
    """The bell curve, f(x) = exp(−x²)."""

    names = ("GAUSS",)
    code = 6
    needs_input = True
    forward_kernel = kernels.gauss_forward
    backward_kernel = kernels.gauss_backward


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
    """Return the activation functions."""
    return [Linear, Relu, Sigmoid, Tanh, SymmetricRelu, SoftSign, Gauss, FastTanh]
