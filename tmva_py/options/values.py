"""What an option string said: the value of every declared option, and which ones the user set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tmva_py.errors import OptionError, did_you_mean
from tmva_py.options.option import Option, index_by_name, text_of


class OptionValues(Mapping[str, Any]):
    """A read-only mapping from option name, as declared, to value.

    Parameters
    ----------
    declared : iterable of Option
        The table, in the order in which weight files list it.
    values : mapping
        Values by declared name; missing ones take their defaults.
    given : iterable of str
        The names that the user set (``modified="Yes"`` in weight files).

    Attributes
    ----------
    declared : tuple of Option
        The table.
    given : frozenset of str
        What the user set, in the declared spelling.
    """

    def __init__(
        self, declared: Iterable[Option], values: Mapping[str, Any] | None = None, given: Iterable[str] = ()
    ) -> None:
        self.declared = tuple(declared)
        self.given = frozenset(given)
        self._values: dict[str, Any] = {option.name: option.initial() for option in self.declared}
        for name, value in (values or {}).items():
            self._check(name)
            self._values[name] = value
        for name in self.given:
            self._check(name)

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"OptionValues({self._values!r}, given={sorted(self.given)!r})"

    def text(self, name: str) -> str:
        """Return the value of option `name` as TMVA writes it into weight files.

        Raises
        ------
        OptionError
            No such option is declared.
        """
        self._check(name)
        text = text_of(self._values[name])
        return text.lower() if any(one.lowered and one.name == name for one in self.declared) else text

    def changed(self) -> dict[str, tuple[Any, Any]]:
        """Return the options that do not have their default: value and default."""
        return {
            option.name: (self._values[option.name], option.initial())
            for option in self.declared
            if self._values[option.name] != option.initial()
        }

    def updated(self, values: Mapping[str, Any]) -> OptionValues:
        """Return a copy with other values; `given` stays.

        TMVA's methods change options while they process them (``VerbosityLevel``, ``Architecture``), and
        weight files have the changed value.

        Raises
        ------
        OptionError
            No such option is declared.
        """
        return OptionValues(self.declared, {**self._values, **values}, self.given)

    def _check(self, name: str) -> None:
        if name not in self._values:
            message = f"unknown option {name!r}{did_you_mean(name, self._values)}"
            raise OptionError(message + f"\n  known: {', '.join(self._values)}")


def known_names(declared: Iterable[Option]) -> str:
    """Return the names of a table for a message, arrays with their size."""
    table = index_by_name(declared)
    return ", ".join(
        option.name if option.size is None else f"{option.name}[{option.size}]" for option in table.values()
    )
