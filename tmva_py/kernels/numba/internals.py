"""All that is used of numba beyond its documented interface, in one place.

numba changes these without notice: ``tests/kernels/test_numba_internals.py`` names the version and what
broke, README.md beside this file what to do then.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import types
from numba.core import caching, config, event
from numba.extending import intrinsic


def cache_setting() -> str:
    """Return numba's own setting of a folder for caches, empty where there is none."""
    return str(config.CACHE_DIR or "")


def feature_setting() -> str | None:
    """Return the processor's features that numba is told to compile for, None for the host's."""
    given: str | None = config.CPU_FEATURES
    return given


def view_pointer(context: Any, builder: Any, kind: Any, view: Any) -> Any:
    """Return the address of the first element of an `At`, `Rows` or `Strided` of numba's type `kind`."""
    array = context.make_array(kind.types[0])(context, builder, builder.extract_value(view, 0))
    return builder.gep(array.data, [builder.extract_value(view, 1)])


def grouped(*kinds: type | None) -> Any:
    """Return a function for compiled code that makes of a flat tuple one of named tuples and single values.

    `kinds` has the class of each named tuple, None for a single value. Python hands values over one by one
    three times as fast as in tuples.
    """

    @intrinsic  # type: ignore[untyped-decorator]
    def group(typing: Any, values: Any) -> Any:
        parts, spans, place = [], [], 0
        for kind in kinds:
            length = 1 if kind is None else len(kind._fields)  # type: ignore[attr-defined]
            members = values.types[place : place + length]
            parts.append(members[0] if kind is None else types.BaseTuple.from_types(members, kind))
            spans.append(range(place, place + length))
            place += length

        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            made = []
            for kind, part, span in zip(kinds, parts, spans, strict=True):
                members = [builder.extract_value(arguments[0], number) for number in span]
                made.append(members[0] if kind is None else context.make_tuple(builder, part, members))
            # What is given back is owned once more by whoever gets it.
            result = context.make_tuple(builder, signature.return_type, made)
            context.nrt.incref(builder, signature.return_type, result)
            return result

        return types.Tuple(parts)(values), code

    return group


def keep(dispatcher: Any, function: Callable[..., Any], folder: Path, stamp: str) -> bool:
    """Have what is compiled of `function` kept in `folder`, valid for one `stamp`; return whether it can be.

    numba's own locators look at the file of the function alone, not at what the function calls.
    """

    class Locator(caching._CacheLocator):  # type: ignore[misc]
        def __init__(self, file: str) -> None:
            self._module = Path(file).stem

        def get_cache_path(self) -> str:
            return str(folder)

        def get_source_stamp(self) -> str:
            return stamp

        def get_disambiguator(self) -> str:
            return self._module

        @classmethod
        def from_function(cls, py_func: Any, py_file: str) -> Any:
            del py_func
            locator = cls(py_file)
            try:
                locator.ensure_cache_path()
            except OSError:
                return None
            return locator

    class Implementation(caching.CompileResultCacheImpl):  # type: ignore[misc]
        _locator_classes = [Locator]  # noqa: RUF012 - numba's own attribute

    class Cache(caching.FunctionCache):  # type: ignore[misc]
        _impl_class = Implementation

    try:
        dispatcher._cache = Cache(function)
    except (RuntimeError, OSError):
        return False
    return True


def call_for_any_number(dispatcher: Any) -> None:
    """Let calls with numbers that are written in the source use what is compiled for any number.

    numba would compile once more for every combination of them, seconds for each of the larger functions.
    """
    for_any = dispatcher.get_call_template

    def get_call_template(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        return for_any(
            tuple(types.unliteral(kind) for kind in arguments),
            {name: types.unliteral(kind) for name, kind in keywords.items()},
        )

    dispatcher.get_call_template = get_call_template


def on_compiling(listener: Callable[[Any], None]) -> None:
    """Call `listener` with each dispatcher that begins to compile."""

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, event: Any) -> None:
            listener(event.data["dispatcher"])

        def on_end(self, event: Any) -> None:
            pass

    event.register("numba:compile", Listener())
