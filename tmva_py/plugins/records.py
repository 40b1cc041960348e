"""What plugins provide: sources, candidates for a name, failures, and rows for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tmva_py.lazy import lazy


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
        The distribution that provides it.
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
class Source:
    """Where classes come from: a plugin of a distribution; `value` is that of its entry point."""

    plugin: str
    distribution: str
    version: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.distribution} {self.version} (plugin {self.plugin!r})"

    def record(self, status: str) -> PluginRecord:
        """Return the row of a plugin that provides nothing."""
        return PluginRecord("", self.plugin, self.value, self.distribution, self.version, status)


@dataclass(frozen=True)
class Candidate:
    """A class that a source provides; a built-in one is imported when it is first used."""

    names: tuple[str, ...]
    tag: str
    source: Source
    load: Callable[[], type]

    def __str__(self) -> str:
        return f"{self.class_name} of {self.source}"

    @lazy
    def cls(self) -> type:
        """The class."""
        return self.load()

    @lazy
    def folded(self) -> frozenset[str]:
        """The names without regard to case."""
        return frozenset(name.casefold() for name in self.names)

    @property
    def class_name(self) -> str:
        """Module and class."""
        return f"{self.cls.__module__}.{self.cls.__qualname__}"

    def conflicts_with(self, other: Candidate) -> bool:
        """Whether another class has one of the names or the element in weight files."""
        return other is not self and bool(self.folded & other.folded or (self.tag and self.tag == other.tag))


@dataclass(frozen=True)
class Failure:
    """A plugin that failed to load, or one of its hooks that gave nothing usable.

    Attributes
    ----------
    source : Source
        The plugin.
    hook : str
        The hook that failed; empty when the plugin's module did.
    cause : BaseException
        What was raised.
    """

    source: Source
    hook: str
    cause: BaseException

    @property
    def error(self) -> str:
        """The exception's class and text."""
        text = str(self.cause)
        return f"{type(self.cause).__name__}({text!r})" if text else type(self.cause).__name__

    def __str__(self) -> str:
        where = f" in {self.hook}" if self.hook else " to load"
        source = self.source
        return (
            f"plugin {source.plugin!r} of {source.distribution} {source.version} failed{where}: {self.error}"
        )
