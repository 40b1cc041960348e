"""What is printed while a network trains: ROOT's lines, character for character."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small_jobs import make_job

from tmva_py.layers.dense import TDenseLayer
from tmva_py.methods.dl.layer_lines import layer_line
from tmva_py.network import Network
from tmva_py.plugins import default_registry

PREFIX = " " * 25 + ": "
NUMBER = r"-?[0-9.]+(?:e[+-][0-9]{2})?"
CELL = rf"(?=.{{12}}) *{NUMBER}"


def training_lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was printed from the start of the training to its own last line."""
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if "Start of deep neural network training" in line)
    end = next(i for i, line in enumerate(lines) if "Training ended" in line)
    return lines[start : end + 1]


def test_every_line_of_a_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strategy = (
        "LearningRate=1e-2,MaxEpochs=2,BatchSize=20,ConvergenceSteps=5,TestRepetitions=1,"
        "DropConfig=0.0+0.25,Regularization=L2,WeightDecay=1e-4"
    )
    make_job(tmp_path, options="!V:!DrawProgressBar").run(
        f"!H:!V:ErrorStrategy=CROSSENTROPY:Layout=DENSE|16|TANH,LINEAR:TrainingStrategy={strategy}"
    )
    lines = training_lines(capsys)
    assert lines[:7] == [
        PREFIX + "Start of deep neural network training on CPU using MT, nthreads = 1",
        PREFIX,
        PREFIX + "*****   Deep Learning Network *****",
        "DEEP NEURAL NETWORK:   Depth = 2  Input = ( 1, 1, 3 )  Batch size = 20  Loss function = C",
        "\tLayer 0\t DENSE Layer: \t ( Input =     3 , Width =    16 ) \tOutput = (  1 ,    20 ,    16 ) "
        "\t Activation Function = Tanh",
        "\tLayer 1\t DENSE Layer: \t ( Input =    16 , Width =     1 ) \tOutput = (  1 ,    20 ,     1 ) "
        "\t Activation Function = Identity\t Dropout prob. = 0.75",
        PREFIX + "Using 160 events for training and 40 for testing",
    ]
    assert lines[7] == PREFIX + "Compute initial loss  on the validation data "
    assert re.fullmatch(
        re.escape(
            PREFIX + "Training phase 1 of 1:  Optimizer ADAM (beta1=0.9,beta2=0.999,eps=1e-07) "
            "Learning rate = 0.01 regularization 2 minimum error = "
        ) + NUMBER,
        lines[8],
    )  # fmt: skip
    assert lines[9:13] == [
        PREFIX + "-" * 62,
        PREFIX + "     Epoch |   Train Err.   Val. Err.  t(s)/epoch   t(s)/Loss   nEvents/s Conv. Steps",
        PREFIX + "-" * 62,
        PREFIX + "   Start epoch iteration ...",
    ]
    rows = lines[13:-2]
    assert len([row for row in rows if "|" in row]) == 2
    for row in rows:
        if "|" in row:
            assert re.fullmatch(rf"{PREFIX} {{9}}[12] \| ({CELL}){{5}} {{11}}[01]", row), row
            assert len(row) == len(lines[10])
        else:
            assert re.fullmatch(
                rf"{PREFIX} {{9}}[12] Minimum Test error found - save the configuration ", row
            ), row
    assert lines[-2] == PREFIX
    assert re.fullmatch(
        PREFIX
        + r"Training ended: all epochs are done; the weights of epoch [12] are kept \(validation error .*\)",
        lines[-1],
    )


def test_a_minimum_stands_in_front_of_its_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_job(tmp_path, options="!V:!DrawProgressBar").run("!H:!V:Layout=DENSE|8|TANH,LINEAR")
    rows = [line.removeprefix(PREFIX) for line in training_lines(capsys)]
    rows = rows[rows.index("   Start epoch iteration ...") + 1 :]
    for number, row in enumerate(rows):
        if "Minimum Test error" in row:
            assert rows[number + 1].startswith(row[:10] + " | ")
            assert rows[number + 1].endswith(" " * 11 + "0")


