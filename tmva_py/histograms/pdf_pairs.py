"""How well two densities, of signal and of background, are apart, as TMVA integrates it."""

from __future__ import annotations

import numpy as np

from tmva_py.histograms.axis import Axis, Doubles
from tmva_py.histograms.pdf import PDF

N_SEPARATION_STEPS = 100
N_ROC_STEPS = 1000


def pdf_separation(signal: PDF, background: PDF) -> float:
    """Return the separation of two densities as `separation` defines it, at 100 places between the ends."""
    axis = Axis(N_SEPARATION_STEPS, signal.minimum, signal.maximum)
    s, b = signal.value(axis.centres), background.value(axis.centres)
    return float(0.5 * axis.bin_width * np.sum((s - b) ** 2 / (s + b)))


def pdf_roc_integral(signal: PDF, background: PDF) -> float:
    """Return the area under the ROC curve of two densities with the same ends, from 1000 cuts in steps.

    At each cut the density of the signal counts with the area of the background below it.
    """
    step = (signal.maximum - signal.minimum) / N_ROC_STEPS
    cuts = np.add.accumulate(np.concatenate([[signal.minimum], np.full(N_ROC_STEPS - 1, step)]))
    passed = 1.0 - _areas_above(background, cuts)
    return float(np.add.accumulate(passed * signal.value(cuts))[-1] * step)


def _areas_above(density: PDF, cuts: Doubles) -> Doubles:
    """Return the area above each cut; widths are of single precision, as TMVA has them."""
    table, axis = density.table.values, density.table.axis
    bins = np.clip(axis.bins_of(cuts), 1, axis.n_bins) - 1
    widths = np.full(axis.n_bins, np.float32(axis.bin_width), np.float64)
    widths[-1] = np.float32(axis.maximum - axis.edges[-2])
    above = np.append(np.add.accumulate((table * widths)[::-1])[::-1], 0.0)
    own = np.maximum((axis.edges[bins + 1] - cuts).astype(np.float32), 0.0).astype(np.float64)
    result: Doubles = table[bins] * own + above[bins + 1]
    return result
