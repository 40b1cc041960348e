"""The pretend device: wraps arrays, runs functions on them, counts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.testing.strict.array import StrictArray
from tmva_py.testing.strict.counts import DeviceCounts, Event, StrictDeviceError, describe


class StrictDevice:
    """Wraps arrays, lets functions run on them, and counts.

    Attributes
    ----------
    counts : DeviceCounts
        Everything since the device was made.
    """

    def __init__(self) -> None:
        self.counts = DeviceCounts()
        self._lock = threading.Lock()

    def note(self, event: Event) -> None:
        """Count one more of `event`."""
        with self._lock:
            setattr(self.counts, event, getattr(self.counts, event) + 1)

    @contextmanager
    def counting(self) -> Iterator[DeviceCounts]:
        """Give the counts of what happens inside the ``with`` block; they are filled in at its end."""
        before = DeviceCounts().minus(DeviceCounts().minus(self.counts))
        inside = DeviceCounts()
        try:
            yield inside
        finally:
            difference = self.counts.minus(before)
            for field in fields(inside):
                setattr(inside, field.name, getattr(difference, field.name))

    def wrap(self, result: Any) -> Any:
        """Return arrays and NumPy scalars of a result as arrays of the device, 0-dimensional ones too."""
        if isinstance(result, np.ndarray | np.generic):
            return StrictArray(self, np.asarray(result))
        if isinstance(result, tuple | list):
            return type(result)(self.wrap(part) for part in result)
        return result

    def unwrap(self, value: Any, place: str) -> Any:
        """Return the host's view of a device array inside `value`; refuse arrays of the host.

        Raises
        ------
        StrictDeviceError
            `place` names the function and the argument.
        """
        if isinstance(value, StrictArray):
            if value.device is not self:
                message = f"{place}: the array belongs to another device"
                raise StrictDeviceError(message)
            return value.host_values
        if isinstance(value, np.ndarray):
            message = (
                f"{place} is an array on the host ({describe(value)}); "
                "transfer it once with backend.asarray, or make it with backend.xp"
            )
            raise StrictDeviceError(message)
        if isinstance(value, tuple | list):
            return type(value)(self.unwrap(part, place) for part in value)
        return value

    def run(
        self,
        name: str,
        function: Callable[..., Any],
        *arguments: Any,
        event: Event = "launches",
        **named: Any,
    ) -> Any:
        """Run `function` on the host's views of the device arrays among the arguments, as one launch.

        This is how a test puts a function of NumPy arrays in the place of a kernel of the device.

        Parameters
        ----------
        name : str
            How messages call the function.
        function : callable
            Gets NumPy arrays for device arrays, and everything else as it is.
        *arguments, **named
            Its arguments; ``out`` is given back as the device array that it is.
        event : str, default "launches"
            What to count.

        Raises
        ------
        StrictDeviceError
            An argument is an array of the host.
        """
        plain = [self.unwrap(value, f"{name}: argument {n}") for n, value in enumerate(arguments, 1)]
        by_name = {key: self.unwrap(value, f"{name}: argument {key!r}") for key, value in named.items()}
        result = function(*plain, **by_name)
        self.note(event)
        # The array that was written to is the one that comes back, not a second handle of it.
        for value, host in zip((*arguments, *named.values()), (*plain, *by_name.values()), strict=True):
            if result is host and isinstance(host, np.ndarray):
                return value
        return self.wrap(result)

    def to_device(self, x: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> StrictArray:
        """Return a copy of host values on the device."""
        self.note("to_device")
        wrapped: StrictArray = self.wrap(np.array(x, dtype=dtype))
        return wrapped

    def to_host(self, x: StrictArray) -> npt.NDArray[Any]:
        """Return a copy of device values on the host."""
        values = self.unwrap(x, "to_numpy: the array")
        if not isinstance(values, np.ndarray):
            message = f"to_numpy: expected an array of the device, got {type(x).__name__}"
            raise StrictDeviceError(message)
        self.note("to_host")
        return values.copy()
