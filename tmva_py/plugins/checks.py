"""What a plugin must fulfil before any class of it is used."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import pluggy

from tmva_py.errors import PluginError, did_you_mean
from tmva_py.plugins.kinds import KINDS, KindSpec

# They separate names in option strings, layouts and lists, so that no name can have one.
SEPARATORS = frozenset("|,:=+;() \t\n")


def check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    """Refuse a plugin that implements an unknown hook, or none; the message names what was meant."""
    hooks = [kind.hook for kind in KINDS.values()]
    callers = manager.get_hookcallers(plugin) or []
    for caller in callers:
        optional = all(item.optionalhook for item in caller.get_hookimpls() if item.plugin is plugin)
        if not caller.has_spec() and not optional:
            message = f"there is no hook {caller.name!r}{did_you_mean(caller.name, hooks)}"
            raise PluginError(message)
    if not callers:
        unmarked = [name for name in vars(plugin) if name in hooks] if hasattr(plugin, "__dict__") else []
        reason = (
            f"function {unmarked[0]} is not marked with @tmva_py.plugins.hookimpl"
            if unmarked
            else f"it implements no hook; hooks are {', '.join(hooks)}"
        )
        raise PluginError(reason)


def check_classes(returned: object, kind: KindSpec) -> dict[type, tuple[str, ...]]:
    """Return the classes that a hook gave, with their names; refuse what lacks names, base or methods."""
    if not isinstance(returned, Sequence) or isinstance(returned, str):
        message = f"hook {kind.hook} must return a list of classes, got {returned!r}"
        raise PluginError(message)
    found = {}
    for cls in returned:
        if not isinstance(cls, type):
            message = f"hook {kind.hook} must return classes, got {cls!r}"
            raise PluginError(message)
        found[cls] = _checked_names(cls)
        _check_base(cls, kind)
    return found


def _checked_names(cls: type) -> tuple[str, ...]:
    names = getattr(cls, "names", None)
    if not isinstance(names, tuple) or not names or not all(isinstance(name, str) and name for name in names):
        message = f"{cls.__qualname__}.names must be a tuple of one or more texts, got {names!r}"
        raise PluginError(message)
    for name in names:
        if SEPARATORS & set(name):
            message = f"{cls.__qualname__}.names: {name!r} has a sign that option strings use"
            raise PluginError(message)
    return names


def _check_base(cls: type, kind: KindSpec) -> None:
    module, name = kind.base.split(":")
    base = getattr(importlib.import_module(module), name)
    if not issubclass(cls, base):
        message = f"{cls.__qualname__} must derive from {module}.{name}"
        raise PluginError(message)
    missing = [member for member in kind.members if not hasattr(cls, member)]
    missing += sorted(getattr(cls, "__abstractmethods__", ()))
    if missing:
        message = f"{cls.__qualname__} does not define {', '.join(missing)}"
        raise PluginError(message)
