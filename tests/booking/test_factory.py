"""The factory: forms of calls, the job from booking to tables, and its messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import integrate

from tmva_py.booking.config import Config
from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory import Factory
from tmva_py.booking.types import Types
from tmva_py.errors import BookingError, OptionError, TMVAWarning, UnknownNameError
from tmva_py.plugins import Registry

MakeLoader = Callable[..., DataLoader]


def trained(registry: Registry, loader: DataLoader, *arguments: Any, **options: Any) -> Factory:
    factory = Factory("job", *arguments, registry=registry, **options)
    factory.BookMethod(loader, Types.kFisher, "LD", "!H:!V")
    factory.BookMethod(loader, "Fisher", "Stiff", Ridge=1e4, VarTransform="N")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    return factory


def test_a_job_from_booking_to_tables(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = make_loader()
    factory = trained(registry, loader, AnalysisType="Classification", DrawProgressBar=False)
    capsys.readouterr()
    factory.EvaluateAllMethods()
    printed = capsys.readouterr().out
    areas = {title: factory.GetROCIntegral(loader, title) for title in ("LD", "Stiff")}
    assert 0.5 < areas["LD"] < 1
    lines = printed.splitlines()
    start = lines.index(" " * 25 + ": Evaluation results ranked by best signal efficiency and purity (area)")
    assert lines[start - 1] == " " * 25 + ": "
    assert lines[start + 1] == " " * 25 + ": " + "-" * 115
    rows = {line.split()[2]: line for line in lines[start + 4 : start + 6]}
    for title, area in areas.items():
        assert rows[title] == " " * 25 + f": dataset       {title:<15}: {area:#1.3f}"
    assert "Factory                  : Thank you for using TMVA!" in lines


def test_the_log_of_a_job_is_tmvas(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    factory = trained(registry, make_loader(), "!V:AnalysisType=Classification")
    factory.EvaluateAllMethods()
    headers = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    factory_lines = [line.split(": ", 1)[1] for line in headers if line.startswith("Factory ")]
    assert factory_lines == [
        "Booking method: LD",
        "Booking method: Stiff",
        "Train all methods",
        "Train method: LD for Classification",
        "Training finished",
        "Train method: Stiff for Classification",
        "Training finished",
        "=== Destroy and recreate all methods via weight files for testing ===",
        "Test all methods",
        "Test method: LD for Classification performance",
        "Test method: Stiff for Classification performance",
        "Evaluate all methods",
        "Evaluate classifier: LD",
        "Evaluate classifier: Stiff",
        "Thank you for using TMVA!",
    ]
    assert any(
        re.match(r"LD +: \[dataset\] : Evaluation of LD on training sample \(400 events\)", h)
        for h in headers
    )


def test_weight_files_have_tmvas_names_and_testing_uses_them(
    registry: Registry, make_loader: MakeLoader
) -> None:
    loader = make_loader("data/set")
    factory = Factory("", registry=registry)
    booked = factory.BookMethod(loader, Types.kFisher, "LD")
    assert booked is not None
    factory.TrainAllMethods()
    path = Path("data/set/weights/_LD.weights.xml")
    assert path.is_file()
    assert booked.GetWeightFileName() == str(path)
    # The object that BookMethod returned goes on with the method read from the file.
    assert factory.GetMethod(loader, "LD") is booked
    learnt = booked.method.coefficients
    assert booked.trained.model.coefficients is not learnt
    np.testing.assert_allclose(booked.trained.model.coefficients, learnt, rtol=1e-12)


def test_without_model_persistence_nothing_is_written(registry: Registry, make_loader: MakeLoader) -> None:
    loader = make_loader()
    factory = trained(registry, loader, ModelPersistence=False)
    assert list(Path().iterdir()) == []
    assert factory.GetROCIntegral("dataset", "LD") > 0.5


def test_a_silent_factory_prints_its_tables_only(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    factory = Factory("job", "Silent:AnalysisType=Classification", registry=registry)
    loader = make_loader()
    factory.BookMethod(loader, Types.kFisher, "LD")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    assert capsys.readouterr().out == ""
    factory.EvaluateAllMethods()
    assert "Evaluation results ranked" in capsys.readouterr().out
    silent = trained(registry, make_loader(), Silent=True, ROC=False)
    silent.EvaluateAllMethods()
    assert capsys.readouterr().out == ""
    Factory("job", registry=registry)
    make_loader()
    assert "Add Tree" in capsys.readouterr().out


def test_rankings(registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]) -> None:
    factory = Factory("job", registry=registry)
    loader = make_loader()
    factory.BookMethod(loader, Types.kFisher, "LD")
    factory.BookMethod(loader, Types.kFisher, "Plain", "Bare")
    factory.TrainAllMethods()
    out = capsys.readouterr().out
    assert "Ranking result (top variable is best ranked)" in out
    assert re.search(r": +1 : a +: \d\.\d{3}e[+-]\d\d\n", out)
    assert ": No variable ranking supplied by classifier: Plain" in out


def test_multiclass_roc_integrals(registry: Registry, make_loader: MakeLoader) -> None:
    loader = make_loader(classes=("Signal", "bg0", "bg1"))
    factory = trained(registry, loader)
    assert factory.GetROCIntegral(loader, "LD", 0) > 0.6
    assert factory.GetROCIntegral(loader, "LD", 2) > 0.6
    with pytest.raises(
        BookingError, match="no class number 3; there are 3 classes, numbered from 0: Signal, bg0, bg1"
    ):
        factory.GetROCIntegral(loader, "LD", 3)


def test_multiclass_tables(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = make_loader(classes=("Signal", "bg0", "bg1"))
    factory = trained(registry, loader, AnalysisType="Multiclass")
    factory.EvaluateAllMethods()
    lines = [line[27:] for line in capsys.readouterr().out.splitlines()]
    first = lines.index("dataset        LD             ")
    area = factory.GetROCIntegral(loader, "LD", 1)
    assert lines[first + 3].startswith(f"               bg0            {area:5.3f} (")
    assert "=== Showing confusion matrix for method : Stiff          " in lines


def test_regression_from_booking_to_tables(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = make_loader(classes=("Regression",))
    loader.AddTarget("noisy := a+0.1*b*b")
    factory = trained(registry, loader, "out.root", AnalysisType="Regression")
    factory.EvaluateAllMethods()
    lines = [line[27:] for line in capsys.readouterr().out.splitlines()]
    data_set = loader.data_set()
    booked = factory.GetMethod(loader, "LD")
    assert booked is not None
    assert booked.test_response is not None
    deviation = booked.test_response[:, 0] - data_set.testing.targets[:, 0]
    bias = np.average(deviation, weights=data_set.testing.weight)
    (first, _) = [line for line in lines if line.startswith("dataset              LD             :")]
    assert first.split(":")[1].startswith(f"{bias:#9.3g}")
    with pytest.raises(BookingError, match="'LD' is a regression: ROC curves are of classifications"):
        factory.GetROCIntegral(loader, "LD")


# --- forms of calls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [
        ((), {}),
        (("V:Silent",), {}),
        ((None, "!V:ROC:Silent:Transformations=I;D;P;G,D"), {}),
        ((None,), {}),
        (("out.root", "Silent"), {}),
        (("out.root",), {}),
        ((Path("out.root"),), {"V": False}),
        ((None,), {"V": False, "ROC": True, "Transformations": None, "AnalysisType": "multiclass"}),
        ((), {"Silent": True}),
    ],
)
def test_forms_of_the_constructor(
    registry: Registry, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    assert Factory("job", *arguments, registry=registry, **keywords).GetName() == "job"


def test_wrong_forms_of_the_constructor(registry: Registry) -> None:
    with pytest.raises(BookingError, match=r"got 3 arguments after the job name, the last one from keywords"):
        Factory("job", None, "V", registry=registry, Silent=True)
    with pytest.raises(
        BookingError, match=r"expected a path, .* or an object with GetName\(\) and Close\(\).*got float"
    ):
        Factory("job", 1.5, "V", registry=registry)
    with pytest.raises(
        BookingError, match=r"'nowhere/out.root': there is no folder '.*nowhere'; make it first"
    ):
        Factory("job", "nowhere/out.root", "V", registry=registry)
    with pytest.raises(OptionError, match=r"AnalysisType.*Classification"):
        Factory("job", "AnalysisType=Clasification", registry=registry)
    with pytest.raises(OptionError, match="Silent"):
        Factory("job", "Silnt", registry=registry)


def test_names_that_a_factory_lacks(registry: Registry) -> None:
    factory = Factory("job", registry=registry)
    with pytest.raises(AttributeError, match="did you mean 'TrainAllMethods'"):
        factory.TrainAllMethod()
    with pytest.raises(BookingError, match=r"expected a DataLoader first, got EMVA"):
        factory.BookMethod(Types.kFisher, "LD", "")


def test_booking_errors(registry: Registry, make_loader: MakeLoader) -> None:
    factory, loader = Factory("job", registry=registry), make_loader()
    with pytest.raises(
        UnknownNameError, match=r"method 'BDT' is not available in this version\n  available: Fisher"
    ):
        factory.BookMethod(loader, Types.kBDT, "BDT", "")
    with pytest.raises(UnknownNameError, match="unknown method 'fisher'; did you mean 'Fisher'"):
        factory.BookMethod(loader, "fisher", "LD", "")
    with pytest.raises(BookingError, match="options as one string or as keywords, not both"):
        factory.BookMethod(loader, Types.kFisher, "LD", "!V", H=True)
    with pytest.raises(BookingError, match="a title is missing"):
        factory.BookMethod(loader, Types.kFisher)
    with pytest.raises(OptionError, match="did you mean 'Ridge'"):
        factory.BookMethod(loader, Types.kFisher, "LD", "Rige=1")
    assert not factory.HasMethod(loader, "LD")
    factory.BookMethod(loader, Types.kFisher, "LD", "Boost_num=0:!V")
    with pytest.raises(BookingError, match="title <LD> already exists"):
        factory.BookMethod(loader, Types.kFisher, "LD")
    assert factory.HasMethod("dataset", "LD")
    factory.DeleteAllMethods()
    assert not factory.HasMethod("dataset", "LD")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Types.kBayesClassifier, "take Likelihood"),
        (Types.kC50, "language R.*take BDT"),
        ("RSNNS", "language R.*take MLP"),
        (Types.kRSVM, "language R.*take SVM"),
        (Types.kRXGB, "language R.*BoostType=Grad"),
        (Types.kCrossValidation, "no method of a Factory"),
    ],
)
def test_methods_that_are_refused_say_what_to_take(
    registry: Registry, make_loader: MakeLoader, kind: Any, message: str
) -> None:
    factory, loader = Factory("job", registry=registry), make_loader()
    with pytest.raises(BookingError, match=message) as error:
        factory.BookMethod(loader, kind, "mine", "")
    assert "\n" not in str(error.value)
    assert not factory.HasMethod(loader, "mine")


def test_a_method_that_cannot_do_the_analysis_is_left_out_with_a_warning(
    registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]
) -> None:
    loader = make_loader()
    loader.AddTarget("b")
    loader.AddTarget("a")
    factory = Factory("job", "AnalysisType=Regression", registry=registry)
    with pytest.warns(
        TMVAWarning, match=r"Fisher is not capable of handling regression with 2 targets\. 'LD' is not"
    ):
        assert factory.BookMethod(loader, Types.kFisher, "LD") is None
    assert "<WARNING>                : Method Fisher is not capable" in capsys.readouterr().out
    factory.TrainAllMethods()
    assert "...nothing found to train" in capsys.readouterr().out


def test_the_analysis_type_is_settled_by_the_first_booking(
    registry: Registry, make_loader: MakeLoader
) -> None:
    for classes, expected in (
        (("Signal", "Background"), "Classification"),
        (("Background", "Other"), "Multiclass"),
    ):
        booked = Factory("job", registry=registry).BookMethod(make_loader(classes=classes), "Fisher", "LD")
        assert booked is not None
        assert booked.method.analysis_type == expected
    with pytest.raises(
        BookingError, match=r"No analysis type for 1 classes \(Signal\) and 0 regression targets"
    ):
        Factory("job", registry=registry).BookMethod(make_loader(classes=("Signal",)), "Fisher", "LD")


def test_calls_in_the_wrong_order(registry: Registry, make_loader: MakeLoader) -> None:
    factory, loader = Factory("job", registry=registry), make_loader()
    factory.BookMethod(loader, "Fisher", "LD")
    with pytest.raises(BookingError, match=r"call TrainAllMethods\(\) and TestAllMethods\(\)"):
        factory.EvaluateAllMethods()
    with pytest.raises(BookingError, match=r"'LD' has not been tested yet"):
        factory.GetROCIntegral(loader, "LD")
    factory.TrainAllMethods()
    with pytest.raises(BookingError, match=r"'LD' has not been tested yet"):
        factory.EvaluateAllMethods()


def test_too_few_events_leave_a_method_untrained(registry: Registry, make_loader: MakeLoader) -> None:
    factory, loader = Factory("job", registry=registry), make_loader(n=8)
    factory.BookMethod(loader, "Fisher", "LD")
    with pytest.warns(
        TMVAWarning, match=r"LD not trained \(training tree has less entries \[8\] than required \[10\]"
    ):
        factory.TrainAllMethods()
    with pytest.warns(TMVAWarning, match="Method LD is not trained and is not tested"):
        factory.TestAllMethods()


def test_testing_before_the_training_is_an_error(registry: Registry, make_loader: MakeLoader) -> None:
    factory = Factory("job", "Silent", registry=registry)
    factory.BookMethod(make_loader(), "Fisher", "LD")
    with pytest.raises(BookingError, match=r"nothing to test: .*call TrainAllMethods\(\) before"):
        factory.TestAllMethods()


# --- ROC curves -------------------------------------------------------------------------------------------


def test_roc_access(registry: Registry, make_loader: MakeLoader, tmp_path: Path) -> None:
    loader = make_loader()
    factory = trained(registry, loader)
    graph = factory.GetROCCurve(loader, "LD")
    assert graph.GetN() == 401  # one point per distinct response, and one above all
    x, y = np.array(graph.GetX()), np.array(graph.GetY())
    assert integrate.trapezoid(y[::-1], x[::-1]) == pytest.approx(
        factory.GetROCIntegral(loader, "LD"), abs=1e-12
    )
    assert graph.GetTitle() == "Signal efficiency vs. Background rejection (LD)"
    assert factory.GetROCCurve(loader, "LD", False).GetTitle() == ""
    assert graph.Eval(1.0) == pytest.approx(0.0, abs=0.2)
    canvas = factory.GetROCCurve("dataset")
    assert canvas.GetName() == "ROCCurve dataset class 0"
    assert [one.GetTitle() for one in canvas.graphs] == ["LD", "Stiff"]
    canvas.Draw()
    for ending, magic in ((".png", b"\x89PNG"), (".pdf", b"%PDF")):
        path = tmp_path / f"roc{ending}"
        canvas.SaveAs(path)
        assert path.read_bytes().startswith(magic)
    with pytest.raises(UnknownNameError, match="no method 'LDD'; did you mean 'LD'"):
        factory.GetROCIntegral(loader, "LDD")
    with pytest.raises(UnknownNameError, match="data set 'datase'; did you mean 'dataset'"):
        factory.GetROCCurve("datase")


def test_settings_are_looked_at_when_needed(
    registry: Registry, make_loader: MakeLoader, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Config()
    settings.GetIONames().fWeightFileDir = "elsewhere"
    monkeypatch.setattr("tmva_py.booking.job.job.gConfig", lambda: settings)
    trained(registry, make_loader())
    assert Path("dataset/elsewhere/job_LD.weights.xml").is_file()


def test_help(registry: Registry, make_loader: MakeLoader, capsys: pytest.CaptureFixture[str]) -> None:
    factory, loader = Factory("job", registry=registry), make_loader()
    factory.BookMethod(loader, "Fisher", "LD", "H")
    capsys.readouterr()
    factory.PrintHelpMessage("dataset", "LD")
    assert "Fisher's discriminant" in capsys.readouterr().out
    factory.TrainAllMethods()
    assert "Fisher's discriminant" in capsys.readouterr().out
