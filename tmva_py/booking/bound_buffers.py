"""The values in a Reader's buffers as one event, for loops over events."""

from __future__ import annotations

import ctypes
import math
import sys
from array import array
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.kernels.buffers import read_singles

# Where CPython's objects have the number of values and the pointer to the first one: the place differs
# between versions, so that it is compared with what the object says.
_WORD = ctypes.sizeof(ctypes.c_void_p)
# The length of every ndarray that is taken: shapes do not change.
_ONE = np.ones(1, np.int64)
_LENGTH_OF_ARRAY, _POINTER_OF_ARRAY, _POINTER_OF_NDARRAY = 2 * _WORD, 3 * _WORD, 2 * _WORD


class BoundBuffers:
    """Buffers whose objects stay the same, and their values do not."""

    def __init__(self, buffers: Sequence[Any]) -> None:
        self._buffers = list(buffers)
        self._are_floats = all(is_one_float(buffer) for buffer in self._buffers)
        self._zeros = np.zeros(len(self._buffers), np.float32)
        self._shape = (1, len(self._buffers))
        self._read: Any = None
        self._is_first = True

    def event(self) -> npt.NDArray[np.float32] | None:
        """Return the event in the buffers, (1, n_variables); None where a value is not finite."""
        if self._read is not None:
            event = np.empty(self._shape, np.float32)
            read = self._read(np, pointers=self._pointers, lengths=self._lengths, out=event)
            return event if read else None
        if not self._are_floats:
            values = [buffer[0] for buffer in self._buffers]
            return np.array([values], dtype=np.float32) if math.isfinite(sum(values)) else None
        if self._is_first:
            self._is_first = False
        else:  # by now a method that computes with compiled kernels has them
            self._find_places()
        memory = bytearray().join(self._buffers)
        zeros = self._zeros
        if len(memory) != zeros.nbytes:  # a buffer has another length by now
            return None
        joined: npt.NDArray[np.float32] = np.ndarray(zeros.shape, np.float32, memory)
        # The sum is 0 unless a zero is multiplied with what is not finite.
        return joined.reshape(1, -1) if joined.dot(zeros) == 0.0 else None

    def _find_places(self) -> None:
        """Look up where the objects have their values, once for all events, if compiled kernels are there."""
        compiled = read_singles.overrides.get("numba")
        if compiled is None or not self._buffers:
            return
        places = [memory_places(buffer) for buffer in self._buffers]
        found = [place for place in places if place is not None]
        if len(found) == len(places):
            self._pointers, self._lengths = np.array(found, np.int64).T.copy()
            self._read = compiled


def is_one_float(buffer: Any) -> bool:
    """Return whether the memory of a buffer is one number in single precision."""
    if type(buffer) is array:
        return buffer.typecode == "f" and len(buffer) == 1
    return type(buffer) is np.ndarray and buffer.dtype == np.float32 and buffer.shape == (1,)


def memory_places(buffer: Any) -> tuple[int, int] | None:
    """Return the addresses of an array's pointer and of its length; None where they cannot be told.

    An array's pointer changes when it becomes longer; the object does not.
    """
    if sys.implementation.name != "cpython" or _WORD != 8:
        return None
    start = id(buffer)
    if type(buffer) is array:
        pointer, length, address = (
            start + _POINTER_OF_ARRAY,
            start + _LENGTH_OF_ARRAY,
            buffer.buffer_info()[0],
        )
    else:
        pointer, length = start + _POINTER_OF_NDARRAY, _ONE.__array_interface__["data"][0]
        address = buffer.__array_interface__["data"][0]
    fits = pointer + _WORD <= start + type(buffer).__basicsize__
    same = (
        fits
        and ctypes.c_int64.from_address(pointer).value == address
        and ctypes.c_int64.from_address(length).value == len(buffer)
    )
    return (pointer, length) if same else None
