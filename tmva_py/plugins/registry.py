"""The registry: from a name in an option string, the builder or a weight file to the class behind it."""

from __future__ import annotations

import functools
import importlib
import os
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from types import ModuleType

import pluggy

from tmva_py.errors import PluginError, TMVAWarning, UnknownNameError, did_you_mean
from tmva_py.plugins.builtin import BUILTIN_MODULES
from tmva_py.plugins.hookspecs import HOOK_OF_KIND, KINDS, PROJECT, HookSpecifications, Kind

ENTRY_POINT_GROUP = "tmva_py"
RESTRICT_VARIABLE = "TMVA_PY_PLUGINS"
STRICT_VARIABLE = "TMVA_PY_STRICT_PLUGINS"


@dataclass(frozen=True)
class PluginRecord:
    """One registered class or one plugin that failed, as ``tmva-py plugins`` lists it.

    Attributes
    ----------
    kind : str
        One of `tmva_py.plugins.KINDS`, or an empty string for a plugin that failed to load.
    name : str
        The names of the class joined by ``|``, or the entry point's name.
    class_name : str
        Module and class, or the entry point's value.
    distribution, version : str
        The distribution that brought it.
    status : str
        ``"ok"``, ``"not loaded (…)"``, ``"conflict with …"`` or ``"failed: …"``.
    """

    kind: str
    name: str
    class_name: str
    distribution: str
    version: str
    status: str


@dataclass(frozen=True)
class _Owner:
    """Who brought a class: told in conflicts and in the listing."""

    plugin: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version} (plugin {self.plugin!r})"


@dataclass(frozen=True)
class _Failure:
    """An entry point that could not be loaded."""

    owner: _Owner
    value: str
    error: str

    def __str__(self) -> str:
        return (
            f"plugin {self.owner.plugin!r} of {self.owner.distribution} {self.owner.version} "
            f"failed to load: {self.error}"
        )


