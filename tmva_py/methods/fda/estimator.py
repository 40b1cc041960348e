"""How far a formula is from the truth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tmva_py.data import AnalysisType, DataSetInfo, Events
from tmva_py.errors import TrainingError
from tmva_py.methods.fda.formula import ParameterFormula
from tmva_py.methods.inputs import Doubles

# Values of the formula at once.
_BLOCK = 1 << 18
FAR = 1e300
"""The estimator where the formula has no value."""


class FDAEstimator:
    """The mean squared deviation of a formula from the truth, for sets of parameters.

    For classification that from 1 for signal plus that from 0 for background; for regression the sum over
    the targets, each with its own parameters; for several classes, the mean of −ln of the share that the
    true class gets, each class with its own parameters.

    Raises
    ------
    TrainingError
        The weights do not add up to more than 0.
    """

    def __init__(
        self, events: Events, info: DataSetInfo, analysis: AnalysisType, formula: ParameterFormula
    ) -> None:
        self._formula = formula
        self._columns = np.ascontiguousarray(events.x.T, np.float64)
        weight = events.weight
        # TMVA adds up weights in single precision, and multiplies with them in double.
        single = weight.astype(np.float32).astype(np.float64)
        self._n_outputs = 1
        self._values: Callable[[Doubles], Doubles]
        if analysis == "Regression":
            self._targets = events.targets.astype(np.float64)
            self._n_outputs = self._targets.shape[1]
            self._shares = weight / single.sum()
            self._values = self._of_regression
        elif analysis == "Multiclass":
            self._true = events.class_index
            self._n_outputs = len(info.classes)
            self._shares = weight / single.sum()
            self._values = self._of_classes
        else:
            signal = events.class_index == info.signal_class_index
            sums = [float(single[chosen].sum()) for chosen in (signal, ~signal)]
            if not min(sums) > 0:
                message = f"the weights of signal and background add up to {sums[0]:g} and {sums[1]:g}"
                raise TrainingError(message)
            self._desired = signal.astype(np.float64)
            self._shares = weight / np.where(signal, *sums)
            self._values = self._of_signal

    def __call__(self, parameters: Doubles) -> Doubles:
        """Return the values for sets of parameters, (N, n_outputs · n_parameters of the formula)."""
        step = max(1, _BLOCK // max(1, self._columns.shape[1]))
        with np.errstate(all="ignore"):
            if len(parameters) <= step:
                found = self._values(parameters)
            else:
                found = np.concatenate(
                    [self._values(parameters[i : i + step]) for i in range(0, len(parameters), step)]
                )
        return np.where(np.isfinite(found), found, FAR)

    def _of_signal(self, parameters: Doubles) -> Doubles:
        deviation = self._formula(parameters, self._columns) - self._desired
        values: Doubles = (deviation * deviation) @ self._shares
        return values

    def _of_regression(self, parameters: Doubles) -> Doubles:
        found = np.zeros(len(parameters))
        for part, target in zip(self._parts(parameters), self._targets.T, strict=True):
            deviation = self._formula(part, self._columns) - target
            found += (deviation * deviation) @ self._shares
        return found

    def _of_classes(self, parameters: Doubles) -> Doubles:
        outputs = np.stack([self._formula(part, self._columns) for part in self._parts(parameters)])
        largest = outputs.max(axis=0)
        logarithms = np.log(np.exp(outputs - largest).sum(axis=0)) + largest
        of_truth = outputs[self._true, :, np.arange(len(self._true))].T
        values: Doubles = (logarithms - of_truth) @ self._shares
        return values

    def _parts(self, parameters: Doubles) -> list[Doubles]:
        width = parameters.shape[1] // self._n_outputs
        return [parameters[:, i * width : (i + 1) * width] for i in range(self._n_outputs)]
