"""MethodSVM, booked as ``Types.kSVM``."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tmva_py.backends import make_backend
from tmva_py.data import AnalysisType, DataSet, Events
from tmva_py.errors import OptionError, TrainingError, warn
from tmva_py.kernels.support_vectors import Similarity, function_matrix
from tmva_py.methods.inputs import Floats, TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.releases import release_of
from tmva_py.methods.svm.model import SVMModel
from tmva_py.methods.svm.options import FILE_OPTIONS, REGRESSION_COST, SVM_OPTIONS
from tmva_py.methods.svm.similarity import similarity_of
from tmva_py.methods.svm.training import new_machine, new_pairs, paired, train_machine
from tmva_py.methods.svm.tuning import options_of, tuning_ranges
from tmva_py.methods.tuning import TuningRange
from tmva_py.network.progress import progress_bar
from tmva_py.options import OptionString, OptionValues
from tmva_py.plugins import hookimpl


class MethodSVM(Method):
    """Support vector machine: the border with the widest margin between the classes.

    Signal and background are separated by a plane in the space that a kernel stands for; only the events
    near the border, the support vectors, are kept. It needs few training events, no decorrelation, and
    generalises well with many variables.

    What matters most: book ``VarTransform=Norm``, since distances count; then the width of the kernel,
    ``Gamma``, and the cost ``C`` of events on the wrong side. Try them in factors of 10 on part of the
    events: time and memory grow with the square of their number.
    """

    names = ("SVM",)
    type_name = "SVM"
    model = SVMModel
    analyses = ("Classification", "Regression")
    options = SVM_OPTIONS
    file_options = FILE_OPTIONS
    check_options = "!H:!V:C=1:Gamma=0.5:VarTransform=N"
    refused_options = ("IgnoreNegWeightsInTraining",)

    _similarity: Similarity

    @classmethod
    def can_handle(cls, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> bool:
        """Return whether there are two classes, or one target."""
        if analysis_type == "Regression":
            return n_targets == 1
        return super().can_handle(analysis_type, n_classes, n_targets)

    def read_further_options(self, options: OptionString, values: OptionValues) -> None:
        """Read the kernel."""
        del options
        try:
            self._similarity = similarity_of(values, len(self.info.variables))
        except OptionError as error:
            message = f"{self.owner}: {error}"
            raise OptionError(message) from None

    def process_options(self, dataset: DataSet | None) -> None:
        """Take the cost of a regression, unless one is given."""
        del dataset
        values = self.option_values
        if self.analysis_type == "Regression" and "C" not in values.given:
            values = values.updated({"C": REGRESSION_COST})
        for name in ("C", "Tol"):
            if not values[name] > 0:
                message = f"{self.owner}: {name}={values[name]:g}; expected a number above 0"
                raise OptionError(message)
        self.option_values = values

    def train(self, dataset: TrainingData) -> SVMModel:
        """Return the support vectors of the training events."""
        events, log, values = dataset.training, self.log, self.option_values
        is_regression = self.analysis_type == "Regression"
        is_signal = events.class_index == self.info.signal_class_index
        cost = self._costs(events, is_signal)
        used = cost != 0
        if (negative := cost < 0).any():
            text = (
                f"{self.owner}: {np.count_nonzero(negative)} training events have negative weights, which "
                "have no cost; they are left out"
            )
            log.warning(text)
            warn(text)
            used &= ~negative
        x, cost = np.ascontiguousarray(events.x[used]), cost[used]
        kind = np.where(is_signal[used], -1, 1).astype(np.float32)
        target = kind
        if is_regression:
            kind = np.full(len(x), -1, np.float32)
            target = np.ascontiguousarray(events.targets[used, 0], np.float32)
        self._check(x, kind, target, is_regression=is_regression)
        log.info(f"Building SVM Working Set...with {len(x)} event instances")
        backend = make_backend("cpu")
        start = time.perf_counter()
        try:
            matrix = function_matrix.on(backend)(
                np, x=x, columns=np.ascontiguousarray(x.T), similarity=self._similarity
            )
        except MemoryError:
            message = (
                f"{self.owner}: the kernels of every two of {len(x)} events need "
                f"{4e-9 * len(x) ** 2:.1f} GB; train on fewer events"
            )
            raise TrainingError(message) from None
        if not np.isfinite(matrix).all():
            message = f"{self.owner}: the kernel of two training events is not finite; lower Gamma or Order"
            raise TrainingError(message)
        log.info(f"Elapsed time for Working Set build: {time.perf_counter() - start:.3g} sec")
        log.info("Sorry, no computing time forecast available for SVM, please wait ...")
        start = time.perf_counter()
        release = release_of(values["Release"])
        pairs = is_regression and not release.keeps_old_errors
        if pairs:
            machine = new_pairs(matrix, target, cost)
        else:
            machine = new_machine(matrix, kind, target, cost, values["Tol"], is_regression=is_regression)
        with progress_bar(self.draw_progress_bar, self.title, values["MaxIter"]) as advance:
            has_converged = train_machine(
                machine,
                values["Tol"],
                values["MaxIter"],
                backend,
                advance,
                is_regression=is_regression and not pairs,
            )
        if not has_converged:
            log.warning(
                "Max number of iterations exceeded. Training may not be completed. "
                "Try use less Cost parameter"
            )
            # TMVA's passes over a regression hardly ever end by themselves.
            if pairs or not is_regression:
                warn(f"{self.owner}: MaxIter={values['MaxIter']} passes were not enough; try a smaller C")
        log.info(f"Elapsed time: {time.perf_counter() - start:.3g} sec{' ' * 42}")
        alpha, second = paired(machine) if pairs else (machine.alpha, machine.second)
        kept = np.flatnonzero(alpha != second)
        single = np.float32
        offset = float(single(0.5 * float(single(machine.bounds[0] + machine.bounds[1]))))
        return SVMModel(
            x[kept],
            kept,
            kind[kept],
            np.stack([alpha[kept], second[kept]], axis=1),
            -offset if pairs else offset,
            self._similarity,
            self._gamma_list(),
            np.stack([events.x.max(axis=0), events.x.min(axis=0)]).astype(np.float64),
            is_regression,
            not release.has_one_cost,
        )

    def tuning_parameters(self) -> Mapping[str, TuningRange]:
        """Return what ``Tune`` requests: the kernel's parameters and the cost."""
        self.log.info(f"Using the {self.option_values['Kernel']} kernel.")
        try:
            return tuning_ranges(self.option_values, self._variable_names)
        except OptionError as error:
            message = f"{self.owner}: {error}"
            raise OptionError(message) from None

    def tuned_options(self, parameters: Mapping[str, float]) -> Mapping[str, str]:
        """Return the options; the Gammas of variables are a list."""
        return options_of(parameters, self._variable_names)

    @property
    def _variable_names(self) -> list[str]:
        return [one.internal_name for one in self.info.variables]

    def _costs(self, events: Events, is_signal: npt.NDArray[np.bool_]) -> Floats:
        """Return the largest multipliers."""
        cost = np.float32(self.option_values["C"])
        costs = np.full(len(events), cost, np.float32)
        one_for_all = release_of(self.option_values["Release"]).has_one_cost
        if self.analysis_type != "Regression" and not one_for_all:
            n_signal = int(np.count_nonzero(is_signal))
            n_background = len(events) - n_signal
            if min(n_signal, n_background) > 0:
                # As TMVA has it, also where it gives the smaller class the smaller cost.
                costs[~is_signal if n_signal < n_background else is_signal] = np.float32(
                    float(cost) * (n_signal / n_background)
                )
        return (costs * events.weight).astype(np.float32)

    def _gamma_list(self) -> str:
        values = self.option_values
        if "MultiGauss" in (values["Kernel"], *values["KernelList"].replace("*", "+").split("+")):
            return values["GammaList"] or ",".join(["1"] * len(self.info.variables))
        return str(values["GammaList"])

    def _check(self, x: Floats, kind: Floats, target: Floats, *, is_regression: bool) -> None:
        if not np.isfinite(x).all() or not np.isfinite(target).all():
            message = f"{self.owner}: training events have values that are not finite"
            raise TrainingError(message)
        if not len(x) or (not is_regression and len(np.unique(kind)) < 2):
            message = f"{self.owner}: no training events with positive weights, or none of one class"
            raise TrainingError(message)


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodSVM]
