"""Every kind of analysis from booking to the reader: classes, several classes, one target and two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from small_jobs import Job, class_columns, make_job, regression_columns

import tmva_py as TMVA
from tmva_py.booking.booked_method import BookedMethod
from tmva_py.errors import BookingError, OptionError, ShapeError, TMVAWarning
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.weights import WeightFile

STRATEGY = (
    "TrainingStrategy=MaxEpochs=40,BatchSize=20,LearningRate=1e-2,ConvergenceSteps=40,TestRepetitions=1"
)
NAMES = ("red", "green", "blue")
CENTRES = np.array([[2.0, 0.0, 0.0], [-1.0, 2.0, 0.0], [-1.0, -2.0, 0.0]])


def weight_file(job: Job, title: str = "DL") -> Path:
    return job.folder / "dataset" / "weights" / f"job_{title}.weights.xml"


def attributes(path: Path) -> dict[str, str]:
    """Return the attributes of ``<Weights>``."""
    line = next(line for line in path.read_text().splitlines() if "<Weights NetDepth" in line)
    return dict(part.split("=") for part in line.replace('"', "").strip("<> ").split()[1:])


def reader_for(job: Job, n_variables: int = 3) -> tuple[Any, list[np.ndarray]]:
    reader = TMVA.Reader("!Color:Silent")
    buffers = [np.zeros(1, np.float32) for _ in range(n_variables)]
    for number, buffer in enumerate(buffers):
        reader.AddVariable(f"x{number}", buffer)
    reader.BookMVA("DL", str(weight_file(job)))
    return reader, buffers


def check_file(job: Job, booked: BookedMethod) -> WeightFile:
    """What is read answers as what was trained, and writing it again changes nothing."""
    path = weight_file(job)
    found = WeightFile.read(path)
    again = read_weight_file(path)
    assert weight_text(again) == path.read_text()
    assert again.model.network.parameters.tobytes() == booked.method.network.parameters.tobytes()
    data_set = job.loader.data_set(None)
    answers = again.evaluate(data_set.training.x)
    np.testing.assert_array_equal(booked.training_response, answers.astype(np.float32))
    answers = again.evaluate(data_set.testing.x)
    np.testing.assert_array_equal(answers, booked.trained.evaluate(data_set.testing.x))
    np.testing.assert_array_equal(booked.test_response, answers.astype(np.float32))
    return found


# --- two classes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("loss", "code"), [("CROSSENTROPY", "C"), ("SUMOFSQUARES", "R")])
@pytest.mark.parametrize(
    "layout", ["DENSE|8|TANH,LINEAR", "DENSE|8|TANH,DENSE|2|LINEAR", "DENSE|8|TANH,DENSE|5|LINEAR"]
)
def test_two_classes_and_any_number_of_outputs(loss: str, code: str, layout: str, tmp_path: Path) -> None:
    """With several outputs the first one answers, through the sigmoid; it is the signal's."""
    job = make_job(tmp_path)
    booked = job.book(f"!H:!V:ErrorStrategy={loss}:Layout={layout}:{STRATEGY}")
    job.factory.TrainAllMethods()
    trained = booked.trained
    job.factory.TestAllMethods()
    found = check_file(job, booked)
    assert found.info.classes == ["Signal", "Background"]
    assert (found.analysis_type, found.info.targets) == ("Classification", [])
    assert "<Targets" not in weight_file(job).read_text()
    said = attributes(weight_file(job))
    assert (said["LossFunction"], said["OutputFunction"]) == (code, "S")
    x = job.loader.data_set(None).testing.x
    raw = np.asarray(trained.model.network.forward(trained.transformations.apply(x)))[:, 0].astype(float)
    np.testing.assert_allclose(trained.evaluate(x), 1 / (1 + np.exp(-raw)), rtol=0, atol=1e-6)
    assert job.factory.GetROCIntegral(job.loader, "DL") > 0.8


def test_the_second_output_is_the_background(tmp_path: Path) -> None:
    """One-hot over the classes in their order, also where the signal does not come first."""
    trees = {"Background": class_columns(200, 0.0, seed=2), "Signal": class_columns(200, 1.0, seed=1)}
    job = make_job(tmp_path, trees=trees)
    booked = job.book(f"!H:!V:ErrorStrategy=CROSSENTROPY:Layout=DENSE|8|TANH,DENSE|2|LINEAR:{STRATEGY}")
    job.factory.TrainAllMethods()
    trained = booked.trained
    data = job.loader.data_set(None).testing
    raw = np.asarray(trained.model.network.forward(data.x))
    truth = np.eye(2)[data.class_index]
    for column in range(2):
        assert np.corrcoef(raw[:, column], truth[:, column])[0, 1] > 0.5


