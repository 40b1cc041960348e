"""A backend on a pretend device: CPU tests find the mistakes that a GPU would."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy.typing as npt

from tmva_py.backends import Array, Backend
from tmva_py.testing.strict.array import StrictArray
from tmva_py.testing.strict.counts import DeviceCounts, StrictDeviceError, describe
from tmva_py.testing.strict.device import StrictDevice
from tmva_py.testing.strict.namespace import StrictNamespace, poisoned


class StrictBackend(Backend):
    """Computes with NumPy and behaves as a device.

    Its arrays refuse NumPy's functions, implicit conversion, ``float(x)``, truth values, and every operation
    with arrays of the host; its namespace has what CuPy has too, without the keywords that only NumPy knows;
    results with a single value are arrays. What is allocated uninitialised is full of not-a-numbers.

    Kernels run their references; a subclass with `kernel_sets` runs overrides, for which `StrictDevice.run`
    puts a function of NumPy arrays in the place of a kernel of the device.

    Parameters
    ----------
    dtype : {"float64", "float32"}
        Precision.

    Attributes
    ----------
    device : StrictDevice
        Counts launches, matrix products, transfers and synchronisations in ``device.counts``.

    Examples
    --------
    >>> import numpy as np
    >>> backend = StrictBackend()
    >>> x = backend.asarray([[1.0, 2.0]])
    >>> with backend.counting() as counts:
    ...     y = backend.xp.tanh(x) * 2
    >>> counts.launches, counts.to_host
    (2, 0)
    >>> np.tanh(x)
    Traceback (most recent call last):
    ...
    tmva_py.testing.strict.counts.StrictDeviceError: numpy.tanh was called on a device array (shape (1, 2), \
float64); call backend.xp.tanh instead
    """

    names: ClassVar[tuple[str, ...]] = ("strict",)
    kernel_sets: ClassVar[tuple[str, ...]] = ()
    asynchronous = True

    def __init__(self, dtype: npt.DTypeLike = "float64") -> None:
        self.device = StrictDevice()
        super().__init__(StrictNamespace(self.device), dtype)
        # What was checked so far does not count.
        self.device.counts = DeviceCounts()

    @property
    def counts(self) -> DeviceCounts:
        """Everything that the device was asked to do so far."""
        return self.device.counts

    @contextmanager
    def counting(self) -> Iterator[DeviceCounts]:
        """Give the counts of what happens inside the ``with`` block; they are filled in at its end."""
        with self.device.counting() as inside:
            yield inside

    def asarray(self, x: npt.ArrayLike | StrictArray) -> StrictArray:
        """Return `x` on the device in this backend's precision; a transfer when it comes from the host."""
        if isinstance(x, StrictArray):
            if x.device is not self.device:
                message = f"asarray: the array ({describe(x)}) belongs to another device"
                raise StrictDeviceError(message)
            return x if x.dtype == self.dtype else x.astype(self.dtype)
        return self.device.to_device(x, self.dtype)

    def to_numpy(self, x: Array) -> npt.NDArray[Any]:
        """Return a copy of `x` on the host."""
        return self.device.to_host(x)

    def empty(self, shape: tuple[int, ...]) -> StrictArray:
        """Return an array that is full of not-a-numbers: whoever reads before writing will see them."""
        made: StrictArray = self.device.wrap(poisoned(shape, self.dtype))
        return made

    def zeros(self, shape: tuple[int, ...]) -> StrictArray:
        """Return zeros."""
        made: StrictArray = self.xp.zeros(shape, self.dtype)
        return made

    def synchronize(self) -> None:
        """Count one wait for the device."""
        self.device.note("synchronizations")
