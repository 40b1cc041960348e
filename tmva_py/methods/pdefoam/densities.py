"""How a cell is looked at while a foam grows: its density is sampled at random points."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.data.random_numbers import RootRandom
from tmva_py.kernels.foam_samples import Box, best_division, sums_around
from tmva_py.methods.inputs import Doubles, Floats
from tmva_py.methods.pdefoam.foam import Growth

Array = npt.NDArray[Any]

# Of TMVA's generator; each foam has its own.
_SEED = 4356
# Keeps densities of no events from dividing by 0.
_EMPTY = 0.1
_SMALL = 0.000001
# Events within a cell are looked for among those of the cell above: rounding must not lose one.
_MARGIN = 1e-6


@dataclass(frozen=True, eq=False)
class FoamEvents:
    """The events that a foam is grown on.

    Attributes
    ----------
    x : ndarray of float32, shape (n, n_dimensions)
        Variables, and targets where they are dimensions too.
    weight : ndarray of float64, shape (n,)
        Weights, exact in float32.
    is_class : ndarray of bool, shape (n,)
        Which events are of the class that the foam is about.
    target : ndarray of float32, shape (n,)
        The target that it is about.
    """

    x: Floats
    weight: Doubles
    is_class: Array
    target: Floats


@dataclass(frozen=True)
class Explored:
    """What is found out about a cell.

    Attributes
    ----------
    axis : int
        Where it is best divided, −1 if nowhere.
    division : float
        At which part of it.
    integral, drive : float
        Mean density, and what a division gains.
    n_events : float
        How many events are in it, as it is compared with ``Nmin``.
    inside : ndarray of int64
        Which events may be in its daughters.
    """

    axis: int
    division: float
    integral: float
    drive: float
    n_events: float
    inside: Array


@dataclass(frozen=True, eq=False)
class Place:
    """A cell: where it is inside the foam, its volume, and which events may be in it."""

    low: Doubles
    size: Doubles
    volume: float
    inside: Array


class Density(Protocol):
    """Looks at cells."""

    updates_parents: ClassVar[bool]
    """Whether what is found out about a cell changes integrals and drives of those above."""

    def explore(self, place: Place) -> Explored:
        """Return what is to be known of a cell."""
        ...


class SampledDensity(ABC):
    """A density that is measured in a box around random points of a cell."""

    updates_parents: ClassVar[bool] = True

    def __init__(
        self,
        events: FoamEvents,
        ends: tuple[Floats, Floats],
        part: np.float32,
        growth: Growth,
        backend: Backend,
    ) -> None:
        order = np.argsort(events.x[:, 0], kind="stable")
        self._columns = np.ascontiguousarray(events.x[order].T)
        self._amounts = np.ascontiguousarray(self.amounts(events)[:, order])
        self._minimum, self._maximum = (one.astype(np.float64) for one in ends)
        # Single precision up to here, as in TMVA.
        edges = ((ends[1] - ends[0]) * part).astype(np.float64)
        self._half = edges / 2.0
        self._inverse = 1.0 / float(np.multiply.accumulate(edges)[-1])
        self._scale = float(np.multiply.accumulate(self._maximum - self._minimum)[-1])
        self._growth, self._backend, self._random = growth, backend, RootRandom(_SEED)
        reach = np.abs(self._minimum) + np.abs(self._maximum) + (self._maximum - self._minimum)
        self._beyond = self._half * (1.0 + _MARGIN) + reach * _MARGIN

    @abstractmethod
    def amounts(self, events: FoamEvents) -> Doubles:
        """Return what is added up of events, (k, n)."""

    @abstractmethod
    def density(self, sums: Doubles, inverse: float) -> Doubles:
        """Return densities from sums (N, k) and the inverse of the box's volume."""

    def explore(self, place: Place) -> Explored:
        """Sample a cell, and find where it is best divided."""
        growth, backend, n_dimensions = self._growth, self._backend, len(self._columns)
        inside = self._nearby(place)
        numbers = self._random.peek(growth.n_samples * n_dimensions).astype(np.float64) * 2.0**-32
        numbers = numbers.reshape(growth.n_samples, n_dimensions)
        whole = len(inside) == self._columns.shape[1]
        counts, sums = sums_around.on(backend)(
            backend.xp,
            numbers=numbers,
            box=Box(place.low, place.size, self._minimum, self._maximum, self._half),
            columns=self._columns if whole else np.ascontiguousarray(self._columns[:, inside]),
            amounts=self._amounts if whole else np.ascontiguousarray(self._amounts[:, inside]),
        )
        step = place.volume * self._scale
        weight = step * self.density(sums, self._inverse)
        weight = self._enough(weight)
        n_points = len(weight)
        self._random.advance(n_points * n_dimensions)
        total, squares = (float(np.add.accumulate(one)[-1]) for one in (weight, weight * weight))
        mean = total / (n_points + _SMALL)
        axis, division = best_division.on(backend)(
            backend.xp, numbers=numbers[:n_points], weight=weight, n_bins=growth.n_bins
        )
        # numpy's root of a negative number, which cannot be, would be NaN as in TMVA.
        drive = math.sqrt(squares / n_points) - mean
        found = float(np.add.accumulate(counts[:n_points] * self._inverse)[-1]) * step / growth.n_samples
        return Explored(axis, division, mean, drive, found, inside)

    def _nearby(self, place: Place) -> Array:
        """Return which events can be in a box around a point of a cell."""
        span = self._maximum - self._minimum
        low = self._minimum + place.low * span - self._beyond
        high = self._minimum + (place.low + place.size) * span + self._beyond
        keep = np.ones(len(place.inside), bool)
        for column, begin, end in zip(self._columns, low, high, strict=True):
            values = column[place.inside]
            keep &= (values >= begin) & (values <= end)
        return place.inside[keep]

    def _enough(self, weight: Doubles) -> Doubles:
        """Return the weights of as many points as TMVA takes: fewer where their number is effective."""
        limit = self._growth.n_bins * self._growth.events_per_bin
        if len(weight) <= limit:
            return weight
        total, squares = np.add.accumulate(weight), np.add.accumulate(weight * weight)
        effective = np.where(squares > 0, total * total / np.where(squares > 0, squares, 1.0), 0.0)
        reached = effective >= limit
        return weight[: int(np.argmax(reached)) + 1] if reached.any() else weight


class EventDensity(SampledDensity):
    """The weights of events."""

    def amounts(self, events: FoamEvents) -> Doubles:
        """Return the weights."""
        return events.weight[None, :]

    def density(self, sums: Doubles, inverse: float) -> Doubles:
        """Return weights by volume."""
        return (sums[:, 0] + _EMPTY) * inverse


class _PartDensity(SampledDensity):
    """A part of the weights, or a mean."""

    def density(self, sums: Doubles, inverse: float) -> Doubles:
        """Return parts by volume."""
        return (sums[:, 1] / (sums[:, 0] + _EMPTY)) * inverse


class ClassDensity(_PartDensity):
    """The part of a class."""

    def amounts(self, events: FoamEvents) -> Doubles:
        """Return all weights, and those of the class."""
        return np.stack([events.weight, np.where(events.is_class, events.weight, 0.0)])


class TargetDensity(_PartDensity):
    """The mean of a target."""

    def amounts(self, events: FoamEvents) -> Doubles:
        """Return weights, and targets times weights in single precision."""
        product = events.target * events.weight.astype(np.float32)
        return np.stack([events.weight, product.astype(np.float64)])
