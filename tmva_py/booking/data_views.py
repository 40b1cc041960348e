"""What a data loader tells of its data set, in TMVA's spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from tmva_py.booking.data_set_view import DataSetView
from tmva_py.booking.output.correlation_matrices import whole_percents
from tmva_py.data.variable_info import VariableInfo

if TYPE_CHECKING:
    from tmva_py.booking.event import Event
    from tmva_py.data.events import DataSet
    from tmva_py.data.specification import DataSpecification
    from tmva_py.message_log import MessageLog


class Loader(Protocol):
    """What a view needs of a data loader."""

    specification: DataSpecification

    @property
    def log(self) -> MessageLog:
        """Where lines go."""

    def data_set(self) -> DataSet:
        """Return the data set."""

    def GetCorrelationMatrix(self, class_name: Any, /) -> CorrelationMatrix:
        """Return the correlations of a class."""


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


class ClassInfoView:
    """``TMVA::ClassInfo``: a class of events with its cut and weight."""

    def __init__(self, specification: DataSpecification, number: int) -> None:
        self._specification = specification
        self._number = number

    def GetName(self) -> str:
        """Return the class's name."""
        return self._specification.info.classes[self._number]

    def GetNumber(self) -> int:
        """Return the index of the class."""
        return self._number

    def GetCut(self) -> str:
        """Return the cut, empty for none."""
        return self._specification.cuts.get(self.GetName(), "")

    def GetWeight(self) -> str:
        """Return the weight expression, empty for none."""
        return self._specification.weight_expressions.get(self.GetName(), "")


class DataSetInfoView:
    """``TMVA::DataSetInfo``."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._specification = loader.specification
        self._info = loader.specification.info

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

    def GetClassInfo(self, name: Any) -> ClassInfoView:
        """Return a class by its name or index.

        Raises
        ------
        UnknownNameError
            There is no such class.
        """
        if isinstance(name, int) and 0 <= name < len(self._info.classes):
            return ClassInfoView(self._specification, name)
        return ClassInfoView(self._specification, self._info.class_index(str(name)))

    def GetCut(self, name: Any) -> str:
        """Return the cut of a class, by its name or index."""
        return self.GetClassInfo(name).GetCut()

    def GetWeightExpression(self, index: int) -> str:
        """Return the weight expression of a class, by its index or name."""
        return self.GetClassInfo(index).GetWeight()

    def GetSplitOptions(self) -> str:
        """Return the option string of ``PrepareTrainingAndTestTree``."""
        return self._specification.split_options

    def GetNormalization(self) -> str:
        """Return ``NormMode``, once the data set is built."""
        return self._info.normalization

    def GetDataSet(self) -> DataSetView:
        """Return the events; the data set is built if it has not been."""
        return DataSetView(self._loader.data_set())

    def CorrelationMatrix(self, class_name: Any) -> CorrelationMatrix:
        """Return the correlations of the variables in the training events of a class."""
        return self._loader.GetCorrelationMatrix(class_name)

    def HasCuts(self) -> bool:
        """Return whether a class has a cut."""
        return any(self._specification.cuts.get(name) for name in self._info.classes)

    def IsVariableFromArray(self, index: int) -> bool:
        """Return whether a variable is an element of an array."""
        return self._info.variables[index].is_from_array

    def GetVarArraySize(self, expression: Any) -> int:
        """Return the number of elements of an array that was added as variables, -1 for any other."""
        text = str(expression).replace(" ", "")
        sizes = (
            one.array_size for one in self._info.variables if one.is_from_array and one.expression == text
        )
        return next(sizes, -1)

    def IsSignal(self, event: Event) -> bool:
        """Return whether an event is of the signal class."""
        return event.GetClass() == self._info.signal_class_index

    def FindVarIndex(self, label: Any) -> int:
        """Return the index of a variable by its label, or -1."""
        labels = [one.label for one in self._info.variables]
        return labels.index(str(label)) if str(label) in labels else -1

    def GetTrainingSumSignalWeights(self) -> float:
        """Return the sum of the signal's training weights after renormalisation, -1 before it is known."""
        return self._info.training_sum_signal_weights

    def GetTrainingSumBackgrWeights(self) -> float:
        """Return the sum of all other training weights after renormalisation, -1 before it is known."""
        return self._info.training_sum_background_weights

    def GetTestingSumSignalWeights(self) -> float:
        """Return the sum of the signal's test weights, -1 before it is known."""
        return self._info.testing_sum_signal_weights

    def GetTestingSumBackgrWeights(self) -> float:
        """Return the sum of all other test weights, -1 before it is known."""
        return self._info.testing_sum_background_weights

    def PrintClasses(self) -> None:
        """Print the classes, as TMVA does."""
        for number, name in enumerate(self._info.classes):
            self._loader.log.info(f"Dataset[{self.GetName()}] : Class index : {number}  name : {name}")

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

    def GetTargetInfos(self) -> list[VariableInfoView]:
        """Return all targets."""
        return [VariableInfoView(one) for one in self._info.targets]

    def GetSpectatorInfos(self) -> list[VariableInfoView]:
        """Return all spectators."""
        return [VariableInfoView(one) for one in self._info.spectators]


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
