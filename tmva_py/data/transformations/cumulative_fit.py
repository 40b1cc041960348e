"""The cumulative distribution of one variable's training events, binned as TMVA bins it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.histograms import Axis, Histogram, smooth

Floats = npt.NDArray[np.float32]

MOST_BINS = 2000
FEWEST_EVENTS_PER_BIN = 10
# In events; such bins are found together, longer ones each on its own.
LONGEST_SHORT_BIN = 32
FIRST_BIN_WIDTH = np.float32(1e-4)
LARGEST_MINIMUM_WEIGHT = np.float32(1e11)


def fit_cumulative(values: Floats, weight: Floats, order: npt.NDArray[np.intp]) -> Histogram:
    """Return the fraction of the smoothed events up to each bin's upper edge.

    Parameters
    ----------
    values : ndarray of float32, shape (N,)
        At least one event.
    weight : ndarray of float32, shape (N,)
        Event weights of any sign.
    order : ndarray of int, shape (N,)
        Indices that sort the values, equal ones in their own order.

    Returns
    -------
    Histogram
        Not a number in every bin, if no event is left after smoothing.

    Notes
    -----
    Bins end where they have gathered 1/2000 of the sum of weights and ten times the smallest weight. All sums
    are those of TMVA, event by event in float32. The last edge is the largest value, and a histogram's upper
    edge does not belong to it: the events there are not counted.
    """
    in_order = values[order]
    edges = _bin_edges(in_order, weight[order], _threshold(weight))
    axis = Axis.of_edges(edges.astype(np.float64))
    # Sorted values are found faster; sums are in the events' own order.
    bins = np.empty(len(values), np.int64)
    bins[order] = axis.bins_of(in_order)
    counted = np.zeros(axis.n_bins + 2, np.float32)
    np.add.at(counted, bins, weight)
    smoothed = smooth(counted[1:-1]).astype(np.float32).astype(np.float64)
    sums = np.cumsum(np.maximum(smoothed, 0.0))
    with np.errstate(invalid="ignore"):
        fractions = (sums / sums[-1]).astype(np.float32)
    return Histogram.of_values(axis, fractions)


def _threshold(weight: Floats) -> np.float32:
    """Return the sum of weights at which a bin ends."""
    total = np.cumsum(weight, dtype=np.float32)[-1]
    smallest = min(weight.min(), LARGEST_MINIMUM_WEIGHT)
    return max(smallest * np.float32(FEWEST_EVENTS_PER_BIN), total / np.float32(MOST_BINS))


def _bin_edges(values: Floats, weight: Floats, threshold: np.float32) -> Floats:
    """Return the edges for sorted values."""
    n_events, start, rest = len(values), 0, np.float32(0)
    # The value that a bin's upper edge must exceed, if the bin begins with an event.
    lower = np.concatenate([values[:1], values[:-1]])
    ends = _short_ends(lower, values, weight, threshold)
    last_events: list[int] = []
    while start < n_events:
        end = ends.item(start) or start
        if end == start:
            end, rest = _long_end(start, lower[start], values, weight, threshold)
            if end == start:
                break
        last_events.append(end - 1)
        start = end
    edges = [values[:1] - FIRST_BIN_WIDTH, values[:1], values[last_events]]
    if start < n_events and rest != 0:
        edges.append(values[-1:])
    return np.concatenate(edges)


def _short_ends(lower: Floats, values: Floats, weight: Floats, threshold: np.float32) -> npt.NDArray[np.intp]:
    """Return for each event the one after a bin that begins there; 0 if it is a long one."""
    n_events = len(weight)
    ends = np.zeros(n_events, np.intp)
    if n_events > LONGEST_SHORT_BIN * MOST_BINS:
        return ends
    # From every event at once, so that each sum is that of a loop in float32.
    sums, enough, length = weight.copy(), weight >= threshold, np.ones(n_events, np.intp)
    for further in range(1, min(LONGEST_SHORT_BIN, n_events)):
        if enough.all():
            break
        length += ~enough
        sums[:-further] += weight[further:]
        enough[:-further] |= sums[:-further] >= threshold
    first = np.arange(n_events)
    short = enough & (values[np.minimum(first + length, n_events) - 1] > lower)
    ends[short] = (first + length)[short]
    return ends


def _long_end(
    start: int, lower: np.float32, values: Floats, weight: Floats, threshold: np.float32
) -> tuple[int, np.float32]:
    """Return the event after a bin, or where it begins if it has no end, and the sum of its weights then."""
    n_events = len(values)
    first = start if values[start] > lower else int(values.searchsorted(lower, side="right"))
    length = max(16, 2 * n_events // MOST_BINS, first + 1 - start)
    while True:
        sums = np.add.accumulate(weight[start : start + length])
        enough = sums[first - start :] >= threshold
        if enough.any():
            return first + int(enough.argmax()) + 1, np.float32(0)
        if start + length >= n_events:
            return start, sums[-1]
        length *= 4
