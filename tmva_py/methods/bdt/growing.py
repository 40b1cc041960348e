"""Growing the trees of a booking: the samples' columns, the grid, and which variables a node may use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.data import DataSetInfo
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import TrainingError
from tmva_py.kernels import Memory, boosting
from tmva_py.kernels.growing import GrownTree, Growth, Part, grow_by, grow_tree
from tmva_py.kernels.separation import VARIANCE
from tmva_py.methods.bdt.boosts import Bag, Boost
from tmva_py.methods.bdt.cut_finders import cuts_between_events, fisher_cuts
from tmva_py.methods.bdt.sample import Sample
from tmva_py.methods.bdt.settings import Settings
from tmva_py.methods.inputs import Doubles, Floats

# The grid that trees of targets get where there is none for them.
_CUTS_OF_TARGETS = 200
# A variable of whole numbers has a bin for each of them.
_MOST_BINS = 2_000_000
NEARLY_EQUAL = 4 * float(np.finfo(np.float32).eps)
"""How far apart values of single precision are that TMVA takes for equal."""


class TreeGrower:
    """Grows trees on samples of the events; `min_node_size` is a percentage of a sample."""

    def __init__(
        self, sample: Sample, settings: Settings, info: DataSetInfo, min_node_size: float, backend: Backend
    ) -> None:
        self._sample = sample
        self._settings = settings
        self._backend = backend
        self._memory = Memory(lambda shape: np.empty(shape, np.float32))
        self._room = np.empty(0, np.float32)
        self._min_node_size = min_node_size
        n_cuts = settings["nCuts"]
        self._is_exhaustive = n_cuts <= 0 and settings.separation != VARIANCE
        if n_cuts <= 0:
            n_cuts = _CUTS_OF_TARGETS
        whole = np.array([one.type == "I" for one in info.variables])
        check_ranges(sample.columns, whole, info)
        self._growth = Growth(
            n_bins=np.where(whole, 0, n_cuts + 1).astype(np.int64),
            min_size=0.0,
            max_depth=settings.max_depth,
            separation=settings.separation,
            purity_limit=settings["NodePurityLimit"],
            narrow=0.0 if settings.release.cuts_narrow_ranges else NEARLY_EQUAL,
            merges=settings.merges_leaves,
            divides=settings.release.divides_by_ranges,
        )
        self._uses_finder = settings["UseFisherCuts"] or self._is_exhaustive
        self._is_random = settings["UseRandomisedTrees"]

    def grow(self, boost: Boost, bag: Bag, number: int, seed: int) -> GrownTree:
        """Return the next tree of a round, grown on a sample; `seed` is for variables drawn at random."""
        amounts = np.empty((bag.size, 4 if self._growth.separation == VARIANCE else 2))
        boost.amounts(bag, number, amounts)
        return self.grow_on(self._columns(bag), amounts, seed)

    def grow_on(self, columns: Floats, amounts: Doubles, seed: int) -> GrownTree:
        """Return a tree on events whose classes' weights, or weighted targets, are `amounts`."""
        growth = self._growth._replace(min_size=self._min_node_size / 100.0 * len(amounts))
        if self._uses_finder:
            return self._grow_by_finder(Part(columns, amounts), growth, seed)
        choices = partial(self._choices, seed) if self._is_random else None
        return grow(self._backend, columns, amounts, growth, self._memory, choices)

    def _grow_by_finder(self, root: Part, growth: Growth, seed: int) -> GrownTree:
        settings = self._settings
        choices = self._choices(seed)
        if settings["UseFisherCuts"]:
            finder = fisher_cuts(
                choices, settings["MinLinCorrForFisher"], exclusive=settings["UseExclusiveVars"]
            )
        else:
            finder = cuts_between_events(choices, as_std_sort=settings.release.sorts_as_std)
        return grow_by(np, root, growth, finder)

    def _columns(self, bag: Bag) -> Floats:
        columns = self._sample.columns
        if bag.is_whole:
            return columns
        shape = (len(columns), bag.size)
        size = shape[0] * shape[1]
        if self._room.size < size:
            self._room = np.empty(size + size // 16, np.float32)
        chosen: Floats = self._room[:size].reshape(shape)
        boosting.sample_columns.on(self._backend)(
            self._backend.xp, columns=columns, entries=bag.events, out=chosen
        )
        return chosen

    def _choices(self, seed: int) -> Iterator[npt.NDArray[np.bool_]]:
        """Yield the variables that each node may use."""
        n_variables = len(self._sample.columns)
        if not self._is_random:
            return repeat(np.ones(n_variables, bool))
        poisson = self._settings["UsePoissonNvars"] and not self._is_exhaustive
        return random_choices(RootRandom(seed), n_variables, self._settings["UseNvars"], poisson=poisson)


def random_choices(
    random: RootRandom, n_variables: int, mean: int, *, poisson: bool
) -> Iterator[npt.NDArray[np.bool_]]:
    """Yield variables drawn for one node after the other: `mean` of them, or as many on average."""
    while True:
        wanted = min(n_variables, max(1, random.poisson(mean))) if poisson else mean
        chosen = np.zeros(n_variables, bool)
        while chosen.sum() < wanted:
            chosen[int(random.uniform(1)[0] * n_variables)] = True
        yield chosen


def check_ranges(columns: Floats, whole: npt.NDArray[Any], info: DataSetInfo) -> None:
    """Refuse variables of whole numbers whose values are too far apart for a bin each."""
    for variable in np.flatnonzero(whole).tolist():
        values = columns[variable]
        if not np.isfinite(values).all() or float(values.max()) - float(values.min()) > _MOST_BINS:
            label = info.variables[variable].label
            message = (
                f"variable {label!r} is one of whole numbers (type 'I'), for which trees have a bin each, "
                f"but its values are not finite or more than {_MOST_BINS} apart; add it with type 'F'"
            )
            raise TrainingError(message)


def grow(
    backend: Backend,
    columns: Floats,
    amounts: Doubles,
    growth: Growth,
    memory: Memory,
    choices: Callable[[], Iterator[npt.NDArray[np.bool_]]] | None,
) -> GrownTree:
    """Return a tree; `choices` begins to draw the variables that each node may use, all without it."""
    kernel, n_choices = grow_tree.on(backend), 64
    while True:
        allowed = None
        if choices is not None:
            drawn = choices()
            allowed = np.array([next(drawn) for _ in range(n_choices)])
        tree: GrownTree | None = kernel(
            backend.xp, columns=columns, amounts=amounts, growth=growth, allowed=allowed, memory=memory
        )
        if tree is not None:
            return tree
        n_choices *= 4
