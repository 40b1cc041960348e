"""A formula with parameters and variables, evaluated for many sets of parameters at once."""

from __future__ import annotations

import re

import numpy as np

from tmva_py.errors import OptionError, TMVAError
from tmva_py.expressions import Formula
from tmva_py.methods.fda.sums import SumOfProducts
from tmva_py.methods.inputs import Doubles
from tmva_py.trees import Column, Entries, open_tree

_PARAMETER = re.compile(r"\((\d+)\)")
_VARIABLE = re.compile(r"(?<![A-Za-z0-9_.])x(\d+)(?![A-Za-z0-9_.(])")
# Beyond any number of parameters or variables.
_LONGEST_NUMBER = 4


class ParameterFormula:
    """A formula of parameters ``(0)``, ``(1)``, … and variables ``x0``, ``x1``, ….

    Parameters
    ----------
    text : str
        As in option ``Formula`` of FDA.
    n_parameters, n_variables : int
        How many of them there are.

    Raises
    ------
    OptionError
        The text is no formula, or has parameters or variables that there are not.
    """

    def __init__(self, text: str, n_parameters: int, n_variables: int) -> None:
        self.text = text
        self.n_parameters = n_parameters
        self._variables = [f"x{number}" for number in range(n_variables)]
        self._parameters = [f"par{number}" for number in range(n_parameters)]
        converted = _PARAMETER.sub(self._parameter, text)
        _VARIABLE.sub(self._variable, text)
        names = [*self._variables, *self._parameters]
        # All names must be there while the text is read, those that it does not use too.
        tree = open_tree({name: np.ones(1) for name in names} or {"none": np.ones(1)})
        try:
            self._formula = Formula(converted).on(tree)
            value = self._formula.first_instance(tree.read(self._formula.branches, 0, 1))
        except TMVAError as error:
            message = (
                f"Formula {text!r}: {error}\n  it is made of variables x0, x1, …, parameters (0), (1), … and "
                "functions, such as (0)+(1)*x0+exp((2)*x1)"
            )
            raise OptionError(message) from None
        if len(value) != 1:
            message = f"Formula {text!r} has not one value for an event"
            raise OptionError(message)
        self._sum = SumOfProducts.of(text)

    def __call__(self, parameters: Doubles, columns: Doubles) -> Doubles:
        """Return the values for each set of parameters and each event, (N, n_events).

        Parameters
        ----------
        parameters : ndarray of float64, shape (N, n_parameters)
            Sets of parameters.
        columns : ndarray of float64, shape (n_variables, n_events)
            The variables.
        """
        if self._sum is not None:
            return self._sum(parameters, columns)
        return self.in_general(parameters, columns)

    def in_general(self, parameters: Doubles, columns: Doubles) -> Doubles:
        """Return the values by the evaluation of expressions."""
        n_sets, n_events = len(parameters), columns.shape[1]
        size = n_sets * n_events
        used = set(self._formula.branches)
        content = {
            name: np.tile(column, n_sets)
            for name, column in zip(self._variables, columns, strict=True)
            if name in used
        }
        content |= {
            name: np.repeat(parameters[:, number], n_events)
            for number, name in enumerate(self._parameters)
            if name in used
        }
        entries = Entries({name: Column(one, (), size) for name, one in content.items()}, size, 0, size)
        return self._formula.first_instance(entries).reshape(n_sets, n_events)

    def in_root_style(self) -> str:
        """Return the text as a TFormula has it: parameters of the fit first, then the variables as some."""
        text = _PARAMETER.sub(lambda found: f"[{found[1]}]", self.text)
        return _VARIABLE.sub(lambda found: f"[{self.n_parameters + int(found[1])}]", text)

    def _parameter(self, found: re.Match[str]) -> str:
        if len(found[1]) > _LONGEST_NUMBER or int(found[1]) >= self.n_parameters:
            message = (
                f"Formula {self.text!r} has a parameter {found[0]}, but ParRanges has {self.n_parameters} "
                "ranges; they are counted from (0), and a number in parentheses is one: write 2, not (2)"
            )
            raise OptionError(message)
        return f"(par{int(found[1])})"

    def _variable(self, found: re.Match[str]) -> str:
        if len(found[1]) > _LONGEST_NUMBER or int(found[1]) >= len(self._variables):
            message = (
                f"Formula {self.text!r} has a variable {found[0]}, but there are {len(self._variables)}, "
                "counted from x0"
            )
            raise OptionError(message)
        return found[0]
