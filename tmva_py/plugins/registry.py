"""The registry: from a name in an option string, the builder or a weight file to its class."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata

from tmva_py.errors import PluginError, UnknownNameError, did_you_mean, warn
from tmva_py.locks import IMPORTS, ForkSafeLock
from tmva_py.plugins.discovery import RESTRICT_VARIABLE, STRICT_VARIABLE, is_strict
from tmva_py.plugins.kinds import KINDS, KindSpec
from tmva_py.plugins.loader import Loader
from tmva_py.plugins.records import Candidate, Failure, PluginRecord, Source

OWN_DISTRIBUTION = "tmva-py"
LONGEST_WAIT = 30.0
"""Seconds that a look-up waits for a thread that imports plugins; one of these may be waiting for it."""


class Registry:
    """All classes that plugins provide, found by kind and name.

    A built-in module is imported when one of its classes is requested. The entry points of group
    ``tmva_py`` are imported, each on its own, at the first look-up; one that fails gives a warning, is
    remembered, and is named again whenever a name is missed. Look-ups are safe from several threads.

    Parameters
    ----------
    plugins : sequence of module or object, optional
        Further plugins (a test's, a notebook's), as pluggy takes them.
    load_entry_points : bool, default True
        Whether the plugins of installed distributions are loaded.
    environment : mapping, optional
        Where ``TMVA_PY_PLUGINS`` (a comma-separated list of the entry points to load; empty loads none)
        and ``TMVA_PY_STRICT_PLUGINS`` (``1`` makes every look-up raise after a failure) are read; default
        ``os.environ``.
    kinds : mapping, default KINDS
        The kinds of plugins, with the built-in classes.

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
        kinds: Mapping[str, KindSpec] = KINDS,
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._kinds = kinds
        self._loader = Loader(
            tuple(plugins), load_entry_points=load_entry_points, environment=self._environment
        )
        self._candidates: dict[str, tuple[Candidate, ...]] = {}
        self._gave_up = False
        # Re-entrant: a plugin may look names up while it is loaded.
        self._lock = ForkSafeLock(self._loader.forget_other_threads)

    def find(self, kind: str, name: str) -> type:
        """Return the class of `kind` that is called `name` (case does not count).

        Raises
        ------
        UnknownNameError
            No class has this name; the message names the nearest one, all known ones and the plugins that
            failed to load.
        PluginError
            Two classes have the name; the message names both sources.
        """
        table = self._table(kind, name)
        found = [one for one in table if name.casefold() in one.folded]
        return self._single(found, f"{kind} {name!r}", name, (known for one in table for known in one.names))

    def find_by_tag(self, tag: str) -> type:
        """Return the layer class that reads and writes XML elements called `tag`.

        Raises
        ------
        UnknownNameError
            No layer has this tag.
        PluginError
            Two layers have it.
        """
        layers = [one for one in self._table("layer") if one.tag]
        found = [one for one in layers if one.tag == tag]
        return self._single(found, f"layer element <{tag}>", tag, (one.tag for one in layers))

    def knows(self, kind: str, name: str) -> bool:
        """Return whether some class of `kind` is called `name`."""
        return any(name.casefold() in one.folded for one in self._table(kind))

    def names(self, kind: str) -> tuple[str, ...]:
        """Return every name of `kind` in alphabetical order, as its class spells it."""
        return tuple(sorted({name for one in self._table(kind) for name in one.names}))

    def classes(self, kind: str) -> tuple[type, ...]:
        """Return the classes of `kind`, built-in ones first, in the order of registration."""
        return tuple(one.cls for one in self._table(kind))

    def by_code(self, kind: str) -> dict[str, type]:
        """Return the classes of `kind` by their ``code``, the text that weight files have."""
        found: dict[str, type] = {}
        for cls in self.classes(kind):
            found.setdefault(str(getattr(cls, "code", "")), cls)
        return found

    def records(self) -> list[PluginRecord]:
        """Return what is registered, by whom, and what failed; no error or warning of a failure follows."""
        rows = []
        for kind in self._kinds:
            table = self._loaded(kind)
            for one in table:
                rivals = sorted({str(other.source) for other in table if one.conflicts_with(other)})
                status = f"conflict with {', '.join(rivals)}" if rivals else "ok"
                source, names = one.source, "|".join(one.names)
                rows.append(
                    PluginRecord(kind, names, one.class_name, source.distribution, source.version, status)
                )
        rows += [source.record(f"not loaded ({RESTRICT_VARIABLE})") for source in self._loader.left_out]
        rows += [failure.source.record(f"failed: {failure.error}") for failure in self._loader.failures]
        self._loader.remarks.clear()
        return rows

    def failures(self) -> tuple[Failure, ...]:
        """Return what failed so far; ``str`` of a failure is a sentence. Nothing is raised."""
        with self._lock:
            self._loader.load()
        return self._loader.failures

    def only(self, distribution: str) -> Registry:
        """Return a registry of the built-in classes and those of one distribution."""
        made = Registry(load_entry_points=False, environment={}, kinds=self._kinds)
        for kind in self._kinds:
            made._candidates[kind] = tuple(
                one
                for one in self._loaded(kind)
                if one.source.distribution in (OWN_DISTRIBUTION, distribution)
            )
        return made

    def _table(self, kind: str, name: str = "") -> tuple[Candidate, ...]:
        """Return the candidates of a kind, and warn of what failed to load."""
        table = self._loaded(kind, name)
        if not self._loader.busy:
            if self._loader.failures and is_strict(self._environment):
                texts = "\n  ".join(map(str, self._loader.failures))
                message = f"{texts}\n  (an error because of {STRICT_VARIABLE})"
                raise PluginError(message) from self._loader.failures[0].cause
            with contextlib.suppress(IndexError):  # no more; where warnings are errors, one a look-up
                while True:
                    warn(self._loader.remarks.popleft())
        return table

    def _loaded(self, kind: str, name: str = "") -> tuple[Candidate, ...]:
        """Return the candidates of a kind, among them those that are called `name`."""
        if kind not in self._kinds:
            known = ", ".join(self._kinds)
            message = f"unknown kind of plugin {kind!r}{did_you_mean(kind, self._kinds)}; known: {known}"
            raise UnknownNameError(message)
        if (found := self._candidates.get(kind)) is not None:
            return found
        builtins = tuple(_builtins(self._kinds[kind]))
        if not self._may_load(builtins, name):
            return builtins  # not all there is
        try:
            if kind not in self._candidates:
                table = (*builtins, *self._loader.candidates(self._kinds[kind]))
                if self._loader.busy:
                    return table  # not all there is
                self._candidates[kind] = table
            return self._candidates[kind]
        finally:
            self._lock.release()

    def _may_load(self, builtins: Sequence[Candidate], name: str) -> bool:
        """Take the lock. False for a thread that may have been started by the plugin that is imported."""
        if self._lock.acquire(timeout=0):
            return True
        is_builtin = any(name.casefold() in one.folded for one in builtins)
        if self._gave_up or (is_builtin and self._loader.is_newer(threading.current_thread())):
            return False
        if self._lock.acquire(timeout=LONGEST_WAIT):
            self._gave_up = False
            return True
        self._gave_up = True
        return False

    def _single(self, found: Sequence[Candidate], what: str, name: str, known: Iterable[str]) -> type:
        if len(found) > 1:
            message = (
                f"{what} is provided by {' and by '.join(map(str, found))}; "
                f"list the plugins to keep in {RESTRICT_VARIABLE}"
            )
            raise PluginError(message)
        if found:
            return found[0].cls
        known = sorted(set(known))
        lines = [f"unknown {what}{did_you_mean(name, known)}", f"known: {', '.join(known)}"]
        lines += [str(failure) for failure in self._loader.failures]
        if (source := self._loader.importing) is not None:
            lines.append(f"{source} is being imported")
        lines += [
            f"{source} is not loaded: {RESTRICT_VARIABLE} leaves it out" for source in self._loader.left_out
        ]
        raise UnknownNameError("\n  ".join(lines))


# Made once whichever thread comes first: functools.cache alone lets two threads make one each.
_DEFAULT_LOCK = ForkSafeLock()


def default_registry() -> Registry:
    """Return the registry of this process's installed plugins."""
    with _DEFAULT_LOCK:
        return _default_registry()


@functools.cache
def _default_registry() -> Registry:
    return Registry()


def _builtins(spec: KindSpec) -> list[Candidate]:
    tags = {name: tag for tag, name in spec.tags.items()}
    found = []
    for joined, module in spec.builtins.items():
        names = tuple(joined.split("|"))
        load = functools.partial(_builtin_class, spec.hook, module, names)
        found.append(Candidate(names, tags.get(names[0], ""), _own_source(), load))
    return found


def _builtin_class(hook: str, module: str, names: tuple[str, ...]) -> type:
    """Import a built-in module and return the class that its hook provides under these names."""
    with IMPORTS:
        classes: Sequence[type] = getattr(importlib.import_module(module), hook)()
    return next(cls for cls in classes if getattr(cls, "names", ()) == names)


@functools.cache
def _own_source() -> Source:
    try:
        version = metadata.version(OWN_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        version = "not installed"
    return Source("tmva_py", OWN_DISTRIBUTION, version)
