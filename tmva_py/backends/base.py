"""What a backend is: an array namespace, a precision, and the way in and out."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.backends.namespace import PAGE, check_names, title
from tmva_py.errors import PluginError

Array = Any
"""An array of some backend: only ``backend.xp`` may look inside."""


class Backend:
    """Where arrays live and in which precision; nothing about layers.

    A subclass has `names` and a constructor that takes ``dtype``. For a namespace of the array API standard
    whose arrays can be written to, that is all: what else is here can be overridden.

    Parameters
    ----------
    xp : module
        The array namespace; what it must have is on the page :doc:`backends`.
    dtype : {"float32", "float64"}
        Precision.

    Attributes
    ----------
    names : tuple of str
        The names in ``backend="…"`` and ``Architecture=…``.
    kernel_sets : tuple of str
        Names under which kernel overrides are looked up, the first that has one wins; without any the
        kernel's reference runs on `xp`.
    asynchronous : bool
        Whether values are computed later than they are requested, so that reading one waits: a training then
        reads its losses once an epoch, not once a batch.
    own_products : bool
        Whether matrix products are kernels of its own, so that BLAS keeps its threads.
    xp : module
        The array namespace.
    dtype : numpy.dtype
        Precision of parameters, inputs and outputs: float32 or float64.

    Raises
    ------
    PluginError
        The namespace lacks something, or its arrays cannot be written to.
    """

    names: ClassVar[tuple[str, ...]]
    kernel_sets: ClassVar[tuple[str, ...]] = ()
    asynchronous: ClassVar[bool] = False
    own_products: ClassVar[bool] = False

    def __init__(self, xp: Any, dtype: npt.DTypeLike = "float32") -> None:
        self.xp: Any = xp
        self.dtype: np.dtype[Any] = np.dtype(dtype)
        check_names(self.names[0], xp)
        self._check_arrays()

    @property
    def element(self) -> Any:
        """The precision as the namespace has it, for ``dtype=``."""
        return self.xp.float32 if self.dtype == np.float32 else self.xp.float64

    @staticmethod
    def why_unavailable() -> str | None:
        """Return what is missing on this machine, as the end of a sentence; None when nothing is.

        A booking then warns and computes on the CPU.
        """
        return None

    def asarray(self, x: npt.ArrayLike) -> Array:
        """Return `x`, of the host or an array of this backend, as an array in its precision."""
        return self.xp.asarray(x, dtype=self.element)

    def to_numpy(self, x: Array) -> npt.NDArray[Any]:
        """Return `x` on the host, here a copy; the only way back."""
        return np.array(np.from_dlpack(x))

    def empty(self, shape: tuple[int, ...]) -> Array:
        """Return an uninitialised array."""
        return self.xp.empty(shape, dtype=self.element)

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """Return an array of zeros."""
        return self.xp.zeros(shape, dtype=self.element)

    def reshape(self, x: Array, shape: tuple[int, ...]) -> Array:
        """Return `x` in another shape."""
        return self.xp.reshape(x, shape)

    def permute_dims(self, x: Array, axes: tuple[int, ...]) -> Array:
        """Return `x` with its axes in another order."""
        return self.xp.permute_dims(x, axes)

    def synchronize(self) -> None:
        """Wait until everything requested of the device is done."""

    def fits(self, values: int) -> bool:
        """Return whether this many values of a training's events should be kept on the device."""
        del values
        return True

    def _check_arrays(self) -> None:
        """Check that arrays can be written to, through slices and other shapes too."""
        whole = self.zeros((2, 3))
        try:
            self.reshape(whole[1:, :], (3,))[...] = 1.0
            whole += 1.0
        except (TypeError, ValueError, RuntimeError, NotImplementedError) as error:
            message = (
                f"backend {self.names[0]!r}: arrays of {title(self.xp)} cannot be written to ({error}), but "
                f"kernels write their results into the network's vectors ({PAGE})"
            )
            raise PluginError(message) from error
        if self.to_numpy(whole).tolist() != [[1.0] * 3, [2.0] * 3]:
            message = (
                f"backend {self.names[0]!r}: slices and reshape must be views, += in place, for parameters "
                f"are views of one vector; those of {title(self.xp)} copy ({PAGE})"
            )
            raise PluginError(message)