def test_mutual_exclusion_is_for_several_classes(tmp_path: Path) -> None:
    with pytest.raises(
        OptionError, match=r"ErrorStrategy=MUTUALEXCLUSIVE needs several classes; .*CROSSENTROPY"
    ):
        make_job(tmp_path).book("Layout=LINEAR:ErrorStrategy=MUTUALEXCLUSIVE")


# --- several classes ----------------------------------------------------------------------------------------


def colours(n_events: int = 150) -> dict[str, dict[str, np.ndarray]]:
    random = np.random.default_rng(11)
    return {
        name: {f"x{i}": (random.normal(0, 1, n_events) + centre[i]).astype(np.float32) for i in range(3)}
        for name, centre in zip(NAMES, CENTRES, strict=True)
    }


@pytest.mark.parametrize(
    ("loss", "code"), [("CROSSENTROPY", "C"), ("SUMOFSQUARES", "R"), ("MUTUALEXCLUSIVE", "S")]
)
def test_multiclass_with_every_error_strategy(loss: str, code: str, tmp_path: Path) -> None:
    job = make_job(tmp_path, "Multiclass", trees=colours(), output=tmp_path / "out.root")
    booked = job.book(f"!H:!V:ErrorStrategy={loss}:VarTransform=N:Layout=DENSE|8|TANH,LINEAR:{STRATEGY}")
    job.factory.TrainAllMethods()
    trained = booked.trained
    job.factory.TestAllMethods()
    job.factory.EvaluateAllMethods()
    found = check_file(job, booked)
    assert found.analysis_type == "Multiclass"
    assert found.info.classes == list(NAMES)
    said = attributes(weight_file(job))
    assert (said["LossFunction"], said["OutputFunction"]) == (code, "M")
    data = job.loader.data_set(None).testing
    # Softmax whatever was trained.
    raw = np.asarray(trained.model.network.forward(trained.transformations.apply(data.x))).astype(float)
    expected = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(trained.evaluate(data.x), expected, rtol=0, atol=1e-6)
    assert (booked.test_response.argmax(axis=1) == data.class_index).mean() > 0.85
    for index in range(3):
        assert job.factory.GetROCIntegral(job.loader, "DL", index) > 0.9
    reader, buffers = reader_for(job)
    for row in range(5):
        for buffer, value in zip(buffers, data.x[row], strict=True):
            buffer[0] = value
        answer = reader.EvaluateMulticlass("DL")
        np.testing.assert_array_equal(answer, trained.evaluate(data.x[row : row + 1])[0])
        assert reader.EvaluateMulticlass(1, "DL") == answer[1]
    np.testing.assert_array_equal(reader.EvaluateMulticlass(data.x, "DL"), trained.evaluate(data.x))
    with uproot.open(tmp_path / "out.root") as file:
        tree = file[next(key for key in file.keys(cycle=False) if key.endswith("TestTree"))]
        stored = tree["DL"].array(library="np")
    stored = np.stack([stored[name] for name in NAMES], axis=1) if stored.dtype.names else np.stack(stored)
    np.testing.assert_array_equal(stored, booked.test_response)


