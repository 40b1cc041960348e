"""The hooks of plugins, one for each kind, made from the table of kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType

import pluggy

from tmva_py.plugins.kinds import KINDS, KindSpec

PROJECT = "tmva_py"
hookimpl = pluggy.HookimplMarker(PROJECT)
hookspec = pluggy.HookspecMarker(PROJECT)


def hook_specifications() -> ModuleType:
    """Return what `pluggy.PluginManager.add_hookspecs` takes: hooks without arguments that return classes."""
    module = ModuleType("hooks")
    vars(module).update({kind.hook: hookspec(_specification(kind)) for kind in KINDS.values()})
    return module


def _specification(kind: KindSpec) -> Callable[[], Sequence[type]]:
    def hook() -> Sequence[type]:
        raise AssertionError  # the body of a specification never runs

    hook.__name__ = kind.hook
    hook.__doc__ = f"Return classes that derive from {kind.base.replace(':', '.')}."
    return hook
