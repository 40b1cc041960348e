"""``TMVA.ROCCalc`` and histograms of scripts, against plain NumPy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import tmva_py as TMVA
from tmva_py.booking.histogram_view import HistogramCanvas, HistogramView
from tmva_py.errors import BookingError
from tmva_py.histograms import Axis, Histogram

RANDOM = np.random.default_rng(4)
SIGNAL, BACKGROUND = RANDOM.normal(0.4, 0.3, 5000), RANDOM.normal(-0.3, 0.4, 8000)
AXIS = Axis(200, -2.0, 2.0)


class TH1:
    """As PyROOT's."""

    def __init__(self, values: Any) -> None:
        self.contents = np.histogram(values, 200, (-2, 2))[0]

    def GetNbinsX(self) -> int:
        return 200

    def GetXaxis(self) -> TH1:
        return self

    def GetXmin(self) -> float:
        return -2.0

    def GetXmax(self) -> float:
        return 2.0

    def GetBinContent(self, number: int) -> float:
        return float(self.contents[number - 1])


def ours(values: Any) -> Histogram:
    return Histogram.fill(AXIS, values)


def efficiencies() -> tuple[Any, Any, Any]:
    centres = AXIS.centres
    passing = [np.histogram(one, AXIS.edges)[0][::-1].cumsum()[::-1] for one in (SIGNAL, BACKGROUND)]
    return (centres, *(one / one.max() for one in passing))


@pytest.fixture(params=["ours", "view", "PyROOT", "uproot"])
def calc(request: pytest.FixtureRequest, tmp_path: Path) -> TMVA.ROCCalc:
    if request.param == "PyROOT":
        return TMVA.ROCCalc(TH1(SIGNAL), TH1(BACKGROUND))
    if request.param == "view":
        return TMVA.ROCCalc(*(HistogramView("h", ours(one)) for one in (SIGNAL, BACKGROUND)))
    if request.param == "ours":
        return TMVA.ROCCalc(ours(SIGNAL), ours(BACKGROUND))
    with uproot.recreate(tmp_path / "h.root") as file:
        file["S"], file["B"] = (np.histogram(one, 200, (-2, 2)) for one in (SIGNAL, BACKGROUND))
    with uproot.open(tmp_path / "h.root") as file:
        return TMVA.ROCCalc(file["S"], file["B"])


def test_the_curve(calc: TMVA.ROCCalc) -> None:
    centres, signal, background = efficiencies()
    wanted = (np.arange(100) + 0.5) / 100
    cuts = np.interp(wanted, signal[::-1], centres[::-1])
    expected = 1 - np.interp(cuts, centres, background)
    curve = calc.GetROC()
    assert (curve.GetName(), curve.GetNbinsX(), curve.GetTitle()) == ("rejBvsS", 100, "ROC-Curve")
    assert (curve.GetXaxis().GetTitle(), curve.ClassName()) == ("Signal eff", "TH1D")
    np.testing.assert_allclose(np.asarray(curve), expected, atol=1e-6)
    assert curve.GetBinContent(50) == np.asarray(curve)[49]
    # Of the 1000 points between, to the half of a percent that 100 bins leave at the ends.
    assert calc.GetROCIntegral() == pytest.approx((SIGNAL[:, None] > BACKGROUND[::8]).mean(), abs=0.005)
    error: list[float] = [0.0]
    found = calc.GetEffSForEffBof(0.1, error)
    assert found == pytest.approx(np.interp(0.1, 1 - expected, wanted), abs=2e-3)
    assert error[0] == pytest.approx(np.sqrt(found * (1 - found) / 5000), rel=1e-3)
    cut = calc.GetSignalReferenceCut()
    # Lines between the bins' middles are half a bin (0.01) off, where densities are at most 1.33 and 1.
    assert (cut < SIGNAL).mean() == pytest.approx((cut > BACKGROUND).mean(), abs=0.0233)


