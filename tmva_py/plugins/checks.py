"""What a plugin must fulfil before anything of it is used."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence

import pluggy

from tmva_py.errors import PluginError, did_you_mean
from tmva_py.plugins.builtin import BACKEND_MEMBERS, BASE_CLASSES
from tmva_py.plugins.hookspecs import HOOK_OF_KIND, Kind

# They separate names in option strings, layouts and lists, so that no name can hold one.
SEPARATORS = frozenset("|,:=+;() \t\n")


def check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    """Refuse a registered plugin that implements an unknown hook, or none.

    Raises
    ------
    PluginError
        The message names the hook that was meant, or the function that lacks its mark.
    """
    hooks = HOOK_OF_KIND.values()
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


def check_classes(returned: object, kind: Kind, *, builtin: bool) -> tuple[type, ...]:
    """Return the classes that a hook gave, each found fit.

    Raises
    ------
    PluginError
        It gave something else, or a class lacks its names, its base or a method.
    """
    hook = HOOK_OF_KIND[kind]
    if not isinstance(returned, Sequence) or isinstance(returned, str):
        message = f"hook {hook} must return a list of classes, got {returned!r}"
        raise PluginError(message)
    for cls in returned:
        if not isinstance(cls, type):
            message = f"hook {hook} must return classes, got {cls!r}"
            raise PluginError(message)
        _check_names(cls)
        if not builtin:  # the package's own are checked by its tests
            _check_base(cls, kind)
    return tuple(returned)


def names_of(cls: type) -> tuple[str, ...]:
    """Return the names of a class that `check_classes` has passed."""
    names: tuple[str, ...] = cls.names  # type: ignore[attr-defined]
    return names


def _check_names(cls: type) -> None:
    names = getattr(cls, "names", None)
    if not isinstance(names, tuple) or not names or not all(isinstance(name, str) and name for name in names):
        message = f"{cls.__qualname__}.names must be a tuple of one or more texts, got {names!r}"
        raise PluginError(message)
    for name in names:
        if SEPARATORS & set(name):
            message = f"{cls.__qualname__}.names: {name!r} holds a sign that option strings use"
            raise PluginError(message)


def _check_base(cls: type, kind: Kind) -> None:
    if kind == "backend":
        missing = [member for member in BACKEND_MEMBERS if not hasattr(cls, member)]
        if missing:
            message = f"{cls.__qualname__} is not a backend: it lacks {', '.join(missing)}"
            raise PluginError(message)
        return
    module, name = BASE_CLASSES[kind]
    base = getattr(importlib.import_module(module), name)
    if not issubclass(cls, base):
        message = f"{cls.__qualname__} must derive from {module}.{name}"
        raise PluginError(message)
    if inspect.isabstract(cls):
        missing = sorted(getattr(cls, "__abstractmethods__", ()))
        message = f"{cls.__qualname__} does not define {', '.join(missing)}"
        raise PluginError(message)