class Registry:
    """All classes that plugins offer, found by kind and name.

    The package's own modules of a kind are imported when the kind is first asked for. The entry points of
    group ``tmva_py`` are imported, each on its own, at the first look-up; one that fails gives a warning,
    is remembered, and is named again whenever a name is missed.

    Parameters
    ----------
    plugins : sequence of module or object, optional
        Further plugins (a test's, a notebook's), as pluggy takes them.
    load_entry_points : bool, default True
        Whether installed distributions are looked at.
    environment : mapping, optional
        Where ``TMVA_PY_PLUGINS`` (a comma-separated list of the entry points to load; empty loads none)
        and ``TMVA_PY_STRICT_PLUGINS`` (``1`` raises on the first failure) are read; default ``os.environ``.

    Examples
    --------
    >>> Registry(load_entry_points=False).find("optimizer", "ADAM").__name__
    'Adam'
    """

    def __init__(
        self,
        plugins: Sequence[object] = (),
        *,
        load_entry_points: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(HookSpecifications)
        self._environment = os.environ if environment is None else environment
        self._load_entry_points = load_entry_points
        self._given = tuple(plugins)
        self._strangers_loaded = False
        self._owners: dict[str, _Owner] = {}
        self._failures: list[_Failure] = []
        self._left_out: list[tuple[_Owner, str]] = []
        # Kind -> folded name -> every class that claims it; two are an error once the name is asked for.
        self._tables: dict[Kind, dict[str, list[tuple[type, _Owner]]]] = {}
        self._lock = threading.RLock()

    def find(self, kind: Kind, name: str) -> type:
        """Return the class of `kind` that is called `name` (case does not count).

        Raises
        ------
        UnknownNameError
            No class has this name; the message names the nearest one, all known ones and the plugins that
            failed to load.
        PluginError
            Two plugins claim the name.
        """
        table = self._table(kind)
        claims = table.get(name.casefold())
        if not claims:
            raise UnknownNameError(self._unknown(kind, name))
        if len(claims) > 1:
            owners = " and ".join(f"{cls.__module__}.{cls.__qualname__} of {owner}" for cls, owner in claims)
            message = f"{kind} {name!r} is claimed by {owners}; leave one out with {RESTRICT_VARIABLE}"
            raise PluginError(message)
        return claims[0][0]

    def find_by_tag(self, tag: str) -> type:
        """Return the layer class that reads and writes XML elements called `tag`.

        Raises
        ------
        UnknownNameError
            No layer has this tag.
        """
        by_tag: dict[str, type] = {}
        for cls in self.classes("layer"):
            by_tag.setdefault(getattr(cls, "xml_tag", ""), cls)
        if not tag or tag not in by_tag:
            known = ", ".join(sorted(filter(None, by_tag)))
            message = f"unknown layer element <{tag}>{did_you_mean(tag, by_tag)}\n  known: {known}"
            raise UnknownNameError(message + self._failed_lines())
        return by_tag[tag]

    def knows(self, kind: Kind, name: str) -> bool:
        """Return whether some class of `kind` is called `name`."""
        return name.casefold() in self._table(kind)

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return every name of `kind` in alphabetical order, as its class spells it."""
        return tuple(sorted({name for cls in self.classes(kind) for name in _names(cls)}))

    def classes(self, kind: Kind) -> tuple[type, ...]:
        """Return the classes of `kind`, built-in ones first, in the order of registration."""
        seen: dict[type, None] = {}
        for claims in self._table(kind).values():
            for cls, _ in claims:
                seen[cls] = None
        return tuple(seen)

    def records(self) -> list[PluginRecord]:
        """Return what is registered, by whom, and what failed, for people to read."""
        rows: list[PluginRecord] = []
        for kind in KINDS:
            table = self._table(kind)
            listed: set[type] = set()
            for claims in table.values():
                for cls, owner in claims:
                    if cls in listed:
                        continue
                    listed.add(cls)
                    others = {
                        str(rival_owner)
                        for name in _names(cls)
                        for rival, rival_owner in table[name.casefold()]
                        if rival is not cls
                    }
                    status = f"conflict with {', '.join(sorted(others))}" if others else "ok"
                    rows.append(
                        PluginRecord(
                            kind,
                            "|".join(_names(cls)),
                            f"{cls.__module__}.{cls.__qualname__}",
                            owner.distribution,
                            owner.version,
                            status,
                        )
                    )
        for owner, value in self._left_out:
            status = f"not loaded ({RESTRICT_VARIABLE})"
            rows.append(PluginRecord("", owner.plugin, value, owner.distribution, owner.version, status))
        for failure in self._failures:
            owner = failure.owner
            status = f"failed: {failure.error}"
            rows.append(
                PluginRecord("", owner.plugin, failure.value, owner.distribution, owner.version, status)
            )
        return rows

    def failures(self) -> tuple[str, ...]:
        """Return one sentence for each plugin that failed to load."""
        self._load_strangers()
        return tuple(str(failure) for failure in self._failures)

    def _table(self, kind: Kind) -> dict[str, list[tuple[type, _Owner]]]:
        with self._lock:
            if kind not in self._tables:
                if kind not in HOOK_OF_KIND:
                    message = f"unknown kind of plugin {kind!r}; known: {', '.join(KINDS)}"
                    raise UnknownNameError(message)
                own = _Owner("tmva_py", "tmva-py", _own_version())
                for module_name in BUILTIN_MODULES[kind]:
                    module = importlib.import_module(module_name)
                    self._register(module, module_name, own)
                self._load_strangers()
                self._tables[kind] = self._collect(kind)
            return self._tables[kind]

    def _collect(self, kind: Kind) -> dict[str, list[tuple[type, _Owner]]]:
        table: dict[str, list[tuple[type, _Owner]]] = {}
        hook = getattr(self._manager.hook, HOOK_OF_KIND[kind])
        # The package's own classes lead whatever was registered first.
        implementations = sorted(
            hook.get_hookimpls(), key=lambda item: self._owners[item.plugin_name].plugin != "tmva_py"
        )
        for implementation in implementations:
            owner = self._owners[implementation.plugin_name]
            try:
                classes = tuple(implementation.function())
                for cls in classes:
                    _check_class(cls, kind)
            except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything
                self._fail(_Failure(owner, implementation.plugin_name, _describe(error)), error)
                continue
            for cls in classes:
                for name in dict.fromkeys(text.casefold() for text in _names(cls)):
                    claims = table.setdefault(name, [])
                    if all(cls is not claimed for claimed, _ in claims):
                        claims.append((cls, owner))
        return table

    def _load_strangers(self) -> None:
        with self._lock:
            if self._strangers_loaded:
                return
            self._strangers_loaded = True
            for number, plugin in enumerate(self._given):
                name = getattr(plugin, "__name__", f"given plugin {number}")
                self._register(plugin, name, _Owner(name, "given to the registry", "-"))
            if self._load_entry_points:
                for entry_point in metadata.entry_points(group=ENTRY_POINT_GROUP):
                    self._load_entry_point(entry_point)

    def _load_entry_point(self, entry_point: metadata.EntryPoint) -> None:
        distribution = entry_point.dist
        owner = _Owner(
            entry_point.name,
            distribution.name if distribution else "unknown distribution",
            distribution.version if distribution else "-",
        )
        allowed = self._environment.get(RESTRICT_VARIABLE)
        if allowed is not None and entry_point.name not in {name.strip() for name in allowed.split(",")}:
            self._left_out.append((owner, entry_point.value))
            return
        try:
            self._register(entry_point.load(), f"{owner.distribution}:{entry_point.name}", owner)
        except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything
            self._fail(_Failure(owner, entry_point.value, _describe(error)), error)

    def _register(self, plugin: object, name: str, owner: _Owner) -> None:
        if name in self._owners or self._manager.is_registered(plugin):
            return
        self._owners[name] = owner
        try:
            self._manager.register(plugin, name=name)
            if not isinstance(plugin, ModuleType) or owner.plugin != "tmva_py":
                self._manager.check_pending()
        except Exception:
            self._manager.unregister(plugin)
            raise

    def _fail(self, failure: _Failure, error: Exception) -> None:
        if self._environment.get(STRICT_VARIABLE) == "1":
            message = f"{failure} ({STRICT_VARIABLE}=1)"
            raise PluginError(message) from error
        self._failures.append(failure)
        warnings.warn(f"{failure}; it is left out", TMVAWarning, stacklevel=2)

    def _unknown(self, kind: Kind, name: str) -> str:
        known = self.names(kind)
        return (
            f"unknown {kind} {name!r}{did_you_mean(name, known)}\n  known: {', '.join(known)}"
            + self._failed_lines()
        )

    def _failed_lines(self) -> str:
        return "".join(f"\n  {failure}" for failure in self._failures)


@functools.cache
def default_registry() -> Registry:
    """Return the registry of this process's installed plugins."""
    return Registry()


def _names(cls: type) -> tuple[str, ...]:
    names: tuple[str, ...] = cls.names  # type: ignore[attr-defined]  # checked by _check_class
    return names


def _check_class(cls: object, kind: Kind) -> None:
    if not isinstance(cls, type):
        message = f"hook {HOOK_OF_KIND[kind]} must return classes, got {cls!r}"
        raise PluginError(message)
    names = getattr(cls, "names", None)
    if not isinstance(names, tuple) or not names or not all(isinstance(name, str) and name for name in names):
        message = f"{cls.__qualname__}.names must be a tuple of one or more texts, got {names!r}"
        raise PluginError(message)


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}({str(error)!r})" if str(error) else type(error).__name__


@functools.cache
def _own_version() -> str:
    try:
        return metadata.version("tmva-py")
    except metadata.PackageNotFoundError:
        return "not installed"
