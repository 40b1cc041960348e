"""How kernels are compiled, where the result is kept, and who is told."""

from __future__ import annotations

import functools
import hashlib
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba import types
from numba.core import caching, config, event

from tmva_py.kernels.numba.processor import PROCESSOR

LOGGER = logging.getLogger("tmva_py.kernels.numba")

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


def cache_folder() -> Path:
    """Return where compiled kernels are kept: below ``NUMBA_CACHE_DIR``, or the user's folder for caches."""
    given = config.CACHE_DIR or os.environ.get("NUMBA_CACHE_DIR")
    if given:
        root = Path(given)
    elif sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "tmva_py" / "numba" / source_hash()


class _Locator(caching._CacheLocator):  # type: ignore[misc]
    """Tells numba the folder and what a kept result depends on."""

    def __init__(self, file: str) -> None:
        self._folder = str(cache_folder())
        self._module = Path(file).stem

    def get_cache_path(self) -> str:
        return self._folder

    def get_source_stamp(self) -> str:
        return source_hash()

    def get_disambiguator(self) -> str:
        return self._module

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> _Locator | None:
        del py_func
        locator = cls(py_file)
        try:
            locator.ensure_cache_path()
        except OSError:
            return None
        return locator


class _CacheImpl(caching.CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes = [_Locator]  # noqa: RUF012 - numba's own attribute


class _Cache(caching.FunctionCache):  # type: ignore[misc]
    _impl_class = _CacheImpl


def compiled(function: F) -> F:
    """Compile `function` when it is first called, without the interpreter's lock, and keep the result.

    Where no folder can be written to, every process compiles again.
    """
    return _compile(function, fastmath=False)


def compiled_in_any_order(function: F) -> F:
    """Compile as `compiled` does, but let sums be taken in another order, so that they become vectors.

    The order depends on the length of a sum, not on where its terms stand.
    """
    return _compile(function, fastmath={"reassoc", "contract"})


def _compile(function: F, fastmath: bool | set[str]) -> F:
    dispatcher = numba.njit(nogil=True, error_model="numpy", boundscheck=False, fastmath=fastmath)(function)
    try:
        dispatcher._cache = _Cache(function)
    except (RuntimeError, OSError):
        _NOT_KEPT.append(function.__name__)
    _unliteral_calls(dispatcher)
    _OURS.add(dispatcher)
    return cast(F, dispatcher)


def _unliteral_calls(dispatcher: Any) -> None:
    """Let calls with numbers that stand in the source use what is compiled for any number.

    numba would compile once more for every combination of them, seconds for each of the larger functions.
    """
    for_any = dispatcher.get_call_template

    def get_call_template(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        return for_any(
            tuple(types.unliteral(kind) for kind in arguments),
            {name: types.unliteral(kind) for name, kind in keywords.items()},
        )

    dispatcher.get_call_template = get_call_template


# Compiled functions of this package, and those whose result cannot be kept.
_OURS: set[Any] = set()
_NOT_KEPT: list[str] = []


class _Announcer(event.Listener):  # type: ignore[misc]
    """Tells about the first kernel that is compiled."""

    def __init__(self) -> None:
        self.told = False

    def on_start(self, event: Any) -> None:
        if self.told or event.data["dispatcher"] not in _OURS:
            return
        self.told = True
        where = f"{cache_folder()} keeps them" if not _NOT_KEPT else f"{cache_folder()} cannot be written to"
        LOGGER.info("compiling kernels for this processor, which takes some seconds (%s)", where)

    def on_end(self, event: Any) -> None:
        pass


event.register("numba:compile", _Announcer())
