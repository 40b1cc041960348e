"""The trees that rules are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.data import DataSetInfo
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import TrainingError, warn
from tmva_py.kernels import Memory, boosting
from tmva_py.kernels.growing import GrownTree, Growth
from tmva_py.kernels.separation import GINI
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.boosts.base import SMALLEST_BOOST, columns_and_nodes
from tmva_py.methods.bdt.growing import NEARLY_EQUAL, check_ranges, grow, random_choices
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.releases import Release
from tmva_py.methods.rulefit.sample import Sample, in_order
from tmva_py.methods.rulefit.shuffling import old_order, standard_order
from tmva_py.options import OptionValues

# Of ROOT's generators that are given no seed.
ROOT_SEED = 4357
_N_BINS = 21
_DEEPEST = 9999999
_MOST_TRIES = 10
# What a tree without an error multiplies events by.
_NO_ERROR = 1000.0


class ForestGrower:
    """Grows trees whose smallest leaves have another size each."""

    def __init__(
        self,
        sample: Sample,
        values: OptionValues,
        info: DataSetInfo,
        release: Release,
        log: MessageLog,
        backend: Backend,
    ) -> None:
        self._sample, self._values, self._log, self._backend = sample, values, log, backend
        self._release = release
        whole = np.array([one.type == "I" for one in info.variables])
        check_ranges(sample.columns, whole, info)
        self._growth = Growth(
            n_bins=np.where(whole, 0, _N_BINS).astype(np.int64),
            min_size=0.0,
            max_depth=_DEEPEST,
            separation=GINI,
            purity_limit=0.5,
            narrow=0.0 if release.cuts_narrow_ranges else NEARLY_EQUAL,
            merges=False,
            divides=release.divides_by_ranges,
        )
        self._boosts = values["ForestType"] == "AdaBoost"
        self.n_events = len(sample) if self._boosts else int(len(sample) * _part(len(sample)))
        self._boost = np.ones(len(sample))
        self._order = (old_order if release.shuffles_by_rand else standard_order)(len(sample))
        self._columns = np.ascontiguousarray(sample.columns[:, self._order])
        self._memory = Memory(lambda shape: np.empty(shape, np.float32))

    def grow(self, after_tree: Callable[[], None]) -> list[GrownTree]:
        """Return the trees; fewer than requested where some have no cut.

        Raises
        ------
        TrainingError
            The weights of the boosted events are no numbers any more.
        """
        trees = []
        sizes = RootRandom(ROOT_SEED)
        for number in range(self._values["nTrees"]):
            tree = self._grow_one(number, sizes)
            if tree is None:
                self._warn()
            else:
                trees.append(tree)
                if self._boosts:
                    self._boost_events(tree)
            after_tree()
        return trees

    def _grow_one(self, number: int, sizes: RootRandom) -> GrownTree | None:
        low, high = self._values["fEventsMin"], 0.5 * self._values["fEventsMax"]
        columns, amounts = self._columns, self._amounts()[self._order]
        if not self._boosts:
            # TMVA takes a seed from the clock for the trees' variables: there is no order to keep to.
            order = np.random.RandomState(number + 1).permutation(len(self._sample))[: self.n_events]
            columns, amounts = np.ascontiguousarray(columns[:, order]), amounts[order]
        for trial in range(_MOST_TRIES):
            percentage = np.float32(100 * (low + (high - low) * float(sizes.uniform(1)[0])))
            size = float(np.float64(percentage) / 100.0 * self.n_events)
            self._say_size(percentage, size)
            tree = self._tree(columns, amounts, size, _MOST_TRIES * number + trial + 1)
            if len(tree.variable) >= 3:
                return tree
        return None

    def _tree(self, columns: npt.NDArray[np.float32], amounts: Doubles, size: float, seed: int) -> GrownTree:
        growth = self._growth._replace(min_size=size)
        choices = None if self._boosts else partial(self._choices, seed)
        return grow(self._backend, columns, amounts, growth, self._memory, choices)

    def _choices(self, seed: int) -> Iterator[npt.NDArray[np.bool_]]:
        n_variables = len(self._sample.columns)
        wanted = int(np.sqrt(n_variables) + 0.6)
        return random_choices(RootRandom(seed), n_variables, wanted, poisson=False)

    def _amounts(self) -> Doubles:
        whole = self._sample.weight * self._boost
        signal = self._sample.is_signal
        return np.stack([np.where(signal, whole, 0.0), np.where(signal, 0.0, whole)], axis=1)

    def _boost_events(self, tree: GrownTree) -> None:
        """Give events that the tree gets wrong more weight, and all together what they had."""
        sample, boost = self._sample, self._boost
        columns, nodes = columns_and_nodes(sample.columns, tree)
        leaves = boosting.tree_leaves.on(self._backend)(self._backend.xp, columns=columns, nodes=nodes)
        wrong = (tree.node_type[leaves] > 0.5) != sample.is_signal
        whole = sample.weight * boost
        total, of_wrong = in_order(whole), in_order(whole[wrong])
        with np.errstate(all="ignore"):
            error = np.float64(of_wrong) / total
            factor = (1.0 - error) / error if error > 0 else _NO_ERROR
            boost[wrong] = np.maximum(boost[wrong], SMALLEST_BOOST) * factor
            scale = np.float64(total) / in_order(sample.weight * boost)
            boost[:] = np.maximum(boost, SMALLEST_BOOST) * scale
        if not np.isfinite(boost).all():
            message = (
                "the weights of the boosted events are no numbers any more: all events are on the wrong side "
                "of a tree; look at the weights, or take ForestType=Random"
            )
            raise TrainingError(message)

    def _say_size(self, percentage: np.float32, size: float) -> None:
        if not self._release.says_leaf_sizes:
            return
        log = self._log.for_source("BinaryTree")
        log.info(
            f"The minimal node size MinNodeSize={percentage:g} fMinNodeSize={percentage:g}% is translated to "
            f"an actual number of events = {size:g} for the training sample size of {self.n_events}"
        )
        log.info("Note: This number will be taken as absolute minimum in the node, ")
        log.info("      in terms of 'weighted events' and unweighted ones !! ")

    def _warn(self) -> None:
        line = "-" * 66
        for text in (
            line,
            f" Failed growing a tree even after {_MOST_TRIES} trials",
            " Possible solutions: ",
            "   1. increase the number of training events",
            "   2. set a lower min fraction cut (fEventsMin)",
            "   3. maybe also decrease the max fraction cut (fEventsMax)",
            " If the above warning occurs rarely only, it can be ignored",
            line,
        ):
            self._log.warning(text)
        warn("no cut was found for a tree of RuleFit; lower fEventsMin and fEventsMax, or give more events")


def _part(n_events: int) -> float:
    """Return the part of the events that a random tree gets."""
    return min(0.5, (100.0 + 6.0 * float(np.sqrt(n_events))) / n_events)
