"""Which events count, and how much: cuts and event weights of each class."""

from __future__ import annotations

from typing import Any

from tmva_py.booking.loader.state import REGRESSION_CLASS, LoaderState
from tmva_py.booking.loader_arguments import text_of
from tmva_py.data.data_set_info import SIGNAL_CLASS
from tmva_py.data.specification import BACKGROUND_CLASS
from tmva_py.errors import warn


class WeightAndCutCalls(LoaderState):
    """The calls that set event weights and cuts."""

    def SetWeightExpression(self, variable: Any, className: Any = "") -> None:
        """Set the event weight of a class; without a class name that of Signal and of Background."""
        if not str(className) and self._is_regression:
            self._warn_of_classes(f"the weight {str(variable)!r}")
            return
        for name in (str(className),) if str(className) else (SIGNAL_CLASS, BACKGROUND_CLASS):
            self._add_class(name)
            self.specification.weight_expressions[name] = str(variable)
        self._changed()

    def SetSignalWeightExpression(self, variable: Any) -> None:
        """Set the event weight of class Signal."""
        self.SetWeightExpression(variable, SIGNAL_CLASS)

    def SetBackgroundWeightExpression(self, variable: Any) -> None:
        """Set the event weight of class Background."""
        self.SetWeightExpression(variable, BACKGROUND_CLASS)

    def SetCut(self, cut: Any, className: Any = "") -> None:
        """Set the cut of a class, or of every class known so far, in place of earlier ones."""
        names = [str(className)] if str(className) else list(self.info.classes)
        for name in names:
            self.specification.cuts.pop(name, None)
        self.AddCut(cut, className)

    def AddCut(self, cut: Any, className: Any = "") -> None:
        """Add a cut to those of a class; without a class name to those of every class known so far."""
        text = text_of(cut)
        if str(className):
            self._add_class(str(className))
            self.specification.add_cut(str(className), text)
        else:
            for name in self.info.classes:
                self.specification.add_cut(name, text)
            self._cut_of_all = text or self._cut_of_all
        self._changed()

    @property
    def _is_regression(self) -> bool:
        """Whether there are targets, and nothing of signal and background."""
        return bool(self.info.targets) and not {SIGNAL_CLASS, BACKGROUND_CLASS} & set(self.info.classes)

    def _warn_of_classes(self, what: str) -> None:
        """Say that what is for signal and background is nothing for this regression."""
        text = (
            f"{what} would be for the classes {SIGNAL_CLASS!r} and {BACKGROUND_CLASS!r}, which this "
            f"regression does not have: nothing is applied, as in TMVA; name the class {REGRESSION_CLASS!r} "
            "in AddCut or SetWeightExpression, or give one cut"
        )
        warn(text)
