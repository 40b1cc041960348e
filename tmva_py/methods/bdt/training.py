"""Growing a forest, tree by tree."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from tmva_py.backends import Backend
from tmva_py.data import DataSetInfo
from tmva_py.kernels.boosting import poisson_counts
from tmva_py.kernels.growing import GrownTree
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.boosts import BOOSTS, Bag, Boost
from tmva_py.methods.bdt.forest import Forest
from tmva_py.methods.bdt.growing import TreeGrower
from tmva_py.methods.bdt.pruning import merged, prune
from tmva_py.methods.bdt.sample import Prepared
from tmva_py.methods.bdt.settings import Settings
from tmva_py.methods.inputs import Doubles

# What DoBoostMonitor looks at: one tree in so many (second) below a number of trees (first).
_STEPS = ((20, 5), (50, 10), (150, 25), (250, 50), (500, 100), (1000, 250))
_LAST_STEP = 500
# A tree whose cuts gain less says nothing of its variables.
_NO_GAIN = float(np.finfo(np.float64).eps)
# Random samples that are drawn at a time, so that threads share them, and events in them.
_BAGS_AT_ONCE = 16
_COUNTS_AT_ONCE = 2**21


@dataclass
class Course:
    """How a training went, tree by tree."""

    trees: list[GrownTree] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    shown_weights: list[float] = field(default_factory=list)
    is_shown: list[bool] = field(default_factory=list)
    nodes_before_pruning: list[int] = field(default_factory=list)
    nodes_after_pruning: list[int] = field(default_factory=list)
    factors: list[float] = field(default_factory=list)
    first_guess: float | None = None
    boosts: dict[int, Doubles] = field(default_factory=dict)
    """What boosting has made of the events after trees that ``DoBoostMonitor`` looks at."""

    def stored_weights(self) -> Doubles:
        """Return the trees' weights as weight files hold them: a first guess comes before all of them."""
        weights = self.weights if self.first_guess is None else [self.first_guess, *self.weights]
        return np.array(weights[: len(self.trees)], np.float64)

    def importance(self) -> Doubles:
        """Return how much each variable was cut on, their sum being 1."""
        of_trees = np.array([tree.importance for tree in self.trees])
        totals = of_trees.sum(axis=1, keepdims=True)
        relative = np.divide(of_trees, totals, out=np.zeros_like(of_trees), where=totals > _NO_GAIN)
        squares = np.cumsum(self.stored_weights()[:, None] * relative, axis=0)[-1]
        with np.errstate(all="ignore"):
            roots = np.sqrt(squares)
            result: Doubles = roots / np.cumsum(roots)[-1]
        return result


def grow_forest(
    prepared: Prepared,
    settings: Settings,
    info: DataSetInfo,
    n_training: int,
    *,
    log: MessageLog,
    backend: Backend,
    after_tree: Callable[[Course], None],
) -> Course:
    """Return the trees of a training.

    Parameters
    ----------
    prepared : Prepared
        The events.
    settings : Settings
        What was booked.
    info : DataSetInfo
        The variables' types.
    n_training : int
        Training events, those left out included.
    log : MessageLog
        Where lines go.
    backend : Backend
        Whose kernels are used.
    after_tree : callable
        Is called after each round. A `KeyboardInterrupt` ends the training with the trees so far.
    """
    sample = prepared.sample
    boost = _boost_class(settings)(sample, settings, log, backend)
    grower = TreeGrower(sample, settings, info, settings.min_node_size(n_training), backend)
    course = Course()
    course.factors = boost.factors
    fraction = settings.sample_fraction(n_training)

    monitored = set(monitored_trees(settings["NTrees"])) if settings.monitors else set()
    if settings.is_bagged:
        bags = random_bags(len(sample), fraction, backend)
    else:
        bags = itertools.repeat(Bag(np.ones(len(sample), np.int32), backend))
    current = next(bags)
    boost.start(current)
    course.first_guess = boost.first_guess
    try:
        for round_number in range(settings["NTrees"]):
            goes_on = True
            for number in range(boost.trees_at_once):
                seed = round_number * boost.trees_at_once + number
                tree = grower.grow(boost, current, number, seed)
                step = boost.step(tree, current, number)
                course.nodes_before_pruning.append(len(tree.variable))
                final = step.tree
                if settings.prunes:
                    final = prune(final, settings, prepared.validation)
                    if settings["UseYesNoLeaf"] and settings.analysis_type != "Regression":
                        final = merged(final, settings["NodePurityLimit"])
                course.nodes_after_pruning.append(len(final.variable))
                course.trees.append(final)
                course.weights.append(step.weight if step.weight > 0 else 0.0)
                shown = (step.error, step.shown_weight)
                if not step.is_shown and course.errors:
                    shown = (course.errors[-1], course.shown_weights[-1])
                course.is_shown.append(step.is_shown)
                course.errors.append(shown[0])
                course.shown_weights.append(shown[1])
                if not step.weight > 0 or step.is_last:
                    log.warning(f"stopped boosting at itree={round_number}")
                    goes_on = False
                current = next(bags)
            if round_number in monitored:
                course.boosts[round_number] = sample.boost.copy()
            after_tree(course)
            if not goes_on:
                break
    except KeyboardInterrupt:
        if not course.trees:
            raise
        _complete_round(course, boost)
        log.warning(f"interrupted: the training ends with {len(course.trees)} trees")
    return course


