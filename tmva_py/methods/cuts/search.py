"""The search for cuts: which ranges they have, what they keep, and the ways to go through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.data import DataSetInfo, Events
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import TrainingError
from tmva_py.fitters import Interval
from tmva_py.kernels.cuts import Curve, Sample, cut_values
from tmva_py.methods.cuts.model import N_BINS, NO_CUTS
from tmva_py.methods.inputs import Doubles

# Beyond the smallest and largest value, in parts of their distance; and how many sets are made at once.
_MARGIN, _BLOCK = 0.01, 8192


@dataclass(frozen=True)
class VariableRange:
    """Where cuts on one variable may be, and on which side the signal is."""

    minimum: float
    maximum: float
    signal_is_above: bool


def variable_ranges(
    events: Events, info: DataSetInfo, wanted: Sequence[tuple[float, float]], owner: str
) -> list[VariableRange]:
    """Return the ranges of the cuts: those of the events, or what is wanted of them.

    Raises
    ------
    TrainingError
        A variable is constant, or the events are not where cuts are wanted.
    """
    signal = events.class_index == info.signal_class_index
    weight = events.weight.astype(np.float32).astype(np.float64)
    found = []
    for number, variable in enumerate(info.variables):
        x = events.x[:, number]
        smallest, largest = float(x.min()), float(x.max())
        if smallest == largest:
            message = (
                f"{owner}: variable {variable.label!r} is {smallest:g} in all training events; no cut on it "
                "selects anything, leave it out"
            )
            raise TrainingError(message)
        margin = _MARGIN * (largest - smallest)
        smallest, largest = smallest - margin, largest + margin
        minimum, maximum = wanted[number]
        if abs(minimum - maximum) < 1e-300:
            minimum, maximum = smallest, largest
        elif smallest > minimum:
            minimum = smallest
        elif largest < maximum:
            maximum = largest
        if not minimum < maximum:
            message = (
                f"{owner}: variable {variable.label!r} has values from {x.min():g} to {x.max():g}, none in "
                f"CutRangeMin[{number}]={wanted[number][0]:g} to CutRangeMax[{number}]={wanted[number][1]:g}"
            )
            raise TrainingError(message)
        means = [_mean(x[chosen], weight[chosen]) for chosen in (signal, ~signal)]
        found.append(VariableRange(minimum, maximum, bool(means[0] > means[1])))
    return found


def _mean(x: npt.NDArray[np.float32], weight: Doubles) -> np.float32:
    with np.errstate(all="ignore"):
        return np.float32((x.astype(np.float64) * weight).sum() / weight.sum())


def parameter_ranges(
    ranges: Sequence[VariableRange], properties: Sequence[str], info: DataSetInfo
) -> list[Interval]:
    """Return the ranges of the fit's parameters: lower cut and width for each variable."""
    found = []
    for one, how, variable in zip(ranges, properties, info.variables, strict=True):
        width = one.maximum - one.minimum
        n_points = max(2, int(width) + 1) if variable.type == "I" else 0
        highest = one.minimum if how == "FMin" else one.maximum
        found.append(Interval(one.minimum, highest, n_points))
        found.append(Interval(width if how == "FMax" else 0.0, width, n_points))
    return found


class CutSearch:
    """The best cuts so far; called with sets of parameters, it gives TMVA's estimator for each.

    Parameters
    ----------
    events : Events
        The training sample.
    signal_class : int
        Index of the signal's class.
    ranges : sequence of VariableRange
        In which cuts are looked for.
    backend : Backend
        Whose kernels are used.
    progress : callable
        Is told how many sets of cuts were looked at.
    """

    def __init__(
        self,
        events: Events,
        signal_class: int,
        ranges: Sequence[VariableRange],
        backend: Backend,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._progress = progress
        is_signal = events.class_index == signal_class
        self._x = events.x.astype(np.float64)
        self._is_signal = is_signal
        self._signal, self._background = (_sample(events, chosen) for chosen in (is_signal, ~is_signal))
        self._ranges = np.array([(one.minimum, one.maximum) for one in ranges])
        self._xp, self._kernel = backend.xp, cut_values.on(backend)
        n_variables = len(ranges)
        self.curve = Curve(
            np.full(N_BINS + 2, NO_CUTS), *(np.zeros((N_BINS + 2, n_variables)) for _ in range(2))
        )

    def __call__(self, parameters: Doubles) -> Doubles:
        """Return the values of sets of parameters (N, 2 · n_variables): lower cut and width."""
        low = np.ascontiguousarray(parameters[:, 0::2])
        return self._look_at(low, low + parameters[:, 1::2])

    def _look_at(self, low: Doubles, high: Doubles) -> Doubles:
        values: Doubles = self._kernel(
            self._xp,
            low=low,
            high=high,
            signal=self._signal,
            background=self._background,
            ranges=self._ranges,
            curve=self.curve,
        )
        self._progress(len(low))
        return values

    def sample_events(self, n_samples: int, seed: int) -> None:
        """Look at cuts between the values of two random events, another pair for each variable."""
        n_events, n_variables = self._x.shape
        columns = np.arange(n_variables)
        random = RootRandom(seed)
        left = n_samples
        while left > 0:
            block = min(left, _BLOCK)
            left -= block
            draws = random.uniform(block * n_variables * 2).reshape(block, n_variables, 2)
            chosen = (draws * n_events).astype(np.int64)
            first, second = self._x[chosen[:, :, 0], columns], self._x[chosen[:, :, 1], columns]
            self._between(first, second)

    def scan_events(self) -> None:
        """Look at cuts between the values of every two signal events."""
        signal = self._x[self._is_signal]
        for number in range(len(signal) - 1):
            self._between(signal[number], signal[number + 1 :])

    def _between(self, first: Doubles, second: Doubles) -> None:
        low, high = np.minimum(first, second), np.maximum(first, second)
        # What a fit has as parameters are the lower cut and the width.
        self._look_at(low, low + (high - low))


def _sample(events: Events, chosen: npt.NDArray[np.bool_]) -> Sample:
    weight = events.weight[chosen].astype(np.float32)
    total = float(np.float32(weight.sum(dtype=np.float64)))
    return Sample(np.ascontiguousarray(events.x[chosen].T, np.float32), weight, total)
