"""The options of MethodDL: table, booking strings of tutorials, and texts with a meaning of their own."""

from __future__ import annotations

import re
import sys
import warnings

import pytest

from tmva_py.backends.cupy_backend import CupyBackend
from tmva_py.errors import OptionError, TMVAWarning, TrainingError
from tmva_py.methods.dl.options import (
    DL_OPTIONS,
    ROOT_ARCHITECTURES,
    dl_options,
    resolve_architecture,
    validation_events,
)
from tmva_py.methods.dl.training_strategy import DEFAULT_STRATEGY
from tmva_py.methods.options import BASE_OPTIONS
from tmva_py.options import parse_option_string
from tmva_py.plugins import Registry, default_registry

TABLE = (*BASE_OPTIONS, *DL_OPTIONS)


def read(text: str):
    return parse_option_string(text, TABLE, owner="DL 'DNN'")


def test_defaults():
    values = read("")
    assert values["InputLayout"] == values["BatchLayout"] == "0|0|0"
    assert values["Layout"] == "DENSE|(N+100)*2|SOFTSIGN,DENSE|0|LINEAR"
    assert values["TrainingStrategy"] == DEFAULT_STRATEGY
    assert (values["ErrorStrategy"], values["WeightInitialization"]) == ("CROSSENTROPY", "XAVIER")
    assert (values["RandomSeed"], values["ValidationSize"], values["Architecture"]) == (0, "20%", "CPU")


def test_the_order_is_that_of_real_files(shared):
    text = (shared / "golden" / "dl_lstm_seq" / "weights.xml").read_text(encoding="utf-8")
    names = re.findall(r'<Option name="([^"]*)"', text)
    assert [option.name for option in TABLE] == names


