"""What a backend is: an array namespace, a precision, and the way in and out."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

Array = Any
"""An array of some backend: only ``backend.xp`` may look inside."""


class Backend(Protocol):
    """Array namespace, precision and transfer; nothing about layers.

    A backend plugin is a class of this shape whose constructor takes ``dtype``; it is found by one of its
    `names`. Its own kernels are registered as overrides under `kernel_sets`.

    Attributes
    ----------
    names : tuple of str
        The names that stand in ``backend="…"`` and ``Architecture=…``.
    kernel_sets : tuple of str
        Names under which kernel overrides are looked up, the first that has one wins; without any the
        kernel's reference runs on `xp`.
    xp : module
        The array namespace, with NumPy's functions.
    dtype : numpy.dtype
        Precision of parameters, inputs and outputs: float32 or float64.

    Notes
    -----
    A backend of a device may have some members more. ``asynchronous = True`` says that values are computed
    later than they are asked for, so that reading one waits: a training then reads its losses once an epoch
    instead of once a batch. ``fits(values)`` returns whether so many values of a training's events should be
    kept on the device. The static method ``why_unavailable()`` returns None, or what is missing here as the
    end of a sentence: a booking then warns and takes the CPU.
    """

    names: ClassVar[tuple[str, ...]]
    kernel_sets: ClassVar[tuple[str, ...]]
    xp: Any
    dtype: np.dtype[Any]

    def asarray(self, x: npt.ArrayLike) -> Array:
        """Return `x` as an array of this backend in its precision (host to device)."""
        ...

    def to_numpy(self, x: Array) -> npt.NDArray[Any]:
        """Return `x` on the host; the only way back."""
        ...

    def empty(self, shape: tuple[int, ...]) -> Array:
        """Return an uninitialised array."""
        ...

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """Return an array of zeros."""
        ...

    def synchronize(self) -> None:
        """Wait until everything asked of the device is done."""
        ...
