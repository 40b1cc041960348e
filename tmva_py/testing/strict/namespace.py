"""The array namespace of the pretend device: the functions that CuPy has too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import did_you_mean
from tmva_py.testing.strict.array import StrictArray, refuse_keywords
from tmva_py.testing.strict.counts import StrictDeviceError
from tmva_py.testing.strict.device import StrictDevice

# Types, numbers, and functions of types alone.
CONSTANTS = (
    *("bool_", "dtype", "e", "finfo", "float32", "float64", "iinfo", "inf", "int32", "int64", "nan"),
    *("newaxis", "pi", "result_type", "uint8"),
)
UFUNCS = (
    *("absolute", "abs", "add", "arccos", "arcsin", "arctan", "arctan2", "ceil", "clip", "copysign", "cos"),
    *("cosh", "divide", "equal", "exp", "exp2", "expm1", "fabs", "floor", "floor_divide", "fmax", "fmin"),
    *("fmod", "greater", "greater_equal", "hypot", "isfinite", "isinf", "isnan", "less", "less_equal"),
    *("log", "log10", "log1p", "log2", "logaddexp", "logical_and", "logical_not", "logical_or"),
    *("logical_xor", "maximum", "minimum", "multiply", "negative", "not_equal", "power", "reciprocal"),
    *("remainder", "rint", "sign", "signbit", "sin", "sinh", "sqrt", "square", "subtract", "tan", "tanh"),
    *("true_divide", "trunc", "bitwise_and", "bitwise_or", "bitwise_xor", "invert", "pow"),
)
FUNCTIONS = (
    *("all", "amax", "amin", "any", "argmax", "argmin", "argsort", "astype", "average", "bincount", "concat"),
    *("concatenate", "copyto", "count_nonzero", "cumprod", "cumsum", "diff", "flip", "hstack", "max", "mean"),
    *("median", "min", "nan_to_num", "nansum", "outer", "pad", "prod", "repeat", "roll", "sort", "stack"),
    *("std", "sum", "take", "take_along_axis", "tile", "tril", "triu", "var", "vstack", "where"),
)
CREATED = ("arange", "eye", "full", "full_like", "linspace", "ones", "ones_like", "zeros", "zeros_like")
PRODUCTS = ("dot", "einsum", "inner", "matmul", "tensordot", "vdot")
VIEWS = (
    *("atleast_1d", "atleast_2d", "broadcast_arrays", "broadcast_to", "diagonal", "expand_dims"),
    *("matrix_transpose", "moveaxis", "permute_dims", "ravel", "reshape", "rollaxis", "split", "squeeze"),
    *("swapaxes", "transpose"),
)
ALL_NAMES = frozenset({*UFUNCS, *FUNCTIONS, *CREATED, *PRODUCTS, *VIEWS, *CONSTANTS})
# They need to know values, so that the host waits for the device.
WAITING = frozenset({"nonzero", "flatnonzero", "unique", "argwhere", "bincount"})


class StrictNamespace:
    """The functions that a layer or kernel may call: those of NumPy that CuPy has as well.

    Parameters
    ----------
    device : StrictDevice
        What runs them.
    """

    def __init__(self, device: StrictDevice) -> None:
        self._device = device
        self.ndarray = StrictArray
        self.lib = SimpleNamespace(stride_tricks=SimpleNamespace(as_strided=self._as_strided))

    def __getattr__(self, name: str) -> Any:
        if name in CONSTANTS:
            return getattr(np, name)
        if name in WAITING:
            return self._function(name, "synchronizations")
        if name in PRODUCTS:
            return self._function(name, "matrix_products")
        if name in UFUNCS or name in FUNCTIONS or name in CREATED:
            return self._function(name, "launches")
        if name in VIEWS:
            return self._view(name)
        advice = did_you_mean(name, ALL_NAMES)
        message = f"xp.{name} is not among the functions that every backend has{advice}"
        raise StrictDeviceError(message)

    def asarray(self, x: Any, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> StrictArray:
        """Return `x` on the device; a transfer when it comes from the host."""
        if copy:
            return self.array(x, dtype)
        if isinstance(x, StrictArray):
            return x if dtype is None or x.dtype == dtype else x.astype(dtype)
        return self._device.to_device(x, dtype)

    def array(self, x: Any, dtype: npt.DTypeLike | None = None, copy: bool = True) -> StrictArray:
        """Return a copy of `x` on the device; a transfer when it comes from the host."""
        if isinstance(x, StrictArray):
            if not copy and dtype in (None, x.dtype):
                return x
            copied: StrictArray = x.astype(x.dtype if dtype is None else dtype)
            return copied
        return self._device.to_device(x, dtype)

    def ascontiguousarray(self, x: StrictArray, dtype: npt.DTypeLike | None = None) -> StrictArray:
        """Return `x` in C order; a launch when it was not."""
        if x.flags.c_contiguous and dtype in (None, x.dtype):
            return x
        made: StrictArray = self._device.run("ascontiguousarray", np.ascontiguousarray, x, dtype)
        return made

    def asnumpy(self, x: StrictArray) -> npt.NDArray[Any]:
        """Return `x` on the host, as ``cupy.asnumpy``."""
        return self._device.to_host(x)

    def empty(self, shape: Any, dtype: npt.DTypeLike = "float64") -> StrictArray:
        """Return an array whose content is not to be relied on: not-a-numbers, or the largest integers."""
        made: StrictArray = self._device.wrap(poisoned(shape, dtype))
        return made

    def empty_like(self, x: StrictArray, dtype: npt.DTypeLike | None = None) -> StrictArray:
        """Return an array like `x` whose content is not to be relied on."""
        return self.empty(x.shape, x.dtype if dtype is None else dtype)

    def shares_memory(self, first: StrictArray, second: StrictArray) -> bool:
        """Return whether two arrays overlap."""
        return np.shares_memory(first.host_values, second.host_values)

    def _function(self, name: str, event: Any) -> Any:
        function = getattr(np, name)

        def call(*arguments: Any, **named: Any) -> Any:
            refuse_keywords(f"xp.{name}", name, named)
            if name in CREATED:
                named.pop("device", None)  # there is one
            if "where" in named and name in UFUNCS:
                message = f"xp.{name}: a device's version does not take where; use xp.where or xp.copyto"
                raise StrictDeviceError(message)
            return self._device.run(f"xp.{name}", function, *arguments, event=event, **named)

        return call

    def _view(self, name: str) -> Any:
        function = getattr(np, name)

        def call(x: Any, *arguments: Any, **named: Any) -> Any:
            plain = self._device.unwrap(x, f"xp.{name}: the array")
            result = function(plain, *arguments, **named)
            if isinstance(result, np.ndarray) and not np.may_share_memory(result, plain):
                self._device.note("launches")
            return self._device.wrap(result)

        return call

    def _as_strided(self, x: StrictArray, shape: tuple[int, ...], strides: tuple[int, ...]) -> StrictArray:
        plain = self._device.unwrap(x, "as_strided: the array")
        view: StrictArray = self._device.wrap(np.lib.stride_tricks.as_strided(plain, shape, strides))
        return view


def poisoned(shape: Any, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an array that shows in every result when it is read before it is written."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return np.full(shape, np.nan, kind)
    return np.full(shape, True if kind.kind == "b" else np.iinfo(kind).max, kind)
