"""What a data loader tells of its data set, in TMVA's spelling."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.output.correlation_matrices import whole_percents
from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.variable_info import VariableInfo


class NameList(list[str]):
    """A list of names that also answers to ``size()``, as ``std::vector<TString>`` does."""

    def size(self) -> int:
        """Return the number of names."""
        return len(self)


class VariableInfoView:
    """``TMVA::VariableInfo``."""

    def __init__(self, info: VariableInfo) -> None:
        self._info = info

    def GetExpression(self) -> str:
        """Return the expression."""
        return self._info.expression

    def GetLabel(self) -> str:
        """Return the label."""
        return self._info.label

    def GetTitle(self) -> str:
        """Return the title."""
        return self._info.title

    def GetUnit(self) -> str:
        """Return the unit."""
        return self._info.unit

    def GetInternalName(self) -> str:
        """Return the name of branches and histograms."""
        return self._info.internal_name

    def GetVarType(self) -> str:
        """Return the type's letter."""
        return self._info.type

    def GetMin(self) -> float:
        """Return the smallest value in the training events."""
        return self._info.minimum

    def GetMax(self) -> float:
        """Return the largest value in the training events."""
        return self._info.maximum


class DataSetInfoView:
    """``TMVA::DataSetInfo``."""

    def __init__(self, info: DataSetInfo) -> None:
        self._info = info

    def GetName(self) -> str:
        """Return the data set's name."""
        return self._info.name

    def GetListOfVariables(self) -> NameList:
        """Return the variables' internal names."""
        return NameList(one.internal_name for one in self._info.variables)

    def GetNVariables(self) -> int:
        """Return the number of variables."""
        return len(self._info.variables)

    def GetNTargets(self) -> int:
        """Return the number of targets."""
        return len(self._info.targets)

    def GetNSpectators(self) -> int:
        """Return the number of spectators."""
        return len(self._info.spectators)

    def GetNClasses(self) -> int:
        """Return the number of classes."""
        return len(self._info.classes)

    def GetClassNames(self) -> NameList:
        """Return the classes' names by index."""
        return NameList(self._info.classes)

    def GetSignalClassIndex(self) -> int:
        """Return the index of class Signal, 0 if there is none."""
        return self._info.signal_class_index

    def GetVariableInfo(self, index: int) -> VariableInfoView:
        """Return a variable."""
        return VariableInfoView(self._info.variables[index])

    def GetTargetInfo(self, index: int) -> VariableInfoView:
        """Return a target."""
        return VariableInfoView(self._info.targets[index])

    def GetSpectatorInfo(self, index: int) -> VariableInfoView:
        """Return a spectator."""
        return VariableInfoView(self._info.spectators[index])

    def GetVariableInfos(self) -> list[VariableInfoView]:
        """Return all variables."""
        return [VariableInfoView(one) for one in self._info.variables]


class CorrelationMatrix:
    """The part of TH2 that a correlation matrix needs: contents in percent, bins counted from 1.

    Attributes
    ----------
    values : ndarray, shape (n, n)
        The correlations, from -1 to 1.
    labels : list of str
        The variables' titles.
    """

    def __init__(self, class_name: str, values: npt.NDArray[np.float64], labels: list[str]) -> None:
        self._class_name = class_name
        self.values = values
        self.labels = labels

    def GetName(self) -> str:
        """Return the histogram's name."""
        return f"CorrelationMatrix{self._class_name}"

    def GetTitle(self) -> str:
        """Return the histogram's title."""
        return f"Correlation Matrix ({self._class_name})"

    def GetNbinsX(self) -> int:
        """Return the number of variables."""
        return len(self.labels)

    GetNbinsY = GetNbinsX

    def GetBinContent(self, x: int, y: int) -> float:
        """Return a correlation in percent, cut to a whole number as in TMVA."""
        return float(whole_percents(self.values[x - 1, y - 1]))

    def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[np.float64]:
        return np.array(self.values, dtype=dtype, copy=True)
