"""Streams and CUDA graphs of the pretend device.

While a stream captures, launches are taken down and nothing is computed: numbers as they are, arrays by their
place in memory. What a device refuses then is refused: products of cuBLAS's, transfers, waiting.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tmva_py.testing import StrictArray, StrictDevice, StrictDeviceError
from tmva_py.testing.strict_namespace import poisoned


class MemoryPool:
    """Stands for `cupy.cuda.MemoryPool`: what comes from it stays its own as long as it lives."""

    def malloc(self, size: int) -> None:
        raise AssertionError("only handed to using_allocator")


class Buffer:
    """Memory that was taken while a stream captured."""

    def __init__(self, values: np.ndarray[Any, Any], pool: MemoryPool | None) -> None:
        self.values = values
        self._pool = None if pool is None else weakref.ref(pool)
        self._arrays: list[weakref.ref[StrictArray]] = []

    def used_by(self, array: StrictArray) -> None:
        self._arrays.append(weakref.ref(array))

    @property
    def given_back(self) -> bool:
        """Whether somebody else may have it now."""
        pool_lives = self._pool is not None and self._pool() is not None
        return not pool_lives and all(array() is None for array in self._arrays)


class Tape:
    """What a capturing stream was asked for."""

    def __init__(self, pool: MemoryPool | None) -> None:
        self.operations: list[Callable[[], None]] = []
        self.broken = False
        self._pool = pool
        self.buffers: dict[int, Buffer] = {}

    def release_pool(self) -> None:
        """Hold the pool no longer: who wants the graph has to."""
        self._pool = None

    def refuse(self, event: str) -> None:
        """Refuse what a device does not do while a stream captures."""
        if event == "matrix_products":
            # CuPy itself says so, before the device is asked.
            message = "calling cuBLAS API during stream capture is currently unsupported"
            raise NotImplementedError(message)
        if event != "launches":
            self.broken = True
            message = f"operation not permitted when stream is capturing: {event}"
            raise StrictDeviceError(message)

    def allocated(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Remember memory that was taken, and return it."""
        self.buffers[id(values)] = Buffer(values, self._pool)
        return values

    def adopt(self, array: StrictArray) -> None:
        """Remember that an array lives in memory that was taken."""
        root = array.host_values
        while isinstance(root.base, np.ndarray) and id(root) not in self.buffers:
            root = root.base
        if id(root) in self.buffers:
            self.buffers[id(root)].used_by(array)

    def record(self, event: str, function: Callable[..., Any], arguments: Any, named: dict[str, Any]) -> Any:
        """Take down one launch and return where its result will be."""
        self.refuse(event)
        arguments, named = tuple(arguments), dict(named)
        copies: list[tuple[Any, Any]] = []
        with np.errstate(all="ignore"):
            found = function(*_copied(arguments, copies), **_copied(named, copies))
        result = self._place(found, copies)

        def operation() -> None:
            _write(result, function(*arguments, **named))

        self.operations.append(operation)
        return result

    def _place(self, found: Any, copies: list[tuple[Any, Any]]) -> Any:
        for original, copy in copies:
            if found is copy:
                return original
        if isinstance(found, tuple | list):
            return type(found)(self._place(part, copies) for part in found)
        if isinstance(found, np.ndarray | np.generic):
            return self.allocated(poisoned(found.shape, found.dtype))
        return found


def _copied(value: Any, copies: list[tuple[Any, Any]]) -> Any:
    """Return `value` with copies of its arrays: a function that writes to them is only tried."""
    if isinstance(value, np.ndarray):
        copy = value.copy(order="K")
        copies.append((value, copy))
        return copy
    if isinstance(value, dict):
        return {key: _copied(part, copies) for key, part in value.items()}
    if isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        return type(value)(_copied(part, copies) for part in value)
    return value


def _write(place: Any, found: Any) -> None:
    if isinstance(place, tuple | list):
        for part, value in zip(place, found, strict=True):
            _write(part, value)
    elif isinstance(place, np.ndarray) and found is not place:
        place[...] = found


class Graph:
    """Stands for `cupy.cuda.Graph`.

    Attributes
    ----------
    launches : int
        How often it was launched.
    """

    def __init__(self, device: StrictDevice, tape: Tape) -> None:
        self._device = device
        self.tape = tape
        self.launches = 0

    def launch(self, stream: Any = None) -> None:
        """Do what was taken down, as one launch."""
        assert self._device.tape is None, "a graph is launched while a stream captures"
        for buffer in self.tape.buffers.values():
            if buffer.given_back:
                message = f"the graph uses memory that was given back (shape {buffer.values.shape})"
                raise StrictDeviceError(message)
            # What the last launch left there is not to be relied on.
            buffer.values[...] = poisoned((), buffer.values.dtype)
        for operation in self.tape.operations:
            operation()
        self.launches += 1
        self._device.note("launches")


class Stream:
    """Stands for `cupy.cuda.Stream`."""

    def __init__(self, cuda: Cuda, *, non_blocking: bool = False, null: bool = False) -> None:
        self._cuda, self._null = cuda, null
        self.non_blocking = non_blocking
        self.tape: Tape | None = None

    def __enter__(self) -> Stream:
        self._cuda.streams.append(self)
        self._cuda.choose()
        return self

    def __exit__(self, *error: object) -> None:
        self._cuda.streams.pop()
        self._cuda.choose()

    def begin_capture(self, mode: int | None = None) -> None:
        """Take down what is asked for on this stream from now on."""
        if self._null:
            message = "cannot capture on the default (legacy) stream"
            raise RuntimeError(message)
        assert self.tape is None, "the stream captures already"
        self.tape = Tape(self._cuda.pools[-1])
        self._cuda.choose()

    def end_capture(self) -> Graph:
        """Return what was taken down."""
        tape = self.tape
        assert tape is not None, "the stream does not capture"
        self.tape = None
        self._cuda.choose()
        tape.release_pool()
        if tape.broken:
            message = "cudaErrorStreamCaptureInvalidated"
            raise RuntimeError(message)
        self._cuda.graphs.append(graph := Graph(self._cuda.device, tape))
        return graph

    def is_capturing(self) -> bool:
        """Return whether the stream captures."""
        return self.tape is not None

    def synchronize(self) -> None:
        """Wait."""
        self._cuda.device.note("synchronizations")


class Cuda:
    """Stands for `cupy.cuda`.

    Attributes
    ----------
    graphs : list of Graph
        All that were captured; one that ended with an error too.
    """

    MemoryPool = MemoryPool

    def __init__(self, device: StrictDevice) -> None:
        self.device = device
        self.streams = [Stream(self, null=True)]
        self.pools: list[MemoryPool | None] = [None]
        self.graphs: list[Graph] = []

    def Stream(self, *, non_blocking: bool = False) -> Stream:
        """Return a new stream."""
        return Stream(self, non_blocking=non_blocking)

    def get_current_stream(self) -> Stream:
        """Return the stream that work goes to."""
        return self.streams[-1]

    @contextmanager
    def using_allocator(self, malloc: Any) -> Iterator[None]:
        """Take memory from the pool that `malloc` belongs to."""
        self.pools.append(malloc.__self__)
        try:
            yield
        finally:
            self.pools.pop()

    def choose(self) -> None:
        """Let the device take down what it is asked for, if the current stream captures."""
        self.device.tape = self.streams[-1].tape
