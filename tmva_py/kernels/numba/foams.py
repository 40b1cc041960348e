"""Foams, compiled: one point after the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels.foams import FAR, Cells, cell_numbers, densest_cells, density_means, gauss_means
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.threads import for_each

Array = Any

# Points that a thread takes at once, and operations of a cut, roughly: what decides about threads.
BLOCK = 256
WORK = 10.0
EXPONENTIAL = 30.0


@borrowing
def find_cells(
    x: Array, first: int, last: int, axis: Array, border: Array, below: Array, above: Array, found: Array
) -> None:
    """Write the cells of some points."""
    for i in range(first, last):
        cell = 0
        while below[cell] != cell:
            cell = below[cell] if x[i, axis[cell]] <= border[cell] else above[cell]
        found[i] = cell


@borrowing
def gauss_of(
    x: Array,
    first: int,
    last: int,
    low: Array,
    high: Array,
    values: Array,
    empty: Array,
    instead: Array,
    sigma: float,
    means: Array,
) -> None:
    """Write the means of some points."""
    for i in range(first, last):
        norm = np.float32(0.0)
        mean = means[i]
        mean[:] = np.float32(0.0)
        for number in range(low.shape[0]):
            squares = np.float32(0.0)
            for axis in range(x.shape[1]):
                value = x[i, axis]
                away = value - value
                if low[number, axis] > value:
                    away = value - np.float32(low[number, axis])
                elif high[number, axis] < value:
                    away = value - np.float32(high[number, axis])
                squares += away * away
            width = np.float64(np.float32(math.sqrt(squares))) / sigma
            weight = np.float32(0.0) if width > FAR else np.float32(math.exp(-0.5 * width * width))
            for k in range(mean.size):
                mean[k] += weight * (instead[i, k] if empty[number] else values[number, k])
            norm += weight
        for k in range(mean.size):
            mean[k] = mean[k] / norm if norm != np.float32(0.0) else np.float32(0.0)


@borrowing
def is_inside(point: Array, over: Array, upto: Array) -> Any:
    """Return whether a point lies between the borders of a cell."""
    inside = True
    for axis in range(point.size):
        inside = inside and point[axis] > over[axis] and point[axis] <= upto[axis]
    return inside


@borrowing
def add_densities(
    x: Array,
    first: int,
    last: int,
    over: Array,
    upto: Array,
    density: Array,
    centers: Array,
    sums: Array,
    norm: Array,
) -> None:
    """Write the sums of some points."""
    for i in range(first, last):
        for number in range(density.size):
            if is_inside(x[i], over[number], upto[number]):
                weight = density[number]
                for k in range(centers.shape[1]):
                    more = np.float64(sums[i, k]) + weight * np.float64(centers[number, k])
                    sums[i, k] = np.float32(more)
                norm[i] = np.float32(np.float64(norm[i]) + weight)


@borrowing
def find_densest(
    x: Array, first: int, last: int, over: Array, upto: Array, density: Array, found: Array
) -> None:
    """Write the densest cells of some points."""
    for i in range(first, last):
        largest = 0.0
        found[i] = -1
        for number in range(density.size):
            if density[number] > largest and is_inside(x[i], over[number], upto[number]):
                largest = density[number]
                found[i] = number


@cell_numbers.override("numba")
def _cell_numbers(xp: Any, *, x: Array, cells: Cells, depth: int) -> Array:
    found = xp.empty(len(x), xp.int32)
    if len(x) <= BLOCK:
        find_cells(x, 0, len(x), *cells, found)
        return found

    def block(place: int) -> None:
        find_cells(x, place * BLOCK, min((place + 1) * BLOCK, len(x)), *cells, found)

    for_each(block, -(-len(x) // BLOCK), WORK * depth * len(x))
    return found


@gauss_means.override("numba")
def _gauss_means(
    xp: Any, *, x: Array, low: Array, high: Array, values: Array, empty: Array, instead: Array, sigma: float
) -> Array:
    means = xp.empty((len(x), values.shape[1]), xp.float32)

    def block(place: int) -> None:
        last = min((place + 1) * BLOCK, len(x))
        gauss_of(x, place * BLOCK, last, low, high, values, empty, instead, sigma, means)

    for_each(block, -(-len(x) // BLOCK), (EXPONENTIAL + 3.0 * x.shape[1]) * len(low) * len(x))
    return means


@density_means.override("numba")
def _density_means(
    xp: Any, *, x: Array, over: Array, upto: Array, density: Array, centers: Array
) -> tuple[Array, Array]:
    sums = xp.zeros((len(x), centers.shape[1]), xp.float32)
    norm = xp.zeros(len(x), xp.float32)

    def block(place: int) -> None:
        last = min((place + 1) * BLOCK, len(x))
        add_densities(x, place * BLOCK, last, over, upto, density, centers, sums, norm)

    for_each(block, -(-len(x) // BLOCK), 2.0 * len(density) * len(x))
    return sums, norm


@densest_cells.override("numba")
def _densest_cells(xp: Any, *, x: Array, over: Array, upto: Array, density: Array) -> Array:
    found = xp.empty(len(x), xp.int32)

    def block(place: int) -> None:
        find_densest(x, place * BLOCK, min((place + 1) * BLOCK, len(x)), over, upto, density, found)

    for_each(block, -(-len(x) // BLOCK), 2.0 * len(density) * len(x))
    return found
