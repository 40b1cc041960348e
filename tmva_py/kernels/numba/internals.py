"""All that is used of numba beyond its documented interface, in one place.

numba changes these without notice: ``tests/kernels/test_numba_internals.py`` names the version and what
broke, README.md beside this file what to do then.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import llvmlite
import numba
from llvmlite.binding import ffi
from numba import types
from numba.core import caching, compiler, compiler_lock, config, event, serialize
from numba.extending import intrinsic

from tmva_py.kernels.numba.store import Store


def cache_setting() -> str:
    """Return numba's own setting of a folder for caches, empty where there is none."""
    return str(config.CACHE_DIR or "")


def feature_setting() -> str | None:
    """Return the processor's features that numba is told to compile for, None for the host's."""
    given: str | None = config.CPU_FEATURES
    return given


def count_references(wanted: bool) -> dict[str, bool]:
    """Return the setting of numba's decorator by which compiled code counts references to arrays, or not."""
    return {"_nrt": wanted}


def view_pointer(context: Any, builder: Any, kind: Any, view: Any) -> Any:
    """Return the address of the first element of an `At`, `Rows` or `Strided` of numba's type `kind`."""
    array = context.make_array(kind.types[0])(context, builder, builder.extract_value(view, 0))
    return builder.gep(array.data, [builder.extract_value(view, 1)])


def _reader(kind: Any) -> Any:
    """Return a function for compiled code that reads a number of numba's type `kind` at an address."""

    @intrinsic  # type: ignore[untyped-decorator]
    def read(typing: Any, address: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            pointer = context.get_value_type(kind).as_pointer()
            return builder.load(builder.inttoptr(arguments[0], pointer))

        return kind(types.int64), code

    return read


def _copier(kind: Any) -> Any:
    """Return a function for compiled code that copies a number of numba's type `kind` between addresses."""

    @intrinsic  # type: ignore[untyped-decorator]
    def copy(typing: Any, source: Any, target: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            pointer = context.get_value_type(kind).as_pointer()
            value = builder.load(builder.inttoptr(arguments[0], pointer))
            builder.store(value, builder.inttoptr(arguments[1], pointer))
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), code

    return copy


copy_4_bytes = _copier(types.int32)
copy_8_bytes = _copier(types.int64)
read_address = _reader(types.int64)
read_single = _reader(types.float32)


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
            result = context.make_tuple(builder, signature.return_type, made)
            if context.enable_nrt:  # what is given back is owned once more by whoever gets it
                context.nrt.incref(builder, signature.return_type, result)
            return result

        return types.Tuple(parts)(values), code

    return group


class _Kept(caching.NullCache):  # type: ignore[misc]
    """Results of one function in a store, in the place of numba's own files.

    numba's have an index for each function, which it unpickles whoever wrote it, of which the last of several
    processes' is left, and which, once damaged, fails in every process.
    """

    def __init__(self, function: Callable[..., Any], store: Store, stamp: str) -> None:
        code = function.__code__
        cells = tuple(cell.cell_contents for cell in function.__closure__ or ())
        self._store = store
        self._function = f"{Path(code.co_filename).stem}.{function.__qualname__}"
        self._stamp = (
            *(stamp, numba.__version__, llvmlite.__version__, sys.version_info[:2]),
            *(self._function, hashlib.sha256(code.co_code).hexdigest()),
            hashlib.sha256(serialize.dumps(cells)).hexdigest() if cells else "",
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what an earlier process compiled for the types, or None."""
        target_context.refresh()
        name = self._name(sig, target_context.codegen())
        content = self._store.read(name)
        if content is None:
            return None
        try:
            return compiler.CompileResult._rebuild(target_context, *pickle.loads(content))
        except Exception as error:  # noqa: BLE001 - whatever it is, compiling anew is the way out
            self._store.replace(name, error)
            return None

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Keep what was compiled for the types."""
        # What holds addresses of this process, or code that was taken out of loops, is of no use to another.
        if cres.library.has_dynamic_globals or any(not part.can_cache for part in cres.lifted):
            return
        self._store.write(self._name(sig, cres.codegen), serialize.dumps(cres._reduce()))

    def _name(self, sig: Any, codegen: Any) -> str:
        text = repr((*self._stamp, sig, codegen.magic_tuple()))
        function = re.sub(r"\W+", "_", self._function)[:80]
        return f"{function}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def keep(dispatcher: Any, function: Callable[..., Any], store: Store, stamp: str) -> None:
    """Have what is compiled of `function` kept in `store`, valid for one `stamp`."""
    dispatcher._cache = _Kept(function, store, stamp)


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


LONGEST_WAIT = 5.0
"""Seconds that a fork waits for a thread that compiles."""


class _CompilingWhenForked:
    """A fork waits for the thread that compiles; a child whose parent's thread goes on has new locks."""

    def __init__(self) -> None:
        self._held = False
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(
                before=self._wait, after_in_parent=self._go_on, after_in_child=self._renew_or_go_on
            )

    def _wait(self) -> None:
        self._held = compiler_lock.global_compiler_lock._lock.acquire(timeout=LONGEST_WAIT)

    def _go_on(self) -> None:
        if self._held:
            compiler_lock.global_compiler_lock._lock.release()

    def _renew_or_go_on(self) -> None:
        if not self._held:
            compiler_lock.global_compiler_lock._lock = threading.RLock()
            ffi.lib._lock._lock = threading.RLock()
        self._go_on()


_FORKS = _CompilingWhenForked()
