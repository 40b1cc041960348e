"""The Python side of ``cpp/bridge.h``: it looks functions up by their names and calls them."""

from __future__ import annotations

import atexit
import ctypes
import inspect
import itertools
import sys
from collections.abc import Callable
from typing import Any

from tmva_py.pyroot.macros.calls import ADDED, NAMESPACE
from tmva_py.pyroot.macros.values import Value, read_value, write_value

_CALL = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_longlong,
    ctypes.c_char_p,
    ctypes.POINTER(Value),
    ctypes.c_int,
    ctypes.POINTER(Value),
)
_RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_longlong)


class Functions(ctypes.Structure):
    """``TMVA::Bridge::Functions``."""

    failed: int

    _fields_ = (("call", _CALL), ("release", _RELEASE), ("failed", ctypes.c_int))


class Bridge:
    """Answers calls of a macro.

    Parameters
    ----------
    tmva : object
        Has the names of the namespace TMVA.
    address : int
        Where ``TMVA::Bridge::functions()`` is; it is filled in.

    Attributes
    ----------
    error : BaseException or None
        The last exception that a call raised; C++ knows its text only.
    """

    def __init__(self, tmva: Any, address: int) -> None:
        self.error: BaseException | None = None
        self._tmva = tmva
        self._objects: dict[int, Any] = {}
        self._handles = itertools.count(1)
        self._kept: list[Any] = []
        self._functions = Functions.from_address(address)
        # ctypes frees a function that nothing refers to.
        self._call, self._release = _CALL(self.call), _RELEASE(self.release)
        self._functions.call, self._functions.release = self._call, self._release
        self._functions.failed = 0
        atexit.register(self.disconnect)

    def disconnect(self) -> None:
        """Let C++ call nothing more: at the end of the process its own objects end after Python."""
        atexit.unregister(self.disconnect)
        ctypes.memset(ctypes.addressof(self._functions), 0, ctypes.sizeof(Functions))

    def call(self, handle: int, name: bytes, values: Any, count: int, result: Any) -> int:
        """Call a function of an object, or of the namespace where the handle is 0; return if it failed."""
        try:
            arguments = [read_value(values[place], self._objects) for place in range(count)]
            answer = self._function(handle, name.decode())(*arguments)
            self._kept = write_value(answer, result[0], self.remember)
        except BaseException as error:  # noqa: BLE001 - nothing may leave through C++'s frames
            self.error = error
            text = f"{type(error).__name__}: {error}".encode()
            result[0].text = text
            self._kept = [text]
            return 1
        finally:
            sys.stdout.flush()
        return 0

    def release(self, handle: int) -> None:
        """Forget an object."""
        self._objects.pop(handle, None)

    def fail(self, error: BaseException) -> None:
        """Note what a function that evaluates has raised."""
        self.error = error
        self._functions.failed = 1

    def raise_failure(self) -> None:
        """Raise what a function that evaluates has raised."""
        self._functions.failed = 0
        if self.error is not None:
            raise self.error

    def remember(self, one: Any) -> int:
        """Return a new handle of an object; C++ releases it."""
        handle = next(self._handles)
        self._objects[handle] = one
        return handle

    def _function(self, handle: int, name: str) -> Callable[..., Any]:
        if handle == 0:
            if name == "raise_failure":
                return self.raise_failure
            if name in NAMESPACE:
                return NAMESPACE[name](self.fail)
            return getattr(self._tmva, name)  # type: ignore[no-any-return]
        one = self._objects[handle]
        if name in ("number_of", "item_of"):
            return lambda function, *place: _part(self._function(handle, function)(), *place)
        if name.startswith("="):
            return lambda value: setattr(one, name[1:], value)
        added = next((found for cls, found in ADDED if isinstance(one, cls) and name in found), None)
        if added is not None:
            return lambda *arguments: added[name](one, *arguments)
        found = getattr(one, name)
        return found if inspect.isroutine(found) else lambda: found


def _part(items: Any, place: int | None = None) -> Any:
    """Return an item of a list, or how many it has."""
    return len(items) if place is None else items[place]
