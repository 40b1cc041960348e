"""Losses on the GPU: value and gradient in one launch."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import NULL, THREADS, contiguous, function
from tmva_py.kernels.kernel import Kernel
from tmva_py.kernels.loss import cross_entropy, mean_squared_error, softmax_cross_entropy

Array = Any


def _override(name: str, kernel: Kernel[..., Array]) -> None:
    @kernel.override("cupy")
    def run(xp: Any, *, output: Array, target: Array, weight: Array | None, gradient: Array | None) -> Array:
        if gradient is not None and not gradient.flags.c_contiguous:
            return kernel(xp, output=output, target=target, weight=weight, gradient=gradient)
        total = xp.empty((), xp.float64)
        wanted = (
            NULL if weight is None else contiguous(xp, weight),
            NULL if gradient is None else gradient,
        )
        arrays = (contiguous(xp, output), contiguous(xp, target), *wanted, total)
        # One block: its threads add up in a fixed order, and nothing else has to be started.
        function(xp, "loss", name, output.dtype)((1,), (THREADS,), (*arrays, *output.shape))
        return total


for _kernel in (mean_squared_error, cross_entropy, softmax_cross_entropy):
    _override(_kernel.reference.__name__, _kernel)
