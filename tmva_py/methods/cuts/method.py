"""MethodCuts: rectangular cuts, booked as ``Types.kCuts``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from tmva_py.backends import make_backend
from tmva_py.data import DataSet
from tmva_py.errors import OptionError, warn
from tmva_py.fitters import FITTERS, PARTS, Fitter, Progress
from tmva_py.histograms import Axis, FileObject, Histogram, MakesFileObject
from tmva_py.methods.cuts.model import N_BINS, CutsModel, has_old_axis
from tmva_py.methods.cuts.options import CUTS_OPTIONS, MC_EVENTS_OPTIONS, SEARCH_OPTIONS
from tmva_py.methods.cuts.search import CutSearch, parameter_ranges, variable_ranges
from tmva_py.methods.cuts.table import cut_lines
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.network.progress import progress_bar
from tmva_py.options import OptionString, OptionValues
from tmva_py.plugins import hookimpl
from tmva_py.weights.general_info import ROOT_RELEASE

# A cut that cuts nothing.
_FAR = 1.0e30
_FIT_NAMES = {
    "GA": "Genetic Algorithm",
    "SA": "Simulated Annealing",
    "MC": "Monte Carlo",
    "MCEvents": "Monte-Carlo-Event sampling",
    "MINUIT": "MINUIT",
    "EventScan": "Full Event Scan (slow)",
}


class MethodCuts(Method):
    """Rectangular cuts: for each signal efficiency those that let the least background through.

    Each of 100 bins of the signal efficiency gets its own lower and upper cuts on all variables. They are
    found by trial: a fitter proposes cuts, and a bin keeps those with the least background. There is no
    response to an event: it passes the cuts of a signal efficiency or not.

    What matters most: ``VarProp``. Where signal is on one side of a variable, ``FMax`` (cut from below),
    ``FMin`` (from above) or ``FSmart`` (the side is found out) halve what has to be looked for. The more
    variables there are, the harder the search: above some four, leave out the weakest. If the background
    rejection wiggles from bin to bin, look longer: ``PopSize`` and ``Steps`` of the genetic algorithm (GA),
    ``SampleSize`` of the random one (MC), ``MaxCalls`` of annealing (SA).
    """

    names = ("Cuts",)
    type_name = "Cuts"
    model = CutsModel
    options = CUTS_OPTIONS
    file_options = MC_EVENTS_OPTIONS
    refused_options = ("IgnoreNegWeightsInTraining",)
    check_options = "!H:!V:FitMethod=MC:SampleSize=3000:VarProp=FSmart"

    search_values: OptionValues
    """The options of the fitter, or of another search."""

    _fitter: Fitter | None
    _properties: tuple[str, ...]
    _monitoring: Mapping[str, FileObject | MakesFileObject] = MappingProxyType({})

    def read_further_options(self, options: OptionString, values: OptionValues) -> None:
        """Read the options of the search."""
        self.search_values = options.parse(SEARCH_OPTIONS[values["FitMethod"]])

    def process_options(self, dataset: DataSet | None) -> None:
        """Check ranges, and say what was booked."""
        del dataset
        values, how = self.option_values, self.option_values["FitMethod"]
        fitter = FITTERS.get(how)
        self._fitter = None if fitter is None else fitter(self.search_values, log=self.log, owner=self.owner)
        if how == "MINUIT":
            self.log.warning("poor performance of MINUIT in MethodCuts; preferred fit method: GA")
        if values["EffMethod"] == "EffPDF":
            text = (
                f"{self.owner}: EffMethod=EffPDF counts events in ROOT, as EffSel does, and so it does here"
            )
            warn(text)
        for number, (low, high) in enumerate(self._wanted_ranges()):
            if not low <= high:
                message = (
                    f"{self.owner}: CutRangeMin[{number}]={low:g} is above CutRangeMax[{number}]={high:g}; "
                    "give both, the lower one first"
                )
                raise OptionError(message)
        self.log.info(f'Use optimization method: "{_FIT_NAMES[how]}"')
        self.log.info('Use efficiency computation method: "Event Selection"')
        for variable, how_cut in zip(self.info.variables, values["VarProp"], strict=True):
            if how_cut != "NotEnforced":
                self.log.info(f"Use \"{how_cut}\" cuts for variable: '{variable.internal_name}'")

    def train(self, dataset: TrainingData) -> CutsModel:
        """Return the best cuts that are found; Ctrl-C ends the search with those so far."""
        info, events = dataset.info, dataset.training
        backend = make_backend("cpu", registry=self.registry)
        ranges = variable_ranges(events, info, self._wanted_ranges(), self.owner)
        properties: list[str] = list(self.option_values["VarProp"])
        if self._fitter is not None:
            for number, one in enumerate(ranges):
                if properties[number] == "FSmart":
                    properties[number] = "FMax" if one.signal_is_above else "FMin"
        with progress_bar(self.draw_progress_bar, self.title, PARTS) as advance:
            progress = Progress(self._expected_sets(dataset), advance)
            search = CutSearch(events, info.signal_class_index, ranges, backend, progress)
            try:
                if self._fitter is not None:
                    self._fitter.run(search, parameter_ranges(ranges, properties, info))
                else:
                    self._go_through(search)
            except KeyboardInterrupt:
                if not (search.curve.background >= 0).any():
                    raise
                self.log.warning("interrupted: the search ends with the cuts so far")
        model = self._model(search, properties)
        for step in range(1, 10):
            for line in cut_lines(model, step / 10 + 1e-4, info, dataset.transformations):
                self.log.info(line)
        missing = int((model.background < 0).sum())
        if missing:
            self.log.warning(
                f"no cuts were found for {missing} of {N_BINS} bins of signal efficiency; they select nothing"
            )
        self._monitoring = {f"MVA_{self.title}_effBvsSLocal": self._curve(model)}
        return model

    def monitoring(self) -> Mapping[str, FileObject | MakesFileObject]:
        """Return the background efficiency by bins of the signal efficiency, both of the training sample."""
        return self._monitoring

    def _wanted_ranges(self) -> list[tuple[float, float]]:
        values = self.option_values
        return list(zip(values["CutRangeMin"], values["CutRangeMax"], strict=True))

    def _expected_sets(self, dataset: TrainingData) -> int:
        if self._fitter is not None:
            return self._fitter.expected_sets
        if self.option_values["FitMethod"] == "MCEvents":
            return int(self.search_values["SampleSize"])
        n_signal = int((dataset.training.class_index == dataset.info.signal_class_index).sum())
        return n_signal * (n_signal - 1) // 2

    def _go_through(self, search: CutSearch) -> None:
        if self.option_values["FitMethod"] == "EventScan":
            self.log.info("Running full event scan: ")
            search.scan_events()
            return
        n_samples = self.search_values["SampleSize"]
        self.log.info(f"Running Monte-Carlo-Event sampling over {n_samples} events")
        search.sample_events(n_samples, self.search_values["Seed"])

    def _model(self, search: CutSearch, properties: Sequence[str]) -> CutsModel:
        inside = slice(1, N_BINS + 1)
        low, high = search.curve.low[inside].copy(), search.curve.high[inside].copy()
        low[:, [how == "FMin" for how in properties]] = -_FAR
        high[:, [how == "FMax" for how in properties]] = _FAR
        return CutsModel(
            low=low,
            high=high,
            background=search.curve.background[inside].astype(np.float32).astype(np.float64),
            fit_method=self.option_values["FitMethod"],
            old_axis=has_old_axis(ROOT_RELEASE),
        )

    def _curve(self, model: CutsModel) -> Histogram:
        title = f"{self.title} efficiency of B vs S"
        return Histogram.of_values(Axis(N_BINS, 0.0, 1.0), model.background, title=title)


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodCuts]
