"""What the kernels need to know of the processor that they are compiled for."""

from __future__ import annotations

from dataclasses import dataclass

import llvmlite.binding as llvm

from tmva_py.kernels.numba.internals import feature_setting


@dataclass(frozen=True)
class Processor:
    """Vectors and tiles that fit a processor's registers.

    Attributes
    ----------
    vector_bytes : int
        Length of a vector.
    tile_rows : tuple of int
        Heights of tiles of a matrix product, the highest first, down to 1.
    tile_vectors : int
        Vectors of columns of a tile: sums, a row of the right factor and one value of the left one fill the
        registers without leaving any in memory.
    free_masks : bool
        Whether loads and stores of some lanes only cost no more than whole ones.
    """

    vector_bytes: int
    tile_rows: tuple[int, ...]
    tile_vectors: int
    free_masks: bool


# 32 registers of 64 bytes: 8·3 sums, 3 vectors of the right factor, one of the left.
AVX512 = Processor(64, (8, 4, 2, 1), 3, free_masks=True)
# 16 registers of 32 bytes: 6·2 sums, 2 vectors and one. Others, as ARM's 32 of 16 bytes, hold as much.
SHORTER = Processor(32, (6, 3, 1), 2, free_masks=False)


def processor(features: str) -> Processor:
    """Return what fits a processor, given its features as LLVM writes them: ``"+avx2,-avx512f"``."""
    return AVX512 if "+avx512f" in features.split(",") else SHORTER


def host_features() -> str:
    """Return the features that numba compiles for: the host's, or those of ``NUMBA_CPU_FEATURES``."""
    given = feature_setting()
    return llvm.get_host_cpu_features().flatten() if given is None else given


PROCESSOR = processor(host_features())
