"""Rules written out event by event, and damaged files."""

from __future__ import annotations

import numpy as np
import pytest
from rule_file import RULES

from tmva_py.errors import WeightFileError
from tmva_py.methods.weight_file import read_weight_file, weight_text

EVENTS = [[0.25, -1.0], [0.0, -1.0], [0.5, -1.0], [0.25, 0.0], [5.0, 1.0], [-5.0, 1.0]]


def test_cuts_are_strict_and_linear_terms_end() -> None:
    x = np.array(EVENTS)
    linear = 1.5 * np.clip(x[:, 0], -1, 1)
    rule = np.array([2.0, 0, 0, 0, 0, 0])
    for kind, expected in enumerate((0.25 + rule + linear, 0.25 + rule, 0.25 + linear)):
        method = read_weight_file(RULES.replace('LearningModel="0"', f'LearningModel="{kind}"'))
        np.testing.assert_array_equal(method.evaluate(x), expected)
        again = read_weight_file(weight_text(method))
        np.testing.assert_array_equal(again.evaluate(x), expected)
        assert method.evaluate(np.empty((0, 2))).shape == (0,)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('LearningModel="0"', 'LearningModel="3"', "LearningModel=3, expected 0"),
        ('NRules="1"', 'NRules="2"', "NRules='2', but there are 1 <Rule>"),
        ('NLinear="2"', 'NLinear="1"', "NLinear='1', but there are 2 <Linear>"),
        ('Nvars="2"', 'Nvars="1"', "Nvars='1', but there are 2 <Cut>"),
        ('Offset="0.25"', 'Offset="inf"', "Offset='inf' must be a finite number"),
        ('Coeff="2"', 'Coeff="two"', "Coeff='two' must be a number"),
        ('Coeff="3"', 'Coeff="nan"', "Coeff='nan' must be a finite number"),
        ('Selector="1"', 'Selector="2"', "Selector=2, but there are 2 variables"),
        ('DoMax="T"', 'DoMax="Yes"', "DoMax='Yes', expected F or T"),
        ('DM="-1"', 'DM="2"', "DM=2 is above DP=1"),
    ],
)
def test_damaged_files(old: str, new: str, problem: str) -> None:
    assert old in RULES
    with pytest.raises(WeightFileError, match=problem):
        read_weight_file(RULES.replace(old, new, 1))


def test_one_linear_term_is_missing() -> None:
    lines = [line for line in RULES.splitlines() if 'OK="0"' not in line]
    with pytest.raises(WeightFileError, match="NLinear=1, expected 0 or 2"):
        read_weight_file("\n".join(lines).replace('NLinear="2"', 'NLinear="1"'))
