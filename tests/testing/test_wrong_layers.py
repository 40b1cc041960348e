"""Mistakes of layers that show only in certain passes, with certain arguments, or in a file."""

from __future__ import annotations

import pytest
import wrong_layers as wrong
from checking import assert_fails, check
from wrong_plugins import Carry

NUMBER = r"-?\d[\d.e+-]*"

CASES = [
    (
        wrong.InferenceWithoutBias,
        "with and without training",
        [
            rf"output, 5 events\[0, 0\]: {NUMBER} with context\.training, {NUMBER} without",
            "a path of its own for predictions",
        ],
    ),
    (
        wrong.WorkSpaceAddedTo,
        "work space used again",
        [
            rf"output of pass 2\[0, 0\]: {NUMBER} with fresh work space, {NUMBER} with that of the pass",
            "read before it is written, or added to",
        ],
    ),
    (
        wrong.FinalStateInWorkSpace,
        "work space used again",
        [
            r"state 'h' after the last step changes with the next pass \(likely cause: context\.state",
            rf"index \[0, 0\] was {NUMBER} and is {NUMBER}",
        ],
    ),
    (
        wrong.KeptOnAnObject,
        "passes side by side",
        [
            rf"gradient of the input\[0, 0\]: {NUMBER} on its own, {NUMBER} after another pass forward",
            "on an object of it or in its module",
        ],
    ),
    (wrong.KeptInTheModule, "passes side by side", [rf"{NUMBER} on its own, {NUMBER} after another pass"]),
    (
        wrong.WrongForOneEvent,
        "gradients",
        [
            rf"b\[\d\]: backward gives 0, finite differences {NUMBER}, with one event in the batch",
            "with 5 events all gradients are right: look at a path of its own for this case",
        ],
    ),
    (
        wrong.WrongForOneStep,
        "gradients of states",
        [
            rf"k\[\d\]: backward gives 0, finite differences {NUMBER}, with one time step",
            "with 3 all gradients are right",
        ],
    ),
    (
        wrong.GlobalSeed,
        "nothing is kept",
        [r"a pass changes the global state of numpy\.random: a user's numbers", r"np\.random\.seed"],
    ),
    (
        wrong.TransferInTraining,
        "strict device",
        [
            r"forward and backward of a batch: 1 arrays beside the input are transferred from the host",
            r"context\.memory\(self\)\.once\(name, key, build\)",
        ],
    ),
    (
        wrong.TransferInInference,
        "strict device",
        [r"forward without training of a batch: 1 arrays are transferred to the host", "backend.to_numpy"],
    ),
    (
        wrong.BufferNotWritten,
        "weight file (XML)",
        [
            rf"output\[0, 0\]: {NUMBER} before and {NUMBER} after the weight file",
            "buffer mean is not written, and forward uses it: xml.matrices must list it",
        ],
    ),
    (
        wrong.AxesSwapped,
        "shapes and precision",
        [r"SWAPPED\|2 on events of shape \(3, 4\)", r"has shape \(5, 2, 3\), expected \(5, 3, 2\)"],
    ),
    (
        wrong.WrongWhenWide,
        "gradients",
        [
            r"GATED\|17\|1\.3125 on events of shape \(4,\)",
            rf"b\[\d+\]: backward gives 0, finite differences {NUMBER}",
            r"those with index 0 = 8, 9, 10, 11, 12, 13, 14, 15, 16",
        ],
    ),
    (
        wrong.FieldIgnored,
        "layout and its errors",
        [r"option 'slope' is 2\.24359567890123 in the layer and 1\.3125 in what is read"],
    ),
    (
        wrong.NoLimit,
        "layout and its errors",
        [
            r"layout 'GATED\|-1\|1\.3125' \(width = -1\) is taken without a word",
            r"likely cause: Option\('width', \.\.\.\) has no minimum=1",
        ],
    ),
    (
        wrong.Mode,
        "gradients",
        [r"GATED\|3\|1\.3125\|half", "every component is 2 times the derivative: a factor of 0.5 is missing"],
    ),
]


@pytest.mark.parametrize(("cls", "row", "texts"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_wrong_one_fails_for_the_right_reason(cls, row, texts):
    assert_fails(cls, row, texts)


@pytest.mark.parametrize("cls", [wrong.Centred, Carry])
def test_the_right_ones_pass(cls):
    report = check(cls)
    assert not [row for row in report.rows if row.status == "skipped"]


def test_what_depends_on_the_batch_in_training_is_said():
    notes = {row.check: row.detail for row in check(wrong.Centred).rows if row.status == "note"}
    assert "an output depends on the other events of the batch" in notes["events in training"]
    assert "events in training" not in {row.check for row in check(Carry).rows}


def test_a_layer_with_buffers_is_not_compared_without_training():
    details = {row.check: row.detail for row in check(wrong.Centred).rows}
    assert details["with and without training"] == "not compared: the layer has buffers"
