"""What histograms of variables and methods hold, against sums written out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from tmva_py.booking.output.correlation_matrices import whole_percents
from tmva_py.booking.output.method_histograms import multiclass_objects, regression_objects
from tmva_py.booking.output.root_objects import write_object
from tmva_py.booking.output.variable_plots import VariablePlots
from tmva_py.data import DataSetInfo, Events, VariableInfo
from tmva_py.histograms import Graph, Histogram, Histogram2D

N = 2000


def sample(n_targets: int = 0, n_classes: int = 2, seed: int = 1) -> tuple[DataSetInfo, Events]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(N, 3)).astype(np.float32)
    x[:, 2] = rng.integers(-1, 4, N)
    targets = (x[:, :1] * 2 + rng.normal(0, 0.1, (N, n_targets))).astype(np.float32)[:, :n_targets]
    weight = rng.uniform(0.5, 1.5, N).astype(np.float32).astype(np.float64)
    classes = rng.integers(0, n_classes, N).astype(np.int32)
    info = DataSetInfo(
        variables=[
            VariableInfo.parse("a", title="Variable a", unit="GeV"),
            VariableInfo.parse("b/c"),
            VariableInfo.parse("n", type="I"),
        ],
        targets=[VariableInfo.parse(f"t{i}") for i in range(n_targets)],
        classes=[f"class{i}" for i in range(n_classes)],
    )
    return info, Events(x, targets, np.empty((N, 0), np.float32), weight, weight, classes)


def test_a_small_negative_correlation_is_zero_percent() -> None:
    percents = whole_percents(np.array([[1.0, -0.004], [-0.004, -0.999]]))
    assert percents.tolist() == [[100, 0], [0, -99]]
    assert not np.signbit(percents[0, 1])


def written(tmp_path: Path, objects: Mapping[str, Any]) -> dict[str, Any]:
    with uproot.recreate(tmp_path / "objects.root") as file:
        for name, one in objects.items():
            write_object(file, name, one)
    with uproot.open(tmp_path / "objects.root") as file:
        return {name: file[name] for name in objects}


def axis_titles(histogram: Any) -> tuple[str, str]:
    return histogram.member("fXaxis").member("fTitle"), histogram.member("fYaxis").member("fTitle")


def test_histograms_of_variables(tmp_path: Path) -> None:
    info, events = sample()
    stored = written(tmp_path, VariablePlots(info, events, "Norm", "_Norm").objects())
    histogram = stored["a__class1_Norm"]
    chosen = events.class_index == 1
    w, x = events.weight[chosen], events.x[chosen, 0].astype(np.float64)
    width = float(np.ptp(events.x[:, 0])) / 40
    assert (histogram.classname, histogram.name, histogram.title) == ("TH1F", "a__class1_Norm", "Variable a")
    assert axis_titles(histogram) == (
        "Variable a (Norm)  [GeV]",
        f"dN_{{ }}/^{{ }}{histogram.axis().width:.3g} GeV",
    )
    low, high = float(events.x[:, 0].min()), float(events.x[:, 0].max())
    assert (histogram.axis().low, histogram.axis().high) == pytest.approx((low, high + width), rel=1e-6)
    sums, _ = np.histogram(x, histogram.axis().edges(), weights=w)
    squares, _ = np.histogram(x, histogram.axis().edges(), weights=w**2)
    np.testing.assert_allclose(histogram.values(), sums, rtol=1e-6)
    np.testing.assert_allclose(histogram.variances(), squares, rtol=1e-12)
    assert histogram.member("fEntries") == chosen.sum()
    moments = [histogram.member(name) for name in ("fTsumw", "fTsumw2", "fTsumwx", "fTsumwx2")]
    np.testing.assert_allclose(moments, [w.sum(), (w**2).sum(), (w * x).sum(), (w * x**2).sum()], rtol=1e-12)
    assert stored["b_D_c__class0_Norm"].title == "b/c"
    assert axis_titles(stored["b_D_c__class0_Norm"])[0] == "b/c (Norm)"
    whole = stored["n__class0_Norm"]
    assert whole.axis().edges().tolist() == [-1, 0, 1, 2, 3, 4]
    counted = [events.weight[(events.class_index == 0) & (events.x[:, 2] == n)].sum() for n in range(-1, 4)]
    np.testing.assert_allclose(whole.values(), counted, rtol=1e-6)


def test_scatter_plots_and_profiles(tmp_path: Path) -> None:
    info, events = sample()
    stored = written(tmp_path, VariablePlots(info, events, "", "_Id").objects())
    ending = "b_D_c_vs_a_class1_Id"
    scatter, profile = (stored[f"CorrelationPlots/{kind}_{ending}"] for kind in ("scat", "prof"))
    assert (scatter.classname, scatter.title) == ("TH2F", "b/c versus Variable a (class1)_Id")
    assert (profile.classname, profile.title) == ("TProfile", "profile b/c versus Variable a (class1)_Id")
    assert axis_titles(scatter) == axis_titles(profile) == ("Variable a  [GeV]", "b/c")
    chosen = events.class_index == 1
    w, x, y = events.weight[chosen], *(events.x[chosen, i].astype(np.float64) for i in (0, 1))
    ends = [(float(events.x[:, i].min()), float(events.x[:, i].max())) for i in (0, 1)]
    assert [(scatter.axis(i).low, scatter.axis(i).high) for i in (0, 1)] == ends
    # The largest values of all classes lie above the axes, as in ROOT.
    inside = (x < ends[0][1]) & (y < ends[1][1])
    sums, _, _ = np.histogram2d(
        x[inside], y[inside], [scatter.axis(i).edges() for i in (0, 1)], weights=w[inside]
    )
    assert scatter.values().shape == (300, 300)
    np.testing.assert_allclose(scatter.values(), sums, rtol=1e-6)
    assert scatter.member("fEntries") == chosen.sum()
    assert scatter.member("fTsumwxy") == pytest.approx((w * x * y)[inside].sum(), rel=1e-12)
    edges = profile.axis().edges()
    assert (len(edges) - 1, edges[0], edges[-1]) == (40, *ends[0])
    on_axis = x < ends[0][1]
    total, mean = (np.histogram(x[on_axis], edges, weights=(w * v)[on_axis])[0] for v in (1.0, y))
    filled = total > 0
    np.testing.assert_allclose(profile.values()[filled], (mean / np.where(filled, total, 1))[filled])
    assert profile.member("fTsumwy2") == pytest.approx((w * y * y)[on_axis].sum(), rel=1e-12)


def test_targets_are_shown_beside_the_variables() -> None:
    info, events = sample(1, 1)
    info.classes = ["Regression"]
    one = VariablePlots(info, events, "", "_Id").objects()
    assert "t0__Regression_target_Id" in one
    assert not any("t0" in name for name in one if name.startswith("CorrelationPlots"))
    info, events = sample(2, 1)
    info.classes = ["Regression"]
    two = VariablePlots(info, events, "", "_Id").objects()
    assert {"t0__Regression_Id", "t1__Regression_Id", "CorrelationPlots/scat_t1_vs_t0_Regression_Id"} <= set(
        two
    )


def test_multiclass(tmp_path: Path) -> None:
    info, events = sample(0, 3)
    rng = np.random.default_rng(2)
    response = rng.dirichlet(np.ones(3), N).astype(np.float32)
    objects = multiclass_objects("LD", "Test", response, events, info.classes, 40)
    histogram = written(tmp_path, objects)["MVA_LD_Test_class2_prob_for_class1"]
    chosen = events.class_index == 1
    assert histogram.axis().low == np.float32(-0.0002)
    assert histogram.axis().high == np.float32(1.0002)
    expected, _ = np.histogram(
        response[chosen, 2], histogram.axis().edges(), weights=events.weight[chosen], density=True
    )
    np.testing.assert_allclose(histogram.values(), expected, rtol=1e-5)
    assert histogram.member("fEntries") == chosen.sum()
    graph = objects["MVA_LD_Test_1v1rejBvsS_class0_vs_class2"]
    assert isinstance(graph, Graph)
    assert graph.title == "MVA_LD_Test_class0_vs_class2"
    # The share of pairs (class0, class2) in the right order is the area under the curve.
    signal, background = (events.class_index == i for i in (0, 2))
    right = response[signal, 0][:, None] > response[background, 0]
    area = (events.weight[signal][:, None] * events.weight[background] * right).sum() / (
        events.weight[signal].sum() * events.weight[background].sum()
    )
    assert np.trapezoid(graph.y[::-1], graph.x[::-1]) == pytest.approx(area, rel=1e-9)
    read = written(tmp_path, {"graph": graph})["graph"]
    assert read.classname == "TGraph"
    np.testing.assert_array_equal(read.member("fX"), graph.x)
    np.testing.assert_array_equal(read.member("fY"), graph.y)
    assert read.member("fTitle") == "MVA_LD_Test_class0_vs_class2"


def test_regression() -> None:
    info, events = sample(1, 1)
    for infos, values in ((info.variables, events.x), (info.targets, events.targets)):
        for i, one in enumerate(infos):
            one.minimum, one.maximum = float(values[:, i].min()), float(values[:, i].max())
    # The training sample reached further: its range counts too.
    info.variables[0].maximum = 10.0
    rng = np.random.default_rng(3)
    response = (events.targets + rng.normal(0, 1, (N, 1))).astype(np.float32)
    objects = regression_objects("LD", "test", response, events, info)
    difference = (response - events.targets)[:, 0]
    deviation = objects["MVA_LDtest_reg_var0_rtgt0"]
    assert isinstance(deviation, Histogram2D)
    assert (deviation.x_axis.title, deviation.y_axis.title) == ("Variable a", "t0_{regression} - t0_{true}")
    assert deviation.x_axis.n_bins == deviation.y_axis.n_bins == 50
    low, high = float(events.x[:, 0].min()), 10.0
    margin = 1.01 * (high - low) / 49
    assert (deviation.x_axis.minimum, deviation.x_axis.maximum) == pytest.approx(
        (low - margin, high + margin)
    )
    # Without weights, and everything is inside.
    assert deviation.values.sum() == N
    assert deviation.variances is None
    squares = objects["MVA_LDtest_Quadr_Deviation_target_0_"]
    best = objects["MVA_LDtest_Quadr_Dev_best90perc_target_0_"]
    assert isinstance(squares, Histogram)
    assert isinstance(best, Histogram)
    squared = difference.astype(np.float64) ** 2
    assert squares.axis.maximum == pytest.approx(1.1 * squared.max(), rel=1e-6)
    assert (squares.axis.n_bins, squares.entries) == (500, N)
    assert squares.moments[2] == pytest.approx((events.weight * squared).sum(), rel=1e-5)
    limit = best.axis.maximum / 1.1
    # The quantile of the binned distribution: within one bin of that of the events.
    order = np.argsort(squared)
    share = np.cumsum(events.weight[order]) / events.weight.sum()
    exact = squared[order][np.searchsorted(share, 0.9)]
    assert limit == pytest.approx(exact, abs=squares.axis.bin_width)
    assert best.entries == (squared <= limit * (1 + 1e-7)).sum()


def test_a_perfect_regression_has_axes_too() -> None:
    info, events = sample(1, 1)
    objects = regression_objects("LD", "train", events.targets, events, info)
    squares = objects["MVA_LDtrain_Quadr_Deviation_target_0_"]
    assert isinstance(squares, Histogram)
    assert squares.contents[1] == pytest.approx(events.weight.sum())


def test_a_response_that_is_no_number_is_left_out() -> None:
    info, events = sample(1, 1)
    response = events.targets + np.float32(0.5)
    response[0] = np.nan
    objects = regression_objects("LD", "test", response, events, info)
    squares = objects["MVA_LDtest_Quadr_Deviation_target_0_"]
    assert isinstance(squares, Histogram)
    assert squares.entries == N - 1
    response[:] = np.inf
    assert regression_objects("LD", "test", response, events, info) == {}
