"""Loads third-party plugins, each on its own, and calls their hooks."""

from __future__ import annotations

import functools
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

import pluggy

from tmva_py.errors import PluginError
from tmva_py.message_log import MessageLog
from tmva_py.plugins.checks import check_classes, check_hooks
from tmva_py.plugins.discovery import RESTRICT_VARIABLE, installed_plugins, split_by_restriction
from tmva_py.plugins.hookspecs import PROJECT, hook_specifications
from tmva_py.plugins.kinds import KindSpec
from tmva_py.plugins.records import Candidate, Failure, Source

SLOW = 2.0
"""Seconds after which it is said which plugin is imported."""

T = TypeVar("T")
Hook = tuple[Source, str, Callable[[], object]]


class Loader:
    """The third-party plugins of one registry: imported at the first request, their hooks called once a kind.

    Whatever goes wrong with a plugin is a `Failure` and stays with this plugin.
    """

    def __init__(
        self, plugins: Sequence[object], *, load_entry_points: bool, environment: Mapping[str, str]
    ) -> None:
        self._given, self._load_entry_points, self._environment = plugins, load_entry_points, environment
        self._hooks: list[Hook] | None = None
        self._failures: dict[tuple[Source, str], Failure] = {}
        self._lost: set[Source] = set()
        self.left_out: list[Source] = []
        self.remarks: deque[str] = deque()
        self.busy = False
        self.importing: Source | None = None
        self._threads_before: frozenset[threading.Thread] = frozenset()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What has failed so far."""
        return tuple(self._failures.values())

    def load(self) -> None:
        """Import the plugins, unless that is done or under way."""
        if self._hooks is None:
            with self._at_work() as free:
                self._hooks = list(self._imported()) if free else None

    def candidates(self, kind: KindSpec) -> list[Candidate]:
        """Return the classes of a kind; none to a plugin that looks names up while it is loaded."""
        self.load()
        with self._at_work() as free:
            return self._call(kind, self._hooks or ()) if free else []

    def is_newer(self, thread: threading.Thread) -> bool:
        """Return whether a thread was started while plugins are imported, perhaps by one of them."""
        return self.busy and thread not in self._threads_before

    def forget_other_threads(self) -> None:
        """In a child that was forked while another thread imported plugins: load again, without that one.

        Its module would wait for ever for the thread that is gone.
        """
        self.busy, self._hooks = False, None
        if self.importing is not None:
            error = PluginError("another thread was importing it when this process was forked")
            self._lost.add(self.importing)
            self._fail(Failure(self.importing, "", error))
            self.importing = None

    @contextmanager
    def _watched(self, source: Source) -> Iterator[None]:
        """Say which plugin is imported if that takes long."""

        def tell() -> None:
            MessageLog("Registry", stream=sys.stderr).info(
                f"still importing {source}, for {SLOW:g} s now; {RESTRICT_VARIABLE} can leave it out"
            )

        before, self.importing = self.importing, source
        timer = threading.Timer(SLOW, tell)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self.importing = before

    @contextmanager
    def _at_work(self) -> Iterator[bool]:
        """Yield whether nothing else is loaded at the moment."""
        free, self.busy = not self.busy, True
        if free:
            self._threads_before = frozenset(threading.enumerate())
        try:
            yield free
        finally:
            self.busy = not free

    def _imported(self) -> Iterator[Hook]:
        manager = pluggy.PluginManager(PROJECT)
        manager.add_hookspecs(hook_specifications())
        for number, (source, load) in enumerate(self._sources()):
            plugin: object = None
            if source in self._lost:
                continue
            try:
                with self._watched(source):
                    plugin = load()
                if manager.is_registered(plugin):
                    continue  # the same module under a second entry point
                manager.register(plugin, name=f"{number}")
                check_hooks(manager, plugin)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - a module may raise anything, SystemExit too
                self._fail(Failure(source, "", error))
                continue
            for caller in manager.get_hookcallers(plugin) or ():
                for item in caller.get_hookimpls():
                    if item.plugin is plugin:
                        yield source, caller.name, item.function

    def _sources(self) -> Iterator[tuple[Source, Callable[[], object]]]:
        for number, plugin in enumerate(self._given):
            name = getattr(plugin, "__name__", f"given plugin {number}")
            source = Source(name, "given to the registry", "-", repr(plugin))
            yield source, functools.partial(_itself, plugin)
        if self._load_entry_points:
            wanted, self.left_out, complaints = split_by_restriction(installed_plugins(), self._environment)
            self.remarks.extend(complaints)
            for source, entry_point in wanted:
                yield source, entry_point.load

    def _call(self, kind: KindSpec, hooks: Sequence[Hook]) -> list[Candidate]:
        found: dict[type, Candidate] = {}
        for source, hook, function in hooks:
            if hook != kind.hook:
                continue
            try:
                with self._watched(source):
                    classes = check_classes(function(), kind)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - as above
                self._fail(Failure(source, hook, error))
                continue
            for cls, names in classes.items():
                load = functools.partial(_itself, cls)
                found.setdefault(cls, Candidate(names, _tag(cls), source, load))
        return list(found.values())

    def _fail(self, failure: Failure) -> None:
        if (failure.source, failure.hook) not in self._failures:
            self._failures[failure.source, failure.hook] = failure
            self.remarks.append(f"{failure}; it is left out")


def _itself(thing: T) -> T:
    return thing


def _tag(cls: type) -> str:
    return str(getattr(getattr(cls, "xml", None), "tag", ""))
