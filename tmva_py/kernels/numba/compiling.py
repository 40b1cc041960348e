"""How kernels are compiled, where the result is kept, and who is told."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from tmva_py.kernels.numba.internals import (
    cache_setting,
    call_for_any_number,
    count_references,
    keep,
    on_compiling,
)
from tmva_py.kernels.numba.processor import PROCESSOR
from tmva_py.kernels.numba.store import LOGGER, Store, open_store

F = TypeVar("F", bound=Callable[..., Any])


@functools.cache
def source_hash() -> str:
    """Return a hash of all kernels' sources and of the shapes that they are compiled for.

    Code compiled from others is never taken: numba itself looks at the file of the function alone, not at
    what the function calls.
    """
    digest = hashlib.sha256(repr(PROCESSOR).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path | None:
    """Return where compiled kernels are kept: below ``NUMBA_CACHE_DIR``, or the user's folder for caches.

    None where the user has no folder.
    """
    given = cache_setting() or os.environ.get("NUMBA_CACHE_DIR")
    try:
        if given:
            root = Path(given).absolute()
        elif sys.platform == "win32":
            root = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            root = Path.home() / "Library" / "Caches"
        else:
            root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # a user without a home
        return None
    return root / "tmva_py" / "numba" / source_hash()


@functools.cache
def store() -> Store:
    """Return where this process keeps compiled kernels."""
    return open_store(cache_folder())


def compiled(function: F) -> F:
    """Compile `function` when it is first called, without the interpreter's lock, and keep the result.

    Where no folder can be written to, every process compiles again.
    """
    return _compile(function, fastmath=False, counting=True)


def borrowing(function: F) -> F:
    """Compile as `compiled` does a function that makes no array and calls only such functions.

    No references are counted in it: each view counts its array up and down again, which takes as long as
    the loop over a few events.
    """
    return _compile(function, fastmath=False, counting=False)


def compiled_in_any_order(function: F) -> F:
    """Compile as `compiled` does, but let sums be taken in another order, so that they become vectors.

    The order depends on the length of a sum, not on where its terms are.
    """
    return _compile(function, fastmath={"reassoc", "contract"}, counting=False)


def _compile(function: F, fastmath: bool | set[str], *, counting: bool) -> F:
    dispatcher = numba.njit(
        nogil=True, error_model="numpy", boundscheck=False, fastmath=fastmath, **count_references(counting)
    )(function)
    keep(dispatcher, function, store(), source_hash())
    call_for_any_number(dispatcher)
    _OURS.add(dispatcher)
    return cast(F, dispatcher)


# Compiled functions of this package.
_OURS: set[Any] = set()
_TOLD: list[bool] = []


def _announce(dispatcher: Any) -> None:
    """Tell about the first kernel that is compiled."""
    if dispatcher not in _OURS or _TOLD:
        return
    _TOLD.append(True)
    where = store().problem or f"{store().folder} keeps them"
    LOGGER.info(f"compiling kernels for this processor, which takes some seconds ({where})")


on_compiling(_announce)
