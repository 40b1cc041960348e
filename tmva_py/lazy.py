"""Attributes that are computed when they are first read, and never behind a lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - read as a decorator
    """An attribute that is computed once; threads that come at the same moment get one value.

    ``functools.cached_property`` of Python 3.11 holds a lock while it computes: a child that was forked
    meanwhile would wait for it for ever.
    """

    def __init__(self, function: Callable[[Any], T]) -> None:
        self.function = function
        self.name = function.__name__
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        """Compute the value; an instance that has it is not asked again."""
        if instance is None:
            return self
        value: T = vars(instance).setdefault(self.name, self.function(instance))
        return value
