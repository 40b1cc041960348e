"""Masks of dropout, drawn on the GPU: nothing is transferred."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import launch
from tmva_py.kernels.dropout import dropout_mask

Array = Any

# A seed is below this number.
SEEDS = 2**63


@dropout_mask.override("cupy")
def _dropout_mask_cupy(xp: Any, *, random: Any, probability: float, out: Array) -> Array:
    seed = int(random.integers(SEEDS, dtype="uint64"))
    # One thread draws four numbers.
    threads = -(-out.size // 4)
    launch(xp, "dropout", "dropout_mask", out.dtype, threads, out, float(probability), seed, out.size)
    return out
