"""What an activation function is."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from typing import Any, ClassVar

from tmva_py.backends import Array, Backend
from tmva_py.kernels import Kernel


class Activation(ABC):
    """A function applied to every element of a layer's pre-activation.

    A subclass names a pair of kernels, or overrides `forward` and `backward`.

    Attributes
    ----------
    names : tuple of str
        The names that stand in layouts.
    code : int
        The number that stands for it in weight files (``ActivationFunction="3"``).
    needs_input : bool
        Whether `backward` looks at the pre-activation `x`; otherwise it is not kept.
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
