"""Densities of a response: TMVA's own probabilities and rarities, and closed forms of two Gaussians."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from scipy import stats

from tmva_py.errors import WeightFileError
from tmva_py.evaluation import ClassificationEvaluation, Sample
from tmva_py.histograms import PDFSettings, pdf_options
from tmva_py.methods.response_pdfs import ResponsePDFs, write_response_pdfs

CASE = "real_bdt_mvapdfs"
SETTINGS = PDFSettings(min_smooth=5, max_smooth=5, n_bins=40)


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "golden" / CASE


@pytest.fixture(scope="module")
def element(folder: Path) -> Element:
    found = ElementTree.parse(folder / "weights.xml").getroot().find("MVAPdfs")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def read(element: Element) -> ResponsePDFs:
    pdfs = ResponsePDFs.read_xml(element, "6.05/01")
    assert pdfs is not None
    return pdfs


@pytest.fixture(scope="module")
def histograms(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "histograms.npz") as stored:
        return {key.rpartition("|")[2]: stored[key] for key in stored.files if key.startswith("hist|")}


def test_what_tmvas_reader_answers(folder: Path, read: ResponsePDFs) -> None:
    with np.load(folder / "events.npz") as stored:
        response, probability, rarity = (stored[key] for key in ("response", "proba", "rarity"))
    np.testing.assert_allclose(read.probability(response), probability, rtol=0, atol=1e-15)
    # A bin's width is a float32 in TMVA, and the last bit of an edge decides how the last one is rounded.
    np.testing.assert_allclose(read.rarity(response), rarity, rtol=0, atol=1e-10)


def test_built_from_tmvas_training_responses(
    folder: Path, element: Element, histograms: dict[str, np.ndarray]
) -> None:
    with np.load(folder / "train.npz") as stored:
        response, classes, weight = (stored[key] for key in ("resp_train_BDT", "y_train", "w_train"))
    pdfs = ResponsePDFs.fit(
        response.astype(np.float32), classes == 0, weight, (SETTINGS, SETTINGS), type_name="BDT", title="BDT"
    )
    assert pdfs is not None
    for name, one in pdfs.training_histograms().items():
        np.testing.assert_allclose(one.contents, histograms[name], rtol=0, atol=1e-14)
    parent = Element("MethodSetup")
    write_response_pdfs(parent, pdfs)
    assert parent[0].tag == "MVAPdfs"
    for written, expected in zip(parent[0].iter(), element.iter(), strict=True):
        assert written.attrib == expected.attrib
        assert (written.text or "").split() == (expected.text or "").split()
    # TMVA printed the histograms' separation; its own of the densities is always 0.
    assert f"{pdfs.separations[0]:1.3f}" == "0.556"
    assert pdfs.separations[1] == pytest.approx(0.55, abs=0.02)


def test_histograms_of_the_output_file(
    folder: Path, read: ResponsePDFs, histograms: dict[str, np.ndarray]
) -> None:
    for name, one in read.histograms().items():
        if len(one.values) == 40:
            np.testing.assert_array_equal(one.contents.astype(np.float32), histograms[name])
    with np.load(folder / "train.npz") as stored:
        response, classes, weight = (stored[key] for key in ("resp_test_BDT", "y_test", "w_test"))
    sample = Sample(response.astype(np.float32), classes == 0, weight.astype(np.float32))
    evaluation = ClassificationEvaluation(sample, sample)
    for quantity, values in (
        ("Proba", read.probability(response).astype(np.float32)),
        ("Rarity", read.rarity(sample.response)),
    ):
        for letter, one in zip("SB", evaluation.test_histograms(values, 0.0, 1.0), strict=True):
            np.testing.assert_allclose(one.contents, histograms[f"MVA_BDT_{quantity}_{letter}"], atol=1e-12)


@pytest.fixture(scope="module")
def gaussians() -> tuple[np.ndarray, np.ndarray]:
    """Responses of mean 1 and −1 and width 1, and which are signal."""
    rng = np.random.default_rng(4)
    return np.concatenate([rng.normal(1, 1, 40_000), rng.normal(-1, 1, 40_000)]), np.arange(80_000) < 40_000


@pytest.mark.parametrize("interpolation", ["Spline1", "Spline2", "Spline3", "Spline5", "KDE"])
def test_two_gaussians(gaussians: tuple[np.ndarray, np.ndarray], interpolation: str) -> None:
    response, is_signal = gaussians
    settings = PDFSettings(interpolation, 1, 1, n_bins=50)
    pdfs = ResponsePDFs.fit(
        response, is_signal, np.ones(80_000), (settings, settings), type_name="LD", title="one"
    )
    assert pdfs is not None
    y = np.linspace(-2.5, 2.5, 101)
    variance = 1.0
    if interpolation == "KDE":
        # The kernels' own: TMVA takes the histogram's area, 1 over the width of its bins, for the number of
        # events, and so they are wide.
        one = pdfs.signal.original
        variance += ((4 / 3) ** 0.2 * one.standard_deviation * one.values.sum() ** -0.2) ** 2
        assert variance > 1.2
    # The ratio of two Gaussians is a logistic function. Of the 80000 events, 400 are in the emptiest bins
    # here: errors of 5 %, of a probability p times p (1 - p).
    for fraction in (0.5, 0.1):
        expected = 1 / (1 + (1 - fraction) / fraction * np.exp(-2 * y / variance))
        np.testing.assert_allclose(pdfs.probability(y, fraction), expected, atol=0.03)
    np.testing.assert_allclose(pdfs.rarity(y), stats.norm.cdf(y, -1, np.sqrt(variance)), atol=0.01)
    background = pdfs.rarity(np.random.default_rng(5).normal(-1, 1, 20_000))
    # The distance of a sample of 20000 from its distribution is 0.01, and the fit's own error as much.
    if interpolation != "KDE":
        assert stats.kstest(background, "uniform").statistic < 0.02
    assert pdfs.probability(np.array([np.nan]))[0] != pdfs.probability(np.array([np.nan]))[0]


def test_the_page_has_every_option(project: Path) -> None:
    page = (project / "docs" / "options.md").read_text(encoding="utf-8")
    table = page[page.index("## Densities of the response") :]
    rows = re.findall(r"^\| (`.*?) \| `(.*?)` \|", table, re.MULTILINE)
    written = {name: default for names, default in rows for name in re.findall(r"`(\w+)`", names)}
    assert written == {option.name: str(option.default) for option in pdf_options("")}


def test_without_an_answer_for_a_class_there_are_none() -> None:
    nothing = np.array([1.0, 2, np.nan, np.inf])
    arguments = (np.ones(4), (SETTINGS, SETTINGS))
    for is_signal in ([True, True, False, False], [False, False, True, True]):
        fitted = ResponsePDFs.fit(nothing, np.array(is_signal), *arguments, type_name="LD", title="LD")
        assert fitted is None


def test_an_empty_element_and_a_damaged_one(element: Element) -> None:
    assert ResponsePDFs.read_xml(None, "") is None
    assert ResponsePDFs.read_xml(Element("MVAPdfs"), "") is None
    half = Element("MVAPdfs")
    half.append(element[0])
    with pytest.raises(WeightFileError, match="expected a <PDF> of signal and one of background, found 1"):
        ResponsePDFs.read_xml(half, "6.05/01")
