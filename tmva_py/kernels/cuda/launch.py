"""From a kernel's name to something that can be started: sources, compilation, sizes of blocks.

Nothing here imports CuPy: the array namespace that a kernel is called with has `RawModule`. CuPy compiles
with NVRTC the first time that a function is wanted and keeps the result in the user's cache folder.
"""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

Array = Any

# Threads of a block; kernels that add up count on it (THREADS in common.cuh).
THREADS = 256
# Features that a block of batch normalisation works on when they are neighbours in memory.
FEATURES = 32
# Stands for an array that is absent: a null pointer. (CuPy 13 hands None over as no argument at all.)
NULL = 0
REALS = {"float32": "float", "float64": "double"}
FAMILIES = (
    *("activation", "batch_norm", "convolution", "dropout", "gather", "gru", "loss", "lstm", "optimizer"),
    *("pooling", "rnn", "trees"),
)
"""The sources, each a file ``<family>.cu`` beside this one."""


@functools.cache
def source(family: str) -> str:
    """Return the CUDA source of a family, with what all families share in front."""
    folder = resources.files("tmva_py.kernels.cuda")
    return "\n".join(
        folder.joinpath(name).read_text(encoding="utf-8") for name in ("common.cuh", f"{family}.cu")
    )


def compiler_options(dtype: Any) -> tuple[str, ...]:
    """Return the options that a source is compiled with for arrays of `dtype`."""
    return ("-std=c++17", f"-DREAL={REALS[str(dtype)]}")


@functools.cache
def function(xp: Any, family: str, name: str, dtype: Any) -> Any:
    """Return the kernel `name`, called as ``kernel(grid, block, arguments)``."""
    return _module(xp, family, str(dtype)).get_function(name)


@functools.cache
def _module(xp: Any, family: str, dtype: str) -> Any:
    return xp.RawModule(code=source(family), options=compiler_options(dtype))


def grid(threads: int) -> tuple[tuple[int], tuple[int]]:
    """Return the sizes of grid and block for a kernel that gives a thread to each of its values."""
    return (max(1, -(-threads // THREADS)),), (THREADS,)


def launch(xp: Any, family: str, name: str, dtype: Any, threads: int, *arguments: Any) -> None:
    """Start a kernel with a thread for each of its values; nothing when there are none."""
    if threads:
        function(xp, family, name, dtype)(*grid(threads), arguments)


def contiguous(xp: Any, array: Array) -> Array:
    """Return `array` in C order: itself, or a copy."""
    return array if array.flags.c_contiguous else xp.ascontiguousarray(array)
