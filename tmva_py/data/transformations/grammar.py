"""The text of ``VarTransform`` and of the factory's ``Transformations``."""

from __future__ import annotations

from dataclasses import dataclass

from tmva_py.errors import OptionError, warn, with_caret

ALL_CLASSES = "AllClasses"


@dataclass(frozen=True)
class StepText:
    """One step of a chain as written."""

    name: str
    class_name: str  # the reference class; empty for all classes
    rest: str  # from a second underscore on; TMVA does not look at it
    variables: str | None  # in parentheses; None without them
    start: int  # in the whole text
    variables_start: int = 0


def split_chains(text: str) -> list[str]:
    """Split the factory's ``Transformations=I;D;G,D`` into chains.

    Examples
    --------
    >>> split_chains("I;D;G,D")
    ['I', 'D', 'G,D']
    """
    return [chain for chain in text.split(";") if chain.strip()]


def parse_chain(text: str) -> list[StepText]:
    """Read a chain: steps ``NAME[_CLASS][(variables)]`` joined by ``,`` or ``+``; empty or ``None`` for none.

    An empty step, as after the comma of ``"N,"``, is left out as in TMVA, with a warning.

    Examples
    --------
    >>> [(step.name, step.class_name, step.variables) for step in parse_chain("D_Background+N(var1,var2)")]
    [('D', 'Background', None), ('N', '', 'var1,var2')]
    """
    if text.strip() in ("", "None"):
        return []
    steps = []
    for start, stop in _pieces(text):
        if text[start:stop].strip():
            steps.append(_parse_step(text, start, stop))
        else:
            place = with_caret(text, max(0, min(start, len(text) - 1)))
            warning = f"VarTransform: there is nothing between the separators here; it is ignored\n{place}"
            warn(warning)
    return steps


def _pieces(text: str) -> list[tuple[int, int]]:
    """Return where each step begins and ends; separators in parentheses do not count."""
    pieces, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            message = f"VarTransform: ')' without '('\n{with_caret(text, place)}"
            raise OptionError(message)
        if depth == 0 and sign in ",+":
            pieces.append((start, place))
            start = place + 1
    if depth:
        message = f"VarTransform: '(' without ')'\n{with_caret(text, text.rindex('('))}"
        raise OptionError(message)
    return [*pieces, (start, len(text))]


def _parse_step(text: str, start: int, stop: int) -> StepText:
    step = text[start:stop]
    head, parenthesis, rest = step.partition("(")
    if parenthesis and not rest.rstrip().endswith(")"):
        message = (
            f"VarTransform: expected ',' or '+' after ')'\n{with_caret(text, start + step.rindex(')') + 1)}"
        )
        raise OptionError(message)
    # TMVA takes what is between the first and the second underscore.
    words = head.strip().split("_", 2)
    if not words[0]:
        message = (
            f"VarTransform: a transformation's name is missing\n{with_caret(text, min(start, len(text) - 1))}"
        )
        raise OptionError(message)
    class_name = words[1] if len(words) > 1 and words[1] != ALL_CLASSES else ""
    variables = rest.rstrip()[:-1] if parenthesis else None
    rest_of_name = f"_{words[2]}" if len(words) > 2 else ""
    return StepText(words[0], class_name, rest_of_name, variables, start, start + len(head) + 1)
