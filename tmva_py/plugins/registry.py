"""The registry: from a name in an option string, the builder or a weight file to the class behind it."""

from __future__ import annotations

import functools
import importlib
import os
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import metadata

import pluggy

from tmva_py.errors import PluginError, TMVAWarning, UnknownNameError, did_you_mean
from tmva_py.plugins.builtin import BUILTIN_MODULES
from tmva_py.plugins.checks import check_classes, check_hooks, names_of
from tmva_py.plugins.discovery import (
    RESTRICT_VARIABLE,
    STRICT_VARIABLE,
    installed_plugins,
    is_strict,
    split_by_restriction,
)
from tmva_py.plugins.hookspecs import HOOK_OF_KIND, KINDS, PROJECT, HookSpecifications, Kind
from tmva_py.plugins.records import Claim, Failure, Owner, PluginRecord

# Folded name -> every class that claims it; two are an error once the name is asked for.
Table = dict[str, list[Claim]]


class Registry:
    """All classes that plugins offer, found by kind and name.

    The package's own modules of a kind are imported when the kind is first asked for. The entry points of
    group ``tmva_py`` are imported, each on its own, at the first look-up; one that fails gives a warning,
    is remembered, and is named again whenever a name is missed. Look-ups are safe from several threads.

    Parameters
    ----------
    plugins : sequence of module or object, optional
        Further plugins (a test's, a notebook's), as pluggy takes them.
    load_entry_points : bool, default True
        Whether installed distributions are looked at.
    environment : mapping, optional
        Where ``TMVA_PY_PLUGINS`` (a comma-separated list of the entry points to load; empty loads none)
        and ``TMVA_PY_STRICT_PLUGINS`` (``1`` makes every look-up raise after a failure) are read; default
        ``os.environ``.

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
        self._strangers_asked_for = False
        self._loading = False
        self._owners: dict[str, Owner] = {}
        self._failures: dict[tuple[Owner, str], Failure] = {}
        self._left_out: list[Owner] = []
        self._to_warn: list[str] = []
        self._tables: dict[Kind, Table] = {}
        self._lock = threading.RLock()

    def find(self, kind: Kind, name: str) -> type:
        """Return the class of `kind` that is called `name` (case does not count).

        Raises
        ------
        UnknownNameError
            No class has this name; the message names the nearest one, all known ones and the plugins that
            failed to load.
        PluginError
            Two classes claim the name; the message names both owners.
        """
        claims = self._table(kind).get(name.casefold())
        if not claims:
            known = self.names(kind)
            message = f"unknown {kind} {name!r}{did_you_mean(name, known)}\n  known: {', '.join(known)}"
            raise UnknownNameError(message + self._absent_lines())
        return _single(claims, f"{kind} {name!r}")

    def find_by_tag(self, tag: str) -> type:
        """Return the layer class that reads and writes XML elements called `tag`.

        Raises
        ------
        UnknownNameError
            No layer has this tag.
        PluginError
            Two layers have it.
        """
        by_tag: dict[str, list[Claim]] = {}
        for claim in _distinct(self._table("layer")):
            by_tag.setdefault(_tag(claim.cls), []).append(claim)
        by_tag.pop("", None)
        if tag not in by_tag:
            message = (
                f"unknown layer element <{tag}>{did_you_mean(tag, by_tag)}\n"
                f"  known: {', '.join(sorted(by_tag))}"
            )
            raise UnknownNameError(message + self._absent_lines())
        return _single(by_tag[tag], f"layer element <{tag}>")

    def knows(self, kind: Kind, name: str) -> bool:
        """Return whether some class of `kind` is called `name`."""
        return name.casefold() in self._table(kind)

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return every name of `kind` in alphabetical order, as its class spells it."""
        return tuple(sorted({name for cls in self.classes(kind) for name in names_of(cls)}))

    def classes(self, kind: Kind) -> tuple[type, ...]:
        """Return the classes of `kind`, built-in ones first, in the order of registration."""
        return tuple(claim.cls for claim in _distinct(self._table(kind)))

    def records(self) -> list[PluginRecord]:
        """Return what is registered, by whom, and what failed, for people to read."""
        rows: list[PluginRecord] = []
        for kind in KINDS:
            claims = _distinct(self._table(kind))
            for claim in claims:
                rivals = sorted(
                    {str(other.owner) for other in claims if other is not claim and _clash(claim, other)}
                )
                rows.append(
                    PluginRecord(
                        kind,
                        "|".join(names_of(claim.cls)),
                        claim.class_name,
                        claim.owner.distribution,
                        claim.owner.version,
                        f"conflict with {', '.join(rivals)}" if rivals else "ok",
                    )
                )
        rows += [owner.record(f"not loaded ({RESTRICT_VARIABLE})") for owner in self._left_out]
        rows += [failure.owner.record(f"failed: {failure.error}") for failure in self._failures.values()]
        return rows

    def failures(self) -> tuple[str, ...]:
        """Return one sentence for each plugin that failed so far."""
        with self._lock:
            self._load_strangers()
        self._report()
        return tuple(map(str, self._failures.values()))

    def failed(self) -> tuple[Failure, ...]:
        """Return each plugin that failed so far, with its exception."""
        self.failures()
        return tuple(self._failures.values())

    def _table(self, kind: Kind) -> Table:
        if kind not in HOOK_OF_KIND:
            message = f"unknown kind of plugin {kind!r}{did_you_mean(kind, KINDS)}; known: {', '.join(KINDS)}"
            raise UnknownNameError(message)
        with self._lock:
            table = self._tables.get(kind)
            if table is None:
                self._load_builtins(kind)
                self._load_strangers()
                table = self._collect(kind)
                # A plugin that looks a name up while it is imported sees what is there so far; the rest
                # of the plugins must still come in.
                if not self._loading:
                    self._tables[kind] = table
        self._report()
        return table

    def _load_builtins(self, kind: Kind) -> None:
        owner = Owner("tmva_py", "tmva-py", _own_version(), builtin=True)
        for module_name in BUILTIN_MODULES[kind]:
            if module_name not in self._owners:
                module = importlib.import_module(module_name)
                self._owners[module_name] = owner
                self._manager.register(module, name=module_name)

    def _load_strangers(self) -> None:
        if self._strangers_asked_for:
            return
        self._strangers_asked_for = self._loading = True
        try:
            for number, plugin in enumerate(self._given):
                name = getattr(plugin, "__name__", f"given plugin {number}")
                owner = Owner(name, "given to the registry", "-", repr(plugin))
                self._register(f"given {number}", owner, functools.partial(_given, plugin))
            if self._load_entry_points:
                wanted, self._left_out, complaints = split_by_restriction(
                    installed_plugins(), self._environment
                )
                self._to_warn += complaints
                for owner, entry_point in wanted:
                    self._register(f"{owner.distribution}:{entry_point.name}", owner, entry_point.load)
        finally:
            self._loading = False

    def _register(self, key: str, owner: Owner, load: Callable[[], object]) -> None:
        """Load one stranger; whatever goes wrong with it stays with it."""
        plugin: object = None
        try:
            plugin = load()
            if key in self._owners or self._manager.is_registered(plugin):
                return  # the same module under a second entry point
            self._owners[key] = owner
            self._manager.register(plugin, name=key)
            check_hooks(self._manager, plugin)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's module may raise anything
            if plugin is not None and self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            self._fail(Failure(owner, "", error))

    def _collect(self, kind: Kind) -> Table:
        table: Table = {}
        implementations = getattr(self._manager.hook, HOOK_OF_KIND[kind]).get_hookimpls()
        # The package's own classes lead whatever was registered first.
        for item in sorted(implementations, key=lambda item: not self._owners[item.plugin_name].builtin):
            owner = self._owners[item.plugin_name]
            try:
                classes = check_classes(item.function(), kind, builtin=owner.builtin)
            except (Exception, SystemExit) as error:
                if owner.builtin:
                    raise
                self._fail(Failure(owner, HOOK_OF_KIND[kind], error))
                continue
            for cls in classes:
                for name in dict.fromkeys(text.casefold() for text in names_of(cls)):
                    claims = table.setdefault(name, [])
                    if all(cls is not claim.cls for claim in claims):
                        claims.append(Claim(cls, owner))
        return table

    def _fail(self, failure: Failure) -> None:
        if (failure.owner, failure.hook) not in self._failures:
            self._failures[failure.owner, failure.hook] = failure
            self._to_warn.append(f"{failure}; it is left out")

    def _report(self) -> None:
        # After loading, not during it: where warnings are errors, the tables are complete all the same.
        if self._loading:
            return
        if self._failures and is_strict(self._environment):
            texts = "\n  ".join(map(str, self._failures.values()))
            message = f"{texts}\n  (an error because of {STRICT_VARIABLE})"
            raise PluginError(message) from next(iter(self._failures.values())).cause
        while True:
            with self._lock:
                if not self._to_warn:
                    return
                text = self._to_warn.pop(0)
            warnings.warn(text, TMVAWarning, stacklevel=4)

    def _absent_lines(self) -> str:
        lines = [str(failure) for failure in self._failures.values()]
        lines += [f"{owner} is not loaded: {RESTRICT_VARIABLE} leaves it out" for owner in self._left_out]
        return "".join(f"\n  {line}" for line in lines)


