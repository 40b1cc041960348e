"""What goes between a macro's C++ and Python: numbers, texts, addresses, and handles of Python's objects."""

from __future__ import annotations

import ctypes
import enum
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

Remember = Callable[[Any], int]
"""Gives an object's handle."""


class Kind(enum.IntEnum):
    """What a `Value` holds; the numbers are those of ``cpp/bridge.h``."""

    NOTHING = 0
    INTEGER = 1
    NUMBER = 2
    TEXT = 3
    OBJECT = 4
    POINTER = 5
    DOUBLES = 6
    TEXTS = 7
    FLOATS = 8


class Value(ctypes.Structure):
    """``TMVA::Bridge::Value``."""

    kind: int
    integer: int
    number: float
    text: bytes | None
    address: int | None

    _fields_ = (
        ("kind", ctypes.c_int),
        ("integer", ctypes.c_longlong),
        ("number", ctypes.c_double),
        ("text", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    )


class Address(int):
    """An address of memory that Python keeps."""


def read_value(value: Value, objects: dict[int, Any]) -> Any:
    """Return an argument as Python's functions take it."""
    kind = value.kind
    if kind == Kind.INTEGER:
        return value.integer
    if kind == Kind.NUMBER:
        return value.number
    if kind == Kind.TEXT:
        return _decoded(value.text)
    if kind == Kind.OBJECT:
        return objects[value.integer]
    if kind == Kind.POINTER:
        root: Any = sys.modules["ROOT"]
        return root.bind_object(value.address, _decoded(value.text))
    if kind == Kind.DOUBLES:
        numbers = ctypes.cast(value.address or 0, ctypes.POINTER(ctypes.c_double))
        return numbers[: value.integer]
    if kind == Kind.TEXTS:
        texts = ctypes.cast(value.address or 0, ctypes.POINTER(ctypes.c_char_p))
        return [_decoded(texts[place]) for place in range(value.integer)]
    if kind == Kind.FLOATS:
        memory = (ctypes.c_float * value.integer).from_address(value.address or 0)
        return np.ctypeslib.as_array(memory)
    return None


def write_value(answer: Any, value: Value, remember: Remember) -> list[Any]:
    """Write an answer, and return what must stay in memory until C++ has read it."""
    value.kind = Kind.NOTHING
    if answer is None:
        return []
    if isinstance(answer, Address):
        value.kind, value.address = Kind.POINTER, int(answer)
        return []
    if isinstance(answer, (bool, int, np.integer)):
        value.kind, value.integer = Kind.INTEGER, int(answer)
        return []
    if isinstance(answer, (float, np.floating)):
        value.kind, value.number = Kind.NUMBER, float(answer)
        return []
    if isinstance(answer, str):
        value.kind, value.text = Kind.TEXT, answer.encode()
        return [value.text]
    if hasattr(type(answer), "__cpp_name__"):
        root: Any = sys.modules["ROOT"]
        remember(answer)  # ROOT's object is C++'s from now on
        root.SetOwnership(answer, False)
        value.kind, value.address = Kind.POINTER, int(root.addressof(answer))
        return []
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, (list, tuple, np.ndarray)):
        return _write_list(answer, value)
    value.kind, value.integer = Kind.OBJECT, remember(answer)
    value.text = _type_name(answer).encode()
    return [value.text]


def _write_list(answer: Any, value: Value) -> list[Any]:
    """Write texts, or numbers, those of inner lists one after the other."""
    if len(answer) and isinstance(answer[0], (str, os.PathLike)):
        texts = (ctypes.c_char_p * len(answer))(*(str(one).encode() for one in answer))
        value.kind, value.integer, value.address = Kind.TEXTS, len(answer), ctypes.addressof(texts)
        return [texts]
    numbers = np.array(list(_flat(answer)), np.float64)
    value.kind, value.integer, value.address = Kind.DOUBLES, numbers.size, numbers.ctypes.data
    return [numbers]


def _flat(values: Iterable[Any]) -> Iterable[float]:
    for one in values:
        if np.ndim(one):
            yield from _flat(one)
        else:
            yield float(one)


def _type_name(one: Any) -> str:
    """Return what C++ needs to choose a class: a method's type, or the class's name."""
    for holder in (one, getattr(one, "method", None)):
        name = getattr(holder, "type_name", None)
        if isinstance(name, str):
            return name
    return type(one).__name__


def _decoded(text: bytes | None) -> str:
    return (text or b"").decode(errors="surrogateescape")
