"""What a call may not leave behind: attributes of an object, the process's random numbers."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tmva_py.testing.report import expect

SEED = 731


@contextmanager
def global_numbers_untouched(what: str) -> Iterator[None]:
    """Raise `MismatchError` when the block changes the global generator of NumPy or of Python.

    The block starts from states of its own, so that a seed that was set before shows as well; the user's are
    put back.
    """
    kept: Any = np.random.get_state()  # noqa: NPY002 - the global state is what is watched
    kept_python = random.getstate()
    np.random.seed(SEED)  # noqa: NPY002
    random.seed(SEED)
    before = _states()
    try:
        yield
        after = _states()
    finally:
        np.random.set_state(kept)  # noqa: NPY002
        random.setstate(kept_python)
    for owner, advice in (
        ("numpy.random", "np.random.seed or np.random.normal"),
        ("random", "random.seed"),
    ):
        expect(
            before[owner] == after[owner],
            f"{what} changes the global state of {owner}: a user's numbers are no longer those of the seed\n"
            f"  likely cause: {advice}; take numbers of the numpy.random.Generator that is given, in a layer "
            "context.random",
        )


def _states() -> dict[str, object]:
    state: Any = np.random.get_state()  # noqa: NPY002
    return {"numpy.random": (state[1].tobytes(), int(state[2])), "random": random.getstate()}


def attributes_of(thing: Any) -> dict[str, Any]:
    """Return copies of an object's attributes, without what a network binds to a layer."""
    skipped = {"parameters", "gradients", "stacks", "stack_gradients", "buffers", "previous", "backend"}
    found = {}
    for name, value in vars(thing).items():
        if name in skipped:
            continue
        try:
            found[name] = copy.deepcopy(value)
        except Exception:  # noqa: BLE001 - a value that cannot be copied is compared by identity
            found[name] = value
    return found


def changed_attribute(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return the first attribute that is new or another, in quotes; an empty text if none is."""
    for name, value in after.items():
        if name not in before or not _equal(before[name], value):
            return repr(name)
    return ""


def _equal(old: Any, value: Any) -> bool:
    if type(value) is not type(old):
        return False
    if isinstance(value, np.ndarray):
        return np.array_equal(old, value, equal_nan=value.dtype.kind == "f")
    if isinstance(value, tuple | list):
        return len(old) == len(value) and all(map(_equal, old, value))
    if isinstance(value, dict):
        return old.keys() == value.keys() and all(_equal(old[key], value[key]) for key in value)
    if getattr(type(value), "__eq__", None) is object.__eq__:
        return True  # a copy of an object without a comparison says nothing
    try:
        return bool(old == value)
    except Exception:  # noqa: BLE001 - values that cannot be compared say nothing
        return True
