"""What a data loader has collected, and the data set that is built from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from tmva_py.data.data_set_info import SIGNAL_CLASS, DataSetInfo
from tmva_py.data.event_checks import EventChecks
from tmva_py.data.event_reading import EventCounts, EventReader, TreeEntry, TreeType
from tmva_py.data.events import DataSet, Events
from tmva_py.data.log_lines import log_correlations, log_counts, log_cuts, log_preselection, log_start
from tmva_py.data.normalization import class_factors, sum_in_order
from tmva_py.data.split_options import SplitOptions
from tmva_py.data.splitting import ClassSample, Splitter
from tmva_py.data.statistics import correlation_matrix, set_ranges
from tmva_py.errors import DataError, warn
from tmva_py.message_log import MessageLog

BACKGROUND_CLASS = "Background"


@dataclass
class DataSpecification:
    """Trees, weights, cuts and options of a data set, as a data loader collects them.

    Parameters
    ----------
    info : DataSetInfo
        Name, variables, targets, spectators; classes are added as they are mentioned.
    trees : list of TreeEntry
        In the order in which they were added.
    weight_expressions : dict of str to str
        Event weight by class.
    cuts : dict of str to str
        Cut by class.
    split_options : str
        The option string of ``PrepareTrainingAndTestTree``.
    """

    info: DataSetInfo
    trees: list[TreeEntry] = field(default_factory=list)
    weight_expressions: dict[str, str] = field(default_factory=dict)
    cuts: dict[str, str] = field(default_factory=dict)
    split_options: str = ""

    def add_class(self, name: str) -> bool:
        """Make a class known; return whether it is new."""
        if name in self.info.classes:
            return False
        self.info.classes.append(name)
        return True

    def add_cut(self, name: str, cut: str) -> None:
        """Add a cut to a class: both must be passed, as when TCut objects are added."""
        if cut:
            before = self.cuts.get(name, "")
            self.cuts[name] = f"({before})&&({cut})" if before else cut

    def part(self, info: DataSetInfo, cut: str) -> DataSpecification:
        """Return the same trees and classes with other variables and one cut more."""
        part = replace(self, info=info, cuts=dict(self.cuts))
        for name in info.classes:
            part.add_cut(name, cut)
        return part

    def build(self, log: MessageLog | None = None, *, has_tests: bool = True) -> DataSet:
        """Read, cut, split, renormalise and mix the events.

        Parameters
        ----------
        log : MessageLog, optional
            Where TMVA's lines go; by default standard output.
        has_tests : bool, default True
            Whether a test sample without events is worth a warning.

        Returns
        -------
        DataSet
            Its `info` is this specification's; ranges, correlations and sums of weights are set in it.

        Raises
        ------
        OptionError
            The option string is wrong.
        ExpressionError, DataError
            Events cannot be read, or not enough are left; see the messages.
        """
        log = MessageLog("DataSetFactory") if log is None else log.for_source("DataSetFactory")
        info = self.info
        info.correlation_matrices.clear()
        self._check_complete()
        options = SplitOptions.parse(self.split_options, info.classes)
        log_start(info, options, log)
        events, samples, counts = self._read(info, log)
        self._check_classes(info, samples, counts)
        log_cuts(info, self.cuts, counts, log)
        data_set = _split(info, events, samples, counts, options, log)
        if has_tests and len(data_set.testing) == 0:
            text = f"Dataset[{info.name}] : no test events; evaluating the methods will fail"
            log.warning(text)
            warn(text)
        if len(data_set.training) > 1 and options.calculate_correlations:
            set_ranges(info, data_set.training)
            _set_correlations(info, data_set.training)
            if options.print_correlations:
                log_correlations(info, log)
            log.header(f"[{info.name}] :  ")
            log.info()
        return data_set

    def _check_complete(self) -> None:
        name = self.info.name
        if not self.trees:
            message = (
                f"Dataset[{name}] : no tree and no event was added; call AddSignalTree and "
                "AddBackgroundTree, AddTree or AddRegressionTree first"
            )
            raise DataError(message)
        if not self.info.variables:
            message = f"Dataset[{name}] : no variable was added; call AddVariable first"
            raise DataError(message)

    def _read(
        self, info: DataSetInfo, log: MessageLog
    ) -> tuple[Events, list[ClassSample], list[EventCounts]]:
        checks = EventChecks()
        parts = [Events.empty(len(info.variables), len(info.targets), len(info.spectators))]
        samples, counts = [], []
        spectator_types: list[list[set[str | None]]] = []
        n_read = 0
        for class_index, name in enumerate(info.classes):
            reader = EventReader(
                info, class_index, self.weight_expressions.get(name, ""), self.cuts.get(name, ""), checks
            )
            indices: dict[TreeType, list[npt.NDArray[np.int64]]] = {kind: [] for kind in TreeType}
            for added in self.trees:
                if added.class_name != name:
                    continue
                log.info(f"Building event vectors for type {int(added.tree_type)} {name}")
                log.info(f"Dataset[{info.name}] :  create input formulas for tree {added.tree.name}")
                events = reader.read(added)
                parts.append(events)
                indices[added.tree_type].append(np.arange(n_read, n_read + len(events)))
                n_read += len(events)
            training, testing, unassigned = (
                np.concatenate([np.empty(0, np.int64), *indices[kind]]) for kind in TreeType
            )
            samples.append(ClassSample(name, training, testing, unassigned, reader.counts.efficiency))
            counts.append(reader.counts)
            spectator_types.append(reader.spectator_types)
        for one, kinds in zip(info.spectators, zip(*spectator_types, strict=True), strict=False):
            one.whole_type = _common_type(set().union(*kinds))
        checks.report(info.name, log)
        return Events.concatenate(parts), samples, counts

    def _check_classes(
        self, info: DataSetInfo, samples: list[ClassSample], counts: list[EventCounts]
    ) -> None:
        """Raise for classes without events; regression may have classes that were only mentioned."""
        for name, sample, count in zip(info.classes, samples, counts, strict=True):
            trees = [added.tree.describe() for added in self.trees if added.class_name == name]
            if sample.n_available:
                continue
            if trees:
                cut = self.cuts.get(name, "")
                passed = (
                    f"none of {count.before} entries passed the cut {cut!r}"
                    if cut and count.before
                    else "no entries"
                )
                message = (
                    f"Dataset[{info.name}] : class {name!r} has no events: {passed} ({', '.join(trees)})"
                )
                raise DataError(message)
            hint = (
                "; SetWeightExpression without a class name and PrepareTrainingAndTestTree with two cuts "
                f"create the classes {SIGNAL_CLASS!r} and {BACKGROUND_CLASS!r}: name the class there"
                if name in (SIGNAL_CLASS, BACKGROUND_CLASS)
                else ""
            )
            text = f"Dataset[{info.name}] : class {name!r} is known, but no tree was added for it{hint}"
            if not info.targets:
                raise DataError(text)
            warn(f"{text}; it stays empty")


def _common_type(kinds: set[str | None]) -> str:
    """Return the integer type that holds all of these; empty if one is no integer or none holds them all."""
    named = [one for one in kinds if one is not None]
    if not named or None in kinds:
        return ""
    common = np.result_type(*named)
    return common.str[1:] if common.kind in "iu" else ""


def _split(
    info: DataSetInfo,
    events: Events,
    samples: list[ClassSample],
    counts: list[EventCounts],
    options: SplitOptions,
    log: MessageLog,
) -> DataSet:
    """Split, renormalise the training weights, and mix."""
    splitter = Splitter(options)
    if options.split_seed == 0 and "Random" in (options.split_mode, options.mix_mode):
        log.info(f"SplitSeed=0: drew the seed {splitter.seed}; SplitSeed={splitter.seed} repeats this split")
    log_preselection(info, counts, options, log)
    classes = splitter.split(samples)
    if not any(len(training) for training, _ in classes):
        message = f"Dataset[{info.name}] : no training events: " + "; ".join(
            f"class {sample.name!r} has {sample.n_available}" for sample in samples
        )
        raise DataError(message)
    weight = events.weight.copy()
    factors = class_factors(options.norm_mode, info.classes, [weight[training] for training, _ in classes])
    for (training, _), factor in zip(classes, factors, strict=True):
        weight[training] *= factor
    _set_sums(info, classes, weight, options)
    log_counts(info, classes, counts, options, log)
    training, testing = splitter.mix(classes)
    events = replace(events, weight=weight)
    return DataSet(info, events.select(training), events.select(testing))


def _set_sums(
    info: DataSetInfo,
    classes: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]],
    weight: npt.NDArray[np.float64],
    options: SplitOptions,
) -> None:
    info.normalization = options.norm_mode.upper()
    sums = np.array([[sum_in_order(weight[chosen]) for chosen in pair] for pair in classes])
    is_signal = np.arange(len(classes)) == info.signal_class_index
    info.training_sum_signal_weights, info.testing_sum_signal_weights = map(
        float, sums[is_signal].sum(axis=0)
    )
    info.training_sum_background_weights, info.testing_sum_background_weights = map(
        float, sums[~is_signal].sum(axis=0)
    )


def _set_correlations(info: DataSetInfo, training: Events) -> None:
    names = [variable.internal_name for variable in info.variables]
    for index, name in enumerate(info.classes):
        chosen = training.class_index == index
        if chosen.any():
            where = f"Dataset[{info.name}] : class {name!r}"
            x, weight = training.x[chosen], training.weight[chosen]
            info.correlation_matrices[name] = correlation_matrix(x, weight, names, where)
