"""What each event has: variables, targets and spectators."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, overload

from tmva_py.booking.loader.state import LoaderState
from tmva_py.booking.loader_arguments import type_letter, variable_arguments
from tmva_py.data.variable_info import VariableInfo
from tmva_py.errors import warn


class VariableCalls(LoaderState):
    """The calls that add variables, targets and spectators."""

    @overload
    def AddVariable(self, expression: str, type: str = "F", min: float = 0, max: float = 0, /) -> None: ...
    @overload
    def AddVariable(
        self, expression: str, title: str, unit: str, type: str = "F", min: float = 0, max: float = 0, /
    ) -> None: ...
    def AddVariable(self, expression: Any, *arguments: Any) -> None:
        """Add a variable: ``(expression, type, min, max)`` or ``(expression, title, unit, type, min, max)``.

        A second argument of one character, with no text after it, is the type.
        """
        title, unit, kind, low, high = variable_arguments(arguments)
        self._append("variables", expression, title, unit, kind, low, high)

    def AddVariablesArray(
        self, expression: Any, size: int, type: Any = "F", min: float = 0, max: float = 0
    ) -> None:
        """Add an array or vector branch as `size` variables of one event."""
        variables = VariableInfo.parse_array(
            str(expression), int(size), type=type_letter(type), minimum=min, maximum=max
        )
        self._check_new(variables[0], self.info.variables)
        self.info.variables.extend(variables)
        self._changed()

    def AddTarget(
        self, expression: Any, title: Any = "", unit: Any = "", min: float = 0, max: float = 0
    ) -> None:
        """Add a regression target."""
        self._append("targets", expression, title, unit, "F", min, max)

    AddRegressionTarget = AddTarget

    @overload
    def AddSpectator(self, expression: str, type: str = "F", min: float = 0, max: float = 0, /) -> None: ...
    @overload
    def AddSpectator(
        self, expression: str, title: str, unit: str, type: str = "F", min: float = 0, max: float = 0, /
    ) -> None: ...
    def AddSpectator(self, expression: Any, *arguments: Any) -> None:
        """Add a spectator: arguments as for `AddVariable`; kept with the events, not used in training."""
        title, unit, kind, low, high = variable_arguments(arguments)
        self._append("spectators", expression, title, unit, kind, low, high)

    def SetInputVariables(self, variables: Iterable[Any]) -> None:
        """Add several variables."""
        for variable in variables:
            self.AddVariable(variable)

    def _append(
        self, kind: str, expression: Any, title: Any, unit: Any, letter: str, low: float, high: float
    ) -> None:
        variable = VariableInfo.parse(
            str(expression), title=str(title), unit=str(unit), type=letter, minimum=low, maximum=high
        )
        infos: list[VariableInfo] = getattr(self.info, kind)
        self._check_new(variable, infos)
        infos.append(variable)
        self._changed()

    def _check_new(self, variable: VariableInfo, infos: list[VariableInfo]) -> None:
        if any(one.label == variable.label for one in infos):
            text = f"{variable.label!r} is added to data set {self.GetName()!r} a second time"
            warn(text)
