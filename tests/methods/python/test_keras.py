"""PyKeras beside Keras itself: training, files, trust; run by `make test-oracles`."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from documents import blocks_of
from small_jobs import class_columns, make_job

import tmva_py as TMVA
from tmva_py.data import DataSet
from tmva_py.errors import BookingError, OptionError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods.dl.method import MethodDL
from tmva_py.methods.python.keras_booking import same_booking
from tmva_py.methods.python.keras_method import MethodPyKeras
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text, write_weight_file
from tmva_py.testing.method_checks import data_set

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

OUTPUTS = {"Classification": 2, "Multiclass": 3, "Regression": 1}


@pytest.fixture(scope="module")
def keras() -> Any:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("keras", reason="Keras on JAX is not installed")


def saved(keras: Any, path: Path, analysis: str = "Classification", *extra: Any) -> Path:
    keras.utils.set_random_seed(5)
    regression = analysis == "Regression"
    network = keras.Sequential(
        [
            keras.Input((3,)),
            *extra,
            keras.layers.Dense(12, activation="tanh"),
            keras.layers.Dense(OUTPUTS[analysis], activation="linear" if regression else "softmax"),
        ]
    )
    loss = "mean_squared_error" if regression else "categorical_crossentropy"
    network.compile(loss=loss, optimizer=keras.optimizers.Adam(0.02))
    network.save(path)
    return path


def booked(options: str, analysis: Any = "Classification") -> MethodPyKeras:
    info = data_set(analysis).info
    log = MessageLog("mine", silent=True)
    return MethodPyKeras("mine", info, analysis, f"Verbose=0:BatchSize=50:{options}", log=log)


def their_training(keras: Any, path: Path, data: DataSet, analysis: str, epochs: int) -> Any:
    events = data.training
    y = events.targets if analysis == "Regression" else np.eye(OUTPUTS[analysis])[events.class_index]
    n = len(events) - int(len(events) * 0.2)
    network = keras.saving.load_model(path)
    if path.suffix == ".h5":  # read by JAX its optimiser is not built
        network.compile(loss=network.loss, optimizer=keras.optimizers.Adam(0.02))
    history = network.fit(
        events.x[:n], y[:n], sample_weight=events.weight[:n], batch_size=50, epochs=epochs, verbose=0,
        validation_data=(events.x[n:], y[n:], events.weight[n:]),
    )  # fmt: skip
    return network, history.history


@pytest.mark.parametrize("analysis", ["Classification", "Multiclass", "Regression"])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_training_and_files_are_keras_own(keras: Any, tmp_path: Path, analysis: Any, ending: str) -> None:
    path, data = saved(keras, tmp_path / f"first{ending}", analysis), data_set(analysis)
    options = (
        f"FilenameModel={path}:FilenameTrainedModel={tmp_path / ('t' + ending)}:NumEpochs=4:SaveBestOnly=F"
    )
    method = booked(options, analysis)
    keras.utils.set_random_seed(9)
    trained = train_method(method, data)
    keras.utils.set_random_seed(9)
    network, history = their_training(keras, path, data, analysis, 4)
    x = data.testing.x
    expected = np.asarray(network.predict(x, verbose=0), np.float64)
    expected = expected[:, 0] if analysis == "Classification" else expected
    np.testing.assert_allclose(trained.evaluate(x), expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(method.training_history()["val_loss"], history["val_loss"], rtol=1e-5)
    file = tmp_path / "job_mine.weights.xml"
    write_weight_file(trained, file)
    assert "<Weights" not in file.read_text(encoding="utf-8")
    np.testing.assert_array_equal(read_weight_file(file).evaluate(x), trained.evaluate(x))
    assert read_weight_file(file).evaluate(x[:0]).shape == trained.evaluate(x)[:0].shape


@pytest.mark.parametrize("analysis", ["Classification", "Multiclass", "Regression"])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_the_same_network_without_keras_learns_the_same(
    keras: Any, tmp_path: Path, analysis: Any, ending: str
) -> None:
    """Other first weights and another order of the events; nearly the same responses after 40 epochs."""
    path, data = saved(keras, tmp_path / f"first{ending}", analysis), data_set(analysis)
    method = booked(f"FilenameModel={path}:NumEpochs=40", analysis)
    text = same_booking(method.option_values, analysis, method.n_outputs_of_model)
    assert text is not None
    keras.utils.set_random_seed(9)
    own = MethodDL("mine", data.info, analysis, f"{text}:RandomSeed=1", log=method.log)
    x = data.testing.x
    found, expected = (train_method(one, data).evaluate(x) for one in (own, method))
    for seen, wanted in zip(found.reshape(len(x), -1).T, expected.reshape(len(x), -1).T, strict=True):
        assert np.corrcoef(seen, wanted)[0, 1] > 0.95


def test_the_best_epoch_early_stopping_and_rates(keras: Any, tmp_path: Path) -> None:
    path, data = saved(keras, tmp_path / "first.keras"), data_set("Classification")
    method = booked(
        f"FilenameModel={path}:NumEpochs=30:TriesEarlyStopping=2:LearningRateSchedule=0,0.5;2,0.3"
    )
    trained = train_method(method, data)
    history = method.training_history()
    assert history["learning_rate"][:4].tolist() == pytest.approx(
        [0.5, 0.5, 0.3, 0.3][: len(history["loss"])]
    )
    best = int(np.argmin(history["val_loss"]))
    assert len(history["loss"]) == min(best + 3, 30)
    events = data.training
    n = len(events) - int(len(events) * 0.2)
    p = np.clip(trained.evaluate(events.x[n:]), 1e-7, 1 - 1e-7)
    loss = -np.log(np.where(events.class_index[n:] == 0, p, 1 - p))
    # Keras divides the weighted sum by the number of events.
    found = (loss * events.weight[n:]).sum() / len(loss)
    assert found == pytest.approx(history["val_loss"][best], rel=1e-4)


def test_what_runs_code_needs_trust(keras: Any, tmp_path: Path) -> None:
    path = saved(keras, tmp_path / "lambda.keras", "Classification", keras.layers.Lambda(lambda x: 2 * x))
    with pytest.raises(OptionError, match=r"it has .*[Ll]ambda.* TrustModel"):
        booked(f"FilenameModel={path}")
    option = f"FilenameModel={path}:FilenameTrainedModel={tmp_path / 't.keras'}:NumEpochs=1:TrustModel"
    trained = train_method(booked(option), data_set("Classification"))
    file = tmp_path / "a.weights.xml"
    write_weight_file(trained, file)
    assert "TrustModel" not in file.read_text(encoding="utf-8")
    with pytest.raises(WeightFileError, match=r"may run code in it.*trust=True"):
        read_weight_file(file)
    x = data_set("Classification").testing.x
    np.testing.assert_array_equal(TMVA.evaluate(file, x, trust=True), trained.evaluate(x))


def test_user_code_runs_with_trust_alone(keras: Any, tmp_path: Path) -> None:
    code = tmp_path / "user.py"
    mark = tmp_path / "ran"
    code.write_text(
        f"open({str(mark)!r}, 'a').write('x')\nload_model_custom_objects = {{}}\n", encoding="utf-8"
    )
    path = saved(keras, tmp_path / "first.keras")
    trained = train_method(
        booked(
            f"FilenameModel={path}:FilenameTrainedModel={tmp_path / 't.keras'}:NumEpochs=1:UserCode={code}"
        ),
        data_set("Classification"),
    )
    text = weight_text(trained)
    mark.unlink()
    read_weight_file(text)
    assert not mark.exists()
    read_weight_file(text, trust=True)
    assert mark.exists()


def test_models_that_do_not_fit(keras: Any, tmp_path: Path) -> None:
    path = saved(keras, tmp_path / "three.keras", "Multiclass")
    with pytest.raises(OptionError, match=r"outputs of shape \(None, 3\), expected \(None, 2\)"):
        booked(f"FilenameModel={path}")
    with pytest.raises(OptionError, match="LearningRateSchedule=1;2 is not understood"):
        booked(f"FilenameModel={path}:LearningRateSchedule=1;2", "Multiclass")
    with pytest.raises(OptionError, match="there is no such file"):
        booked("FilenameModel=nowhere.keras")
    factory = TMVA.Factory("job", "Silent:AnalysisType=Classification")
    loader = TMVA.DataLoader(str(tmp_path / "dataset"))
    loader.AddVariable("a")
    loader.AddSignalTree({"a": np.zeros(9)})
    loader.AddBackgroundTree({"a": np.ones(9)})
    with pytest.raises(BookingError, match="PyKeras cannot be boosted"):
        factory.BookMethod(loader, TMVA.Types.kPyKeras, "B", f"FilenameModel={path}:Boost_Num=2")
    with pytest.raises(OptionError, match="FilenameModel is needed"):
        booked("")
    (tmp_path / "text.keras").write_text("nothing", encoding="utf-8")
    with pytest.raises(OptionError, match="not a model of Keras"):
        booked(f"FilenameModel={tmp_path / 'text.keras'}")


def test_a_job(keras: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = saved(keras, tmp_path / "first.keras")
    trees = {"Signal": class_columns(500, 0.7), "Background": class_columns(500, 0.0, seed=2)}
    job = make_job(Path(), trees=trees, output="out.root", split="SplitMode=Block:NormMode=NumEvents")
    factory, loader = job.factory, job.loader
    options = f"H:!V:VarTransform=D,G:FilenameModel={path}:NumEpochs=8:BatchSize=32:Verbose=0:tf.keras"
    factory.BookMethod(loader, TMVA.Types.kPyKeras, "PyKeras", options)
    job.finish()
    assert factory.GetROCIntegral(loader, "PyKeras") > 0.75
    assert (tmp_path / "dataset" / "weights" / "TrainedModel_PyKeras.keras").is_file()
    found = TMVA.evaluate("dataset/weights/job_PyKeras.weights.xml", trees["Background"])
    assert 0 < found.mean() < 0.5


def test_the_example_of_the_page(
    keras: Any, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(5)
    (block,) = (
        one
        for one in blocks_of(project / "docs" / "python-methods.md", "python")
        if "keras.Sequential" in one.text
    )
    trees = {
        "Signal": class_columns(500, 0.7, n_variables=4),
        "Background": class_columns(500, 0.0, n_variables=4, seed=2),
    }
    job = make_job(Path(), trees=trees, n_variables=4)
    exec(block.text, {"TMVA": TMVA, "keras": keras, "factory": job.factory, "loader": job.loader})
    job.finish()
    assert job.factory.GetROCIntegral(job.loader, "PyKeras") > 0.75


def test_the_booking_on_the_page_of_migration(
    keras: Any, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What people have runs as it is; names and trees are those of a job around it."""
    monkeypatch.chdir(tmp_path)
    keras.utils.set_random_seed(3)
    (block,) = (
        one for one in blocks_of(project / "docs" / "migration.md", "python") if "Sequential()" in one.text
    )
    trees = {
        "Signal": class_columns(500, 0.7, n_variables=4),
        "Background": class_columns(500, 0.0, n_variables=4, seed=2),
    }
    job = make_job(Path(), trees=trees, n_variables=4)
    imported = {"Sequential": keras.models.Sequential, "Dense": keras.layers.Dense}
    exec(block.text, {"TMVA": TMVA, **imported, "factory": job.factory, "loader": job.loader})
    job.finish()
    assert job.factory.GetROCIntegral(job.loader, "PyKeras") > 0.75
