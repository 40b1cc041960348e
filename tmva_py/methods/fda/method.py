"""MethodFDA: a function of the user's with fitted parameters, booked as ``Types.kFDA``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tmva_py.data import DataSet
from tmva_py.errors import OptionError, TrainingError
from tmva_py.fitters import FITTERS, PARTS, Estimator, FitResult, Fitter, Interval, MinuitFitter, Progress
from tmva_py.message_log import MessageLog
from tmva_py.methods.fda.estimator import FAR, FDAEstimator
from tmva_py.methods.fda.formula import ParameterFormula
from tmva_py.methods.fda.model import FDAModel
from tmva_py.methods.fda.options import FDA_OPTIONS, parameter_ranges
from tmva_py.methods.inputs import Doubles, TrainingData
from tmva_py.methods.method import Method
from tmva_py.network.progress import progress_bar
from tmva_py.options import OptionString, OptionValues
from tmva_py.plugins import hookimpl


class MethodFDA(Method):
    """Function discriminant: a formula of your own, whose parameters are fitted.

    The function shall be near 1 for signal and near 0 for background, near the target of a regression, or
    largest for its own of several classes. It is as transparent as it is written: start with a sum,
    ``(0)+(1)*x0+(2)*x1``, and add products and squares where profiles of the variables bend.

    ``FitMethod=MINUIT`` follows slopes and is right for sums; for functions with several minima take GA, or
    ``Converger=MINUIT`` beside GA or MC, which goes down to a minimum from each set of parameters that is
    tried, and takes its time.
    """

    names = ("FDA",)
    type_name = "FDA"
    model = FDAModel
    analyses = ("Classification", "Multiclass", "Regression")
    options = FDA_OPTIONS
    check_options = "!H:!V:Formula=(0)+(1)*x0+(2)*x1+(3)*x2:ParRanges=(-9,9);(-9,9);(-9,9);(-9,9)"

    _fitter: Fitter
    _converger: MinuitFitter | None
    _ranges: list[Interval]
    _formula: ParameterFormula
    _fitter_values: Mapping[str, Any]
    _converger_values: Mapping[str, Any] | None = None

    def read_further_options(self, options: OptionString, values: OptionValues) -> None:
        """Read the options of the fitters."""
        self._fitter_values = options.parse(FITTERS[values["FitMethod"]].options)
        if values["Converger"] == "MINUIT":
            self._converger_values = options.parse(MinuitFitter.options)

    def process_options(self, dataset: DataSet | None) -> None:
        """Read ranges and formula."""
        del dataset
        values = self.option_values
        self._ranges = parameter_ranges(values["ParRanges"], self.owner)
        for number, one in enumerate(self._ranges):
            self.log.info(
                f"Create parameter interval for parameter {number} : [{one.minimum:g},{one.maximum:g}]"
            )
        try:
            self._formula = ParameterFormula(values["Formula"], len(self._ranges), len(self.info.variables))
        except OptionError as error:
            message = f"{self.owner}: {error}"
            raise OptionError(message) from None
        self.log.info(f'User-defined formula string       : "{values["Formula"]}"')
        self.log.info(f'TFormula-compatible formula string: "{self._formula.in_root_style()}"')
        self.log.info("Creating and compiling formula")
        fitter = FITTERS[values["FitMethod"]]
        self._fitter = fitter(self._fitter_values, log=self.log, owner=self.owner)
        self._converger = None
        if self._converger_values is not None:
            silent = MessageLog(self.title, silent=True)
            self._converger = MinuitFitter(self._converger_values, log=silent, owner=self.owner)

    def train(self, dataset: TrainingData) -> FDAModel:
        """Return the formula with the best parameters."""
        analysis = self.analysis_type
        estimator: Estimator = FDAEstimator(dataset.training, dataset.info, analysis, self._formula)
        ranges = self._ranges * self.n_outputs
        if self._converger is not None:
            estimator = _Converging(estimator, self._converger, ranges)
        with progress_bar(self.draw_progress_bar, self.title, PARTS) as advance:
            progress = Progress(self._fitter.expected_sets, advance)

            def reporting(parameters: Doubles) -> Doubles:
                values = estimator(parameters)
                progress(len(parameters))
                return values

            found = self._fitter.run(reporting, ranges)
        if not found.value < FAR:
            message = (
                f"{self.owner}: Formula {self._formula.text!r} is not a finite number for some events, "
                "whatever parameters were tried; check logarithms, roots, divisions and ParRanges"
            )
            raise TrainingError(message)
        self._log_result(found)
        parameters = np.array(found.parameters).reshape(self.n_outputs, len(self._ranges))
        return FDAModel(self._formula, parameters, analysis)

    def _log_result(self, found: FitResult) -> None:
        self.log.info(f'Results for parameter fit using "{self.option_values["FitMethod"]}" fitter:')
        rows = [(f"Par({number})", f"{value:g}") for number, value in enumerate(found.parameters.tolist())]
        title, heading = "Parameter", "Fit result"
        left = max(len(title), *(len(name) for name, _ in rows))
        right = max(len(heading) + 1, *(len(value) for _, value in rows))
        dashes = "-" * (left + right + 3)
        self.log.info(dashes)
        self.log.info(f"{title:>{left}}:{heading:>{right + 1}}:")
        self.log.info(dashes)
        for name, value in rows:
            self.log.info(f"{name:>{left}}:{value:>{right + 1}}")
        self.log.info(dashes)
        self.log.info(f'Discriminator expression: "{self._formula.text}"')
        self.log.info(f"Value of estimator at minimum: {found.value:g}")


class _Converging:
    """An estimator that goes down to the next minimum from each set of parameters, and leaves it there."""

    def __init__(self, estimator: Estimator, fitter: MinuitFitter, ranges: Sequence[Interval]) -> None:
        self._estimator, self._fitter, self._ranges = estimator, fitter, ranges

    def __call__(self, parameters: Doubles) -> Doubles:
        values = np.empty(len(parameters))
        for number, row in enumerate(parameters):
            found = self._fitter.run(self._estimator, self._ranges, row)
            parameters[number], values[number] = found.parameters, found.value
        return values


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodFDA]