def monitored_trees(n_trees: int) -> Iterator[int]:
    """Yield the numbers of trees after which ``DoBoostMonitor`` looks at the forest, as TMVA does."""
    for number in range(n_trees):
        is_step = any(number < below and number % step == 0 for below, step in _STEPS)
        if is_step or number % _LAST_STEP == 0 or number == n_trees - 1:
            yield number


def random_bags(n_events: int, mean: float, backend: Backend) -> Iterator[Bag]:
    """Yield the samples of one tree after the other; some are drawn at a time."""
    at_once = max(1, min(_BAGS_AT_ONCE, _COUNTS_AT_ONCE // max(1, n_events)))
    for first in itertools.count(0, at_once):
        seeds = [100 * number + 1234 for number in range(first, first + at_once)]
        for counts in poisson_counts.on(backend)(backend.xp, seeds=seeds, n_events=n_events, mean=mean):
            yield Bag(counts, backend)


def _complete_round(course: Course, boost: Boost) -> None:
    """Leave out the trees of a round that lacks some."""
    n_trees = len(course.weights) // boost.trees_at_once * boost.trees_at_once
    for rows in (
        course.trees, course.weights, course.errors, course.shown_weights, course.is_shown,
        course.nodes_before_pruning, course.nodes_after_pruning,
    ):  # fmt: skip
        del rows[max(1, n_trees) :]


def _boost_class(settings: Settings) -> type[Boost]:
    name, analysis = settings["BoostType"], settings.analysis_type
    return next(one for one in BOOSTS if name in one.names and analysis in one.analyses)


def forest_of(trees: Sequence[GrownTree], weights: Doubles, n_variables: int) -> Forest:
    """Return grown trees as a forest."""
    sizes = np.array([len(tree.variable) for tree in trees])
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(tree, name) for tree in trees])

    def children(name: str) -> np.ndarray:
        own = joined(name)
        return np.where(own >= 0, own + np.repeat(starts[:-1], sizes), -1).astype(np.int32)

    has_coefficients = joined("variable") == n_variables
    rows = [
        tree.coefficients[tree.variable == n_variables]
        for tree in trees
        if tree.coefficients.shape[1] and (tree.variable == n_variables).any()
    ]
    counts = np.where(has_coefficients, n_variables + 1, 0)
    return Forest(
        starts=starts,
        boost_weights=weights,
        variable=joined("variable"),
        cut=joined("cut"),
        response=joined("response"),
        rms=joined("rms"),
        purity=joined("purity"),
        cut_type=joined("cut_type"),
        node_type=joined("node_type"),
        left=children("left"),
        right=children("right"),
        coefficient_starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        coefficients=np.concatenate(rows).ravel() if rows else np.empty(0),
    )
