"""MethodPDEFoam, booked as ``Types.kPDEFoam``."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tmva_py.backends import make_backend
from tmva_py.data import DataSet, Events
from tmva_py.errors import OptionError, TrainingError
from tmva_py.methods.inputs import Floats, TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.pdefoam.answers import SELECTIONS
from tmva_py.methods.pdefoam.densities import FoamEvents
from tmva_py.methods.pdefoam.foam import Foam, Growth
from tmva_py.methods.pdefoam.model import PDEFoamModel
from tmva_py.methods.pdefoam.options import OLD_OPTIONS, PDEFOAM_OPTIONS
from tmva_py.methods.pdefoam.settings import Settings, foam_names
from tmva_py.methods.pdefoam.training import Plan, fill, range_of
from tmva_py.network.progress import progress_bar
from tmva_py.plugins import hookimpl

# What memory and files of foams hold with ease.
_MOST = {"nActiveCells": 200_000, "nSampl": 10_000_000, "nBin": 10_000}
_BUILT = {
    "SignalFoam": "Build up SignalFoam",
    "BgFoam": "Build up BgFoam",
    "DiscrFoam": "Build up discriminator foam",
    "MonoTargetRegressionFoam": "Build mono target regression foam",
    "MultiTargetRegressionFoam": "Build multi target regression foam",
}


class MethodPDEFoam(Method):
    """Self-adapting cells: the part of signal, or the target, in the cells of a foam.

    The space of the variables is divided into cells, again and again where the density differs most; a cell
    remembers the part of signal among its training events. Responses are quick, and kinks at the borders of
    cells are their price; ``Kernel=LinNeighbors`` or ``Gauss`` smooths them.

    What matters most: ``nActiveCells`` and ``Nmin``, the number of cells and how many events one must have to
    be divided, and ``VolFrac``, the edge of the box in which densities are measured: a small one sees
    details, a large one fluctuates less. With many variables boxes must be larger. ``nSampl`` and ``nBin``
    hardly matter. ``SigBgSeparate`` grows a foam for each class, which helps where signal and background lie
    in very different places.
    """

    names = ("PDEFoam",)
    type_name = "PDEFoam"
    model = PDEFoamModel
    analyses = ("Classification", "Multiclass", "Regression")
    options = PDEFOAM_OPTIONS
    file_options = OLD_OPTIONS
    sees_ignored_events = True
    check_options = "!H:!V:nSampl=500:Nmin=20:nActiveCells=50"

    _foams: tuple[Foam, ...] = ()

    def process_options(self, dataset: DataSet | None) -> None:
        """Check the options."""
        del dataset
        values = self.option_values
        self._check_counts({"nSampl": 1, "nBin": 1, "Nmin": 0, "MaxDepth": 0})
        if not 0.0 <= values["TailCut"] <= 1.0:
            self.log.warning("TailCut not in [0.,1] ==> using 0.001 instead")
            values = values.updated({"TailCut": 0.001})
        if values["nActiveCells"] < 1:
            self.log.warning(
                f"invalid number of active cells specified: {values['nActiveCells']}; setting nActiveCells=2"
            )
            values = values.updated({"nActiveCells": 2})
        if not np.float32(values["VolFrac"]) > 0:
            message = f"{self.owner}: VolFrac={values['VolFrac']:g} must be above 0"
            raise OptionError(message)
        is_regression = self.analysis_type == "Regression"
        if is_regression and len(self.info.targets) > 1 and not values["MultiTargetRegression"]:
            self.log.warning(
                "Warning: number of targets > 1 and MultiTargetRegression=F was set, this makes no sense! "
                "--> I'm setting MultiTargetRegression=T"
            )
            values = values.updated({"MultiTargetRegression": True})
        if values["DTLogic"] != "None" and (values["SigBgSeparate"] or is_regression):
            message = (
                f"{self.owner}: DTLogic={values['DTLogic']} is for classification with one foam; leave out "
                f"{'DTLogic' if is_regression else 'DTLogic or SigBgSeparate'}"
            )
            raise OptionError(message)
        if self._is_multi_target(values["MultiTargetRegression"]) and values["Kernel"] == "LinNeighbors":
            message = (
                f"{self.owner}: Kernel=LinNeighbors is not available for MultiTargetRegression; take None"
            )
            raise OptionError(message)
        self.option_values = values

    def _check_counts(self, least: dict[str, int]) -> None:
        for name, largest in _MOST.items():
            if self.option_values[name] > largest:
                message = f"{self.owner}: {name}={self.option_values[name]} must be at most {largest}"
                raise OptionError(message)
        for name, smallest in least.items():
            if self.option_values[name] < smallest:
                message = f"{self.owner}: {name}={self.option_values[name]} must be at least {smallest}"
                raise OptionError(message)

    def _is_multi_target(self, wanted: bool) -> bool:
        return self.analysis_type == "Regression" and wanted

    def train(self, dataset: TrainingData) -> PDEFoamModel:
        """Return foams that were grown on the training events and filled with them."""
        values, analysis = self.option_values, self.analysis_type
        events = dataset.training
        settings = Settings.of(values, is_regression=analysis == "Regression")
        x = events.x
        names = [one.expression for one in dataset.info.variables]
        if is_multi := self._is_multi_target(values["MultiTargetRegression"]):
            x = np.concatenate([x, events.targets.astype(np.float32)], axis=1)
            names += [one.expression for one in dataset.info.targets]
        if not np.isfinite(x).all():
            message = f"{self.owner}: events have values that are not finite"
            raise TrainingError(message)
        plan = self._plan(settings, x, tuple(names), is_multi=is_multi)
        if analysis == "Classification" and self.info.normalization != "EQUALNUMEVENTS":
            self.log.info(
                f"NormMode={self.info.normalization} chosen. Note that only NormMode=EqualNumEvents ensures "
                "that Discriminant values correspond to signal probabilities."
            )
        keep = np.ones(len(x), bool)
        if values["IgnoreNegWeightsInTraining"]:
            keep = events.weight > 0
        original = dataset.weight_before_boosts if values["FillFoamWithOrigWeights"] else None
        weight = (events.weight if original is None else original).astype(np.float32)
        foams = []
        n_targets = len(self.info.targets) if is_multi else 0
        for number, name in enumerate(foam_names(settings, analysis, len(self.info.classes), n_targets)):
            selector = self._selector(number, settings, is_multi=is_multi)
            chosen = keep
            if analysis == "Classification" and settings.is_separate:
                is_signal = events.class_index == self.info.signal_class_index
                chosen = keep & (is_signal if number == 0 else ~is_signal)
            wanted = replace(plan, name=name, selector=selector)
            foams.append(self._grown(wanted, _foam_events(events, x, selector, chosen), weight[chosen]))
        self._foams = tuple(foams)
        return PDEFoamModel(self._foams, settings, analysis)

    def _selector(self, number: int, settings: Settings, *, is_multi: bool) -> int:
        """Return the class or target that a foam is about."""
        if settings.is_regression:
            return SELECTIONS.index(settings.selection) if is_multi else 0
        if self.analysis_type == "Multiclass":
            return number
        return 0 if settings.is_separate else self.info.signal_class_index

    def _plan(self, settings: Settings, x: Floats, names: tuple[str, ...], *, is_multi: bool) -> Plan:
        """Return what all foams have in common."""
        ends = [range_of(column, np.float32(settings.tail_cut)) for column in x.T]
        for name, (low, high) in zip(names, ends, strict=True):
            if not low < high:
                message = (
                    f"{self.owner}: {name!r} has no range between its tails ({low:g} to {high:g}); leave the "
                    "variable out, or take a smaller TailCut"
                )
                raise TrainingError(message)
        values = self.option_values
        kind = "Event" if settings.is_separate else "Discriminant"
        if values["DTLogic"] != "None":
            kind = "DecisionTree"
        if self.analysis_type == "Multiclass" and kind == "Event":
            kind = "Discriminant"
        if settings.is_regression:
            kind = "MultiTarget" if is_multi else "Target"
        return Plan(
            name="",
            kind=kind,
            selector=0,
            ends=(
                np.array([low for low, _ in ends], np.float32),
                np.array([high for _, high in ends], np.float32),
            ),
            part=np.float32(settings.volume_part),
            n_cells=settings.n_cells,
            growth=Growth(
                settings.n_bins,
                settings.n_samples,
                settings.events_per_bin,
                settings.n_min,
                values["MaxDepth"],
            ),
            separation=values["DTLogic"],
            variables=names,
        )

    def _grown(self, plan: Plan, events: FoamEvents, weight: Floats) -> Foam:
        built = _BUILT.get(plan.name, f"Build up multiclass foam {plan.selector}")
        self.log.info(built)
        if not len(events.x):
            message = f"{self.owner}: {built}: there are no events"
            raise TrainingError(message)
        backend = make_backend("cpu", registry=self.registry)
        start = time.perf_counter()
        with progress_bar(self.draw_progress_bar, self.title, plan.n_cells // 2) as advance:
            try:
                foam = plan.grow(events, backend, advance)
            except TrainingError as error:
                message = f"{self.owner}: {built}: {error}"
                raise TrainingError(message) from error
        elapsed = f"{time.perf_counter() - start:.3g} sec"
        self.log.info(f"Elapsed time: {elapsed}                                 ")
        return fill(foam, events, weight, backend, self.log)

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return how often each variable is cut, as a part of all cuts."""
        if not self._foams:
            return None
        labels = [one.label for one in self.info.variables]
        total = np.zeros(len(labels), np.float32)
        for foam in self._foams:
            cuts = foam.n_cuts[: len(labels)].astype(np.float32)
            if cuts.sum() > 0:
                total += cuts / np.float32(cuts.sum()) / np.float32(len(self._foams))
        return list(zip(labels, total.tolist(), strict=True))


def _foam_events(events: Events, x: Floats, selector: int, chosen: np.ndarray) -> FoamEvents:
    """Return the chosen events as a foam sees them."""
    target = events.targets[:, 0] if events.targets.shape[1] else np.zeros(len(x), np.float32)
    return FoamEvents(
        x[chosen],
        events.weight[chosen].astype(np.float32).astype(np.float64),
        events.class_index[chosen] == selector,
        target[chosen].astype(np.float32),
    )


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodPDEFoam]
