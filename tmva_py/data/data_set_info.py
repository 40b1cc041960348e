"""What is known of a data set apart from its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from tmva_py.data.variable_info import VariableInfo
from tmva_py.errors import UnknownNameError, did_you_mean

AnalysisType = Literal["Classification", "Regression", "Multiclass"]
"""What is to be learnt."""

SIGNAL_CLASS = "Signal"


@dataclass
class DataSetInfo:
    """Variables, targets, spectators and classes of a data set.

    Parameters
    ----------
    name : str
        The data set's name, ``"dataset"`` in most scripts.
    variables, targets, spectators : list of VariableInfo
        In the order of the columns of `Events`.
    classes : list of str
        Class names in the order in which they were first mentioned.
    normalization : str
        ``NormMode`` in upper case, once the data set is built.
    training_sum_signal_weights, training_sum_background_weights : float
        Sums of the training weights after renormalisation; every class but the signal is background.
    testing_sum_signal_weights, testing_sum_background_weights : float
        The same of the test sample.
    correlation_matrices : dict of str to ndarray, shape (n_variables, n_variables)
        Weighted linear correlations over the training events by class, once the data set is built.
    """

    name: str = "dataset"
    variables: list[VariableInfo] = field(default_factory=list)
    targets: list[VariableInfo] = field(default_factory=list)
    spectators: list[VariableInfo] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    normalization: str = "NONE"
    training_sum_signal_weights: float = -1.0
    training_sum_background_weights: float = -1.0
    testing_sum_signal_weights: float = -1.0
    testing_sum_background_weights: float = -1.0
    correlation_matrices: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    @property
    def signal_class_index(self) -> int:
        """Index of the class called ``Signal``, or 0 if there is none."""
        return self.classes.index(SIGNAL_CLASS) if SIGNAL_CLASS in self.classes else 0

    @property
    def n_variables(self) -> int:
        """Number of variables; each element of an array counts."""
        return len(self.variables)

    def n_outputs(self, analysis_type: AnalysisType) -> int:
        """Return how many numbers the response to one event has."""
        if analysis_type == "Multiclass":
            return len(self.classes)
        return len(self.targets) if analysis_type == "Regression" else 1

    def class_index(self, name: str) -> int:
        """Return the index of a class."""
        if name not in self.classes:
            message = (
                f"data set {self.name!r} has no class {name!r}{did_you_mean(name, self.classes)}; "
                f"known: {', '.join(self.classes) or 'none yet'}"
            )
            raise UnknownNameError(message)
        return self.classes.index(name)
