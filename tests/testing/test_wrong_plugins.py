"""The right plugins pass, and each wrong one fails in the right check with place, numbers and cause."""

from __future__ import annotations

import pytest
import wrong_plugins as wrong
from checking import assert_fails, check


@pytest.mark.parametrize(
    "cls", [wrong.Gated, wrong.Carry, wrong.Elu, wrong.Velocity, wrong.Quartic, wrong.Plane]
)
def test_the_right_ones_pass(cls):
    report = check(cls)
    assert report.passed
    assert len(report.rows) >= 8
    assert not [row for row in report.rows if row.status == "skipped"]


NUMBER = r"-?\d[\d.e+-]*"

CASES = [
    (
        wrong.SwappedGates,
        "gradients",
        [
            rf"W\[\d, \d\]: backward gives {NUMBER}, finite differences {NUMBER}",
            r"likely cause: this is the gradient of V: the two are swapped",
            r"likely cause: this is the gradient of W: the two are swapped",
            r"right are: input, b, p",
        ],
    ),
    (wrong.MissingBiasGradient, "gradients", [r"backward does not write the gradient of b: what was there"]),
    (
        wrong.ZeroBiasGradient,
        "gradients",
        [
            rf"p\[\d\]: backward gives 0, finite differences {NUMBER}",
            "the gradient is zero everywhere: backward does not compute it",
        ],
    ),
    (
        wrong.StateOnTheLayer,
        "nothing is kept",
        ["a pass changes the attribute 'kept' of the layer", "return it from forward"],
    ),
    (
        wrong.NumpyCall,
        "strict device",
        [
            r"StrictDeviceError: numpy\.exp was called on a device array",
            r"call backend\.xp\.exp instead",
            r"at wrong_plugins\.py:\d+ in forward: gate = 1 / \(1 \+ np\.exp",
        ],
    ),
    (
        wrong.InputChanged,
        "nothing is changed",
        [rf"forward changes its input in place: index \[0, 0\] was {NUMBER} and is {NUMBER}"],
    ),
    (
        wrong.GradientAdded,
        "gradients",
        [r"backward adds to the gradient of W instead of writing it: use self\.gradients\['W'\]\[\.\.\.\] ="],
    ),
    (
        wrong.WrongPrecision,
        "shapes and precision",
        ["the output is float64 with a float32 backend", "made without the backend's dtype"],
    ),
    (
        wrong.BatchMean,
        "events are independent",
        [
            rf"event 0, output\[\d\]: {NUMBER} in a batch of 5, 0 alone",
            "likely cause: a mean, sum or reshape",
        ],
    ),
    (
        wrong.MissingFactor,
        "gradients",
        [
            rf"V\[\d, \d\]: backward gives {NUMBER}, finite differences {NUMBER}",
            r"every component is 0\.761905 times the derivative: a factor of 1\.3125 is missing",
        ],
    ),
    (
        wrong.DividedByEvents,
        "gradients",
        [
            "every component is divided by 5, the number of events",
            "with one event in the batch all gradients are right: look at sums over the events",
        ],
    ),
    (
        wrong.OptionNotStored,
        "network file (npz)",
        [r"option 'slope': __init__ was given 1\.3125 and stores 1\.0"],
    ),
    (
        wrong.OptionWithoutXml,
        "weight file (XML)",
        ["option 'slope' has no attribute in weight files"],
    ),
    (
        wrong.Counting,
        "nothing is kept",
        [rf"output\[0, 0\]: the same events give {NUMBER} at first and {NUMBER} after", "or in a counter"],
    ),
    (
        wrong.OneAmongThreads,
        "threads",
        [rf"thread \d, output\[\d, \d\]: {NUMBER} while other threads predict, {NUMBER} alone"],
    ),
    (
        wrong.UninitialisedMemory,
        "strict device",
        [r"output\[4, \d\]: nan on the strict device", "memory is read before it is written"],
    ),
    (
        wrong.ValueErrorInFields,
        "layout and its errors",
        [r"\(width = 'wrong!'\): expected an OptionError, got ValueError: invalid literal for int"],
    ),
    (
        wrong.NoInitialStateGradient,
        "gradients of states",
        ["the gradient of the initial state 'h' is missing", r"context\.state\(self\)\.d_initial"],
    ),
    (
        wrong.LostCarry,
        "gradients",
        [
            rf"input\[\d, [01], \d\]: backward gives {NUMBER}",
            r"40 of 60 components are wrong, those with index 1 = 0, 1: a branch",
            "with one time step all are right: look at what a step hands to the one before",
        ],
    ),
    (wrong.FinalStateIgnored, "gradients of states", [rf"W\[\d, \d\]: backward gives {NUMBER}"]),
    (
        wrong.WrongBranch,
        "derivative",
        [
            rf"at x\[\d+\] = -{NUMBER}: backward gives {NUMBER}, finite differences {NUMBER}",
            "the branch below zero is wrong, the other is right",
        ],
    ),
    (wrong.TakenCode, "number in files", ["code 2 is that of Sigmoid too"]),
    (
        wrong.StateNotReset,
        "a phase starts anew",
        [
            rf"step 1 after a new start\(\): parameter\[\d+\] is {NUMBER}, the first time it was {NUMBER}",
            "a state outside self.state, or start",
        ],
    ),
    (wrong.ReboundParameters, "goes down", ["the parameters are not changed in place"]),
    (wrong.SharedState, "objects share nothing", ["another optimiser at work changes the result: index"]),
    (
        wrong.DividedByWeights,
        "gradient",
        [
            rf"output\[\d, 0\]: backward gives {NUMBER}, finite differences {NUMBER} \(the mean over",
            "divided by the sum of the weights; the number of events divides, as in TMVA",
        ],
    ),
    (wrong.MeanNotSum, "value", ["total must be the sum over the events, not the mean"]),
    (wrong.SinglePrecisionTotal, "shapes and precision", ["is float32, expected float64: use xp.sum"]),
    (
        wrong.WeightsLost,
        "weight file (XML)",
        [
            rf"response\[\d+\]: {NUMBER} before and {NUMBER} after the weight file",
            "or read does not take it",
        ],
    ),
    (wrong.TooFewDigits, "weight file (XML)", [r"or writes too few digits \(17 keep a double\)"]),
    (wrong.TurnedRound, "learns", ["signal lies below background"]),
    (wrong.EventsTogether, "responses", ["event 0: .* together with others, 0.0 alone", "a mean or a rank"]),
    (wrong.DataChanged, "training", ["train changes weight of the training events in place: index"]),
]


@pytest.mark.parametrize(("cls", "row", "texts"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_wrong_one_fails_for_the_right_reason(cls, row, texts):
    assert cls.names[0] in str(assert_fails(cls, row, texts))
