"""Likelihood: the ratio written out, options by variable and class, mistakes, damaged files."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.errors import OptionError, TMVAWarning, WeightFileError
from tmva_py.histograms import Histogram
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.likelihood.method import MethodLikelihood
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

EPSILON = 2.2250738585072014e-305


def booked(options: str = "", data: DataSet | None = None) -> MethodLikelihood:
    info = (data_set("Classification") if data is None else data).info
    return MethodLikelihood("mine", info, "Classification", options, log=MessageLog("mine", silent=True))


def trained(options: str = "", data: DataSet | None = None) -> TrainedMethod:
    return train_method(booked(options, data), data_set("Classification") if data is None else data)


def gaussian_data(n_events: int = 40_000) -> DataSet:
    """Two independent Gaussian variables, and a whole number."""
    random = np.random.default_rng(3)
    info = DataSetInfo(
        variables=[VariableInfo("a"), VariableInfo("b"), VariableInfo("n", type="I")],
        classes=["Signal", "Background"],
    )
    classes = (np.arange(n_events) % 2).astype(np.int32)
    x = np.column_stack(
        [
            random.normal(np.where(classes == 0, 1.0, -1.0), 1.0),
            random.normal(0.0, np.where(classes == 0, 1.0, 2.0)),
            random.poisson(np.where(classes == 0, 3.0, 2.0)),
        ]
    ).astype(np.float32)
    weight = np.ones(n_events)
    nothing = np.empty((n_events, 0), np.float32)
    events = Events(x, nothing, nothing, weight, weight, classes)
    return DataSet(
        info, events.select(np.arange(n_events) % 4 < 2), events.select(np.arange(n_events) % 4 >= 2)
    )


def test_the_kits_checks() -> None:
    check("method", "Likelihood")


@pytest.mark.parametrize("interpolation", ["Spline0", "Spline1", "Spline2", "Spline3", "Spline5", "KDE"])
def test_the_best_response(interpolation: str) -> None:
    """Of independent variables, where their distributions are known."""
    data = gaussian_data()
    x = data.testing.x.astype(np.float64)
    signal = stats.norm.pdf(x[:, 0], 1) * stats.norm.pdf(x[:, 1]) * stats.poisson.pmf(x[:, 2], 3)
    background = (
        stats.norm.pdf(x[:, 0], -1) * stats.norm.pdf(x[:, 1], scale=2) * stats.poisson.pmf(x[:, 2], 2)
    )
    best = signal / (signal + background)
    options = f"PDFInterpolSig[0]={interpolation}:PDFInterpolBkg[0]={interpolation}"
    options += f":PDFInterpolSig[1]={interpolation}:PDFInterpolBkg[1]={interpolation}"
    options += ":PDFInterpolSig[2]=Spline0:PDFInterpolBkg[2]=Spline0:NAvEvtPerBin=100"
    found = trained(options, data).evaluate(data.testing.x)
    # A bin of 100 events is wrong by 0.1 at most of the places; six densities, and p (1 - p) is 1/4 at most.
    assert np.abs(found - best).mean() < 0.02
    assert np.corrcoef(found, best)[0, 1] > 0.995


@pytest.mark.parametrize("transform", [False, True])
def test_the_ratio_written_out(transform: bool) -> None:
    method = trained(f"TransformOutput={transform}:NSmooth=3:NAvEvtPerBin=20")
    x = np.concatenate([data_set("Classification").testing.x, np.full((1, 3), 1e6, np.float32)])
    model: Any = method.model
    products = []
    for which in (0, 1):
        product = np.ones(len(x))
        for variable, pair in enumerate(model.densities):
            place = np.clip(x[:, variable].astype(float), pair[0].minimum, None)
            place = np.where(place >= pair[0].maximum, pair[0].maximum - 1e-10, place)
            table = pair[which].table
            product *= np.maximum(np.interp(place, table.axis.centres, table.values), EPSILON)
        products.append(np.maximum(product, EPSILON))
    ratio = products[0] / (products[0] + products[1])
    expected = -np.log(1 / ratio - 1) / 15 if transform else ratio
    found = method.evaluate(x)
    # Beyond the outermost centres a line goes on, where np.interp is flat: half of a bin of 10000.
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-3)
    assert np.mean(np.abs(found - expected) < 1e-9) > 0.98


def test_each_class_has_its_own_transformation() -> None:
    data = data_set("Classification")
    found = trained("VarTransform=D:NAvEvtPerBin=20", data)
    of_classes = []
    for index in (0, 1):
        chain = found.transformations.for_class(index)
        of_classes.append(chain.apply(data.testing.x))
    assert np.abs(of_classes[0] - of_classes[1]).max() > 1e-3
    products = [np.prod(list(factors), axis=0) for factors in found.model.factors(*of_classes)]
    expected = products[0] / (products[0] + products[1])
    np.testing.assert_allclose(found.evaluate(data.testing.x), expected, rtol=1e-12)


def test_options_by_variable_and_class() -> None:
    method = booked(
        "NSmooth=2:PDFInterpol=Spline3:NbinsSig=30:PDFInterpolBkg[2]=KDE:KDEiter=Adaptive:NSmoothSig[1]=9:"
        "KDEborderBkg[2]=Mirror:Nbins=40"
    )
    settings = method._settings
    assert [[one.n_bins for one in pair] for pair in settings] == [[30, 40]] * 3
    assert [[one.max_smooth for one in pair] for pair in settings] == [[2, 2], [9, 2], [2, 2]]
    assert [[one.interpolation for one in pair] for pair in settings] == [
        ["Spline3", "Spline3"],
        ["Spline3", "Spline3"],
        ["Spline3", "KDE"],
    ]
    assert (settings[2][1].kernel_width, settings[2][1].kernel_border) == ("Adaptive", "Mirror")
    # As kernels have five times the bins.
    model: Any = train_method(method, data_set("Classification")).model
    assert [[one.original.axis.n_bins for one in pair] for pair in model.densities][2] == [30, 200]
    assert method.option_values.declared[-2].name == "TransformOutput"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("NSmoothSig[3]=5", r"index 3 too large for option NSmoothSig, allowed range is \[0,2\]"),
        ("PDFInterpolSig[0]=Spline4", "PDFInterpolSig does not have predefined value: 'Spline4'"),
        ("NSmoothSug=5", "unknown option 'NSmoothSug'; did you mean 'NSmoothSig'"),
        (
            "MinNSmoothBkg[1]=5:MaxNSmoothBkg[1]=2",
            r"MaxNSmoothBkg\[1\]=2 is smaller than MinNSmoothBkg\[1\]=5",
        ),
        ("NSmooth[1]=5", "option NSmooth is not an array"),
        ("TransformOutput=perhaps", "expected one of true, false"),
    ],
)
def test_mistakes(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        booked(options)


@pytest.mark.filterwarnings("ignore:.*X_min=:tmva_py.errors.TMVAWarning")
def test_empty_bins_are_remarked() -> None:
    with pytest.warns(
        TMVAWarning, match=r"More than 50% .* bins in hist 'dataset_mine_a_sig_smoothed' are empty"
    ):
        trained("CheckHistSig[0]=True:Nbins=2000")


def test_a_constant_variable_changes_nothing() -> None:
    data = data_set("Classification")
    samples = []
    for events in (data.training, data.testing):
        x = events.x.copy()
        x[:, 2] = 5.0
        samples.append(dataclasses.replace(events, x=x))
    data = DataSet(data.info, *samples)
    method = trained("NAvEvtPerBin=20", data)
    assert np.isfinite(method.evaluate(data.testing.x)).all()
    x = data.testing.x
    signal, background = (list(factors)[2] for factors in method.model.factors(x, x))
    # One filled bin of twelve: its splines are the same but for the rounding of what is in it.
    np.testing.assert_allclose(signal, background, rtol=1e-3)


def test_names_of_this_release() -> None:
    method = booked()
    assert method.ranking() is None
    assert method.monitoring() == {}
    text = weight_text(train_method(method, data_set("Classification")))
    assert 'PDF Name="mine PDF Sig[0]"' in text
    assert 'Histogram Name="dataset_mine_a_sig_original"' in text
    shown = method.monitoring()
    names = list(shown)
    assert names[:6] == [
        "dataset_mine_a_sig",
        "dataset_mine_a_bgd",
        "dataset_mine_a_sig_smoothed",
        "dataset_mine_a_bgd_smoothed",
        "dataset_mine_a_sig_smoothed_hist_from_spline2",
        "dataset_mine_a_bgd_smoothed_hist_from_spline2",
    ]
    assert "a_additional_check" in names
    checked = shown["a_additional_check"]
    assert callable(checked)
    made = checked()
    assert isinstance(made, Histogram)
    assert made.axis.n_bins == 15_000
    assert made.values.sum() * made.axis.bin_width == pytest.approx(1, abs=2e-3)


def test_the_nice_histogram_has_fewer_bins() -> None:
    method = booked("Nbins=203")
    train_method(method, data_set("Classification"))
    shown = method.monitoring()
    whole, nice = shown["dataset_mine_a_sig"], shown["dataset_mine_a_sig_nice"]
    assert isinstance(whole, Histogram)
    assert isinstance(nice, Histogram)
    assert nice.axis.n_bins == 40
    assert nice.axis.maximum == pytest.approx(whole.axis.edges[200])
    assert nice.contents.sum() == pytest.approx(whole.contents.sum() / 5)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('NVariables="3"', 'NVariables="4"', "NVariables='4', but the file has 3 variables"),
        (
            'VarIndex="1" ClassIndex="0"',
            'VarIndex="1" ClassIndex="1"',
            "expected a <PDF> of variable 1 and class 0",
        ),
        ("<PDFDescriptor", "<Other", "expected 6 densities, two for each variable, found 0"),
        ('InterpolMethod="2"', 'InterpolMethod="7"', "InterpolMethod"),
        ('NBins="12"', 'NBins="13"', "expected 13 numbers, found 12"),
    ],
)
def test_damaged_files(old: str, new: str, message: str) -> None:
    text = weight_text(trained("Nbins=12"))
    assert old in text
    changed = (
        text.replace(old, new)
        if old != "<PDFDescriptor"
        else text.replace(old, new).replace("</PDFDescriptor", "</Other")
    )
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(changed)
