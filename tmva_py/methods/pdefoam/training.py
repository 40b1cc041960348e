"""What a booking of MethodPDEFoam grows: ranges, foams, and what is filled into their cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.histograms import Axis
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import Doubles, Floats
from tmva_py.methods.pdefoam.answers import Answers
from tmva_py.methods.pdefoam.densities import (
    ClassDensity,
    Density,
    EventDensity,
    FoamEvents,
    SampledDensity,
    TargetDensity,
)
from tmva_py.methods.pdefoam.foam import Foam, Growth
from tmva_py.methods.pdefoam.growing import Growing
from tmva_py.methods.pdefoam.nodes import NodeDensity

Array = npt.NDArray[Any]

_N_BINS = 10000
_SINGLE = np.finfo(np.float32)

_DENSITIES: dict[str, type[SampledDensity]] = {
    "Event": EventDensity,
    "MultiTarget": EventDensity,
    "Discriminant": ClassDensity,
    "Target": TargetDensity,
}


@dataclass(frozen=True)
class Plan:
    """A foam that is wanted.

    Attributes
    ----------
    name, kind, selector
        As of `Foam`.
    ends : tuple of ndarray of float32
        Where its box begins and ends.
    part : float32
        Edge of the box in which densities are measured, as a part of the foam's.
    n_cells : int
        How many cells there are at most, all levels together.
    growth : Growth
        How it grows.
    separation : str
        What cuts improve, of a foam like a decision tree.
    variables : tuple of str
        Names of the dimensions.
    """

    name: str
    kind: str
    selector: int
    ends: tuple[Floats, Floats]
    part: np.float32
    n_cells: int
    growth: Growth
    separation: str
    variables: tuple[str, ...]

    def grow(self, events: FoamEvents, backend: Backend, advance: Callable[[], None]) -> Foam:
        """Return the foam, with empty cells."""
        density: Density
        if self.kind == "DecisionTree":
            density = NodeDensity(events, self.ends, self.separation, self.growth)
        else:
            density = _DENSITIES[self.kind](events, self.ends, self.part, self.growth, backend)
        growing = Growing(density, self.n_cells, events.x.shape[1], len(events.x), self.growth)
        growing.run(advance)
        return growing.foam(self.name, self.kind, self.selector, self.ends, self.variables)


def range_of(values: Floats, tail_cut: np.float32) -> tuple[np.float32, np.float32]:
    """Return the range that leaves a part of the events beyond each end, in bins of a ten-thousandth."""
    # TMVA begins to look for the largest value at the smallest positive one.
    low, high = values.min(), max(values.max(), _SINGLE.tiny)
    if not low < high:
        return low, low
    n_outside = int(np.float32(len(values)) * tail_cut)
    axis = Axis(_N_BINS, float(low), float(high))
    counts = np.bincount(axis.bins_of(values), minlength=_N_BINS + 2)
    from_left = np.cumsum(counts)[1:-1] > n_outside
    from_right = np.cumsum(counts[::-1])[1:-1] > n_outside
    begin, end = low, high
    if from_left.any():
        begin = np.float32(axis.minimum + int(np.argmax(from_left)) * axis.bin_width)
    if from_right.any():
        end = np.float32(axis.minimum + (_N_BINS - int(np.argmax(from_right))) * axis.bin_width)
    return np.float32(begin), np.float32(end)


def fill(foam: Foam, events: FoamEvents, weight: Floats, backend: Backend, log: MessageLog) -> Foam:
    """Return a foam with what events of a weight say of its cells."""
    cells = Answers(foam, backend).cells_of(foam.inside(events.x))

    def sums(values: npt.NDArray[np.floating]) -> Doubles:
        found = np.bincount(cells, values.astype(np.float64), minlength=len(foam))
        return found.astype(np.float64)

    active = foam.daughters[:, 0] < 0
    n_elements = np.where(active, 2, 0)
    if foam.kind in ("Event", "MultiTarget"):
        elements = np.stack([sums(weight), sums(weight * weight)], axis=1)
        n_elements = np.where(np.bincount(cells, minlength=len(foam)) > 0, 2, 0)
    elif foam.kind == "Target":
        elements = _means(sums(weight), sums(weight * events.target))
    else:
        none = np.float32(0.0)
        both = [sums(np.where(one, weight, none)) for one in (events.is_class, ~events.is_class)]
        for values, what in zip(both, ("signal", "background"), strict=True):
            for cell in np.flatnonzero(values < 0):
                log.warning(f"Negative number of {what} events in cell {cell}: {values[cell]:g}. Set to 0.")
        elements = _parts(*(np.maximum(one, 0.0) for one in both))
    elements = np.where(n_elements[:, None] > 0, elements, 0.0)
    return replace(foam, elements=elements, n_elements=n_elements.astype(np.int32))


def _means(number: Doubles, total: Doubles) -> Doubles:
    """Return means of a target and what TMVA takes for their errors; 0 and −1 in empty cells."""
    some = number > 0
    number = np.where(some, number, 1.0)
    values = np.where(some, total / number, 0.0), np.where(some, total / np.sqrt(number), -1.0)
    return np.stack(values, axis=1)


def _parts(signal: Doubles, background: Doubles) -> Doubles:
    """Return parts of signal and their errors; 0.5 and 1 in empty cells."""
    whole = signal + background
    some = whole > 0
    whole = np.where(some, whole, 1.0)
    first, second = signal / (whole * whole), background / (whole * whole)
    error = np.sqrt(first * first * signal + second * second * background)
    return np.stack([np.where(some, signal / whole, 0.5), np.where(some, error, 1.0)], axis=1)
