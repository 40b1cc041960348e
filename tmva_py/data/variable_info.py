"""What is known of one variable, target or spectator."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from tmva_py.errors import ExpressionError, with_caret

FLOAT_MAX = float(np.finfo(np.float32).max)
FLOAT_MIN = float(np.finfo(np.float32).tiny)

# In TMVA's order: the single characters go first, so "::" and the operators are replaced by what is left.
_SINGLE_CHARACTERS = re.compile(r"[$&|!%^()'<>?= ]")
_LATER_REPLACEMENTS = (
    ("::", "_"), ("*", "_T_"), ("/", "_D_"), ("+", "_P_"), ("-", "_M_"), ("[", "_"), ("]", "_"),
)  # fmt: skip


def internal_name_of(label: str) -> str:
    """Return the name of a label's branches and histograms.

    Examples
    --------
    >>> internal_name_of("var1+var2")
    'var1_P_var2'
    >>> internal_name_of("TMath::Abs(x[0])")
    'TMath_Abs_x_0__'
    """
    name = _SINGLE_CHARACTERS.sub("_", label)
    for old, new in _LATER_REPLACEMENTS:
        name = name.replace(old, new)
    return name


@dataclass
class VariableInfo:
    """One variable, target or spectator, as weight files describe it.

    Parameters
    ----------
    expression : str
        The TTree expression, without blanks.
    label, title, unit, internal_name : str
        The label (before ``:=``, else the expression), the axis title and its unit, and the name of the
        branch or histogram.
    type : str, default "F"
        ``F`` float, ``D`` double, ``I`` integer; events hold float32 in any case. ``C`` marks the hidden
        cut spectators of a category method.
    minimum, maximum : float
        The range over the training events, once a data set is built; open (largest to smallest
        float32) before, and for good when ``CalcCorrelations`` is off.
    array_index : int or None
        For one variable of ``AddVariablesArray``, the element that it is.
    array_size : int
        For such a variable, how many elements there are; 1 otherwise.
    whole_type : str
        Of a spectator that is a branch of integers in every tree: NumPy's name of their type, ``"u8"``;
        otherwise, and before a data set is built, empty.
    """

    expression: str
    label: str = ""
    title: str = ""
    unit: str = ""
    internal_name: str = ""
    type: str = "F"
    minimum: float = FLOAT_MAX
    maximum: float = -FLOAT_MAX
    array_index: int | None = None
    array_size: int = field(default=1)
    whole_type: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        self.label = self.label or self.expression
        self.title = self.title or self.label
        self.internal_name = self.internal_name or internal_name_of(self.label)

    @property
    def is_from_array(self) -> bool:
        """Whether the variable is one element of an array branch."""
        return self.array_index is not None

    @property
    def is_hidden(self) -> bool:
        """Whether it is a cut of a category method: no part of weight files, nor given to a Reader."""
        return self.type == "C"

    @property
    def type_text(self) -> str:
        """The ``Type`` attribute of weight files: ``F``, or ``F[]`` for an element of an array."""
        return f"{self.type}[]" if self.is_from_array else self.type

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        title: str = "",
        unit: str = "",
        type: str = "F",
        minimum: float = 0.0,
        maximum: float = 0.0,
    ) -> VariableInfo:
        """Read ``"label := expression"`` or a bare expression; a range of no width is an open one."""
        squeezed = text.replace(" ", "").replace("\t", "")
        label, sign, expression = squeezed.partition(":=")
        if not sign:
            label, expression = squeezed, squeezed
        if not label or not expression:
            what = "expression" if label or not sign else "label before ':='"
            message = f"a variable needs a non-empty {what}:\n{with_caret(text, 0, max(1, len(text)))}"
            raise ExpressionError(message)
        if abs(maximum - minimum) <= FLOAT_MIN:
            minimum, maximum = FLOAT_MAX, -FLOAT_MAX
        return cls(
            expression, label=label, title=title, unit=unit, type=type, minimum=minimum, maximum=maximum
        )

    @classmethod
    def parse_array(
        cls,
        text: str,
        size: int,
        *,
        type: str = "F",
        minimum: float = 0.0,
        maximum: float = 0.0,
    ) -> list[VariableInfo]:
        """Return the variables of an array branch, one for each element; titles are ``[0]``, ``[1]``, …."""
        if size < 1:
            message = f"an array of variables needs a size of at least 1, got {size} for {text!r}"
            raise ExpressionError(message)
        variables = []
        for index in range(size):
            variable = cls.parse(text, title=f"[{index}]", type=type, minimum=minimum, maximum=maximum)
            variable.internal_name += f"[{index}]"
            variable.array_index, variable.array_size = index, size
            variables.append(variable)
        return variables
