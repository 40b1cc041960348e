"""An array of the pretend device: CuPy's methods over a NumPy array that nothing else refers to."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from tmva_py.testing.strict.counts import StrictDeviceError, describe

# Methods that CuPy's arrays have and that compute on the device.
_METHODS = (
    *("all", "any", "argmax", "argmin", "astype", "clip", "copy", "cumprod", "cumsum", "diagonal", "fill"),
    *("flatten", "max", "mean", "min", "nonzero", "prod", "ravel", "repeat", "reshape", "round", "squeeze"),
    *("std", "sum", "swapaxes", "take", "trace", "transpose", "var", "view"),
)
_PROPERTIES = ("ndim", "size", "itemsize", "nbytes", "strides")
# Keywords that NumPy's methods and functions take and CuPy's do not.
NOT_IN_CUPY: dict[str, frozenset[str]] = {
    **dict.fromkeys(("sum", "prod", "max", "min", "amax", "amin"), frozenset({"where", "initial"})),
    **dict.fromkeys(("mean", "std", "var", "any", "all"), frozenset({"where"})),
    "take": frozenset({"mode"}),
}
# Ways to the host other than the backend's own.
_WAYS_OUT = ("get", "item", "tolist", "tobytes", "tofile", "dump", "data", "ctypes", "flat")


class Flags(NamedTuple):
    """Memory order of an array."""

    c_contiguous: bool
    f_contiguous: bool
    owndata: bool


class StrictArray:
    """An array of a `StrictDevice`; made by its backend and namespace only.

    Parameters
    ----------
    device : StrictDevice
        Where it lives.
    values : ndarray
        The values, which nothing else may refer to.
    """

    __hash__ = None  # type: ignore[assignment]
    __slots__ = ("_values", "device")

    def __init__(self, device: Any, values: npt.NDArray[Any]) -> None:
        self.device = device
        self._values = values

    @property
    def host_values(self) -> npt.NDArray[Any]:
        """The values, for the device itself and for tests that look on from outside; nothing is counted."""
        return self._values

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes; setting them is not allowed."""
        return self._values.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the elements."""
        return self._values.dtype

    @property
    def flags(self) -> Flags:
        """Memory order."""
        flags = self._values.flags
        return Flags(flags.c_contiguous, flags.f_contiguous, flags.owndata)

    @property
    def T(self) -> StrictArray:  # noqa: N802 - the arrays' own name
        """The transposed view."""
        return StrictArray(self.device, self._values.T)

    def dot(self, other: Any, out: Any = None) -> Any:
        """Return the matrix product."""
        return self.device.run("dot", np.dot, self, other, out, event="matrix_products")

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[StrictArray]:
        if not self.ndim:
            message = "iteration over a 0-dimensional array"
            raise TypeError(message)
        return (self[number] for number in range(len(self)))

    def __repr__(self) -> str:
        return f"<array of the device, {describe(self)}>"

    def __getitem__(self, index: Any) -> Any:
        plain = self._index(index, "read")
        return self._counted(self._values[plain])

    def __setitem__(self, index: Any, value: Any) -> None:
        plain = self._index(index, "written")
        what = self.device.unwrap(value, "array[...] = value: the value")
        if isinstance(what, list | tuple):
            message = f"array[...] = value: expected an array of the device or a number, got {value!r}"
            raise StrictDeviceError(message)
        self._values[plain] = what
        # In-place operators on a part (array[i] += x) end here with the part itself: nothing to copy.
        if not (isinstance(value, StrictArray) and _same_memory(self._values, plain, what)):
            self.device.note("launches")

    def __getattr__(self, name: str) -> Any:
        if name in _PROPERTIES:
            return getattr(self._values, name)
        if name in _METHODS:
            return self._method(name)
        if name in _WAYS_OUT:
            message = f"array.{name} leaves the device; backend.to_numpy is the only way to the host"
            raise StrictDeviceError(message)
        message = f"the device's arrays have no {name!r}"
        raise StrictDeviceError(message)

    def __array__(self, *arguments: Any, **named: Any) -> NoReturn:
        message = (
            f"a device array ({describe(self)}) was converted to NumPy implicitly; "
            "compute with backend.xp, or transfer it with backend.to_numpy"
        )
        raise StrictDeviceError(message)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        # A NumPy scalar on the left of an operator arrives here, as on CuPy's arrays.
        if method == "__call__" and len(inputs) == 2 and isinstance(inputs[0], np.generic) and not named:
            return self.device.run(ufunc.__name__, ufunc, *inputs)
        host = [x for x in (*inputs, *named.get("out", ())) if isinstance(x, np.ndarray)]
        if host:
            message = (
                f"{ufunc.__name__}: an array on the host ({describe(host[0])}) meets one of the device "
                f"({describe(self)}); transfer it once with backend.asarray"
            )
            raise StrictDeviceError(message)
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        message = (
            f"numpy.{name} was called on a device array ({describe(self)}); call backend.xp.{name} instead"
        )
        raise StrictDeviceError(message)

    def __array_function__(self, function: Any, *arguments: Any) -> NoReturn:
        name = getattr(function, "__name__", str(function))
        message = (
            f"numpy.{name} was called on a device array ({describe(self)}); call backend.xp.{name} instead"
        )
        raise StrictDeviceError(message)

    def _method(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            refuse_keywords(f"array.{name}", name, named)
            plain = self.device.unwrap(list(arguments), f"array.{name}: an argument")
            by_name = {
                key: self.device.unwrap(value, f"array.{name}: argument {key!r}")
                for key, value in named.items()
            }
            result = getattr(self._values, name)(*plain, **by_name)
            if name == "nonzero":
                self.device.note("synchronizations")
            for value, host in zip((*arguments, *named.values()), (*plain, *by_name.values()), strict=True):
                if result is host and isinstance(host, np.ndarray):
                    self.device.note("launches")
                    return value
            return self._counted(result)

        return call

    def _counted(self, result: Any) -> Any:
        """Wrap a result; one that is no view of this array took a launch."""
        if not (isinstance(result, np.ndarray | np.generic) and np.may_share_memory(result, self._values)):
            # A single element of NumPy's is a copy, of a device's a view.
            self.device.note("launches")
        return self.device.wrap(result)

    def _index(self, index: Any, what: str) -> Any:
        parts = index if isinstance(index, tuple) else (index,)
        plain: list[Any] = []
        for part in parts:
            if isinstance(part, StrictArray):
                if part.dtype.kind == "b" and what == "read":
                    # How long the result is, is known on the device only.
                    self.device.note("synchronizations")
                plain.append(part.host_values)
            elif isinstance(part, np.ndarray | list):
                message = (
                    f"an array of the device was {what} at places listed on the host "
                    f"({type(part).__name__}); transfer the list once with backend.xp.asarray"
                )
                raise StrictDeviceError(message)
            else:
                plain.append(part)
        if not any(isinstance(part, np.ndarray) for part in plain) and len(plain) == self.ndim:
            # One element: a view of it, 0-dimensional, as a device's array gives.
            plain += [] if Ellipsis in plain else [Ellipsis]
        return tuple(plain)


def refuse_keywords(shown: str, name: str, named: dict[str, Any]) -> None:
    """Refuse keywords that only NumPy has.

    Raises
    ------
    StrictDeviceError
        One was given.
    """
    refused = NOT_IN_CUPY.get(name, frozenset()) & set(named)
    if refused:
        message = f"{shown}: a device's version does not take {', '.join(sorted(refused))}"
        raise StrictDeviceError(message)


def _same_memory(values: npt.NDArray[Any], index: Any, written: Any) -> bool:
    target = values[index]
    return (
        isinstance(written, np.ndarray)
        and isinstance(target, np.ndarray)
        and target.__array_interface__["data"] == written.__array_interface__["data"]
        and target.shape == written.shape
        and target.strides == written.strides
    )


def _binary(name: str, *, reflected: bool = False) -> Callable[[StrictArray, Any], Any]:
    function = getattr(operator, name)

    def apply(self: StrictArray, other: Any) -> Any:
        event: Any = "matrix_products" if name == "matmul" else "launches"
        if isinstance(other, list | tuple):
            message = (
                f"operator {name.strip('_')}: expected an array of the device or a number, got {other!r}"
            )
            raise StrictDeviceError(message)
        pair = (other, self) if reflected else (self, other)
        return self.device.run(f"operator {name.strip('_')}", function, *pair, event=event)

    return apply


def _in_place(name: str) -> Callable[[StrictArray, Any], StrictArray]:
    function = getattr(operator, name)

    def apply(self: StrictArray, other: Any) -> StrictArray:
        self.device.run(f"operator {name.strip('_')}", function, self, other)
        return self

    return apply


def _unary(name: str) -> Callable[[StrictArray], Any]:
    function = getattr(operator, name)

    def apply(self: StrictArray) -> Any:
        return self.device.run(f"operator {name.strip('_')}", function, self)

    return apply


def _refused(name: str) -> Callable[[StrictArray], NoReturn]:
    def refuse(self: StrictArray) -> NoReturn:
        message = (
            f"{name}(array) reads a value from the device ({describe(self)}) and waits for it; "
            "keep it there, or transfer it with backend.to_numpy"
        )
        raise StrictDeviceError(message)

    return refuse


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul"):
    setattr(StrictArray, f"__{_name}__", _binary(_name))
    setattr(StrictArray, f"__r{_name}__", _binary(_name, reflected=True))
for _name in ("and_", "or_", "xor"):
    setattr(StrictArray, f"__{_name.strip('_')}__", _binary(_name))
    setattr(StrictArray, f"__r{_name.strip('_')}__", _binary(_name, reflected=True))
for _name in ("eq", "ne", "lt", "le", "gt", "ge"):
    setattr(StrictArray, f"__{_name}__", _binary(_name))
for _name in ("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "iand", "ior", "ixor"):
    setattr(StrictArray, f"__{_name}__", _in_place(_name))
for _name in ("neg", "pos", "abs", "invert"):
    setattr(StrictArray, f"__{_name}__", _unary(_name))
for _name in ("float", "int", "bool", "index", "complex"):
    setattr(StrictArray, f"__{_name}__", _refused(_name))
StrictArray.__hash__ = None  # type: ignore[assignment]
