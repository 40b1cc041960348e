"""The toy time series of ROOT's tutorial TMVA_RNN_Classification: ten histograms of thirty bins an event."""

from __future__ import annotations

import math
import os
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

N_TIMES = 10
N_BINS = 30
LOWER_EDGE, UPPER_EDGE = 0.0, 10.0
DRAWS = 1000
"""Entries of one histogram."""
NOISE = 10.0
"""Width of the Gaussian noise on every bin's content."""

SIGNAL_TREE, BACKGROUND_TREE = "sgn", "bkg"


def bin_probabilities(*, signal: bool) -> npt.NDArray[np.float64]:
    r"""Return the probability of each bin at each time, shape (10, 30).

    At time :math:`j` of :math:`T` a Gaussian of mean :math:`5 + 0.2 g(\pi j/T)` and width
    :math:`4 + 0.3 g(\pi j/T)`, cut off at 0 and 10, where :math:`g` is the cosine for signal and the sine
    for background.

    Parameters
    ----------
    signal : bool
        Of which class.
    """
    phase: Callable[[float], float] = math.cos if signal else math.sin
    edges = np.linspace(LOWER_EDGE, UPPER_EDGE, N_BINS + 1)
    rows = []
    for time in range(N_TIMES):
        value = phase(math.pi * time / N_TIMES)
        mean, width = 5 + 0.2 * value, 4 + 0.3 * value
        below = np.array([math.erf((edge - mean) / (width * math.sqrt(2))) for edge in edges])
        content = np.diff(below)
        rows.append(content / content.sum())
    return np.array(rows)


def make_time_series(n_events: int = 2000, *, signal: bool, seed: int = 1) -> npt.NDArray[np.float32]:
    """Draw events of one class.

    Parameters
    ----------
    n_events : int, default 2000
        How many.
    signal : bool
        Of which class; the two classes of one seed are independent.
    seed : int, default 1
        Seed of the random numbers.

    Returns
    -------
    ndarray of float32, shape (n_events, 10, 30)
        Bin contents: 1000 draws spread over the bins, and Gaussian noise of width 10 on each bin.

    Examples
    --------
    >>> make_time_series(5, signal=True).shape
    (5, 10, 30)
    """
    random = np.random.default_rng([seed, int(signal)])
    # A histogram filled by independent draws is one multinomial draw over its bins.
    counts = random.multinomial(DRAWS, bin_probabilities(signal=signal), size=(n_events, N_TIMES))
    return (counts + random.normal(0.0, NOISE, counts.shape)).astype(np.float32)


def write_time_series(path: str | os.PathLike[str], n_events: int = 2000, *, seed: int = 1) -> None:
    """Write a ROOT file with the trees ``sgn`` and ``bkg``, branches ``vars_time0`` to ``vars_time9``.

    Parameters
    ----------
    path : path
        The file.
    n_events : int, default 2000
        Events of each class.
    seed : int, default 1
        Seed of the random numbers.
    """
    import uproot

    with uproot.recreate(os.fspath(path)) as file:
        for name, signal in ((SIGNAL_TREE, True), (BACKGROUND_TREE, False)):
            events = make_time_series(n_events, signal=signal, seed=seed)
            branches = {f"vars_time{time}": events[:, time] for time in range(N_TIMES)}
            tree = file.mktree(name, {branch: (np.float32, (N_BINS,)) for branch in branches})
            tree.extend(branches)
