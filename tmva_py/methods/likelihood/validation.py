"""How well a density describes the histogram that it is made of, in TMVA's lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tmva_py.histograms import PDF
from tmva_py.message_log import MessageLog

_DEVIATIONS = (1, 2, 3, 6)
# The part of normally distributed deviations that lies beyond each of them.
_EXPECTED = (0.31731050786, 0.04550026390, 0.00269979606, 1.97e-9)
_FIVE_SIGMA = 0.9999994


def log_densities(pair: Sequence[PDF], variable: str, log: MessageLog) -> None:
    """Write what TMVA does of the densities of signal and background of one variable."""
    if log.silent:
        return
    for pdf in pair:
        if pdf.settings.is_kernel_estimate:
            width, name = pdf.settings.kernel_width.lower(), pdf.histogram_name.removesuffix("_original")
            text = f'Create {width} Gauss type KDE kernel for histogram: "{name}"'
            log.for_source(pdf.name).info(text)
    for pdf, kind in zip(pair, ("signal", "background"), strict=True):
        _log_validation(pdf, f"{variable} {kind} training", log.for_source(pdf.name))


def _log_validation(pdf: PDF, title: str, log: MessageLog) -> None:
    """Write χ² of the filled bins around the density, and how many lie farther away than so many errors."""
    from scipy.special import gammaincc

    original, table = pdf.original, pdf.table
    filled = original.values > 0
    scale = (
        original.values.sum() / table.values.sum() * original.axis.bin_width / table.axis.bin_width
        if table.values.sum()
        else 0.0
    )
    expected = pdf.value(original.axis.centres) * scale
    away = np.abs(original.values - expected)[filled] / pdf.errors[filled]
    squares, degrees = float((away**2).sum()), len(away)
    mean = squares / degrees if degrees else np.nan
    probability = float(gammaincc(degrees / 2, squares / 2)) if degrees else 0.0
    log.info(f'Validation result for PDF "{title}": ')
    log.info(f"    chi2/ndof(!=0) = {squares:.1f}/{degrees} = {mean:.2f} (Prob = {probability:.2f})")
    if 1.0 - probability > _FIVE_SIGMA:
        log.warning(f'Comparison of the original histogram "{title}"')
        log.warning(f"with the corresponding PDF gave a chi2/ndof of {mean:g},")
        log.warning("which corresponds to a deviation of more than 5 sigma! Please check!")
    counts = ",".join(
        f"{np.count_nonzero(away > limit)}({int(part * degrees)})"
        for limit, part in zip(_DEVIATIONS, _EXPECTED, strict=True)
    )
    log.info(f"    #bins-found(#expected-bins) deviating > [1,2,3,6] sigmas: [{counts}]")
