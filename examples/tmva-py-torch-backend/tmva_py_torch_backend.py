"""A backend of tmva_py on PyTorch's tensors, CPU or CUDA; automatic differentiation takes no part."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import torch

from tmva_py.kernels.activation import sigmoid_forward
from tmva_py.plugins import hookimpl


class TorchArray(torch.Tensor):
    """A tensor with the methods that NumPy's arrays have where PyTorch's differ."""

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.numel()

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from element to element along each axis."""
        return tuple(step * self.itemsize for step in self.stride())

    @property
    def flags(self) -> SimpleNamespace:
        """Memory order."""
        return SimpleNamespace(c_contiguous=self.is_contiguous())

    def transpose(self, *axes: Any) -> TorchArray:
        """Return a view with the axes in another order."""
        return self.permute(*axes)

    def copy(self) -> TorchArray:
        """Return a contiguous copy."""
        return self.clone(memory_format=torch.contiguous_format)

    def astype(self, dtype: Any) -> TorchArray:
        """Return a copy of another type."""
        return self.to(_torch_type(dtype), copy=True)

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        """Return the sum over axes."""
        return TorchNamespace.sum(self, axis, dtype, out, keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Return the mean over axes."""
        return TorchNamespace.mean(self, axis, keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Any:
        """Return the largest value, without its place."""
        return TorchNamespace.max(self, axis, keepdims)


def _torch_type(dtype: Any) -> torch.dtype:
    return dtype if isinstance(dtype, torch.dtype) else getattr(torch, np.dtype(dtype).name)


def _unary(function: Any) -> Any:
    def call(x: Any, out: Any = None) -> Any:
        return function(x) if out is None else function(x, out=out)

    return staticmethod(call)


def _binary(function: Any) -> Any:
    def call(x: Any, y: Any, out: Any = None) -> Any:
        # PyTorch wants tensors on both sides; a number takes the other's type and device.
        if not isinstance(x, torch.Tensor):
            x = torch.as_tensor(x, dtype=y.dtype, device=y.device)
        if not isinstance(y, torch.Tensor):
            y = torch.as_tensor(y, dtype=x.dtype, device=x.device)
        return function(x, y) if out is None else function(x, y, out=out)

    return staticmethod(call)


class TorchNamespace:
    """NumPy's names and arguments for PyTorch's functions, as far as tmva_py uses them."""

    float32, float64, int64, bool_ = torch.float32, torch.float64, torch.int64, torch.bool
    lib = SimpleNamespace(
        stride_tricks=SimpleNamespace(
            as_strided=lambda x, shape, strides: torch.as_strided(
                x, shape, [step // x.itemsize for step in strides], x.storage_offset()
            )
        )
    )
    absolute, exp, isfinite, log, log1p = map(
        _unary, (torch.abs, torch.exp, torch.isfinite, torch.log, torch.log1p)
    )
    negative, sign, sqrt, square, tanh = map(
        _unary, (torch.neg, torch.sign, torch.sqrt, torch.square, torch.tanh)
    )
    add, subtract, multiply, divide = map(_binary, (torch.add, torch.sub, torch.mul, torch.true_divide))
    maximum, minimum, power = map(_binary, (torch.maximum, torch.minimum, torch.pow))
    equal, greater, greater_equal = map(_binary, (torch.eq, torch.gt, torch.ge))
    less, logaddexp, matmul = map(_binary, (torch.lt, torch.logaddexp, torch.matmul))
    where, zeros_like, ones_like, empty_like = map(
        staticmethod, (torch.where, torch.zeros_like, torch.ones_like, torch.empty_like)
    )

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def asarray(self, x: Any, dtype: Any = None) -> TorchArray:
        """Return `x` as a tensor."""
        if not isinstance(x, torch.Tensor):
            # A copy: the tensor must not share memory with an array of the caller's.
            x = torch.from_numpy(
                np.array(x, dtype=None if dtype is None else str(dtype).removeprefix("torch."))
            )
        found = x.to(self._device, None if dtype is None else _torch_type(dtype))
        return found.as_subclass(TorchArray)

    def array(self, x: Any, dtype: Any = None) -> TorchArray:
        """Return a copy of `x` as a tensor."""
        return self.asarray(x, dtype).copy()

    def zeros(self, shape: Any, dtype: Any = torch.float64) -> TorchArray:
        """Return zeros."""
        return torch.zeros(shape, dtype=_torch_type(dtype), device=self._device).as_subclass(TorchArray)

    def ones(self, shape: Any, dtype: Any = torch.float64) -> TorchArray:
        """Return ones."""
        return torch.ones(shape, dtype=_torch_type(dtype), device=self._device).as_subclass(TorchArray)

    def empty(self, shape: Any, dtype: Any = torch.float64) -> TorchArray:
        """Return an uninitialised tensor."""
        return torch.empty(shape, dtype=_torch_type(dtype), device=self._device).as_subclass(TorchArray)

    @staticmethod
    def dot(x: Any, y: Any, out: Any = None) -> Any:
        """Return the product of matrices, or of a matrix and a vector."""
        given = {} if out is None else {"out": out}
        if x.ndim == 1 and y.ndim == 2:
            return torch.mv(y.T, x, **given)
        return torch.mv(x, y, **given) if y.ndim == 1 else torch.matmul(x, y, **given)

    @staticmethod
    def sum(x: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        """Return the sum over axes."""
        axes = tuple(range(x.ndim)) if axis is None else axis
        if not x.ndim:
            return x.to(dtype) if dtype else x.clone()
        return torch.sum(x, axes, keepdims, dtype=dtype, **({} if out is None else {"out": out}))

    @staticmethod
    def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Return the mean over axes."""
        return torch.mean(x, tuple(range(x.ndim)) if axis is None else axis, keepdims)

    @staticmethod
    def max(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """Return the largest value."""
        return torch.amax(x, tuple(range(x.ndim)) if axis is None else axis, keepdims)

    @staticmethod
    def take(x: Any, indices: Any, axis: int = 0, out: Any = None) -> Any:
        """Return some entries along an axis."""
        return torch.index_select(x, axis, indices, **({} if out is None else {"out": out}))

    @staticmethod
    def concatenate(arrays: Sequence[Any], axis: int = 0) -> Any:
        """Return arrays behind one another."""
        return torch.cat(list(arrays), axis)

    @staticmethod
    def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
        """Return arrays along a new axis."""
        return torch.stack(list(arrays), axis)

    @staticmethod
    def copyto(out: Any, x: Any, where: Any = True) -> None:
        """Write `x` into `out` where a mask is true."""
        out[...] = x if where is True else torch.where(where, x, out)


class TorchBackend:
    """Arrays are PyTorch's tensors, on the GPU when ``torch.cuda`` has one, else on the host.

    Parameters
    ----------
    dtype : {"float32", "float64"}
        Precision.
    """

    names: ClassVar[tuple[str, ...]] = ("torch",)
    kernel_sets: ClassVar[tuple[str, ...]] = ("torch",)

    def __init__(self, dtype: Any = "float32") -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.xp: Any = TorchNamespace(self.device)
        self.dtype = np.dtype(dtype)
        self._type = _torch_type(dtype)

    def asarray(self, x: Any) -> TorchArray:
        """Return `x` in this backend's precision on its device."""
        if not isinstance(x, torch.Tensor):
            x = np.asarray(x, self.dtype)
        return self.xp.asarray(x, self._type)

    def to_numpy(self, x: Any) -> Any:
        """Return a copy of `x` on the host."""
        return np.array(x.as_subclass(torch.Tensor).cpu().numpy())

    def empty(self, shape: tuple[int, ...]) -> TorchArray:
        """Return an uninitialised tensor."""
        return self.xp.empty(shape, self._type)

    def zeros(self, shape: tuple[int, ...]) -> TorchArray:
        """Return zeros."""
        return self.xp.zeros(shape, self._type)

    def synchronize(self) -> None:
        """Wait for the GPU."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


@sigmoid_forward.override("torch")
def _sigmoid(xp: Any, *, x: Any, out: Any) -> Any:
    """One call where the reference, which has no sigmoid, needs four."""
    del xp
    return torch.sigmoid(x, out=out)


@hookimpl
def tmva_py_backends() -> Sequence[type]:
    """Register the backend."""
    return [TorchBackend]