def test_significance_and_purity(calc: TMVA.ROCCalc) -> None:
    _, signal, background = efficiencies()
    s, b = 100 * signal, 1000 * background
    kept = s + b > 0
    s, b = s[kept], b[kept]
    significance, purity = calc.GetSignificance(100, 1000), calc.GetPurity(100, 1000)
    np.testing.assert_allclose(np.asarray(significance)[kept], s / np.sqrt(s + b), rtol=1e-5)
    np.testing.assert_allclose(np.asarray(purity)[kept], s / (s + b), rtol=1e-5)
    assert (np.asarray(purity)[~kept] == 0).all()
    best = significance.GetMaximumBin()
    assert significance.GetMaximum() == significance.GetBinContent(best)
    assert significance.GetBinLowEdge(best) == pytest.approx(-2 + 0.02 * (best - 1))


def test_what_cannot_be_meant() -> None:
    signal, background = ours(SIGNAL), ours(BACKGROUND)
    with pytest.raises(BookingError, match="expected a histogram of PyROOT, uproot or tmva_py, got list"):
        TMVA.ROCCalc([1, 2], background)
    with pytest.raises(BookingError, match=r"different bins: 200 on \[-2, 2\], and 100 on"):
        TMVA.ROCCalc(signal, Histogram.fill(Axis(100, -2, 2), BACKGROUND))
    with pytest.raises(BookingError, match="the histogram of the background is empty"):
        TMVA.ROCCalc(signal, Histogram.fill(AXIS, np.array([])))
    with pytest.raises(BookingError, match="turn the sign of the response"):
        TMVA.ROCCalc(background, signal)
    normalised = TMVA.ROCCalc(signal.normalised(), background.normalised())
    error = [5.0]
    TMVA.ROCCalc(
        Histogram.of_values(AXIS, signal.values / 5000), Histogram.of_values(AXIS, background.values / 8000)
    ).GetEffSForEffBof(0.1, error)
    assert error == [0.0], "the number of events is not known"
    assert normalised.GetROCIntegral() == pytest.approx(TMVA.ROCCalc(signal, background).GetROCIntegral())


def test_a_histogram_of_a_script(tmp_path: Path) -> None:
    filled = Histogram.fill(AXIS, SIGNAL).with_titles("Response", "y", "events")
    one = HistogramView("h", filled)
    assert one.Integral() == pytest.approx(((SIGNAL >= -2) & (SIGNAL < 2)).sum())
    assert one.Integral(1, 100) == (SIGNAL < 0).sum() - (SIGNAL < -2).sum()
    assert (one.GetEntries(), one.GetMean()) == (5000, pytest.approx(SIGNAL.mean(), abs=1e-2))
    assert one.GetRMS() == pytest.approx(SIGNAL.std(), rel=1e-2)
    assert one.GetBinError(100) == np.sqrt(one.GetBinContent(100))
    assert (one.GetBinCenter(1), one.GetBinWidth(1)) == pytest.approx((-1.99, 0.02))
    assert (one.GetBinLabel(1), one.GetMinimum()) == ("", 0)
    for suffix in ("png", "pdf"):
        one.SaveAs(str(tmp_path / f"h.{suffix}"))
        assert (tmp_path / f"h.{suffix}").stat().st_size > 1000
    other = HistogramView("b", Histogram.fill(AXIS, BACKGROUND))
    HistogramCanvas("c", [one, other], "both").SaveAs(tmp_path / "both.root")
    with uproot.open(tmp_path / "both.root") as file:
        assert file["h"].values().tolist() == filled.values.tolist()
        assert file["b"].values().sum() == other.Integral()
    HistogramCanvas("c", [one, other], "both").Print(tmp_path / "both", "png")
    assert (tmp_path / "both.png").stat().st_size > 1000
    one.SaveAs(tmp_path / "h.C")
    text = (tmp_path / "h.C").read_text()
    assert 'new TH1F("h", "Response", 200, -2.0, 2.0)' in text
    assert f"h0->SetBinContent({SIGNAL_BIN}, " in text


SIGNAL_BIN = int(np.argmax(np.histogram(SIGNAL, 200, (-2, 2))[0])) + 1
