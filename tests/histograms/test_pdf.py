"""Densities are densities; TMVA's own ones are in ``tests/methods/likelihood``."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tmva_py.errors import DataError
from tmva_py.histograms import PDF, Axis, Histogram, PDFSettings, pdf_separation


def test_bins_for_so_many_events() -> None:
    assert PDFSettings(events_per_bin=40).bins_for(1000) == 25
    assert PDFSettings("KDE").bins_for(850) == 85
    assert PDFSettings("KDE", n_bins=7, events_per_bin=3).bins_for(850) == 35
    assert PDFSettings().bins_for(20) == 1


@pytest.fixture(scope="module")
def gaussian() -> Histogram:
    values = np.random.default_rng(5).normal(1.0, 0.5, 20_000)
    return Histogram.fill(Axis(60, -1.0, 3.0, "x"), values)


@pytest.mark.parametrize("interpolation", ["Spline1", "Spline2", "Spline3", "Spline5", "KDE"])
@pytest.mark.parametrize("n_smooth", [0, 3])
def test_a_density_is_the_density(gaussian: Histogram, interpolation: str, n_smooth: int) -> None:
    pdf = PDF(gaussian, PDFSettings(interpolation, n_smooth, n_smooth))
    x = np.linspace(-0.5, 2.5, 301)
    everywhere = np.linspace(-1, 3, 400_001)
    # Of 20000 events some 660 are in the bins of the summit: their error, and twice the bins' own width.
    np.testing.assert_allclose(pdf.value(x), stats.norm.pdf(x, 1.0, 0.5), atol=0.08)
    assert np.trapezoid(pdf.value(everywhere), everywhere) == pytest.approx(1, abs=2e-4)


@pytest.mark.parametrize("interpolation", ["Spline0", "Spline2", "KDE"])
def test_integrals_are_those_of_the_density(gaussian: Histogram, interpolation: str) -> None:
    pdf = PDF(gaussian, PDFSettings(interpolation))
    for x in (-0.3, 0.9, 1.7, 2.9):
        below = np.linspace(-1, x, 400_001)
        expected = np.trapezoid(pdf.value(below), below)
        # The table's bins are flat for the integral, and the first one counts as a whole.
        assert pdf.integral_to(np.array([x]))[0] == pytest.approx(expected, abs=2e-4)


def test_integrals_at_the_ends_are_tmvas() -> None:
    pdf = PDF(Histogram.of_values(Axis(4, 0.0, 4.0), [1.0, 2, 3, 4]), PDFSettings("Spline0"))
    got = pdf.integral_to(np.array([-1.0, 0.0, 0.5, 1.0, 1.5, 4.0, 5.0, np.nan]))
    # Below the axis nothing, all of the first bin, and beyond the axis the last bin goes on.
    np.testing.assert_allclose(got, [0, 0.1, 0.1, 0.1, 0.2, 1.0, 1.4, np.nan], rtol=1e-6)


def test_values_beyond_the_ends_and_without_number(gaussian: Histogram) -> None:
    for interpolation in ("Spline0", "Spline2"):
        pdf = PDF(gaussian, PDFSettings(interpolation))
        got = pdf.value(np.array([-np.inf, np.inf, np.nan, 1.0]))
        assert got[0] >= 1e-12
        assert np.isnan(got[2])
        assert got[3] == pytest.approx(0.8, rel=0.1)
    empty = PDF(Histogram.of_values(Axis(3, 0, 1), [0.0, 1, 0]), PDFSettings("Spline0"))
    assert empty.value(np.array([0.1])).tolist() == [1e-12]
    assert empty.value(np.array([0.1]), 0.0).tolist() == [0.0]


def test_kernels_need_a_width() -> None:
    with pytest.raises(DataError, match="x_original: a kernel estimate needs a histogram with a width"):
        PDF(Histogram.of_values(Axis(3, 0, 1), [0.0, 1, 0]), PDFSettings("KDE"), histogram_name="x_original")


@pytest.mark.parametrize("width", ["Nonadaptive", "Adaptive"])
@pytest.mark.parametrize("border", ["None", "Renorm", "Mirror"])
def test_kernel_estimates_are_sums_of_gaussians(width: str, border: str) -> None:
    """Against a sum over all kernels in double precision, of a density that falls from the lower end on."""
    random = np.random.default_rng(3)
    histogram = Histogram.fill(Axis(50, 0.0, 2.0), random.exponential(0.7, 5000))
    pdf = PDF(histogram, PDFSettings("KDE", kernel_width=width, kernel_border=border, fine_factor=0.8))
    centres, contents = histogram.axis.centres[:-1], histogram.values[:-1]
    sigma = np.sqrt(2) * (4 / 3) ** 0.2 * histogram.standard_deviation * histogram.values.sum() ** -0.2

    def summed(low: np.ndarray, high: np.ndarray, sigmas: np.ndarray) -> np.ndarray:
        def part(place: np.ndarray, ends: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
            # TMVA's width is that of the error function: the standard deviation times the root of 2.
            upper, lower = (stats.norm.cdf(end[:, None], place, sigmas / np.sqrt(2)) for end in ends[::-1])
            return upper - lower

        kernels = part(centres, (low, high))
        if border == "Renorm":
            kernels /= part(centres, (np.array([0.0]), np.array([2.0])))
        if border == "Mirror":
            number = np.arange(1, 50)
            kernels += part(-centres, (low, high)) * (number < 10)
            kernels += part(4 - centres, (low, high)) * (number > 40)
        return kernels @ contents

    sigmas = np.full(49, sigma)
    if width == "Adaptive":
        edges = histogram.axis.edges
        first = summed(edges[:-2], edges[1:-1], sigmas)
        density = first / (first.sum() * histogram.axis.bin_width)
        sigmas = 0.8 * sigma / np.sqrt(density)
    edges = np.linspace(0, 2, 10001)
    expected = summed(edges[:-2], edges[1:-1], sigmas)
    expected /= expected.sum() * 2e-4
    # TMVA rounds the error function's arguments to float32, a part in a thousand of a bin of the table.
    np.testing.assert_allclose(pdf.table.values[:-1], expected, rtol=2e-3, atol=1e-4)
    assert pdf.table.values[-1] == 0


def test_separation_is_the_integral(gaussian: Histogram) -> None:
    other = Histogram.fill(gaussian.axis, np.random.default_rng(6).normal(0.7, 0.5, 20_000))
    signal, background = PDF(gaussian), PDF(other)
    x = np.linspace(-1, 3, 100_001)
    s, b = signal.value(x), background.value(x)
    assert pdf_separation(signal, background) == pytest.approx(
        np.trapezoid(0.5 * (s - b) ** 2 / (s + b), x), rel=1e-2
    )
    assert pdf_separation(signal, signal) == 0


@pytest.mark.parametrize(
    ("interpolation", "source"), [("Spline0", "spline0"), ("Spline5", "spline5"), ("KDE", "KDE")]
)
def test_names_in_output_files(gaussian: Histogram, interpolation: str, source: str) -> None:
    pdf = PDF(gaussian, PDFSettings(interpolation), histogram_name="LD_tr_S_original")
    names = {"LD_tr_S_original", "LD_tr_S_smoothed", f"LD_tr_S_smoothed_hist_from_{source}"}
    assert set(pdf.histograms()) == names
    assert (
        pdf.histograms()[f"LD_tr_S_smoothed_hist_from_{source}"].title
        == f"LD_tr_S_smoothed_hist from_{source}"
    )


def test_mostly_empty_bins_are_remarked_on_request(gaussian: Histogram) -> None:
    few = Histogram.of_values(Axis(5, 0, 5), [0.0, 0, 1, 0, 3])
    assert PDF(few, histogram_name="x_original").remarks() == []
    assert PDF(gaussian, PDFSettings(check_histogram=True)).remarks() == []
    assert PDF(few, PDFSettings(check_histogram=True), histogram_name="x_original").remarks() == [
        "More than 50% (60%) of the bins in hist 'x_smoothed' are empty!",
        "X_min=0 mean=4 X_max= 5",
    ]