# Made once whichever thread comes first: functools.cache alone lets two threads make one each.
_DEFAULT_LOCK = threading.Lock()


def default_registry() -> Registry:
    """Return the registry of this process's installed plugins."""
    with _DEFAULT_LOCK:
        return _default_registry()


@functools.cache
def _default_registry() -> Registry:
    return Registry()


def _given(plugin: object) -> object:
    return plugin


def _distinct(table: Table) -> list[Claim]:
    by_class: dict[type, Claim] = {}
    for claims in table.values():
        for claim in claims:
            by_class.setdefault(claim.cls, claim)
    return list(by_class.values())


def _single(claims: Sequence[Claim], what: str) -> type:
    if len(claims) > 1:
        message = (
            f"{what} is claimed by {' and by '.join(map(str, claims))}; "
            f"list the plugins to keep in {RESTRICT_VARIABLE}"
        )
        raise PluginError(message)
    return claims[0].cls


def _clash(one: Claim, other: Claim) -> bool:
    shared = _folded(names_of(one.cls)) & _folded(names_of(other.cls))
    return bool(shared) or (bool(_tag(one.cls)) and _tag(one.cls) == _tag(other.cls))


def _folded(names: Iterable[str]) -> set[str]:
    return {name.casefold() for name in names}


def _tag(cls: type) -> str:
    return str(getattr(cls, "xml_tag", ""))


@functools.cache
def _own_version() -> str:
    try:
        return metadata.version("tmva-py")
    except metadata.PackageNotFoundError:
        return "not installed"
