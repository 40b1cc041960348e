"""Training strategies: real strings, ROOT's way of reading, and what is said about it."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmva_py.errors import OptionError, TMVAWarning
from tmva_py.layouts import parse_layout
from tmva_py.methods.dl.training_strategy import (
    DEFAULT_STRATEGY,
    check_drop_config,
    parse_training_strategy,
)
from tmva_py.network.phase import TrainingPhase

TUTORIAL_RNN = (
    "LearningRate=1e-3,Momentum=0.0,Repetitions=1,ConvergenceSteps=5,BatchSize=100,TestRepetitions=1,"
    "WeightDecay=1e-2,Regularization=None,MaxEpochs=20,Optimizer=ADAM,DropConfig=0.0+0.+0.+0."
)


def read(text: str) -> TrainingPhase:
    (phase,) = parse_training_strategy(text)
    return phase


def read_warned(text: str) -> tuple[TrainingPhase, list[str]]:
    with pytest.warns(TMVAWarning) as caught:
        phase = read(text)
    messages = [str(warning.message) for warning in caught]
    with pytest.raises(OptionError) as refused:
        parse_training_strategy(text, strict=True)
    # The Python doors raise with the same words.
    assert str(refused.value) in messages
    return phase, messages


def marked(message: str) -> str:
    shown, carets = message.splitlines()[-2:]
    return "".join(c for c, mark in zip(shown, carets, strict=False) if mark == "^")


def test_defaults_of_absent_keys():
    assert read("MaxEpochs=3") == TrainingPhase(max_epochs=3)
    phase = TrainingPhase()
    assert (phase.learning_rate, phase.momentum, phase.batch_size) == (1e-5, 0.3, 30)
    assert (phase.convergence_steps, phase.max_epochs, phase.test_repetitions) == (100, 2000, 7)
    assert (phase.weight_decay, phase.regularization, phase.optimizer) == (0.0, "NONE", "ADAM")
    assert phase.drop_config == ()


def test_the_default_strategy():
    assert read(DEFAULT_STRATEGY) == TrainingPhase(
        learning_rate=1e-3, momentum=0.0, test_repetitions=1, drop_config=(0.0,)
    )


def test_the_tutorials_strategy():
    phase, messages = read_warned(TUTORIAL_RNN)
    assert phase == TrainingPhase(
        learning_rate=1e-3,
        momentum=0.0,
        convergence_steps=5,
        batch_size=100,
        test_repetitions=1,
        weight_decay=1e-2,
        max_epochs=20,
        drop_config=(0.0, 0.0, 0.0, 0.0),
    )
    assert [marked(message) for message in messages] == ["Repetitions=1", "WeightDecay=1e-2"]
    assert "a key of older versions" in messages[0]
    assert "no effect without Regularization=L1 or L2" in messages[1]


def test_settings_of_the_optimizer():
    phase = read(
        "LearningRate=1e-3,Momentum=0.0,Optimizer=ADAM,ADAM_beta1=0.8,adam_BETA2=0.99,ADAM_eps=1.E-7,BatchSize=128"
    )
    assert phase.optimizer_options == {"beta1": 0.8, "beta2": 0.99, "eps": 1e-7}
    assert read("Optimizer=RMSPROP,RMSPROP_rho=0.8").optimizer_options == {"rho": 0.8}
    assert read("Optimizer=ADADELTA,ADADELTA_eps=1e-6").optimizer_options == {"eps": 1e-6}
    _, (message,) = read_warned("Optimizer=ADAGRAD,ADAM_beta1=0.8")
    assert "ADAM_beta1 has no effect, the optimizer is ADAGRAD" in message


def test_blanks_do_not_count():
    assert read(" Learning Rate = 1e-2 , MaxEpochs=\t7\n") == TrainingPhase(learning_rate=1e-2, max_epochs=7)


def test_phases():
    first, second = parse_training_strategy("LearningRate=1e-1,BatchSize=20|LearningRate=1e-2|")
    assert (first.learning_rate, first.batch_size) == (1e-1, 20)
    assert (second.learning_rate, second.batch_size) == (1e-2, 30)


def test_trailing_commas_are_harmless():
    assert read("LearningRate=1e-1,,MaxEpochs=5,") == TrainingPhase(learning_rate=0.1, max_epochs=5)


def test_keys_ignore_case_and_the_first_counts():
    assert read("maxEPOCHS=5").max_epochs == 5
    phase, (message,) = read_warned("MaxEpochs=5,maxepochs=6")
    assert phase.max_epochs == 5
    assert "is given twice, the first one counts" in message
    assert marked(message) == "maxepochs=6"


@pytest.mark.parametrize(
    ("text", "expected", "lost", "said"),
    [
        (
            "MaxEpochs=20DropConfig=0.0+0.",
            TrainingPhase(max_epochs=20),
            "DropConfig=0.0+0.",
            "a comma is missing, write MaxEpochs=20,DropConfig=0.0+0.",
        ),
        (
            "MaxEpochs=10Optimizer=SGD",
            TrainingPhase(max_epochs=10),
            "Optimizer=SGD",
            "a comma is missing, write MaxEpochs=10,Optimizer=SGD",
        ),
        ("MaxEpochs=10junk", TrainingPhase(max_epochs=10), "junk", "'junk' is lost"),
        ("MaxEpochs=1e3", TrainingPhase(max_epochs=1), "e3", "expected a whole number, got '1e3'"),
        ("ConvergenceSteps=many", TrainingPhase(convergence_steps=0), "many", "ConvergenceSteps=0 is read"),
        ("LearningRate=0.1x", TrainingPhase(learning_rate=0.1), "x", "expected a number, got '0.1x'"),
        ("DropConfig=0.1+x+0.2", TrainingPhase(drop_config=(0.1, 0.0, 0.2)), "x", "'x' is read as 0.0"),
        (
            "DropConfig=0.1+0.2MaxEpochs=5",
            TrainingPhase(drop_config=(0.1, 0.2)),
            "MaxEpochs=5",
            "a comma is missing, write DropConfig=0.1+0.2,MaxEpochs=5",
        ),
    ],
)
def test_lost_text(text, expected, lost, said):
    phase, (message,) = read_warned(text)
    assert phase == expected
    assert marked(message) == lost
    assert said in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Optimizer=Adam", "unknown optimizer 'Adam', ADAM is used; did you mean 'ADAM'?"),
        ("Optimizer=sgd", "unknown optimizer 'sgd', ADAM is used; did you mean 'SGD'?"),
        ("Optimizer=LBFGS", "unknown optimizer 'LBFGS', ADAM is used"),
        ("Optimizer=SGDMaxEpochs=5", "a comma is missing, write Optimizer=SGD,MaxEpochs=5"),
    ],
)
def test_unknown_optimizers_are_adam(text, said):
    phase, (message,) = read_warned(text)
    assert phase.optimizer == "ADAM"
    assert said in message
    assert "known: ADADELTA, ADAGRAD, ADAM, RMSPROP, SGD" in message


def test_regularization():
    for text in ("None", "NONE"):
        assert read(f"Regularization={text}").regularization == "NONE"
    assert read("Regularization=L2,WeightDecay=1e-3").regularization == "L2"
    phase, messages = read_warned("Regularization=l2,WeightDecay=1e-3")
    assert phase.regularization == "NONE"
    assert "unknown regularization 'l2', none is used; did you mean 'L2'?" in messages[0]
    assert "WeightDecay has no effect" in messages[1]
    read("WeightDecay=0.0")


def test_momentum():
    read("Momentum=0.0,Optimizer=ADAM")
    read("Momentum=0.9,Optimizer=SGD")
    read("Momentum=0.9,Optimizer=RMSPROP")
    phase, (message,) = read_warned("Momentum=0.9")
    assert phase.momentum == 0.9
    assert "Momentum has no effect with ADAM" in message


def test_unknown_keys_and_what_is_no_setting():
    phase, (message,) = read_warned("MaxEpoch=5")
    assert phase == TrainingPhase()
    assert "unknown key 'MaxEpoch' has no effect; did you mean 'MaxEpochs'?" in message
    assert marked(message) == "MaxEpoch=5"
    _, (message,) = read_warned("ADAM,MaxEpochs=5")
    assert "'ADAM' is no setting (key=value)" in message
    _, (message,) = read_warned("BatchSize=")
    assert "BatchSize has no value, 30 is used" in message


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        ("BatchSize=0", "TrainingStrategy: BatchSize: expected at least 1, got 0", "BatchSize=0"),
        ("LearningRate=-1", "LearningRate: expected a number above 0, got -1.0", "LearningRate=-1"),
        ("MaxEpochs=3,TestRepetitions=0", "TestRepetitions: expected at least 1", "TestRepetitions=0"),
        ("DropConfig=0.0+1.0", "DropConfig: entry 1: expected a probability to drop", "DropConfig=0.0+1.0"),
        ("DropConfig=-0.5", "at least 0 and below 1, got -0.5", "DropConfig=-0.5"),
    ],
)
def test_numbers_out_of_range(text, said, place):
    with pytest.raises(OptionError) as caught:
        read(text)
    assert said in str(caught.value)
    assert marked(str(caught.value)) == place


@pytest.mark.parametrize("text", ["", "|", "  | "])
def test_no_phase(text):
    with pytest.raises(OptionError, match="expected at least one phase"):
        parse_training_strategy(text)


def test_drops_without_effect():
    layers = parse_layout("LSTM|3,RESHAPE|FLAT,DENSE|4,LINEAR", n_variables=10, n_outputs=1)
    check_drop_config(TrainingPhase(drop_config=(0.0, 0.0, 0.5, 0.5)), layers)
    check_drop_config(TrainingPhase(drop_config=(0.0,) * 9), layers)
    with pytest.warns(TMVAWarning, match=r"entry 0, 0.5, has no effect: layer 0 is 'LSTM\|3', which"):
        check_drop_config(TrainingPhase(drop_config=(0.5,)), layers)
    with pytest.raises(OptionError, match="there is no layer 4, the layout has 4"):
        check_drop_config(TrainingPhase(drop_config=(0.0, 0.0, 0.0, 0.0, 0.5)), layers, strict=True)


def test_strategies_of_real_files(shared):
    expected_decay = re.compile(r'WeightDecay="([^"]*)"')
    found = 0
    for path in sorted(shared.glob("golden/*/weights.xml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        strategy = re.search(r'<Option name="TrainingStrategy"[^>]*>([^<]*)<', text)
        if not strategy or 'Method="DL::' not in text:
            continue
        found += 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TMVAWarning)
            first = parse_training_strategy(strategy.group(1))[0]
        # TMVA stores the first phase's decay as float32.
        assert float(expected_decay.search(text).group(1)) == pytest.approx(first.weight_decay, rel=1e-7)
        assert (
            re.search(r'Regularization="(.)"', text).group(1)
            == {"NONE": "0", "L1": "1", "L2": "2"}[first.regularization]
        )
        batch = [int(size) for size in re.search(r'BatchDepth="(\d+)" BatchHeight="(\d+)"', text).groups()]
        assert first.batch_size in batch
    assert found >= 5


KEYS = [
    "LearningRate",
    "Momentum",
    "MaxEpochs",
    "BatchSize",
    "Optimizer",
    "Regularization",
    "DropConfig",
    "ADAM_eps",
]
PARTS = st.sampled_from(
    [*KEYS, "=", "=", ",", "|", "+", "1", "0.5", "1e-3", "ADAM", "SGD", "L2", "-", "x", " ", "nan", "é"]
)


@given(st.lists(PARTS, max_size=14).map("".join), st.booleans())
def test_any_text_is_read_or_refused_with_the_packages_error(text, strict):
    with warnings.catch_warnings():
        warnings.simplefilter("error" if strict else "ignore", TMVAWarning)
        try:
            phases = parse_training_strategy(text, strict=strict)
        except OptionError:
            return
    assert phases


@given(
    rate=st.floats(1e-8, 10),
    steps=st.integers(0, 1000),
    epochs=st.integers(1, 10000),
    batch=st.integers(1, 10000),
    optimizer=st.sampled_from(["SGD", "RMSPROP"]),
    drops=st.lists(st.floats(0, 0.99), max_size=4),
)
def test_what_is_written_is_read(rate, steps, epochs, batch, optimizer, drops):
    text = (
        f"LearningRate={rate!r},ConvergenceSteps={steps},MaxEpochs={epochs},BatchSize={batch},"
        f"Optimizer={optimizer},DropConfig={'+'.join(f'{drop:.12f}' for drop in drops)}"
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "TrainingStrategy: DropConfig has no value", TMVAWarning)
        phase = read(text)
    assert (phase.learning_rate, phase.convergence_steps, phase.max_epochs) == (rate, steps, epochs)
    assert (phase.batch_size, phase.optimizer) == (batch, optimizer)
    assert phase.drop_config == pytest.approx(tuple(drops), abs=1e-12)
