"""MethodBDT: boosted decision trees, booked as ``Types.kBDT``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from tmva_py.backends import make_backend
from tmva_py.data import DataSet
from tmva_py.histograms import FileObject, MakesFileObject
from tmva_py.kernels.numba.threads import thread_count, thread_limit
from tmva_py.methods.bdt.model import BDTModel
from tmva_py.methods.bdt.monitoring import progress_objects, training_objects
from tmva_py.methods.bdt.options import BDT_OPTIONS, FILE_OPTIONS
from tmva_py.methods.bdt.sample import prepare
from tmva_py.methods.bdt.settings import Settings, settle
from tmva_py.methods.bdt.training import Course, forest_of, grow_forest
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.tuning import TuningRange
from tmva_py.network.progress import progress_bar
from tmva_py.plugins import hookimpl


class MethodBDT(Method):
    """Boosted decision trees: a forest whose trees vote with their weights.

    A tree is a sequence of cuts, each on the variable that separates the events that have come so far best.
    An event that ends in a leaf is taken for what most training events there were. Events that a tree gets
    wrong count more in the next one (``BoostType=AdaBoost``), or each tree is grown on what is left of the
    trees before it (``Grad``).

    What matters most: ``NTrees``, ``MaxDepth`` (2 to 4), ``MinNodeSize`` (a leaf has at least this part
    of the events: too small overtrains, too large misses details) and the learning rate, ``AdaBoostBeta`` or
    ``Shrinkage``. Cuts on single variables need many steps along a correlation; ``VarTransform=D`` or
    ``UseFisherCuts`` helps there. Compare the responses to training and test events.
    """

    names = ("BDT",)
    type_name = "BDT"
    model = BDTModel
    analyses = ("Classification", "Multiclass", "Regression")
    signal_reference_cut = 0.0
    options = BDT_OPTIONS
    file_options = FILE_OPTIONS
    check_options = "!H:!V:NTrees=20:MinNodeSize=5%:MaxDepth=2:BoostType=Grad:Shrinkage=0.3"

    course: Course
    """How the last training went."""

    _monitoring: Mapping[str, FileObject | MakesFileObject] = MappingProxyType({})

    _settings: Settings

    def process_options(self, dataset: DataSet | None) -> None:
        """Settle the options, and leave in them what weight files hold."""
        del dataset
        self._settings = settle(self.option_values, self.analysis_type, self.info, self.log)
        self.option_values = self._settings.values

    def train(self, dataset: TrainingData) -> BDTModel:
        """Return a forest; Ctrl-C ends the training with the trees so far."""
        settings, info = self._settings, dataset.info
        prepared = prepare(dataset.training, info, settings, self.log)
        self.log.info(f"Training {settings['NTrees']} Decision Trees ... patience please")
        with (
            progress_bar(self.draw_progress_bar, self.title, settings["NTrees"]) as advance,
            thread_limit(settings["Threads"] or thread_count()),
        ):
            self.course = grow_forest(
                prepared,
                settings,
                info,
                len(dataset.training),
                log=self.log,
                backend=make_backend("cpu", registry=self.registry),
                after_tree=lambda _: advance(),
            )
        if self.option_values["V"]:
            self._log_sizes()
        n_variables = len(info.variables)
        model = BDTModel(
            forest=forest_of(self.course.trees, self.course.stored_weights(), n_variables),
            analysis_type=self.analysis_type,
            boost_type=settings["BoostType"],
            yes_no_leaf=settings["UseYesNoLeaf"],
            n_variables=n_variables,
            n_outputs=self.n_outputs,
            preselection=prepared.preselection,
        )
        self._monitoring = dict(training_objects(self.course, settings, info.name))
        if settings.monitors and len(dataset.testing):
            self._monitoring |= progress_objects(
                model, self.course, prepared.sample, dataset, settings["NTrees"]
            )
        return model

    def monitoring(self) -> Mapping[str, FileObject | MakesFileObject]:
        """Return what TMVA shows of the trees; with ``DoBoostMonitor`` also how the forest got better."""
        return self._monitoring

    def _log_sizes(self) -> None:
        before, after = (
            int(np.sum(sizes)) // len(sizes)
            for sizes in (self.course.nodes_before_pruning, self.course.nodes_after_pruning)
        )
        if self._settings.prunes:
            self.log.info(f"<Train> average number of nodes before/after pruning : {before} / {after}")
        else:
            self.log.info(f"<Train> average number of nodes (w/o pruning) : {before}")

    def tuning_parameters(self) -> Mapping[str, TuningRange]:
        """Return TMVA's ranges: number and size of trees, and what belongs to the way of boosting."""
        settings = self._settings
        ranges = {
            "NTrees": TuningRange(10, 1000, 5),
            "MaxDepth": TuningRange(2, 4, 3),
            "MinNodeSize": TuningRange(1, 30, 30, is_logarithmic=True),
        }
        if settings["BoostType"] == "AdaBoost":
            ranges["AdaBoostBeta"] = TuningRange(0.2, 1.0, 5)
        elif settings["BoostType"] == "Grad":
            ranges["Shrinkage"] = TuningRange(0.05, 0.5, 5)
        elif settings["BoostType"] == "Bagging" and settings["UseRandomisedTrees"]:
            n_variables = len(self.info.variables)
            ranges["UseNvars"] = TuningRange(max(1, n_variables // 4), math.ceil(0.75 * n_variables), 4)
        return ranges

    def tuned_options(self, parameters: Mapping[str, float]) -> Mapping[str, Any]:
        """Return the options; old ones that would count in their place are set back."""
        options = dict(super().tuned_options(parameters))
        options["MinNodeSize"] = f"{options['MinNodeSize']!r}%"
        old = {name: 0 for name in ("nEventsMin", "NNodesMax") if self.option_values[name]}
        return options | old

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return the variables' importance: √Σ b (gain·events)² over the cuts on each, normalised."""
        if not hasattr(self, "course"):
            return None
        names = [variable.label for variable in self.info.variables]
        return list(zip(names, self.course.importance().tolist(), strict=True))


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodBDT]
