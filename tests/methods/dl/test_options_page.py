"""The page on options says what the tables say."""

from __future__ import annotations

import re

import pytest

from tmva_py.errors import UnknownNameError
from tmva_py.layouts import parse_layout
from tmva_py.methods.dl.options import DL_OPTIONS
from tmva_py.methods.dl.training_strategy import parse_training_strategy
from tmva_py.methods.options import BASE_OPTIONS
from tmva_py.network.phase import TrainingPhase
from tmva_py.options import text_of
from tmva_py.plugins import default_registry


@pytest.fixture(scope="module")
def page(project) -> str:
    return (project / "docs" / "options.md").read_text(encoding="utf-8")


def rows(page: str, heading: str) -> list[list[str]]:
    section = page.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in lines]
    return [[cell.strip().replace("\\|", "|") for cell in line] for line in cells]


def test_names_order_and_defaults(page):
    listed = [(row[0].strip("`"), row[1].strip("`")) for row in rows(page, "## MethodDL")]
    declared = [
        (option.name, "see below" if option.name == "TrainingStrategy" else text_of(option.default))
        for option in (*BASE_OPTIONS, *DL_OPTIONS)
    ]
    assert listed == declared


def test_every_choice_is_named(page):
    text = {row[0].strip("`"): row[2] for row in rows(page, "## MethodDL")}
    for option in DL_OPTIONS:
        for choice in option.choices:
            if choice not in ("STANDARD", "OPENCL"):
                assert f"`{choice}`" in text[option.name]


def test_defaults_of_the_strategy(page):
    absent = {row[0].strip("`"): row[1] for row in rows(page, "### TrainingStrategy") if len(row) == 4}
    phase = TrainingPhase()
    assert float(absent["LearningRate"]) == phase.learning_rate
    assert float(absent["Momentum"]) == phase.momentum
    assert int(absent["ConvergenceSteps"]) == phase.convergence_steps
    assert int(absent["MaxEpochs"]) == phase.max_epochs
    assert int(absent["BatchSize"]) == phase.batch_size
    assert int(absent["TestRepetitions"]) == phase.test_repetitions
    assert absent["Optimizer"].strip("`") == phase.optimizer
    # Without the comma between the keys of one optimiser, each is listed with its default.
    for keys, defaults in absent.items():
        if "_" in keys:
            for key, default in zip(keys.replace("`", "").split(", "), defaults.split(", "), strict=True):
                name, setting = key.split("_")
                options = default_registry().find("optimizer", name).options
                assert {option.name: option.default for option in options}[setting] == float(default)


def test_the_message_on_the_page_is_the_message(page):
    block = page.split("```\nunknown layer", 1)[1].split("```", 1)[0]
    with pytest.raises(UnknownNameError) as caught:
        parse_layout("LTSM|10|30|10,LINEAR", n_variables=300, n_outputs=1)
    message = str(caught.value)
    first = "unknown layer" + block.splitlines()[0]
    assert message.startswith(first)
    assert message.endswith(block.splitlines()[-1])


def test_the_layers_on_the_page_exist(page):
    for row in rows(page, "### Layout"):
        for keyword in re.findall(r"`([A-Z]+)`", row[0]):
            assert default_registry().knows("layer", keyword)


def test_the_first_example_of_lost_text(page):
    assert "MaxEpochs=20DropConfig=0.0+0.5" in page
    with pytest.warns(UserWarning, match="a comma is missing"):
        (phase,) = parse_training_strategy("MaxEpochs=20DropConfig=0.0+0.5")
    assert phase.max_epochs == 20
    assert phase.drop_config == ()
