"""The nearest points, compiled: boxes are searched from the nearest on, their points a vector at a time."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.neighbours import LANES, Points, nearest
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.threads import for_each

Array = Any

# Queries that a thread takes at once.
BLOCK = 256
# Operations of a query, roughly: what decides about threads.
WORK = 5000.0


@borrowing
def distances_in_box(columns: Array, query: Array, room: Array) -> None:
    """Write the distances of the places of one box."""
    value = query[0]
    for j in range(LANES):
        difference = columns[0, j] - value
        room[j] = difference * difference
    for variable in range(1, query.size):
        value = query[variable]
        for j in range(LANES):
            difference = columns[variable, j] - value
            room[j] += difference * difference


@borrowing
def distance_to_box(low: Array, high: Array, query: Array) -> Any:
    """Return the distance that no point of a box is below."""
    total = np.float32(0.0)
    for variable in range(query.size):
        value = query[variable]
        difference = max(max(low[variable] - value, value - high[variable]), np.float32(0.0))
        total += difference * difference
    return total


@borrowing
def take_point(distance: float, number: int, filled: int, numbers: Array, found: Array) -> None:
    """Put a point where it belongs among those `filled`, over the last one if all places are."""
    place = min(filled, found.size - 1)
    while place > 0 and (
        found[place - 1] > distance or (found[place - 1] == distance and numbers[place - 1] > number)
    ):
        found[place] = found[place - 1]
        numbers[place] = numbers[place - 1]
        place -= 1
    found[place] = distance
    numbers[place] = number


@borrowing
def search(
    queries: Array,
    first: int,
    last: int,
    columns: Array,
    number: Array,
    low: Array,
    high: Array,
    boxes: Array,
    lower: Array,
    room: Array,
    numbers: Array,
    found: Array,
) -> None:
    """Write the nearest points of some queries; `boxes` and `lower` are a stack."""
    n_inner = number.shape[0] - 1
    count = found.shape[1]
    for i in range(first, last):
        query, best, names = queries[i], found[i], numbers[i]
        filled, depth = 0, 1
        boxes[0] = 0
        lower[0] = np.float32(0.0)
        while depth > 0:
            depth -= 1
            box = boxes[depth]
            if filled == count and lower[depth] > best[count - 1]:
                continue
            while box < n_inner:
                near, far = 2 * box + 1, 2 * box + 2
                to_near = distance_to_box(low[near], high[near], query)
                to_far = distance_to_box(low[far], high[far], query)
                if to_far < to_near:
                    near, far = far, near
                    to_near, to_far = to_far, to_near
                boxes[depth] = far
                lower[depth] = to_far
                depth += 1
                box = near
            distances_in_box(columns[box - n_inner], query, room)
            named = number[box - n_inner]
            # Comparisons with a place left over, whose distance is not a number, are all false.
            for j in range(LANES):
                distance = room[j]
                if filled < count:
                    if named[j] >= 0:
                        take_point(distance, named[j], filled, names, best)
                        filled += 1
                elif distance <= best[count - 1] and (
                    distance < best[count - 1] or named[j] < names[count - 1]
                ):
                    take_point(distance, named[j], filled, names, best)


@nearest.override("numba")
def _nearest(xp: Any, *, queries: Array, points: Points, count: int) -> tuple[Array, Array]:
    numbers = xp.empty((len(queries), count), xp.int32)
    found = xp.empty((len(queries), count), xp.float32)
    deepest = len(points.low).bit_length() + 2

    def block(place: int) -> None:
        first, last = place * BLOCK, min((place + 1) * BLOCK, len(queries))
        stack = xp.empty(deepest, xp.int32), xp.empty(deepest, xp.float32)
        search(queries, first, last, *points, *stack, xp.empty(LANES, xp.float32), numbers, found)

    for_each(block, -(-len(queries) // BLOCK), WORK * len(queries))
    return numbers, found
