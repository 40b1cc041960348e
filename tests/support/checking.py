"""The complete check of a class that is registered for a test only."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tmva_py.plugins import KINDS, Registry, hookimpl
from tmva_py.testing import CheckReport, PluginCheckError
from tmva_py.testing import check as check_class

BASES = {name: kind.base.split(":") for name, kind in KINDS.items() if name != "backend"}


def kind_of(cls: type) -> str:
    """Return the kind of plugin that a class is; a backend has no base class."""
    for kind, (module, base) in BASES.items():
        if issubclass(cls, getattr(importlib.import_module(module), base)):
            return kind
    return "backend"


def registry_of(cls: type) -> Registry:
    """Return a registry that has the package's own classes and `cls`."""
    hook = KINDS[kind_of(cls)].hook

    def offer() -> list[type]:
        return [cls]

    offer.__name__ = hook
    plugin = SimpleNamespace(__name__="wrong", **{hook: hookimpl(offer)})
    return Registry([plugin], load_entry_points=False, environment={"TMVA_PY_STRICT_PLUGINS": "1"})


def assert_fails(cls: type, row: str, texts: Sequence[str]) -> PluginCheckError:
    """Assert that the check's `row` fails for a class, with all of the texts; return the error."""
    with pytest.raises(PluginCheckError) as caught:
        check(cls)
    failed = {failure.check: failure.detail for failure in caught.value.report.failures}
    assert row in failed, caught.value
    for text in texts:
        assert re.search(text, failed[row]), f"{text!r} is not in:\n{failed[row]}"
    return caught.value


def check(cls: type, **arguments: Any) -> CheckReport:
    """Check a class by its name, in a registry of its own."""
    names: tuple[str, ...] = cls.names  # type: ignore[attr-defined]
    return check_class(kind_of(cls), names[0], registry=registry_of(cls), **arguments)
