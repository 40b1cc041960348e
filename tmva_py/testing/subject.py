"""What the checks of a function are given: a class, an object of it, where names are looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from tmva_py.lazy import lazy
from tmva_py.plugins import Registry
from tmva_py.testing.report import MismatchError, expect

T = TypeVar("T")


@dataclass(frozen=True)
class Subject(Generic[T]):
    """A class that is checked."""

    kind: str
    cls: type[T]
    registry: Registry

    @classmethod
    def of(cls, kind: str, what: str | Callable[..., Any], registry: Registry) -> Subject[T]:
        """Return the subject for a name or a class."""
        found = registry.find(kind, what) if isinstance(what, str) else what
        return cls(kind, cast(type[T], found), registry)

    @lazy
    def made(self) -> T:
        """An object of the class."""
        return self.cls()


def name_of(cls: type) -> str:
    """Return the first name of a registered class."""
    names: tuple[str, ...] = getattr(cls, "names", ("",))
    return names[0]


def on_object(function: Callable[[T], str]) -> Callable[[Subject[T]], str]:
    """Return a check that is given an object of the class."""
    return lambda subject: function(subject.made)


def on_class(function: Callable[[type[T]], str]) -> Callable[[Subject[T]], str]:
    """Return a check that is given the class."""
    return lambda subject: function(subject.cls)


def number_in_files(subject: Subject[T]) -> str:
    """Check that ``code`` is a number that no other class of the kind has."""
    return _check_code(subject, int)


def letter_in_files(subject: Subject[T]) -> str:
    """Check that ``code`` is a text that no other class of the kind has."""
    return _check_code(subject, str)


def _check_code(subject: Subject[T], expected: type) -> str:
    code = getattr(subject.cls, "code", None)
    expect(
        isinstance(code, expected) and code != "" and not isinstance(code, bool),
        f"code is {code!r}, expected {'a number' if expected is int else 'a text'}: weight files have it",
    )
    other = subject.registry.by_code(subject.kind).get(str(code), subject.cls)
    if other is not subject.cls:
        message = (
            f"code {code!r} is that of {other.__qualname__} too: a weight file would come back with the "
            "other; take one that is free"
        )
        raise MismatchError(message)
    return f"code {code!r}"
