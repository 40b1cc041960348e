"""One declared option: its name, type, default and limits, for parser, XML and documentation alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tmva_py.errors import OptionError

OptionType = type[str] | type[int] | type[float] | type[bool]

KIND_OF_TYPE: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "one of true, false, 1, 0",
}


@dataclass(frozen=True)
class Option:
    """A declared option.

    One table of these serves the option string, the fields of a layout entry, the XML attributes of a
    layer and the reference page.

    Parameters
    ----------
    name : str
        The declared spelling; in option strings case does not count.
    type : type
        One of ``str``, ``int``, ``float``, ``bool``.
    default : object
        The value when nothing is set. ``None`` in a layout's table means that the field must be given.
    doc : str
        What it does, in a few words.
    choices : tuple of str
        The only values allowed; case does not count and values get the spelling here.
    xml : str, optional
        The attribute's name in weight files, where it is not `name`.
    minimum : int or float, optional
        The smallest value allowed.
    below : int or float, optional
        What a value must be less than.
    size : int, optional
        The number of entries of an array option.
    per_variable : bool, default False
        Whether it is an array with an entry for each variable; `for_variables` gives it its size.
    lowered : bool, default False
        Whether weight files hold the value in lower case, as some of TMVA's methods leave it.
    in_files : bool, default True
        Whether weight files hold the option; not one that ROOT does not know.

    Examples
    --------
    >>> Option("slope", float, 0.01, xml="Slope", doc="factor below zero").default
    0.01
    """

    name: str
    type: OptionType
    default: Any
    doc: str = ""
    choices: tuple[str, ...] = ()
    xml: str | None = None
    minimum: float | None = None
    below: float | None = None
    size: int | None = None
    per_variable: bool = False
    lowered: bool = False
    in_files: bool = True

    def __post_init__(self) -> None:
        if self.type not in KIND_OF_TYPE:
            message = f"option {self.name!r}: type must be str, int, float or bool, got {self.type!r}"
            raise OptionError(message)
        if not self.name or "=" in self.name or ":" in self.name:
            message = f"an option's name must be a text without '=' and ':', got {self.name!r}"
            raise OptionError(message)
        if self.size is not None and self.size < 1:
            message = f"option {self.name!r}: an array needs at least one entry, got size {self.size}"
            raise OptionError(message)

    @property
    def is_array(self) -> bool:
        """Whether the option has several values."""
        return self.size is not None or self.per_variable

    @property
    def expected(self) -> str:
        """What a value must be, for messages."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        limit = "" if self.minimum is None else f" of at least {self.minimum:g}"
        upper = "" if self.below is None else f"{' and' if limit else ''} below {self.below:g}"
        return KIND_OF_TYPE[self.type] + limit + upper

    def allows(self, value: float) -> bool:
        """Return whether a number is within the limits."""
        return not (
            (self.minimum is not None and value < self.minimum)
            or (self.below is not None and value >= self.below)
        )

    def initial(self) -> Any:
        """Return the default; for an array a tuple of `size` values."""
        if self.size is None:
            return self.default
        if isinstance(self.default, Sequence) and not isinstance(self.default, str):
            return tuple(self.default)
        return (self.default,) * self.size

    def choice(self, word: str) -> str | None:
        """Return the declared spelling of `word` among the choices, or None."""
        lowered = word.lower()
        return next((choice for choice in self.choices if choice.lower() == lowered), None)


def for_variables(declared: Iterable[Option], n_variables: int) -> tuple[Option, ...]:
    """Return options where arrays with an entry for each variable have their size."""
    size = max(1, n_variables)
    return tuple(replace(one, size=size) if one.per_variable else one for one in declared)


def index_by_name(declared: Iterable[Option]) -> dict[str, Option]:
    """Return the options by lower-cased name.

    Raises
    ------
    OptionError
        Two options have one name.
    """
    table: dict[str, Option] = {}
    for option in declared:
        if option.name.lower() in table:
            message = f"option {option.name!r} is declared twice"
            raise OptionError(message)
        table[option.name.lower()] = option
    return table


def text_of(value: Any) -> str:
    """Return one value as TMVA writes it into weight files.

    Integers plain, other numbers with six digits after the point and an exponent, booleans as ``True`` and
    ``False``, arrays joined by blanks.

    Examples
    --------
    >>> text_of(0.02), text_of(True), text_of((1, 2))
    ('2.000000e-02', 'True', '1 2')
    """
    if isinstance(value, tuple):
        return " ".join(text_of(entry) for entry in value)
    if isinstance(value, float):
        return f"{value:.6e}"
    return str(value)
