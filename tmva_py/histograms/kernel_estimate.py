"""Densities as sums of Gaussian kernels at the bin centres of a histogram, as TMVA's ``KDEKernel``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.histograms.axis import Axis, Doubles
from tmva_py.histograms.histogram import Histogram, sum_in_order
from tmva_py.histograms.pdf_settings import PDFSettings

Floats = npt.NDArray[np.float32]
MIRRORED_PART = 5


def kernel_estimate(histogram: Histogram, fine: Axis, settings: PDFSettings) -> Floats:
    r"""Return what the kernels have in each bin of an axis, in float32 and not normalised.

    Parameters
    ----------
    histogram : Histogram
        Its contents are the kernels' weights.
    fine : Axis
        The bins of the result.
    settings : PDFSettings
        Width and borders.

    Notes
    -----
    The width is :math:`\sqrt 2 (4/3)^{1/5} \sigma N^{-1/5}` with the histogram's standard deviation and sum
    of contents (D. W. Scott, "Multivariate Density Estimation", Wiley 1992), and enters the error function
    without a further :math:`\sqrt 2`. As in TMVA the last bin of either axis is never used.
    """
    width = np.float32(
        np.sqrt(2.0)
        * (4.0 / 3.0) ** 0.2
        * histogram.standard_deviation
        * sum_in_order(histogram.values) ** -0.2
    )
    widths = np.full(histogram.axis.n_bins, width, np.float32)
    if settings.kernel_width == "Adaptive":
        first = _summed(histogram, histogram.axis, widths, settings).astype(np.float64)
        area = 0.0
        for content in (first[:-1] * histogram.axis.bin_width).tolist():
            area = float(np.float32(area + content))
        density = (first * (1.0 / area)).astype(np.float32).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            wide = float(np.float32(settings.fine_factor) * width) / np.sqrt(density)
        widths = wide.astype(np.float32)
    return _summed(histogram, fine, widths, settings)


def _summed(histogram: Histogram, axis: Axis, widths: Floats, settings: PDFSettings) -> Floats:
    """Return the kernels' sums, added one histogram bin after the other in float32."""
    edges = axis.edges.astype(np.float32).astype(np.float64)
    source = histogram.axis
    low, high = float(np.float32(source.minimum)), float(np.float32(axis.maximum))
    centres = source.centres
    sums = np.zeros(axis.n_bins, np.float32)
    mirrored = settings.kernel_border == "Mirror"
    for i in range(source.n_bins - 1):
        places = [centres[i]]
        # TMVA counts from 1.
        if mirrored and i + 1 < source.n_bins // MIRRORED_PART:
            places.append(2 * low - centres[i])
        if mirrored and i + 1 > 4 * source.n_bins // MIRRORED_PART:
            places.append(2 * high - centres[i])
        for place in places:
            kernel = _kernel(edges, float(np.float32(place)), float(widths[i]))
            if settings.kernel_border == "Renorm":
                whole = _kernel(np.array([low, high]), float(np.float32(place)), float(widths[i]))[0]
                kernel = float(np.float32(1.0 / whole)) * kernel
            content = histogram.values[i] * kernel.astype(np.float32).astype(np.float64)
            sums[:-1] += content[:-1].astype(np.float32)
    return sums


def _kernel(edges: Doubles, centre: float, width: float) -> Doubles:
    """Return the part of a kernel between neighbouring edges."""
    from scipy.special import erf

    cumulative = erf(((edges - centre) / width).astype(np.float32).astype(np.float64))
    part: Doubles = 0.5 * np.diff(cumulative)
    return part