def softplus(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def test_the_losses_of_several_classes_are_roots(tmp_path: Path) -> None:
    """The validation error after the last epoch, by the formulas of the losses on the raw outputs."""
    formulas = {
        "CROSSENTROPY": lambda z, y: (softplus(z) - y * z).sum() / z.size,
        "SUMOFSQUARES": lambda z, y: ((z - y) ** 2).sum() / z.size,
        "MUTUALEXCLUSIVE": lambda z, y: (
            -(y * (z - np.log(np.exp(z).sum(axis=1, keepdims=True)))).sum() / len(z)
        ),
    }
    for loss, formula in formulas.items():
        job = make_job(tmp_path / loss, "Multiclass", trees=colours())
        booked = job.book(f"!H:!V:ErrorStrategy={loss}:Layout=DENSE|8|TANH,LINEAR:{STRATEGY}")
        job.factory.TrainAllMethods()
        trained = booked.trained
        data = job.loader.data_set(None).training
        x, y = data.x[180:], np.eye(3)[data.class_index[180:]]  # the last 20 % of 225 events
        raw = np.asarray(trained.model.network.forward(x)).astype(float)
        best = min(booked.method.training_history()["valError"])
        assert formula(raw, y) == pytest.approx(best, rel=2e-5), loss


def test_outputs_and_classes(tmp_path: Path) -> None:
    """ROOT reads beyond its matrices; a softmax over more outputs than classes would not add up to one."""
    job = make_job(tmp_path, "Multiclass", trees=colours())
    for width in (1, 2, 4):
        message = rf"the last layer gives {width} outputs?, expected 3, one for each class \(red, green"
        with pytest.raises(ShapeError, match=message) as caught:
            job.book(f"!H:!V:Layout=DENSE|8|TANH,DENSE|{width}|LINEAR")
        assert "end the layout with LINEAR, which has 3" in str(caught.value)
    assert not list(tmp_path.rglob("*.xml"))


# --- regression ---------------------------------------------------------------------------------------------


def rms(values: np.ndarray) -> np.ndarray:
    return np.sqrt(np.mean(values**2, axis=0))


TRANSFORMATIONS = [
    "N", "N(_V_,_T_)", "N(_T_)", "G(_T_)", "U", "D(_T_)", "P(_T_)", "N,G", "N,G(_V_,_T_)", "D(_V_)+N(_T_)",
    "N,G(_T_),N", "N(_V0_,_T1_),N(_T0_)",
]  # fmt: skip


@pytest.mark.parametrize("transformation", TRANSFORMATIONS)
def test_regression_inverts_the_whole_chain(transformation: str, tmp_path: Path) -> None:
    """Two targets of different size; ROOT would invert one step of a chain."""
    job = make_job(tmp_path, "Regression", targets=("t0", "t1"), n_events=400)
    booked = job.book(f"!H:!V:VarTransform={transformation}:Layout=DENSE|8|TANH,LINEAR:{STRATEGY}")
    job.factory.TrainAllMethods()
    trained = booked.trained
    job.factory.TestAllMethods()
    job.factory.EvaluateAllMethods()
    found = check_file(job, booked)
    assert found.analysis_type == "Regression"
    assert (found.info.classes, [one.expression for one in found.info.targets]) == (
        ["Regression"],
        ["t0", "t1"],
    )
    said = attributes(weight_file(job))
    assert (said["LossFunction"], said["OutputFunction"]) == ("R", "I")
    data_set = job.loader.data_set(None)
    # The chain and its inverse are each other's inverse on the targets.
    targets = data_set.training.targets
    there = trained.transformations.apply_events(data_set.training).targets
    assert not np.array_equal(there, targets)
    back = trained.transformations.inverse_targets(there)
    spread = targets.std(axis=0)
    error = np.sort(np.abs(back - targets) / spread, axis=0)
    if "G" in transformation or "U" in transformation:
        # The largest targets have all events below them: the distribution is flat there, as in ROOT.
        assert error[:-2].max() < 1e-3
    else:
        assert error.max() < 2e-6
    # By hand: variables forward, the network, targets backward.
    x = data_set.testing.x
    outputs = np.asarray(trained.model.network.predict(trained.transformations.apply(x)))
    np.testing.assert_array_equal(trained.evaluate(x), trained.transformations.inverse_targets(outputs))
    residual = rms(booked.test_response - data_set.testing.targets) / data_set.testing.targets.std(axis=0)
    assert (residual < 0.85).all(), residual


def test_the_inverse_of_two_steps_by_hand(tmp_path: Path) -> None:
    """``N,N``: the second range is [-1, 1], so that v = Min + (v' + 1)(Max - Min)/2 remains."""
    for transformation in ("N(_T_)", "N(_T_),N(_T_)"):
        job = make_job(tmp_path, "Regression", targets=("t0",))
        booked = job.book(f"!H:!V:VarTransform={transformation}:Layout=LINEAR:{STRATEGY}")
        job.factory.TrainAllMethods()
        trained = booked.trained
        targets = job.loader.data_set(None).training.targets[:, 0].astype(float)
        low, high = targets.min(), targets.max()
        outputs = np.array([[-1.0], [-0.25], [0.0], [1.0], [1.5]])
        expected = low + (outputs + 1) * (high - low) / 2
        np.testing.assert_allclose(trained.transformations.inverse_targets(outputs), expected, rtol=1e-6)


@pytest.mark.parametrize("targets", [("t0",), ("t0", "t1")])
def test_regression_through_the_reader(targets: tuple[str, ...], tmp_path: Path) -> None:
    job = make_job(tmp_path, "Regression", targets=targets, output=tmp_path / "out.root", n_events=400)
    booked = job.run(f"!H:!V:VarTransform=N,G(_V_,_T_):Layout=DENSE|8|TANH,LINEAR:{STRATEGY}")
    data = job.loader.data_set(None).testing
    reader, buffers = reader_for(job)
    expected = booked.trained.evaluate(data.x)
    for row in range(5):
        for buffer, value in zip(buffers, data.x[row], strict=True):
            buffer[0] = value
        np.testing.assert_array_equal(reader.EvaluateRegression("DL"), expected[row])
        for number in range(len(targets)):
            assert reader.EvaluateRegression(number, "DL") == expected[row, number]
    np.testing.assert_array_equal(reader.EvaluateRegression(data.x, "DL"), expected)
    np.testing.assert_array_equal(TMVA.evaluate(weight_file(job), data.x), expected)
    with pytest.raises(BookingError, match="'DL' is for Regression; use EvaluateRegression"):
        reader.EvaluateMulticlass("DL")
    with uproot.open(tmp_path / "out.root") as file:
        tree = file[next(key for key in file.keys(cycle=False) if key.endswith("TestTree"))]
        np.testing.assert_array_equal(tree["t0"].array(library="np"), data.targets[:, 0])


def test_outputs_and_targets(tmp_path: Path) -> None:
    job = make_job(tmp_path, "Regression", targets=("t0", "t1"))
    for width in (1, 3):
        message = rf"the last layer gives {width} outputs?, expected 2, one for each target \(t0, t1\)"
        with pytest.raises(ShapeError, match=message):
            job.book(f"!H:!V:Layout=DENSE|8|TANH,DENSE|{width}|LINEAR")
    with pytest.raises(ShapeError, match="expected a flat"):
        make_job(tmp_path).book("InputLayout=3|1:Layout=LSTM|1|1|3|0|1")


def test_other_losses_of_a_regression_are_replaced(tmp_path: Path) -> None:
    """ROOT's default, CROSSENTROPY, is replaced in silence; what the user wrote with a warning."""
    job = make_job(tmp_path, "Regression")
    job.book("Layout=LINEAR")
    for loss in ("CROSSENTROPY", "MUTUALEXCLUSIVE"):
        with pytest.warns(
            TMVAWarning, match=f"ErrorStrategy={loss} is for classes; regression is trained with"
        ):
            job.book(f"Layout=LINEAR:ErrorStrategy={loss}", loss)
    job.factory.TrainAllMethods()
    for title in ("DL", "CROSSENTROPY", "MUTUALEXCLUSIVE"):
        assert attributes(weight_file(job, title))["LossFunction"] == "R"


def test_targets_are_expressions_too(tmp_path: Path) -> None:
    job = make_job(tmp_path, "Regression", targets=("sum := t0+t1",), trees=regression_columns(300))
    booked = job.run(f"!H:!V:VarTransform=N:Layout=DENSE|8|TANH,LINEAR:{STRATEGY}")
    target = WeightFile.read(weight_file(job)).info.targets[0]
    assert (target.expression, target.label, target.internal_name) == ("t0+t1", "sum", "sum")
    data = job.loader.data_set(None).testing
    assert np.corrcoef(booked.test_response[:, 0], data.targets[:, 0])[0, 1] > 0.8


def test_a_method_that_is_booked_after_a_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As in a notebook: what is trained stays, what is new is trained."""
    job = make_job(tmp_path, options="!V:!DrawProgressBar")
    job.book("!H:!V:Layout=LINEAR", "First")
    job.factory.TrainAllMethods()
    first = weight_file(job, "First").read_bytes()
    job.book("!H:!V:Layout=LINEAR", "Second")
    capsys.readouterr()
    job.factory.TrainAllMethods()
    printed = capsys.readouterr().out
    assert "Method First is trained already and stays as it is; book another title" in printed
    assert "Train method: Second for Classification" in printed
    assert weight_file(job, "First").read_bytes() == first
    job.factory.TestAllMethods()
    job.factory.EvaluateAllMethods()
    assert weight_file(job, "Second").exists()
