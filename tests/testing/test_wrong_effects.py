"""Mistakes of losses, optimisers, methods and backends that a single call does not show."""

from __future__ import annotations

import pytest
import wrong_functions as wrong
from checking import assert_fails

NUMBER = r"-?\d[\d.e+-]*"

CASES = [
    (
        wrong.RightForZeroAndOne,
        "gradient",
        [
            rf"output\[\d, 0\]: backward gives {NUMBER}, finite differences {NUMBER} \(the mean over",
            "1 outputs, no weights, real targets; with those of 0 and 1 all is right",
        ],
    ),
    (
        wrong.LossWrongForOneEvent,
        "gradient",
        [rf"output\[0, 0\]: backward gives 0, finite differences {NUMBER} .* no weights, one event"],
    ),
    (
        wrong.DeviationKept,
        "nothing is changed",
        ["total changes the attribute 'deviation' of the loss", "serves several trainings at once"],
    ),
    (wrong.SharedSpace, "threads", [rf"thread \d gets another total or gradient .* was {NUMBER} and is"]),
    (
        wrong.FixedRate,
        "settings have effects",
        [
            rf"learning_rate has no effect: .* parameter\[0\] is {NUMBER} with 0\.01 and with 0\.03",
            "update does not use self.learning_rate",
        ],
    ),
    (
        wrong.SettingIgnored,
        "settings have effects",
        [
            rf"setting 'friction' has no effect: .* is {NUMBER} with 0\.5 and with 0\.25, 0\.625, ",
            r"update does not use self\.settings\['friction'\]",
        ],
    ),
    (
        wrong.MomentumIgnored,
        "settings have effects",
        ["uses_momentum is true, but .* with a momentum of 0.0 and of 0.9", "does not use self.momentum"],
    ),
    (
        wrong.MomentumNotDeclared,
        "settings have effects",
        [rf"uses_momentum is false, but .* is {NUMBER} with a momentum of 0\.0 and {NUMBER} with 0\.9"],
    ),
    (
        wrong.LearntOnTheClass,
        "weight file (XML)",
        [
            rf"response\[\d+\]: {NUMBER} before and {NUMBER} after another object of the class was trained",
            "what is learnt is kept on the class or in the module",
        ],
    ),
    (
        wrong.EmptyFile,
        "weight file (XML)",
        ["an empty <Weights> is read without a word", "what is learnt is not in the file"],
    ),
    (
        wrong.DoubleProducts,
        "precision of results",
        [r"xp\.matmul\(a, b\) is float64 with a float32 backend", "has a precision of its own"],
    ),
]


@pytest.mark.parametrize(("cls", "row", "texts"), CASES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_wrong_one_fails_for_the_right_reason(cls, row, texts):
    assert_fails(cls, row, texts)
