"""What every way of boosting has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.data import AnalysisType
from tmva_py.kernels import boosting
from tmva_py.kernels.growing import GrownTree
from tmva_py.lazy import lazy
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.sample import Sample
from tmva_py.methods.bdt.settings import Settings
from tmva_py.methods.inputs import Doubles, Floats

Array = npt.NDArray[Any]

SMALLEST_BOOST = 1e-4
"""TMVA reads no smaller factor from an event whose factor it sets."""

STOPS = -1.0
"""The weight of a tree after which no other is grown."""


@dataclass(frozen=True)
class Bag:
    """The events of a tree: each `counts` times, in the order of the events."""

    counts: npt.NDArray[np.int32]
    backend: Backend

    @lazy
    def size(self) -> int:
        """How many there are."""
        return int(self.counts.sum())

    @lazy
    def is_whole(self) -> bool:
        """Whether every event is there once."""
        return bool((self.counts == 1).all())

    @lazy
    def events(self) -> npt.NDArray[np.int64]:
        """The number of each entry's event."""
        found: npt.NDArray[np.int64] = boosting.sample_entries.on(self.backend)(
            self.backend.xp, counts=self.counts
        )
        return found

    @lazy
    def times(self) -> npt.NDArray[np.int64]:
        """How often each entry's event has been there before."""
        firsts = np.cumsum(self.counts) - self.counts
        result: npt.NDArray[np.int64] = np.arange(len(self.events)) - firsts[self.events]
        return result


@dataclass(frozen=True)
class Step:
    """What boosting makes of a tree.

    Attributes
    ----------
    tree : GrownTree
        With the leaves' answers.
    weight : float
        Of the tree; no other follows if it is not above 0.
    error : float
        What the monitoring shows as error fraction.
    shown_weight : float
        What it shows as boost weight.
    is_shown : bool
        Whether it shows them; else those of the tree before, as in TMVA.
    is_last : bool
        Whether no other follows, whatever the weight.
    """

    tree: GrownTree
    weight: float
    error: float = 0.0
    shown_weight: float = 0.0
    is_shown: bool = True
    is_last: bool = False


class Boost(ABC):
    """One way of boosting, and its state during a training."""

    names: ClassVar[tuple[str, ...]]
    """Values of ``BoostType``."""

    analyses: ClassVar[tuple[AnalysisType, ...]] = ("Classification",)

    def __init__(self, sample: Sample, settings: Settings, log: MessageLog, backend: Backend) -> None:
        self.sample = sample
        self.settings = settings
        self.log = log
        self.backend = backend
        self.factors: list[float] = []
        """What events were multiplied by, for monitoring."""

    @property
    def trees_at_once(self) -> int:
        """Trees of one round."""
        return 1

    @property
    def first_guess(self) -> float | None:
        """What stands in place of the first tree's weight, None for that weight."""
        return None

    def start(self, bag: Bag) -> None:  # noqa: B027 - a hook, empty on purpose
        """Make ready for the first tree."""

    def amounts(self, bag: Bag, number: int, out: Doubles) -> None:
        """Write what the events of a tree count: weights of signal and background."""
        del number
        boosting.class_amounts.on(self.backend)(
            self.backend.xp,
            weight=self.sample.weight,
            boost=self.sample.boost,
            is_signal=self.sample.is_signal,
            counts=bag.counts,
            out=out,
        )

    @abstractmethod
    def step(self, tree: GrownTree, bag: Bag, number: int) -> Step:
        """Take the next tree of a round, change the events, and return what comes of it."""

    def leaves(self, tree: GrownTree) -> npt.NDArray[np.int32]:
        """Return the leaf of each event."""
        columns, nodes = self.columns_and_nodes(tree)
        found: npt.NDArray[np.int32] = boosting.tree_leaves.on(self.backend)(
            self.backend.xp, columns=columns, nodes=nodes
        )
        return found

    def columns_and_nodes(self, tree: GrownTree) -> tuple[Floats, boosting.Nodes]:
        """Return the events and a tree, with a column for each of its Fisher discriminants."""
        return columns_and_nodes(self.sample.columns, tree)


def columns_and_nodes(columns: Floats, tree: GrownTree) -> tuple[Floats, boosting.Nodes]:
    """Return events and a tree for `tmva_py.kernels.boosting.tree_leaves`.

    A cut on a Fisher discriminant becomes one on a column that is 1 above it.
    """
    variable, cut = tree.variable, tree.cut
    if tree.coefficients.shape[1]:
        nodes = np.flatnonzero(variable == len(columns))
        values = np.repeat(tree.coefficients[nodes, -1:], columns.shape[1], axis=1)
        for number, column in enumerate(columns):
            values += tree.coefficients[nodes, number, None] * column.astype(np.float64)
        above = (values > cut[nodes, None]).astype(np.float32)
        variable, cut = variable.copy(), cut.copy()
        variable[nodes] = len(columns) + np.arange(len(nodes))
        cut[nodes] = 0.5
        columns = np.concatenate([columns, above])
    return columns, boosting.Nodes(variable, cut, tree.cut_type, tree.left, tree.right)
