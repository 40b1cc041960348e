"""The CPU backend with kernels compiled by numba. Importing this module does not import numba."""

from __future__ import annotations

import functools
import importlib
import logging
import sys
from collections.abc import Sequence
from typing import ClassVar

import numpy.typing as npt

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.errors import MissingExtraError
from tmva_py.locks import IMPORTS
from tmva_py.message_log import MessageLog
from tmva_py.plugins import hookimpl

INSTALL = "install it with: pip install 'tmva-py[fast]'"
# The first whose LLVM names pointers without their types.
OLDEST_NUMBA = (0, 62)
# Where the kernels say that they are being compiled.
KERNEL_LOGGER = "tmva_py.kernels.numba"


class NumbaBackend(NumpyBackend):
    """Arrays are NumPy's; the kernels are compiled for the processor at hand.

    The first use of a kernel compiles it, which takes seconds and is said in one line on standard error; the
    result is kept on disk (below ``NUMBA_CACHE_DIR``, or in the user's folder for caches) for later
    processes. Kernels use as many threads as the process may, where the work is worth it; the environment's
    ``NUMBA_NUM_THREADS`` or ``OMP_NUM_THREADS`` set another number. The results do not depend on it.

    Parameters
    ----------
    dtype : {"float32", "float64"}
        Precision.

    Raises
    ------
    MissingExtraError
        numba is not installed, or does not work here.
    """

    names: ClassVar[tuple[str, ...]] = ("numba",)
    kernel_sets: ClassVar[tuple[str, ...]] = ("numba", "numpy")
    own_products = True

    def __init__(self, dtype: npt.DTypeLike = "float32") -> None:
        if (reason := self.why_unavailable()) is not None:
            message = f"backend 'numba': {reason}; backend='numpy' computes without it"
            raise MissingExtraError(message)
        super().__init__(dtype)
        _show_log_lines()
        with IMPORTS:
            importlib.import_module("tmva_py.kernels.numba.overrides")

    @staticmethod
    def why_unavailable() -> str | None:
        """Return why kernels cannot be compiled, with what to do about it; None when they can."""
        try:
            with IMPORTS:
                numba = importlib.import_module("numba")
        except ImportError as error:
            # A package that is there but cannot be imported, as for a NumPy that it does not know, says why.
            found = "is not installed" if isinstance(error, ModuleNotFoundError) else f"fails: {error}"
            return f"numba is needed for compiled kernels and {found}; {INSTALL}"
        version = tuple(int(part) for part in numba.__version__.split(".")[:2])
        if version < OLDEST_NUMBA:
            oldest = ".".join(map(str, OLDEST_NUMBA))
            return f"numba {numba.__version__} is too old, {oldest} is the first that will do; {INSTALL}"
        return None


class _LogLines(logging.Handler):
    """Shows what the kernels' logger says in the format of all log lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line to standard error."""
        log = MessageLog("numba", stream=sys.stderr)
        (log.info if record.levelno < logging.WARNING else log.warning)(record.getMessage())


@functools.cache
def _show_log_lines() -> None:
    logger = logging.getLogger(KERNEL_LOGGER)
    logger.addHandler(_LogLines())
    logger.setLevel(logging.INFO)
    logger.propagate = False


@hookimpl
def tmva_py_backends() -> Sequence[type]:
    """Register the backend."""
    return [NumbaBackend]
