"""Masks of dropout, drawn on the GPU: nothing is transferred."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import NULL, launch
from tmva_py.kernels.device_seeds import SEEDS, DeviceSeeds
from tmva_py.kernels.dropout import dropout_mask

Array = Any


@dropout_mask.override("cupy")
def _dropout_mask_cupy(xp: Any, *, random: Any, probability: float, out: Array) -> Array:
    seed, place = (
        (0, random.next())
        if isinstance(random, DeviceSeeds)
        else (int(random.integers(SEEDS, dtype="uint64")), NULL)
    )
    # One thread draws four numbers.
    threads = -(-out.size // 4)
    arguments = (out, float(probability), seed, place, out.size)
    launch(xp, "dropout", "dropout_mask", out.dtype, threads, *arguments)
    return out