def test_phases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each phase has its batch size, dropout and optimiser; a row stands for all epochs since the last."""
    strategy = (
        "MaxEpochs=5,BatchSize=40,TestRepetitions=3,Optimizer=SGD,LearningRate=1e-2,Momentum=0.5,DropConfig=0.5|"
        "MaxEpochs=50,BatchSize=20,TestRepetitions=1,ConvergenceSteps=2,LearningRate=1e-30,Optimizer=RMSPROP,"
        "RMSPROP_rho=0.8"
    )
    make_job(tmp_path, options="!V:!DrawProgressBar").run(
        f"!H:!V:Layout=DENSE|8|TANH,LINEAR:TrainingStrategy={strategy}"
    )
    lines = [line.removeprefix(PREFIX) for line in training_lines(capsys)]
    heads = [line.partition(" minimum error = ")[0] for line in lines if line.startswith("Training phase")]
    assert heads == [
        "Training phase 1 of 2:  Optimizer SGD Learning rate = 0.01 regularization 0",
        "Training phase 2 of 2:  Optimizer RMSPROP (eps=1e-07,rho=0.8) Learning rate = 1e-30 "
        "regularization 0",
    ]
    networks = [line for line in lines if line.startswith("DEEP NEURAL NETWORK")]
    assert [re.search(r"Batch size = ([0-9]+) ", line)[1] for line in networks] == ["40", "20"]
    first_layers = [line for line in lines if line.startswith("\tLayer 0")]
    assert [line.endswith("Dropout prob. = 0.5") for line in first_layers] == [True, False]
    second = next(number for number, line in enumerate(lines) if line.startswith(heads[1]))
    rows = [[line for line in part if " | " in line][1:] for part in (lines[:second], lines[second:])]
    assert [row.split(" | ")[0].strip() for row in rows[0]] == ["3", "5"]
    # Nothing improves at this rate: three epochs, since the count must exceed ConvergenceSteps.
    assert [row.split()[-1] for row in rows[1]] == ["1", "2", "3"]
    assert lines.count("") == 3  # behind the first line, and behind each phase
    assert lines[-2] == ""
    assert "no improvement for longer than ConvergenceSteps" in lines[-1]
    assert "of phase 1 are kept" in lines[-1]


def test_levels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """ROOT prints all of it without V; a level above information silences it; V overrides the level."""
    job = make_job(tmp_path, options="!V:!DrawProgressBar")
    layout = "!H:Layout=DENSE|4|TANH,LINEAR"
    job.book(f"{layout}:!V:VerbosityLevel=Warning", "Quiet")
    job.factory.TrainAllMethods()
    assert "Start epoch iteration" not in capsys.readouterr().out
    job = make_job(tmp_path, options="!V:!DrawProgressBar")
    job.book(f"{layout}:V:VerbosityLevel=Error", "Loud")
    job.book(f"{layout}:!V:RandomSeed=0", "Fresh")
    job.factory.TrainAllMethods()
    printed = capsys.readouterr().out
    assert printed.count("Start epoch iteration") == 2
    assert printed.count("Seed = 7  Parameters = 21  Precision = float32  Backend = ") == 1
    assert re.search(
        r"RandomSeed=0: a fresh seed was drawn, [0-9]+; give it to repeat this training", printed
    )
    silent = make_job(tmp_path / "silent")
    silent.book(f"{layout}:V")
    capsys.readouterr()
    silent.factory.TrainAllMethods()
    assert "DEEP NEURAL" not in capsys.readouterr().out


IMAGES = (
    "CONV|10|3|3|1|1|1|1|RELU,BNORM,CONV|10|3|3|1|1|1|1|SOFTSIGN,MAXPOOL|2|2|1|1,RESHAPE|FLAT,DENSE|100|FTANH,"
    "BNORM,DENSE|1|LINEAR"
)


@pytest.mark.parametrize(
    ("layout", "input_layout", "expected"),
    [
        (
            IMAGES,
            "1|16|16",
            [
                " CONV LAYER: \t( W = 16 ,  H = 16 ,  D = 10 ) \t Filter ( W = 3 ,  H = 3 ) "
                "\tOutput = ( 100 , 10 , 256 ) \t Activation Function = Relu",
                " BATCH NORM Layer: \t Input/Output = ( 10 , 256 , 100 ) \t Norm dim =    10\t axis = 1\n",
                " CONV LAYER: \t( W = 16 ,  H = 16 ,  D = 10 ) \t Filter ( W = 3 ,  H = 3 ) "
                "\tOutput = ( 100 , 10 , 256 ) \t Activation Function = SoftSign",
                " POOL Layer: \t( W = 15 ,  H = 15 ,  D = 10 ) \t Filter ( W = 2 ,  H = 2 ) "
                "\tOutput = ( 100 , 10 , 225 ) ",
                " RESHAPE Layer \t Input = ( 10 , 15 , 15 ) \tOutput = ( 1 , 100 , 2250 ) ",
                " DENSE Layer: \t ( Input =  2250 , Width =   100 ) \tOutput = (  1 ,   100 ,   100 ) "
                "\t Activation Function = FastTanh",
                " BATCH NORM Layer: \t Input/Output = ( 100 , 100 , 1 ) \t Norm dim =   100\t axis = -1\n",
                " DENSE Layer: \t ( Input =   100 , Width =     1 ) \tOutput = (  1 ,   100 ,     1 ) "
                "\t Activation Function = Identity",
            ],
        ),
        (
            "LSTM|10|30|10|0|1,GRU|4|10|10|0|1,RNN|5|4|10|0|0,RESHAPE|FLAT,LINEAR",
            "10|30",
            [
                " LSTM Layer: \t  (NInput = 30, NState = 10, NTime  = 10 )\tOutput = ( 100 , 10 , 10 )",
                " GRU Layer: \t  (NInput = 10, NState = 4, NTime  = 10 )\tOutput = ( 100 , 10 , 4 )",
                " RECURRENT Layer: \t  (NInput = 4, NState = 5, NTime  = 10 )\tOutput = ( 100 , 1 , 5 )",
                " RESHAPE Layer \t Input = ( 1 , 1 , 5 ) \tOutput = ( 1 , 100 , 5 ) ",
                " DENSE Layer: \t ( Input =     5 , Width =     1 ) \tOutput = (  1 ,   100 ,     1 ) "
                "\t Activation Function = Identity",
            ],
        ),
        (
            "RESHAPE|2|3|4,RESHAPE|FLAT,LINEAR",
            "24",
            [
                " RESHAPE Layer \t Input = ( 1 , 1 , 24 ) \tOutput = ( 100 , 2 , 12 ) ",
                " RESHAPE Layer \t Input = ( 2 , 3 , 4 ) \tOutput = ( 1 , 100 , 24 ) ",
                " DENSE Layer: \t ( Input =    24 , Width =     1 ) \tOutput = (  1 ,   100 ,     1 ) "
                "\t Activation Function = Identity",
            ],
        ),
    ],
)  # fmt: skip
def test_every_kind_of_layer(layout: str, input_layout: str, expected: list[str]) -> None:
    network = Network.from_layout(layout, input_layout=input_layout, seed=1)
    assert [layer_line(layer, 100) for layer in network.layers] == expected


def test_every_activation_and_layers_of_plugins() -> None:
    for name in default_registry().names("activation"):
        network = Network([TDenseLayer(2, name)], (3,), seed=1)
        assert re.search(r"Activation Function = [A-Za-z]+$", layer_line(network.layers[0], 5)), name
