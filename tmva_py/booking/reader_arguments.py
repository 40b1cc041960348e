"""The arguments of ``Reader``'s constructor: three forms and an option string."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tmva_py.errors import BookingError, OptionError, warn
from tmva_py.methods.releases import NEWEST, RELEASES
from tmva_py.options import Option, OptionValues, parse_option_string

READER_OPTIONS: tuple[Option, ...] = (
    Option("V", bool, False, doc="verbose output"),
    Option("Color", bool, False, doc="coloured output on a terminal"),
    Option("Silent", bool, False, doc="no output"),
    Option("Error", bool, False, doc="estimate the error of a response; methods that can always do"),
    Option(
        "Release", str, NEWEST, choices=tuple(RELEASES),
        doc="answer as this release of TMVA does where a file does not tell (not an option of TMVA's)",
    ),
)  # fmt: skip


def constructor_arguments(
    arguments: Sequence[Any], keywords: Mapping[str, Any]
) -> tuple[list[str], str, bool]:
    """Return variables, option string and verbose from the three forms of the constructor.

    Raises
    ------
    BookingError
        The arguments are of none of them.
    """
    given = list(arguments)
    unknown = set(keywords) - {"theOption", "verbose"}
    if unknown or len(given) + len(keywords) > 3:
        message = (
            f"Reader takes (options), (names, options) or ('a:b', options), and verbose; got {arguments!r}"
        )
        raise BookingError(message + (f" and {', '.join(sorted(unknown))}" if unknown else ""))
    options, verbose = keywords.get("theOption", ""), keywords.get("verbose", False)
    names: list[str] = []
    if given and not isinstance(given[0], str) and isinstance(given[0], Sequence):
        names = [str(name) for name in given.pop(0)]
    elif len(given) >= 2 and isinstance(given[0], str) and isinstance(given[1], str):
        names = given.pop(0).split(":")
    if given:
        options = given.pop(0)
    if given:
        verbose = given.pop(0)
    if given or not isinstance(options, str) or not isinstance(verbose, (bool, int)):
        message = (
            f"Reader takes (options), (names, options) or ('a:b', options), and verbose; got {arguments!r}"
        )
        raise BookingError(message)
    return names, options, bool(verbose)


def parse_reader_options(text: str) -> OptionValues:
    """Return the options; unknown ones are named in a warning and have no effect, as in TMVA.

    Warns
    -----
    TMVAWarning
        An option is unknown, perhaps because the text is meant as a list of variables.
    """
    try:
        return parse_option_string(text, READER_OPTIONS, owner="Reader")
    except OptionError as error:
        refused = error
    values = OptionValues(READER_OPTIONS)
    for piece in text.split(":"):
        try:
            found = parse_option_string(piece, READER_OPTIONS, owner="Reader")
        except OptionError:
            continue
        values = values.updated({name: found[name] for name in found.given})
    warn(
        f"{refused}\n  it has no effect, as in TMVA; a single text is Reader's option string: variables go "
        "as Reader(['var1', 'var2'], '') or with AddVariable"
    )
    return values
