"""A backend of tmva_py on PyTorch's tensors, CPU or CUDA; automatic differentiation takes no part."""

from typing import Any

import array_api_compat.torch as xp
import numpy as np
import torch

from tmva_py.backends import Backend
from tmva_py.kernels.activation import sigmoid_forward
from tmva_py.plugins import hookimpl


class TorchBackend(Backend):
    """Arrays are PyTorch's tensors, on the GPU when ``torch.cuda`` has one, else on the host."""

    names = ("torch",)
    kernel_sets = ("torch",)

    def __init__(self, dtype: Any = "float32") -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        super().__init__(xp, dtype)

    def asarray(self, x: Any) -> torch.Tensor:
        """Return `x` in this backend's precision on its device; host arrays are copied."""
        if not isinstance(x, torch.Tensor):
            x = torch.from_numpy(np.array(x, self.dtype))
        return x.to(self.device, self.element)

    def to_numpy(self, x: torch.Tensor) -> Any:
        """Return a copy of `x` on the host."""
        return np.array(x.cpu().numpy())

    def empty(self, shape: tuple[int, ...]) -> torch.Tensor:
        """Return an uninitialised tensor."""
        return torch.empty(shape, dtype=self.element, device=self.device)

    def zeros(self, shape: tuple[int, ...]) -> torch.Tensor:
        """Return zeros."""
        return torch.zeros(shape, dtype=self.element, device=self.device)

    def synchronize(self) -> None:
        """Wait for the GPU."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


@sigmoid_forward.override("torch")
def _sigmoid(_xp: Any, *, x: torch.Tensor, out: torch.Tensor) -> torch.Tensor:
    """One call where the reference, which has no sigmoid, needs four."""
    return torch.sigmoid(x, out=out)


@hookimpl
def tmva_py_backends() -> list[type]:
    """Register the backend."""
    return [TorchBackend]
