"""The probability of signal at a response, from the events whose responses are nearest by rank."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

_FEWEST, _MOST, _PART = 40, 5000, 0.1


def signal_probabilities(values: Doubles, weight: Doubles, is_first: npt.NDArray[np.bool_]) -> Doubles:
    """Return the part of the first class among a tenth of all events around each; −1 if they weigh nothing.

    Events are taken from both sides in turn, beginning one place beyond the first larger response.
    """
    n_events = len(values)
    wanted = min(_MOST, max(_FEWEST, int(n_events * _PART)))
    if wanted > n_events:
        wanted = n_events // 3
    order = np.argsort(values, kind="stable")
    place = np.searchsorted(values[order], values, side="right")
    on_left, on_right = place, np.maximum(0, n_events - 1 - place)
    half = (wanted + 1) // 2
    left = np.where(on_right < half, np.minimum(on_left, wanted - on_right), np.minimum(on_left, half))
    right = np.where(on_left < half, np.minimum(on_right, wanted - on_left), np.minimum(on_right, half))
    sums = []
    for chosen in (is_first, ~is_first):
        total = np.concatenate([[0.0], np.cumsum(np.where(chosen, weight, 0.0)[order])])
        beyond = np.minimum(place + 1, n_events)
        sums.append(total[place] - total[place - left] + total[beyond + right] - total[beyond])
    whole = sums[0] + sums[1]
    result: Doubles = np.full(n_events, -1.0)
    np.divide(sums[0], whole, out=result, where=whole != 0)
    return result
