"""What scripts call on booked methods, and methods that are booked from weight files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from small_jobs import class_columns, make_job

import tmva_py as TMVA
from tmva_py.errors import BookingError, TMVAWarning, WeightFileError
from tmva_py.methods.weight_file import read_weight_file

TREES = {"Signal": class_columns(300, 0.7, seed=1), "Background": class_columns(300, -0.7, seed=2)}


@pytest.fixture
def job(tmp_path: Path) -> Any:
    return make_job(tmp_path, trees=TREES, output=str(tmp_path / "out.root"))


def fisher(job: Any, title: str = "Fisher") -> Any:
    return job.factory.BookMethod(job.loader, TMVA.Types.kFisher, title, "!H:!V")


def test_names_and_variables(job: Any) -> None:
    booked = fisher(job)
    assert booked.GetNvar() == 3
    assert [booked.GetInputVar(i) for i in range(3)] == ["x0", "x1", "x2"]
    assert (booked.GetInputLabel(1), booked.GetInputTitle(1)) == ("x1", "x1")
    assert booked.GetSignalReferenceCut() == 0.5, "as in TMVA, before the tests"


def test_one_method_is_trained_alone(job: Any, tmp_path: Path) -> None:
    first, second = fisher(job, "first"), fisher(job, "second")
    first.TrainMethod()
    assert (first.is_trained, second.is_trained) == (True, False)
    assert first.weight_file.is_file()
    with pytest.warns(TMVAWarning, match="second is not trained"):
        job.factory.TestAllMethods()
    alone = first.test_response
    job.finish()
    np.testing.assert_array_equal(alone, second.test_response)
    with uproot.open(tmp_path / "out.root") as file:
        assert {"first", "second"} <= set(file[f"{job.loader.GetName()}/TestTree"].keys())


def test_figures_of_the_test_sample(job: Any) -> None:
    booked = fisher(job)
    job.finish()
    data, response = job.loader.data_set(), booked.test_response.astype(float)
    signal = data.testing.class_index == 0
    s, b = response[signal], response[~signal]
    assert booked.GetROCIntegral() == pytest.approx((s[:, None] > b).mean(), abs=1e-12)
    significance = abs(s.mean() - b.mean()) / np.hypot(s.std(), b.std())
    assert booked.GetSignificance() == pytest.approx(significance, rel=1e-6)
    # As much signal is lost as background is kept, to a bin of the finer histograms.
    cut = booked.GetSignalReferenceCut()
    assert abs((s > cut).mean() - (b < cut).mean()) <= 2 / len(s) + 1e-9
    kept = booked.GetEfficiency("Efficiency:0.1")
    threshold = np.sort(b)[::-1][int(0.1 * len(b))]
    assert kept == pytest.approx((s > threshold).mean(), abs=0.03)
    assert booked.GetEfficiency() == pytest.approx(booked.GetROCIntegral(), abs=0.01)
    assert booked.GetTrainingEfficiency("Efficiency:0.1") == pytest.approx(kept, abs=0.1)
    assert 0 < booked.GetSeparation() < 1
    assert booked.GetTrainTime() > 0
    with pytest.raises(BookingError, match=r"expected 'Efficiency:0\.1' or an empty text, got 'purity'"):
        booked.GetEfficiency("purity")
    with pytest.raises(BookingError, match="needs a background efficiency"):
        booked.GetTrainingEfficiency("")


def test_a_weight_file_is_written_anew(job: Any, tmp_path: Path) -> None:
    booked = fisher(job)
    with pytest.raises(BookingError, match="not been trained"):
        booked.WriteStateToFile()
    job.finish()
    written = booked.weight_file.read_bytes()
    booked.weight_file.unlink()
    booked.WriteStateToFile()
    assert booked.weight_file.read_bytes() == written
    booked.WriteStateToFile(tmp_path / "other" / "copy.weights.xml")
    assert (tmp_path / "other" / "copy.weights.xml").read_bytes() == written


def test_standalone_classes_are_refused_in_one_line(job: Any) -> None:
    booked = fisher(job)
    for call in (booked.MakeClass, lambda: job.factory.MakeClass(job.loader, "Fisher")):
        with pytest.raises(
            BookingError, match=r"^'Fisher': MakeClass does not write .* in this version"
        ) as error:
            call()
        assert "\n" not in str(error.value)


def test_cuts(job: Any) -> None:
    booked = job.factory.BookMethod(job.loader, TMVA.Types.kCuts, "Cuts", "FitMethod=MC:SampleSize=500")
    other = fisher(job)
    job.finish()
    low: list[float] = []
    high: list[float] = []
    efficiency = booked.GetCuts(0.7, low, high)
    reader = TMVA.Reader("Silent")
    for name in ("x0", "x1", "x2"):
        reader.AddVariable(name, [0.0])
    reader.BookMVA("Cuts", booked.weight_file)
    found = reader.FindCutsMVA("Cuts")
    assert found is not None
    assert found.GetCuts(0.7) == (efficiency, low, high)
    assert [found.GetInputVar(i) for i in range(found.GetNvar())] == ["x0", "x1", "x2"]
    x = job.loader.data_set().testing.x
    passed = ((x > low) & (x <= high)).all(axis=1)
    np.testing.assert_array_equal(found.evaluate(x, working_point=0.7) > 0.5, passed)
    with pytest.raises(BookingError, match=r"'Fisher' is Fisher: GetCuts is for Types.kCuts"):
        other.GetCuts(0.5)
    with pytest.raises(BookingError, match="'Cuts' has no response of two classes"):
        booked.GetSeparation()


class TestWeightFiles:
    def test_the_same_figures_as_those_of_the_job_that_trained(self, tmp_path: Path) -> None:
        first = make_job(tmp_path, trees=TREES, output=str(tmp_path / "first.root"))
        booked = fisher(first)
        first.finish()
        second = make_job(tmp_path, trees=TREES, output=str(tmp_path / "second.root"))
        again = second.factory.BookMethodWeightfile(second.loader, "Fisher", booked.weight_file)
        assert second.factory.GetMethod(second.loader, "Fisher") is again
        assert (again.GetName(), again.GetMethodTypeName()) == ("Fisher", "Fisher")
        assert again.GetMethodType() == TMVA.Types.kFisher
        other = second.factory.BookMethod(second.loader, TMVA.Types.kLD, "LD", "!H:!V")
        before = booked.weight_file.stat().st_mtime_ns
        second.finish()
        assert booked.weight_file.stat().st_mtime_ns == before, "it is not trained again"
        assert again.test_response.tolist() == booked.test_response.tolist()
        assert other.is_trained
        for name in ("Fisher",):
            ours, theirs = (job.factory.GetROCIntegral(job.loader, name) for job in (second, first))
            assert ours == theirs
        folder = first.loader.GetName().strip("/")
        with uproot.open(tmp_path / "first.root") as old, uproot.open(tmp_path / "second.root") as new:
            for tree in ("TestTree", "TrainTree"):
                expected = old[f"{folder}/{tree}"].arrays(library="np")["Fisher"]
                found = new[f"{folder}/{tree}"].arrays(library="np")["Fisher"]
                # The training's own response is that before the weights were rounded in the file.
                np.testing.assert_allclose(found, expected, rtol=1e-6)
            key = f"{folder}/Method_Fisher/Fisher/MVA_Fisher_rejBvsS"
            np.testing.assert_array_equal(new[key].values(), old[key].values())

    def test_alone(self, tmp_path: Path) -> None:
        first = make_job(tmp_path, trees=TREES)
        booked = fisher(first)
        first.finish()
        second = make_job(tmp_path, trees=TREES)
        second.factory.BookMethodWeightfile(second.loader, TMVA.Types.kFisher, str(booked.weight_file))
        second.factory.TestAllMethods()
        second.factory.EvaluateAllMethods()
        assert second.factory.GetROCIntegral(second.loader, "Fisher") == first.factory.GetROCIntegral(
            first.loader, "Fisher"
        )
        training = second.factory.GetROCIntegral(second.loader, "Fisher", 0, TMVA.Types.kTraining)
        response = read_weight_file(booked.weight_file).evaluate(second.loader.data_set().training.x)
        signal = second.loader.data_set().training.class_index == 0
        area = (response[signal][:, None] > response[~signal]).mean()
        assert training == pytest.approx(area, abs=1e-4)

    def test_what_does_not_fit(self, tmp_path: Path) -> None:
        first = make_job(tmp_path, trees=TREES)
        file = fisher(first).weight_file
        first.finish()
        job = make_job(tmp_path, trees=TREES)
        book = job.factory.BookMethodWeightfile
        with pytest.raises(WeightFileError, match="holds a Fisher, not a BDT"):
            book(job.loader, "BDT", file)
        book(job.loader, "Fisher", file)
        with pytest.raises(BookingError, match="has a method 'Fisher' already"):
            book(job.loader, "Fisher", file)
        two = make_job(tmp_path, trees=TREES, n_variables=2)
        with pytest.raises(
            BookingError, match="the data loader's variables are not those of the weight file"
        ):
            two.factory.BookMethodWeightfile(two.loader, "Fisher", file)
        turned = make_job(tmp_path, trees=dict(reversed(TREES.items())))
        with pytest.raises(BookingError, match="classes are Background, Signal, in this order"):
            turned.factory.BookMethodWeightfile(turned.loader, "Fisher", file)
        regression = make_job(tmp_path, "Regression")
        with pytest.raises(BookingError, match="is for Classification, not Regression"):
            regression.factory.BookMethodWeightfile(regression.loader, "Fisher", file)


def test_help_of_a_method_from_a_weight_file(
    job: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fisher(job)
    job.factory.TrainAllMethods()
    path = job.factory.GetMethod(job.loader, "Fisher").GetWeightFileName()
    other = make_job(tmp_path, trees=TREES, options="!V:!DrawProgressBar")
    other.factory.BookMethodWeightfile(other.loader, TMVA.Types.kFisher, path)
    capsys.readouterr()
    other.factory.PrintHelpMessage(other.loader)
    printed = capsys.readouterr().out
    assert "H e l p   f o r   M V A   m e t h o d   [ Fisher ] :" in printed
    assert "Fisher's linear discriminant" in printed
