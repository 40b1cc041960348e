"""``std::vector``, a list with the calls of C++, and what else scripts take of ``std``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from tmva_py.pyroot.standin.missing import needs_root
from tmva_py.pyroot.standin.text import string

# NumPy's type of C++'s numbers.
_TYPES: dict[str, Any] = {
    **{"float": np.float32, "Float_t": np.float32, "double": np.float64, "Double_t": np.float64},
    **{"int": np.int32, "Int_t": np.int32, "unsigned int": np.uint32, "UInt_t": np.uint32},
    **{"long": np.int64, "Long64_t": np.int64, "unsigned long": np.uint64, "short": np.int16},
    **{"long long": np.int64, "size_t": np.uint64, "char": np.int8, "unsigned char": np.uint8},
    **{"bool": np.bool_, "Bool_t": np.bool_},
}


def number_type(name: object) -> Any:
    """Return NumPy's type for the name of a type of C++, or None for what is no number."""
    text = getattr(name, "__name__", None) if isinstance(name, type) else str(name)
    return _TYPES.get(
        {"int": "int", "float": "double"}.get(str(text), str(text)) if isinstance(name, type) else str(text)
    )


class Vector(list[Any]):
    """``std::vector<T>``."""

    value_type: str = "double"

    def __init__(self, values: Any = (), value: Any = 0) -> None:
        if isinstance(values, int | np.integer):
            values = [value] * int(values)
        super().__init__(values)

    def size(self) -> int:
        return len(self)

    def at(self, index: int) -> Any:
        return self[index]

    def push_back(self, value: Any) -> None:
        self.append(value)

    emplace_back = push_back

    def resize(self, size: int, value: Any = 0) -> None:
        self[:] = self[:size] + [value] * (size - len(self))

    def reserve(self, size: int) -> None:
        """Do nothing: lists grow."""

    def assign(self, count: int, value: Any) -> None:
        self[:] = [value] * count

    def empty(self) -> bool:
        return not self

    def front(self) -> Any:
        return self[0]

    def back(self) -> Any:
        return self[-1]

    def data(self) -> Any:
        return np.array(self, number_type(self.value_type))

    def begin(self) -> Any:
        return iter(self)

    def __add__(self, other: Iterable[Any]) -> Vector:
        return type(self)([*self, *other])


class _VectorTemplate:
    """``ROOT.std.vector``: ``vector('float')()`` and ``vector['float'](n)``."""

    def __getitem__(self, kind: Any) -> type[Vector]:
        name = kind.__name__ if isinstance(kind, type) else str(kind)
        return type(f"vector<{name}>", (Vector,), {"value_type": name})

    def __call__(self, kind: Any) -> type[Vector]:
        return self[kind]


vector = _VectorTemplate()


class _Std:
    """``ROOT.std``."""

    vector = vector
    string = string

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        call = f"std::{name}"
        raise needs_root(call)


std = _Std()
