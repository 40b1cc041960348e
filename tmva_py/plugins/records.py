"""Who brought a class, what failed, and the rows that ``tmva-py plugins`` lists."""

from __future__ import annotations

from dataclasses import dataclass


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
class Owner:
    """Who brought a class.

    Attributes
    ----------
    plugin : str
        The entry point's name.
    distribution, version : str
        The distribution that has the entry point.
    value : str
        The entry point's value, ``module`` or ``module:object``.
    builtin : bool
        Whether it is this package itself.
    """

    plugin: str
    distribution: str
    version: str
    value: str = ""
    builtin: bool = False

    def __str__(self) -> str:
        return f"{self.distribution} {self.version} (plugin {self.plugin!r})"

    def record(self, status: str) -> PluginRecord:
        """Return the row of a plugin that offers nothing."""
        return PluginRecord("", self.plugin, self.value, self.distribution, self.version, status)


@dataclass(frozen=True)
class Claim:
    """A class and who brought it."""

    cls: type
    owner: Owner

    @property
    def class_name(self) -> str:
        """Module and class."""
        return f"{self.cls.__module__}.{self.cls.__qualname__}"

    def __str__(self) -> str:
        return f"{self.class_name} of {self.owner}"


@dataclass(frozen=True)
class Failure:
    """A plugin that could not be loaded, or a hook of it that gave nothing usable."""

    owner: Owner
    hook: str
    cause: BaseException

    @property
    def error(self) -> str:
        """The exception's class and text."""
        text = str(self.cause)
        return f"{type(self.cause).__name__}({text!r})" if text else type(self.cause).__name__

    def __str__(self) -> str:
        where = f" in {self.hook}" if self.hook else " to load"
        owner = self.owner
        return f"plugin {owner.plugin!r} of {owner.distribution} {owner.version} failed{where}: {self.error}"
