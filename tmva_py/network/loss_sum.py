"""The sum of the losses of an epoch's batches, read as seldom as the backend wants."""

from __future__ import annotations

from tmva_py.backends import Array, Backend


class LossSum:
    """Adds losses up, on the host or on the device.

    Reading a value of a device waits for everything before it; there the sum is kept on the device, always in
    the same place, and read once, by `value`.

    Parameters
    ----------
    backend : Backend
        Where the losses are computed.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._late: bool = getattr(backend, "asynchronous", False)
        self._on_device: Array = backend.xp.zeros((), dtype="float64") if self._late else None
        self._total = 0.0

    def restart(self) -> None:
        """Begin again with nothing."""
        self._total = 0.0
        if self._late:
            self._on_device[...] = 0

    def add(self, loss: Array) -> float | None:
        """Add a scalar of the backend; return its value where reading it costs nothing, else None."""
        if self._late:
            self._on_device += loss
            return None
        value = float(self._backend.to_numpy(loss))
        self._total += value
        return value

    def value(self) -> float:
        """Return the sum."""
        return float(self._backend.to_numpy(self._on_device)) if self._late else self._total
