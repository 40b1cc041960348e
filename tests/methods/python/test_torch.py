"""PyTorch beside PyTorch itself: training, files, trust; run by `make test-oracles`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_jobs import class_columns, make_job

import tmva_py as TMVA
from tmva_py.errors import OptionError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, write_weight_file
from tmva_py.plugins import default_registry
from tmva_py.testing.method_checks import data_set

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

OUTPUTS = {"Classification": 2, "Multiclass": 3, "Regression": 1}
# In the shape of TMVA's tutorials.
USER_CODE = """
import torch

def train(model, train_loader, val_loader, num_epochs, batch_size,
          optimizer, criterion, save_best, scheduler):
    trainer = optimizer(model.parameters(), lr=0.02)
    schedule, steps = scheduler
    best = None
    for epoch in range(num_epochs):
        model.train()
        if schedule:
            schedule(trainer, epoch, steps)
        for x, y in train_loader:
            trainer.zero_grad()
            criterion(model(x), y).backward()
            trainer.step()
        model.eval()
        with torch.no_grad():
            value = sum(float(criterion(model(x), y)) for x, y in val_loader)
        rates.append(trainer.param_groups[0]["lr"])
        values.append(value)
        if best is None:
            best = value
        if save_best:
            best = save_best(model, value, best)
    return model

def predict(model, test_X, batch_size=32):
    model.eval()
    with torch.no_grad():
        return model(torch.as_tensor(test_X)).numpy()

