"""Without Keras and PyTorch: refused with the line that installs them; TMVA's file is understood."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tmva_py.cli.inspect import command as inspect
from tmva_py.errors import MissingExtraError, OptionError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods.python.fitting import learning_rate_steps
from tmva_py.methods.python.keras_files import not_plain
from tmva_py.methods.python.user_code import custom_objects
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.plugins import default_registry
from tmva_py.testing.method_checks import data_set
from tmva_py.weights import WeightFile


def booked(name: str, options: str) -> Any:
    info = data_set("Classification").info
    cls = default_registry().find("method", name)
    return cls("mine", info, "Classification", options, log=MessageLog("mine", silent=True))


@pytest.mark.parametrize(("method", "package"), [("PyKeras", "keras"), ("PyTorch", "torch")])
def test_a_missing_package_is_named(method: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"pip install 'tmva-py\[{package}\]'"):
        booked(method, "FilenameModel=model")


def keras_file(path: Path, *layers: dict[str, Any], loss: str = "categorical_crossentropy") -> None:
    """Write what Keras says of a model of some layers, without weights."""
    glorot = {"class_name": "GlorotUniform"}
    common = {"use_bias": True, "kernel_initializer": glorot}
    shown = [
        {"class_name": one.pop("class_name", "Dense"), "config": {**common, **one}}
        for one in map(dict, layers)
    ]
    optimizer = {"class_name": "SGD", "config": {"learning_rate": 0.009999999776482582, "momentum": 0.9}}
    found = {
        "class_name": "Sequential",
        "config": {"layers": [{"class_name": "InputLayer", "config": {}}, *shown]},
        "compile_config": {"optimizer": optimizer, "loss": loss},
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(found))


HIDDEN, LAST = {"units": 5, "activation": "relu"}, {"units": 2, "activation": "softmax"}


def test_the_same_network_without_keras(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The line books a network that can be trained."""
    monkeypatch.setitem(sys.modules, "keras", None)
    path = tmp_path / "model.keras"
    keras_file(path, HIDDEN, LAST)
    with pytest.raises(MissingExtraError, match=r"Types\.kDL") as caught:
        booked("PyKeras", f"FilenameModel={path}:NumEpochs=3:BatchSize=40:VarTransform=N")
    text = str(caught.value).split('"')[-2]
    assert text == (
        "Layout=DENSE|5|RELU,DENSE|1|LINEAR:ErrorStrategy=CROSSENTROPY:WeightInitialization=XAVIERUNIFORM"
        ":VarTransform=N:ValidationSize=20%:TrainingStrategy=Optimizer=SGD,LearningRate=0.01,Momentum=0.9"
        ",BatchSize=40,MaxEpochs=3,ConvergenceSteps=3,TestRepetitions=1"
    )
    data = data_set("Classification")
    found = train_method(booked("DL", f"{text}:RandomSeed=1"), data).evaluate(data.testing.x)
    assert ((found > 0) & (found < 1)).all()


@pytest.mark.parametrize(
    "layers",
    [
        (HIDDEN, {"class_name": "Dropout", "rate": 0.5}, LAST),
        ({"units": 5, "activation": "elu"}, LAST),
        (HIDDEN, {"units": 2, "activation": "relu"}),
        (HIDDEN, {"units": 3, "activation": "softmax"}),
        (),
    ],
)
def test_other_networks_have_no_such_line(
    layers: tuple[dict[str, Any], ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "keras", None)
    path = tmp_path / "model.keras"
    keras_file(path, *layers)
    with pytest.raises(MissingExtraError, match=r"tmva-py\[keras\]'$"):
        booked("PyKeras", f"FilenameModel={path}")


def test_tmvas_weight_file_of_keras_names_its_model(shared: Path) -> None:
    path = shared / "golden" / "parse_only" / "pykeras_classification.xml"
    with pytest.raises(WeightFileError, match=r"keras_shallow_model_old_TMVA_trained_model.h5"):
        read_weight_file(path)
    shown = CliRunner().invoke(inspect, [str(path)])
    assert shown.exit_code == 0
    assert "its model file is not there" in shown.output
    found = WeightFile.read(path)
    declared = default_registry().find("method", "PyKeras").options
    own = [option.name for option in found.options][6:]
    assert own == [option.name for option in declared if option.in_files]


TORCH_ADAM = "keras.src.backend.torch.optimizers.torch_adam"


@pytest.mark.parametrize(
    "configuration",
    [
        {"class_name": "Lambda", "config": {}},
        {"module": "builtins", "class_name": "function", "config": "mine", "registered_name": "function"},
        {"module": "keras.utils", "class_name": "get_file", "config": {}},
        {"module": None, "class_name": "Mine", "registered_name": "mine>Mine"},
        {"config": {"layers": [{"config": {"function": {"class_name": "__lambda__"}}}]}},
        {"compile_config": {"loss": {"module": "os", "class_name": "system"}}},
        {"module": "keras.src.backend.torch.optimizers.torch_adam", "class_name": "torch"},
        {
            "module": "keras.src.backend.torch.optimizers.torch_adam",
            "class_name": "Adam",
            "registered_name": "a>A",
        },
    ],
)
def test_models_that_run_code_are_known(configuration: Any) -> None:
    assert not_plain({"module": "keras", "class_name": "Sequential", "config": [configuration]}) is not None


def test_keras_own_optimisers_are_plain() -> None:
    adam = {
        "module": "keras.src.backend.torch.optimizers.torch_adam",
        "class_name": "Adam",
        "registered_name": "Adam",
    }
    assert not_plain({"compile_config": {"optimizer": adam}}) is None


def test_learning_rates() -> None:
    assert learning_rate_steps("me", "10,0.01;20,0.005") == {10: 0.01, 20: 0.005}
    assert learning_rate_steps("me", "") == {}
    with pytest.raises(OptionError, match=r"expected 50,0\.01;70,0\.005"):
        learning_rate_steps("me", "10")


def test_user_code_that_is_no_code(tmp_path: Path) -> None:
    path = tmp_path / "user.py"
    for content in (b"\xff\xfe\xfa", b"def :"):
        path.write_bytes(content)
        with pytest.raises(OptionError, match="is no text in Python"):
            custom_objects("PyTorch 'mine'", str(path))


def test_names_of_model_files_that_are_too_long(shared: Path, tmp_path: Path) -> None:
    text = (shared / "golden" / "parse_only" / "pykeras_classification.xml").read_text()
    path = tmp_path / "long.xml"
    pattern = r'(<Option name="FilenameTrainedModel"[^>]*>)[^<]*'
    path.write_text(re.sub(pattern, rf"\g<1>{'m' * 5000}", text))
    with pytest.raises(WeightFileError, match="its model file is not there"):
        read_weight_file(path)
