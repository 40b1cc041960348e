"""Smoothing of histograms as ROOT's ``TH1::Smooth`` does it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def smooth(contents: npt.ArrayLike, n_times: int = 1, *, old: bool = False) -> Doubles:
    """Smooth the contents of a histogram's bins by the algorithm 353QH, twice.

    Parameters
    ----------
    contents : array_like, shape (n,)
        Bin contents.
    n_times : int, default 1
        How often to smooth.
    old : bool, default False
        As ROOT 5 did, which took medians only to find flat segments and smoothed the contents themselves.

    Returns
    -------
    ndarray of float64, shape (n,)
        Not below 0, unless there is a content below 0. Fewer than three bins are left as they are, as in
        ROOT, which prints an error there.

    Notes
    -----
    J. Friedman, "Data analysis techniques for high energy particle physics", proceedings of the 1974 CERN
    School of Computing (CERN 74-23), page 292: running medians of 3, 5 and 3 points, a parabola through flat
    segments ("Q"), and running means with weights 1/4, 1/2, 1/4 ("H", Hanning); then the same of what was
    smoothed away, which is added ("twice"). ROOT 6.32 and early 6.34 put every parabola on one side by
    mistake, which is not done here.

    Examples
    --------
    >>> smooth([1, 1, 9, 1, 1, 2, 2])
    array([1.  , 1.  , 1.  , 1.  , 1.25, 1.75, 2.  ])
    """
    values = np.array(contents, dtype=np.float64)
    if len(values) < 3:
        return values
    once = _smooth_once_as_root_5 if old else _smooth_once
    for _ in range(n_times):
        first = once(values)
        result = first + once(values - first)
        if old:
            values = np.where(values < 0, result, np.abs(result))
        else:
            values = result if values.min() < 0 else np.maximum(result, 0.0)
    return values


def _smooth_once(values: Doubles) -> Doubles:
    medians = _running_median(values, 3)
    medians[0] = np.median([medians[1], medians[0], 3 * medians[1] - 2 * medians[2]])
    medians[-1] = np.median([medians[-2], medians[-1], 3 * medians[-2] - 2 * medians[-3]])
    before = medians
    medians = _running_median(before, 5)
    # Two points from the ends there are no five.
    medians[1] = np.median(before[:3])
    medians[-2] = np.median(before[-3:])
    medians = _running_median(medians, 3)
    left, right = medians[:-4] - medians[2:-2], medians[4:] - medians[2:-2]
    return _running_mean(_with_parabolas(medians, medians, left * right > 0))


def _smooth_once_as_root_5(values: Doubles) -> Doubles:
    medians = _running_median(values, 3)
    left, right = medians[:-4] - medians[2:-2], medians[4:] - medians[2:-2]
    return _running_mean(_with_parabolas(values, medians, left * right >= 0))


def _running_median(values: Doubles, width: int) -> Doubles:
    """Return medians of `width` neighbours; points too close to the ends stay."""
    medians = values.copy()
    if len(values) >= width:
        half = width // 2
        windows = np.lib.stride_tricks.sliding_window_view(values, width)
        medians[half : len(values) - half] = np.median(windows, axis=1)
    return medians


def _running_mean(values: Doubles) -> Doubles:
    """Return means with weights 1/4, 1/2, 1/4; the ends stay."""
    means = values.copy()
    means[1:-1] = 0.25 * values[:-2] + 0.5 * values[1:-1] + 0.25 * values[2:]
    return means


def _with_parabolas(values: Doubles, medians: Doubles, is_extreme: npt.NDArray[np.bool_]) -> Doubles:
    """Replace points where three medians are equal, and are a summit or a valley, by a parabola.

    `is_extreme` says so for each point but the two at either end.
    """
    middle = medians[2:-2]
    flat = (medians[1:-3] == middle) & (middle == medians[3:-1]) & is_extreme
    filled = values.copy()
    # In order: a later segment may overwrite a point of an earlier one.
    for place in np.flatnonzero(flat).tolist():
        i = place + 2
        side = -1 if abs(medians[i + 2] - medians[i]) > abs(medians[i - 2] - medians[i]) else 1
        near, far = medians[i - 2 * side], medians[i + 2 * side]
        filled[i] = -0.5 * near + medians[i] / 0.75 + far / 6.0
        filled[i + side] = 0.5 * (far - near) + medians[i]
    return filled


def smoothing_by_bin(
    contents: Doubles, errors: Doubles, smallest: int, largest: int
) -> npt.NDArray[np.int64]:
    """Return how often TMVA means to smooth each bin: more where its relative error is large.

    From `smallest` to `largest`, in proportion to the distance from one standard deviation below the mean of
    the relative errors to one above; `largest` for a bin with no more content than error. In float32 as TMVA.
    """
    enough = contents > errors
    relative = np.divide(errors, contents, out=np.zeros_like(errors), where=enough).astype(np.float32)
    chosen = relative[enough]
    count = np.float32(len(chosen))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = _sum_in_single(chosen) / count
        spread = np.float32(np.sqrt(float(_sum_in_single(chosen * chosen) / count - mean * mean)))
        low, high = mean - spread, mean + spread
        steps = (relative - low) / (high - low) * np.float32(largest - smallest)
    steps = np.trunc(np.nan_to_num(steps, nan=0.0, posinf=1e6, neginf=-1e6))
    wanted = np.where(enough, steps.astype(np.int64) + smallest, largest)
    return np.clip(wanted, smallest, largest)


def n_passes(n_smooth: Counts, smallest: int) -> int:
    """Return how often the whole histogram is smoothed where each bin has its own number.

    TMVA means to smooth regions of bins, those of the largest numbers first; ROOT smooths the whole histogram
    each time. A region counts once a bin with a smaller number ends it, and if it has two bins.
    """
    passes = smallest + 1
    for n in range(smallest + 1, int(n_smooth.max()) + 1):
        steps = np.diff(np.concatenate([[0], (n_smooth >= n).astype(np.int64)]))
        ends = np.flatnonzero(steps < 0)
        starts = np.flatnonzero(steps > 0)[: len(ends)]
        passes += int(np.count_nonzero(ends - starts >= 2))
    return passes


def _sum_in_single(values: npt.NDArray[np.float32]) -> np.float32:
    """Return the sum of values, one after the other in float32."""
    return np.float32(np.add.accumulate(np.append(np.float32(0), values), dtype=np.float32)[-1])
