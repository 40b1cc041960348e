"""Arrays as PyTorch's tensors in double precision, and how far ours are from them."""

from __future__ import annotations

from typing import Any

import numpy as np


def tensor(array: Any, *, gradient: bool = False) -> Any:
    """Return a copy of an array; with `gradient` one by which PyTorch differentiates."""
    import torch

    return torch.tensor(np.array(array, dtype=np.float64), requires_grad=gradient)


def relative(ours: Any, theirs: Any) -> float:
    """Return the largest difference, relative to the largest number where that is above 1."""
    expected = theirs.detach().numpy() if hasattr(theirs, "detach") else np.asarray(theirs)
    ours = np.asarray(ours)
    assert ours.shape == expected.shape
    return float(np.abs(ours - expected).max()) / max(1.0, float(np.abs(expected).max()))
