"""Masks of dropout."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def dropout_mask(xp: Any, *, random: Any, probability: float, out: Array) -> Array:
    """1/(1 − p) where a number of `random` (a `numpy.random.Generator`) in [0, 1) is at least p, else 0.

    Drawn on the host; a GPU draws its own numbers from a seed that `random` gives.
    """
    kept = random.random(out.shape, dtype="float32") >= probability
    out[...] = xp.asarray(kept / (1.0 - probability), dtype=out.dtype)
    return out
