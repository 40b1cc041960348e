"""Splitting events into training and test samples, and mixing the classes, in TMVA's own order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.data.random_numbers import SHUFFLES, RootRandom
from tmva_py.data.split_options import SplitOptions
from tmva_py.errors import DataError, warn

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ClassSample:
    """The events of one class before they are split, as indices into one table of events."""

    name: str
    training: Indices  # of trees that were added for training
    testing: Indices
    unassigned: Indices
    cut_efficiency: float = 1.0  # fraction of the entries that passed the cuts, unweighted

    @property
    def n_available(self) -> int:
        """Number of all events."""
        return len(self.training) + len(self.testing) + len(self.unassigned)


class Splitter:
    """One run of splitting and mixing; it uses one stream of random numbers throughout, as TMVA does."""

    def __init__(self, options: SplitOptions) -> None:
        self._options = options
        self._random = RootRandom(options.split_seed)
        self._shuffle = SHUFFLES[options.library]
        self.seed = self._random.seed  # not that of the options where that is 0

    def split(self, samples: list[ClassSample]) -> list[tuple[Indices, Indices]]:
        """Return the training and the test events of each class."""
        is_random = self._options.split_mode == "Random"
        unassigned = [
            self._shuffled(sample.unassigned) if is_random else sample.unassigned for sample in samples
        ]
        return [self._split_class(sample, free) for sample, free in zip(samples, unassigned, strict=True)]

    def mix(self, classes: list[tuple[Indices, Indices]]) -> tuple[Indices, Indices]:
        """Return the training and the test sample of all classes together."""
        training = _merged([pair[0] for pair in classes], self._options.mix_mode)
        testing = _merged([pair[1] for pair in classes], self._options.mix_mode)
        if self._options.mix_mode == "Random":
            return self._shuffled(training), self._shuffled(testing)
        return training, testing

    def _shuffled(self, events: Indices) -> Indices:
        return events[np.array(self._shuffle(len(events), self._random), dtype=np.int64)]

    def _split_class(self, sample: ClassSample, free: Indices) -> tuple[Indices, Indices]:
        plan = _plan(sample, self._options)
        if self._options.split_mode == "Alternate":
            training, testing = _alternate(sample, free, plan.requested_training)
        else:
            n_training = max(0, plan.use_training - len(sample.training))
            n_testing = max(0, plan.use_testing - len(sample.testing))
            if n_training + n_testing > len(free):
                message = (
                    f"class {sample.name!r}: {plan.requested_training} training and {plan.requested_testing} "
                    f"test events requested, but there are only {_counts(sample)}"
                )
                raise DataError(message)
            training = np.concatenate([sample.training, free[:n_training]])
            testing = np.concatenate([sample.testing, free[n_training : n_training + n_testing]])
        return (
            self._trimmed(training, plan.requested_training, sample, "training"),
            self._trimmed(testing, plan.requested_testing, sample, "test"),
        )

    def _trimmed(self, events: Indices, requested: int, sample: ClassSample, what: str) -> Indices:
        """Leave out what is too much: at random places when splitting at random, else at the end."""
        if len(events) < requested:
            message = (
                f"class {sample.name!r}: {requested} {what} events requested, but "
                f"SplitMode={self._options.split_mode} yields {len(events)} of {_counts(sample)}"
            )
            if self._options.split_mode != "Random":  # there TMVA erases beyond the end of its list
                message += "; ask for fewer, or use SplitMode=Random"
                raise DataError(message)
            warn(f"{message}; {len(events)} are used")
            return events
        if self._options.split_mode != "Random" or len(events) == requested:
            return events[:requested]
        order = self._shuffle(len(events), self._random)
        keep = np.ones(len(events), dtype=bool)
        keep[order[: len(events) - requested]] = False
        return events[keep]


@dataclass(frozen=True)
class _Plan:
    """Numbers of one class: events to pick from, and events that are kept in the end."""

    use_training: int
    use_testing: int
    requested_training: int
    requested_testing: int


def _plan(sample: ClassSample, options: SplitOptions) -> _Plan:
    """Return how many events go where (``DataSetFactory::MixEvents``)."""
    r, s, u = len(sample.training), len(sample.testing), len(sample.unassigned)
    available = sample.n_available
    requested_training, requested_testing = _requested(sample, options)
    if requested_training == 0 and requested_testing == 0:
        if u >= abs(r - s):
            half = available // 2
            return _Plan(half, half, half, half)
        use_training = r + u if r < s else r
        return _Plan(use_training, available - use_training, use_training, available - use_training)
    if requested_testing == 0:
        use_training = max(requested_training, r)
        _check_enough(use_training, sample, "training")
        return _Plan(use_training, available - use_training, requested_training, available - use_training)
    if requested_training == 0:
        use_testing = max(requested_testing, s)
        _check_enough(use_testing, sample, "test")
        return _Plan(available - use_testing, use_testing, available - use_testing, requested_testing)
    free = u - max(requested_training - r, 0) - max(requested_testing - s, 0)
    use_training = max(requested_training, r) + max(free, 0) // 2
    return _Plan(use_training, available - use_training, requested_training, requested_testing)


def _requested(sample: ClassSample, options: SplitOptions) -> tuple[int, int]:
    """Return the requested numbers; products are taken in float32, as TMVA does."""
    n_train, n_test = options.n_train.get(sample.name, 0), options.n_test.get(sample.name, 0)
    fraction = options.train_fraction.get(sample.name, 0.0)
    if fraction > 0.0:
        n_train, n_test = int(np.float32(fraction) * np.float32(sample.n_available)), 0
    if options.scale_with_preselection:
        scale = np.float32(sample.cut_efficiency)
        n_train, n_test = int(np.float32(n_train) * scale), int(np.float32(n_test) * scale)
    return n_train, n_test


def _check_enough(wanted: int, sample: ClassSample, what: str) -> None:
    if wanted > sample.n_available:
        message = (
            f"class {sample.name!r}: more events requested for {what} ({wanted}) than available "
            f"({_counts(sample)})"
        )
        raise DataError(message)


def _counts(sample: ClassSample) -> str:
    text = f"{sample.n_available} events"
    if len(sample.training) or len(sample.testing):
        text += (
            f" ({len(sample.training)} in training trees, {len(sample.testing)} in test trees, "
            f"{len(sample.unassigned)} in others)"
        )
    return f"{text} after cuts" if sample.cut_efficiency < 1 else text


def _alternate(sample: ClassSample, free: Indices, n_training: int) -> tuple[Indices, Indices]:
    """Deal events out one by one, training first, until training has what was requested."""
    n_pairs = max(0, min(n_training - len(sample.training), (len(free) + 1) // 2))
    is_training = np.zeros(len(free), dtype=bool)
    is_training[0 : 2 * n_pairs : 2] = True
    training = np.concatenate([sample.training, free[is_training]])
    return training, np.concatenate([sample.testing, free[~is_training]])


def _merged(parts: list[Indices], mix_mode: str) -> Indices:
    """Join the classes: one after the other or, in mode Alternate, class k after every k events."""
    merged = parts[0]
    for index, part in enumerate(parts[1:], start=1):
        if mix_mode != "Alternate":
            merged = np.concatenate([merged, part])
            continue
        n_groups = min(len(merged) // index, len(part))
        dealt = np.concatenate(
            [merged[: n_groups * index].reshape(n_groups, index), part[:n_groups, np.newaxis]], axis=1
        )
        merged = np.concatenate([dealt.ravel(), merged[n_groups * index :], part[n_groups:]])
    return merged