rates, values = [], []
load_model_custom_objects = {
    "optimizer": torch.optim.Adam,
    "criterion": CRITERION,
    "train_func": train,
    "predict_func": predict,
    "rates": rates,
    "values": values,
}
"""


@pytest.fixture(scope="module")
def torch() -> Any:
    return pytest.importorskip("torch")


def files(torch: Any, folder: Path, analysis: str = "Classification") -> tuple[Path, Path]:
    torch.manual_seed(3)
    layers = [torch.nn.Linear(3, 12), torch.nn.Tanh(), torch.nn.Linear(12, OUTPUTS[analysis])]
    if analysis != "Regression":
        layers.append(torch.nn.Softmax(dim=1))
    torch.jit.save(torch.jit.script(torch.nn.Sequential(*layers)), str(folder / "first.pt"))
    loss = "torch.nn.MSELoss()" if analysis == "Regression" else "torch.nn.BCELoss()"
    (folder / "user.py").write_text(USER_CODE.replace("CRITERION", loss), encoding="utf-8")
    return folder / "first.pt", folder / "user.py"


def booked(options: str, analysis: Any = "Classification") -> Any:
    info = data_set(analysis).info
    cls = default_registry().find("method", "PyTorch")
    return cls("mine", info, analysis, options, log=MessageLog("mine", silent=True))


@pytest.mark.parametrize("analysis", ["Classification", "Multiclass", "Regression"])
def test_training_and_files_are_pytorchs_own(torch: Any, tmp_path: Path, analysis: Any) -> None:
    (first, code), data = files(torch, tmp_path, analysis), data_set(analysis)
    option = f"FilenameModel={first}:UserCode={code}:FilenameTrainedModel={tmp_path / 't.pt'}:SaveBestOnly=F"
    trained = train_method(booked(f"{option}:NumEpochs=5:BatchSize=50", analysis), data)

    names: dict[str, Any] = {}
    exec(code.read_text(encoding="utf-8"), names)
    events = data.training
    y = events.targets if analysis == "Regression" else np.eye(OUTPUTS[analysis])[events.class_index]
    n = len(events) - int(len(events) * 0.2)
    loaders = []
    for part in (slice(n), slice(n, None)):
        tensors = torch.utils.data.TensorDataset(torch.Tensor(events.x[part]), torch.Tensor(y[part]))
        loaders.append(torch.utils.data.DataLoader(tensors, batch_size=50, shuffle=False))
    objects = names["load_model_custom_objects"]
    own = objects["train_func"](
        torch.jit.load(str(first)),
        *loaders,
        5,
        50,
        objects["optimizer"],
        objects["criterion"],
        None,
        (None, None),
    )
    x = data.testing.x
    expected = np.asarray(objects["predict_func"](own, x), np.float64)
    expected = expected[:, 0] if analysis == "Classification" else expected
    np.testing.assert_allclose(trained.evaluate(x), expected, rtol=0, atol=1e-6)

    file = tmp_path / "job_mine.weights.xml"
    write_weight_file(trained, file)
    assert "<Weights" not in file.read_text(encoding="utf-8")
    with pytest.raises(WeightFileError, match=r"t.pt is a program of TorchScript.*trust=True"):
        read_weight_file(file)
    again = read_weight_file(file, trust=True)
    np.testing.assert_array_equal(again.evaluate(x), trained.evaluate(x))
    assert again.evaluate(x[:0]).shape == trained.evaluate(x)[:0].shape


def test_the_best_epoch_and_rates(torch: Any, tmp_path: Path) -> None:
    first, code = files(torch, tmp_path)
    data = data_set("Classification")
    options = "NumEpochs=6:BatchSize=50:LearningRateSchedule=2,0.5;3,3.0"
    method = booked(f"FilenameModel={first}:UserCode={code}:{options}")
    trained = train_method(method, data)
    objects = method._objects["train_func"].__globals__
    assert objects["rates"] == [0.02, 0.02, 0.5, 3.0, 3.0, 3.0]
    best = int(np.argmin(objects["values"]))
    assert best < 5  # such rates spoil it
    events = data.training
    n = len(events) - int(len(events) * 0.2)
    x, y = torch.Tensor(events.x[n:]), torch.Tensor(np.eye(2)[events.class_index[n:]])
    network = trained.model.network  # type: ignore[attr-defined]
    loss = torch.nn.BCELoss()
    found = sum(float(loss(network(a), b)) for a, b in zip(x.split(50), y.split(50), strict=True))
    assert found == pytest.approx(objects["values"][best], rel=1e-5)


def test_the_scripts_own_dictionary(torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, code = files(torch, tmp_path)
    option = f"FilenameModel={first}:FilenameTrainedModel={tmp_path / 't.pt'}:NumEpochs=1"
    with pytest.raises(OptionError, match=r"needs 'train_func', and is not defined"):
        booked(option)
    names: dict[str, Any] = {}
    exec(code.read_text(encoding="utf-8"), names)
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "load_model_custom_objects", names["load_model_custom_objects"], raising=False)
    trained = train_method(booked(option), data_set("Classification"))
    file = tmp_path / "a.weights.xml"
    write_weight_file(trained, file)
    monkeypatch.delattr(main, "load_model_custom_objects")
    x = data_set("Classification").testing.x
    again = read_weight_file(file, trust=True)
    with pytest.raises(OptionError, match="needs 'predict_func'"):
        again.evaluate(x)
    # As one of TMVA's tutorials: defined after BookMVA.
    monkeypatch.setattr(main, "load_model_custom_objects", names["load_model_custom_objects"], raising=False)
    np.testing.assert_array_equal(again.evaluate(x), trained.evaluate(x))


def test_what_cannot_be_booked(torch: Any, tmp_path: Path) -> None:
    first, code = files(torch, tmp_path)
    (tmp_path / "bad.pt").write_text("nothing", encoding="utf-8")
    with pytest.raises(OptionError, match="is no TorchScript model"):
        booked(f"FilenameModel={tmp_path / 'bad.pt'}:UserCode={code}")
    with pytest.raises(OptionError, match=r"UserCode=nowhere\.py cannot be read"):
        booked(f"FilenameModel={first}:UserCode=nowhere.py")
    code.write_text("load_model_custom_objects = {'train_func': None}", encoding="utf-8")
    with pytest.raises(OptionError, match="needs 'criterion', and has only train_func"):
        booked(f"FilenameModel={first}:UserCode={code}")


def test_a_job(torch: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, code = files(torch, tmp_path)
    trees = {"Signal": class_columns(500, 0.7), "Background": class_columns(500, 0.0, seed=2)}
    job = make_job(Path(), trees=trees, output="out.root", split="SplitMode=Block:NormMode=NumEvents")
    factory, loader = job.factory, job.loader
    options = f"H:!V:VarTransform=D,G:FilenameModel={first}:UserCode={code}:NumEpochs=8:BatchSize=32"
    factory.BookMethod(loader, TMVA.Types.kPyTorch, "PyTorch", options)
    job.finish()
    assert factory.GetROCIntegral(loader, "PyTorch") > 0.75
    assert (tmp_path / "dataset" / "weights" / "TrainedModel_PyTorch.pt").is_file()
