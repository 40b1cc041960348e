"""MethodDT: one decision tree, booked as ``Types.kDT``, most of the time to be boosted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tmva_py.backends import make_backend
from tmva_py.data import DataSet
from tmva_py.methods.bdt.growing import TreeGrower
from tmva_py.methods.bdt.pruning import prune
from tmva_py.methods.bdt.sample import Sample
from tmva_py.methods.bdt.training import forest_of
from tmva_py.methods.dt.model import DTModel
from tmva_py.methods.dt.options import DT_OPTIONS, FILE_OPTIONS, TreeSettings, min_node_size, settings_of
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.plugins import hookimpl


class MethodDT(Method):
    """One decision tree: a sequence of cuts, each on the variable that separates best what has come so far.

    An event that ends in a leaf is taken for what most training events there were, 1 for signal and −1 for
    background; with ``!UseYesNoLeaf`` the response is the leaf's part of signal.

    A single tree is a weak method. It is there to be boosted by ``Boost_Num`` among its options, with
    ``Boost_Transform`` and further ``Boost_…`` options; a forest of ``Types.kBDT`` is faster and has more
    ways of boosting.

    What matters most: ``MaxDepth``, ``MinNodeSize`` and ``nCuts``; a tree that is large is pruned by
    ``PruneMethod`` and ``PruneStrength``.
    """

    names = ("DT",)
    type_name = "DT"
    model = DTModel
    options = DT_OPTIONS
    file_options = FILE_OPTIONS
    signal_reference_cut = 0.0
    keeps_reference_cut = True
    check_options = "!H:!V:MaxDepth=4:MinNodeSize=5%"

    _settings: TreeSettings
    _sizes: tuple[int, int] | None = None

    def process_options(self, dataset: DataSet | None) -> None:
        """Settle the options, and leave in them what weight files hold."""
        del dataset
        values, n_variables = self.option_values, len(self.info.variables)
        if "UseNvars" not in values.given:
            values = values.updated({"UseNvars": n_variables})
        self._settings = settings_of(values, n_variables)
        self.option_values = values
        if values["UseRandomisedTrees"]:
            self.log.info(
                " Randomised trees should use *bagging* as *boost* method. Did you set this in the "
                "*MethodBoost* ? . Here I can enforce only the *no pruning*"
            )
            self.option_values = values.updated({"PruneMethod": "NoPruning"})
        if self._settings["MinNodeSize"] != values["MinNodeSize"]:
            self.log.error(
                "I had problems reading the option MinNodeEvents, which\n"
                f"after removing a possible % sign now reads {values['MinNodeSize'].replace('%', '')}"
            )
        if values["nEventsMin"] > 0:
            self.log.warning(
                "You have explicitly set *nEventsMin*, the min absolute number of events in a leaf node. "
                "This is DEPRECATED, please use the option *MinNodeSize* giving the relative number as "
                "percentage of training events instead."
            )

    def train(self, dataset: TrainingData) -> DTModel:
        """Return a tree on the training events."""
        settings, events = self._settings, dataset.training
        sample = Sample.of(events, dataset.info)
        validation = None
        if settings.prunes_automatically:
            validates = np.arange(len(events)) % 2 == 0
            validation, sample = sample.select(validates), sample.select(~validates)
        if (sample.weight < 0).any():
            self.log.info(
                " You are using a Monte Carlo that has also negative weights. That should in principle be "
                "fine as long as on average you end up with something positive. For this you have to make "
                "sure that the minimal number of (un-weighted) events demanded for a tree node (currently "
                f"you use: MinNodeSize={settings['MinNodeSize']}, (or the deprecated equivalent nEventsMin) "
                "you can set this via the MethodDT option string when booking the classifier) is large "
                "enough to allow for reasonable averaging!!!  If this does not help.. maybe you want to try "
                "the option: IgnoreNegWeightsInTraining  which ignores events with negative weight in the "
                "training. "
            )
        if settings["UseRandomisedTrees"]:
            self.log.warning("randomised trees have a fresh seed each, so that no training is like another")
        backend = make_backend("cpu", registry=self.registry)
        size = min_node_size(settings, len(events))
        grower = TreeGrower(sample, settings, dataset.info, size, backend)
        amounts = np.where(np.stack([sample.is_signal, ~sample.is_signal], axis=1), sample.weight[:, None], 0)
        tree = grower.grow_on(sample.columns, amounts, seed=0)
        before = len(tree.variable)
        if settings.prunes:
            tree = prune(tree, settings, validation)
        self._sizes = before, len(tree.variable)
        n_variables = len(dataset.info.variables)
        forest = forest_of([tree], np.ones(1), n_variables)
        return DTModel(forest, bool(settings["UseYesNoLeaf"]), n_variables)

    def boost_monitoring(self) -> Mapping[str, float]:
        """Return the numbers of nodes before and after pruning."""
        if self._sizes is None:
            return {}
        return dict(zip(("NodesBeforePruning", "NodesAfterPruning"), map(float, self._sizes), strict=True))


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodDT]
