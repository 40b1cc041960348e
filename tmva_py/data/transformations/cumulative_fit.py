"""The cumulative distribution of one variable's training events, binned as TMVA bins it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.histograms import Axis, Histogram, smooth

Floats = npt.NDArray[np.float32]

MOST_BINS = 2000
FEWEST_EVENTS_PER_BIN = 10
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
    edges = _bin_edges(values[order], weight[order], _threshold(weight))
    axis = Axis.of_edges(edges.astype(np.float64))
    counted = Histogram.fill(axis, values, weight, in_single=True)
    smoothed = smooth(counted.values).astype(np.float32).astype(np.float64)
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
    edges = [values[0] - FIRST_BIN_WIDTH, values[0]]
    start, gathered, length = 0, np.float32(0), max(16, 2 * len(values) // MOST_BINS)
    while start < len(values):
        # The sum goes on event by event in float32, from where the last edge was.
        part = slice(start, start + length)
        sums = np.cumsum(np.concatenate([[gathered], weight[part]]), dtype=np.float32)[1:]
        enough = np.flatnonzero((sums >= threshold) & (values[part] > edges[-1]))
        if len(enough):
            start += int(enough[0]) + 1
            gathered = np.float32(0)
            edges.append(values[start - 1])
        else:
            start, gathered = start + len(sums), sums[-1]
    if gathered != 0:
        edges.append(values[-1])
    return np.array(edges, np.float32)
