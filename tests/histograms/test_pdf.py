"""Densities against TMVA's own: responses of likelihood ratios, histograms before and after smoothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from likelihood import LikelihoodCase, likelihood_ratio
from scipy import stats

from tmva_py.errors import DataError
from tmva_py.histograms import PDF, Axis, Histogram, PDFSettings, pdf_separation

# Largest difference found, of responses between 0 and 1; TMVA itself ran on this kind of processor.
REAL = {
    # Events 10000 away from the others: the transformation's rounding is seen in the tails.
    "real_likelihood_decorr": 2e-5,
    "real_likelihood_integer": 1e-14,
    "real_likelihood_kde": 1e-14,
    "real_likelihood_kde_nonadaptive": 1e-14,
    "real_likelihood_mix": 2e-8,
    "real_likelihood_neg": 1e-14,
    "real_likelihood_smooth_minmax": 1e-14,
    "real_likelihood_spline0": 1e-14,
    "real_likelihood_spline1": 2e-8,
    "real_likelihood_spline2": 1e-10,
    "real_likelihood_spline3": 1e-14,
    "real_likelihood_spline5": 1e-14,
    "real_likelihood_tutorial": 1e-13,
}
OTHERS = ("likelihood_spline_stored", "likelihood_spline_10vars", "likelihood_pca")


def case(shared: Path, name: str) -> LikelihoodCase:
    return LikelihoodCase(shared / "golden" / name)


@pytest.mark.parametrize("name", [*REAL, *OTHERS])
def test_likelihood_ratios_of_tmva(shared: Path, name: str) -> None:
    one = case(shared, name)
    with np.load(one.folder / "events.npz") as stored:
        found, expected = one.respond(stored["X"]), stored["response"]
    tolerance = one.entry["tolerance"]
    np.testing.assert_allclose(found, expected, rtol=tolerance["rtol"], atol=tolerance["atol"])
    if name in REAL:
        np.testing.assert_allclose(found, expected, rtol=0, atol=REAL[name])


def settings_of(pdf: PDF, n_bins: int) -> PDFSettings:
    return PDFSettings(
        pdf.settings.interpolation,
        pdf.settings.min_smooth,
        pdf.settings.max_smooth,
        n_bins=n_bins,
        kernel_width=pdf.settings.kernel_width,
        fine_factor=pdf.settings.fine_factor,
    )


@pytest.mark.parametrize("name", [name for name in REAL if "decorr" not in name])
def test_histograms_of_tmva_from_its_own_events(shared: Path, name: str) -> None:
    """Range, bins, contents and smoothing of every variable and class, filled in TMVA's order."""
    one = case(shared, name)
    with np.load(one.folder / "train.npz") as stored:
        x, y, w = (stored[key] for key in ("X_train", "y_train", "w_train"))
    with np.load(one.folder / "histograms.npz") as stored:
        written = {key.rpartition("|")[2]: stored[key] for key in stored.files if key.startswith("hist|")}
    names = [element.get("Internal", "") for element in one.root.iter("Variable")]
    n_smoothed = 0
    for (i, class_index), read in one.pdfs.items():
        column, chosen = x[:, i].astype(np.float32).astype(np.float64), y == class_index
        axis = read.original.axis
        if "integer" not in name:
            assert (axis.minimum, axis.maximum) == (column.min(), column.max())
        places = np.where(column >= axis.maximum, axis.maximum - 1e-10, column)
        # TMVA's Likelihood fills with a Float_t: a bin's only event then has no larger content than error.
        filled = Histogram.fill(axis, places[chosen], w[chosen].astype(np.float32), in_single=True)
        # Weight files hold nine digits.
        np.testing.assert_allclose(filled.values, read.original.values, rtol=1e-8, atol=0)
        pdf = PDF(filled, settings_of(read, axis.n_bins))
        stem = f"{names[i]}_{'bgd' if class_index else 'sig'}"
        np.testing.assert_array_equal(filled.values.astype(np.float32), written[stem][1:-1])
        np.testing.assert_allclose(pdf.smoothed.values, written[f"{stem}_smoothed"][1:-1], rtol=2e-7)
        if pdf.n_smooth is not None:
            np.testing.assert_array_equal(pdf.n_smooth, written[f"{stem}_smoothed_Nsmooth"][1:-1])
            n_smoothed += 1
    assert (n_smoothed > 0) == (name == "real_likelihood_smooth_minmax")


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


def test_categories_of_tmva(shared: Path) -> None:
    """Densities of methods inside a method; each category has its own variables."""
    whole = case(shared, "real_category_likelihood")
    with np.load(whole.folder / "events.npz") as stored:
        x, eta, expected = stored["X"], stored["S"][:, 0], stored["response"]
    parts = list(whole.root.iter("SubMethod"))
    assert [part.get("Cut") for part in parts] == ["abs(eta)<=1.3", "abs(eta)>1.3"]
    found = np.zeros(len(x))
    for part, chosen in zip(parts, (np.abs(eta) <= 1.3, np.abs(eta) > 1.3), strict=True):
        one = case(shared, "real_category_likelihood")
        one.root = part
        places = [int(name[-1]) - 1 for name in part.get("Variables", "").split(":")]
        found[chosen] = one.respond(x[chosen][:, places])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)


def test_responses_that_root_5_stored(shared: Path) -> None:
    with np.load(shared / "golden" / "train_class_example_fisher_likelihood" / "train.npz") as stored:
        x, expected = stored["X_test"], stored["resp_test_Likelihood"]
    np.testing.assert_allclose(
        case(shared, "likelihood_spline_stored").respond(x), expected, rtol=0, atol=5e-7
    )


@pytest.mark.parametrize("sample", ["test", "train"])
def test_from_events_to_responses_as_in_root_6_30(shared: Path, sample: str) -> None:
    """Histograms, smoothing, splines and the likelihood ratio of 600 events of another analysis."""
    with np.load(shared / "golden" / "train_recoil_many_methods" / "train.npz") as stored:
        x, y, w = stored["X_train"], stored["y_train"], stored["w_train"]
        places, expected = stored[f"X_{sample}"], stored[f"resp_{sample}_Likelihood"]
    # NSmoothSig[0]=20:NSmoothBkg[0]=20:NSmoothBkg[1]=10:NSmooth=1:NAvEvtPerBin=50
    n_smooth = {(0, 0): 20, (0, 1): 20, (1, 1): 10}
    pdfs = {}
    for i in range(x.shape[1]):
        axis = Axis(PDFSettings().bins_for(300), float(x[:, i].min()), float(x[:, i].max()))
        inside = np.minimum(x[:, i], axis.maximum - 1e-10)
        for k in (0, 1):
            filled = Histogram.fill(axis, inside[y == k], w[y == k].astype(np.float32), in_single=True)
            n = n_smooth.get((i, k), 1)
            pdfs[i, k] = PDF(filled, PDFSettings("Spline2", n, n))
    found = likelihood_ratio(pdfs, (places, places), transform=True)
    # ROOT stored float32, of numbers up to 1.
    np.testing.assert_allclose(found, expected, rtol=0, atol=3e-8)