def test_options_of_real_files_are_written_alike(shared):
    found = 0
    for path in sorted(shared.glob("golden/*/weights.xml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        if 'Method="DL::' not in text:
            continue
        stored = re.findall(r'<Option name="([^"]*)" modified="([^"]*)">([^<]*)<', text)
        given = ":".join(f"{name}={value}" for name, modified, value in stored if modified == "Yes")
        values = read(given)
        for name, modified, value in stored:
            assert (name in values.given) == (modified == "Yes")
            if modified == "Yes":
                assert values.text(name) == value
        found += 1
    assert found >= 5


def test_the_tutorials_booking_string():
    values = read(
        "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=None:WeightInitialization=XAVIERUNIFORM:ValidationSize=0.2:"
        "RandomSeed=1234:InputLayout=10|30:Layout=LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR:"
        "TrainingStrategy=LearningRate=1e-3,Momentum=0.0,MaxEpochs=20,Optimizer=ADAM,DropConfig=0.0+0.+0.+0.:"
        "Architecture=CPU"
    )
    assert values["InputLayout"] == "10|30"
    assert values["TrainingStrategy"].startswith("LearningRate=1e-3,")
    assert values["RandomSeed"] == 1234


def test_a_blank_cuts_the_strategy_and_is_named():
    with pytest.warns(TMVAWarning, match="ends at the first blank") as caught:
        values = read("TrainingStrategy=LearningRate=1e-3, Momentum=0.9")
    assert values["TrainingStrategy"] == "LearningRate=1e-3,"
    assert "Momentum=0.9" in str(caught[0].message)


def test_bare_architecture_is_read_loosely():
    with pytest.warns(TMVAWarning, match="write Architecture=CPU"):
        assert read("CPU")["Architecture"] == "CPU"


def test_unknown_architecture():
    with pytest.raises(OptionError, match=r"does not have predefined value: 'CUDA'"):
        read("Architecture=CUDA")


@pytest.mark.parametrize(
    ("text", "n_events", "expected"),
    [
        ("20%", 1000, 200),
        ("0.2", 1000, 200),
        ("100", 1000, 100),
        ("12.5%", 100, 12),
        ("0.999", 10, 9),
        ("1", 10, 1),
    ],
)
def test_validation_size(text, n_events, expected):
    assert validation_events(text, n_events) == expected


@pytest.mark.parametrize("text", ["", "%", "many", "20 %", "20%%", "1e", "nan", "0x10"])
def test_validation_size_that_cannot_be_read(text):
    with pytest.raises(OptionError, match="expected a percentage"):
        validation_events(text, 100)


@pytest.mark.parametrize("text", ["0", "0%", "-5", "100", "100%", "200", "0.001"])
def test_validation_size_out_of_range(text):
    with pytest.raises(TrainingError, match="expected at least 1 and fewer than 100"):
        validation_events(text, 100)


@pytest.fixture
def gpu(monkeypatch):
    """Say whether there is a GPU: ``gpu(None)`` for yes, ``gpu("no device here")`` for no."""
    return lambda reason: monkeypatch.setattr(CupyBackend, "why_unavailable", staticmethod(lambda: reason))


def test_architectures(gpu):
    gpu("no device here")
    registry = Registry(load_entry_points=False)
    assert resolve_architecture("CPU", registry) == ("CPU", "cpu")
    # ROOT refuses a file with an architecture that it does not know.
    assert resolve_architecture("NUMPY", registry) == ("CPU", "numpy")
    with pytest.warns(TMVAWarning, match="STANDARD is no longer supported; CPU is used"):
        assert resolve_architecture("STANDARD", registry) == ("CPU", "cpu")
    for name in ("GPU", "CUDNN"):
        with pytest.warns(
            TMVAWarning, match=f"Architecture: {name} cannot be had: no device here; CPU is used"
        ):
            assert resolve_architecture(name, registry) == ("CPU", "cpu")
    with pytest.warns(TMVAWarning) as caught:
        assert resolve_architecture("OPENCL", registry) == ("CPU", "cpu")
    assert len(caught) == 2


def test_the_pip_line_stands_in_the_warning(monkeypatch):
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.warns(TMVAWarning, match=r"pip install 'tmva-py\[cuda12\]' .*; CPU is used"):
        resolve_architecture("GPU", default_registry())


def test_a_gpu_is_taken_when_there_is_one(gpu):
    gpu(None)
    registry = default_registry()
    assert resolve_architecture("CUPY", registry) == ("GPU", "cupy")
    assert resolve_architecture("GPU", registry) == ("GPU", "cupy")
    assert resolve_architecture("CUDNN", registry) == ("CUDNN", "cupy")
    choices = {option.name: option.choices for option in dl_options(registry)}
    assert choices["Architecture"][: len(ROOT_ARCHITECTURES)] == ROOT_ARCHITECTURES
    assert "CUPY" in choices["Architecture"]


def test_all_own_names_are_choices():
    registry = default_registry()
    choices = {option.name: option.choices for option in dl_options(registry)}
    assert set(registry.names("initializer")) <= set(choices["WeightInitialization"])
    assert set(registry.names("loss")) <= set(choices["ErrorStrategy"])
    assert [option.name for option in dl_options(registry)] == [option.name for option in DL_OPTIONS]


# Booking strings of ROOT's tutorials; none may warn.
@pytest.mark.parametrize(
    "text",
    [
        "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=G:WeightInitialization=XAVIER:InputLayout=1|1|7:"
        "BatchLayout=1|128|7:Layout=DENSE|64|TANH,DENSE|64|TANH,DENSE|64|TANH,DENSE|64|TANH,DENSE|1|LINEAR:"
        "TrainingStrategy=LearningRate=1e-3,Momentum=0.9,ConvergenceSteps=10,BatchSize=128,MaxEpochs=30:Architecture=CPU",
        "!H:!V:ErrorStrategy=SUMOFSQUARES:VarTransform=G:WeightInitialization=XAVIERUNIFORM:"
        "Layout=TANH|50,TANH|50,TANH|50,LINEAR:TrainingStrategy=LearningRate=1e-3,Momentum=0.3:Architecture=GPU",
        ":!V::H:",
    ],
)
def test_acceptance(text):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(text)
