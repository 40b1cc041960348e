"""Weight files that contradict themselves: an error where the answer would be a guess."""

from __future__ import annotations

import re
import tracemalloc
import warnings

import numpy as np
import pytest
from weight_files import SMALL

from tmva_py.errors import TMVAWarning, WeightFileError
from tmva_py.methods.weight_file import read_weight_file

LISTED = "".join(
    f'<Input Type="Variable" Label="{label}" Expression="{expression}"/>'
    for label, expression in (("a", "a"), ("second", "b+1"), ("c", "c"))
)
SELECTION = (
    f'<Selection><Input NInputs="3">{LISTED}</Input>'
    f'<Output NOutputs="3">{LISTED.replace("<Input", "<Output")}</Output></Selection>'
)


def ranges(number: int, low: float = -1.0, high: float = 1.0) -> str:
    rows = "".join(f'<Range Index="{i}" Min="{low - i}" Max="{high + i}"/>' for i in range(3))
    return f'<Class ClassIndex="{number}"><Ranges>{rows}</Ranges></Class>'


NORMALIZED = SMALL.replace(
    '<Transformations NTransformations="0"/>',
    f'<Transformations NTransformations="1"><Transform Name="Normalize">{SELECTION}'
    f"{ranges(0)}{ranges(1)}{ranges(2)}</Transform></Transformations>",
)
TRANSFORM = NORMALIZED[NORMALIZED.index("<Transform N") : NORMALIZED.index("</Transformations>")]
LAST = ranges(2)
OUTPUT = '<Output Type="Variable" Label="a" Expression="a"/>'


def test_the_file_without_damage() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        method = read_weight_file(NORMALIZED)
    plain = read_weight_file(SMALL)
    x = np.array([[0.5, -1.0, 2.0]])
    np.testing.assert_allclose(method.evaluate(x), plain.evaluate(x / [[1.0, 2.0, 3.0]]), rtol=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (TRANSFORM, "", r"<Transformations> \(line 21\): NTransformations=1, but there are 0 <Transform>"),
        (TRANSFORM, TRANSFORM * 2, "NTransformations=1, but there are 2 <Transform> elements; the responses"),
        ('NTransformations="1"', 'NTransformations="2"', "NTransformations=2, but there are 1 <Transform>"),
        ('NTransformations="1"', 'NTransformations="x"', "NTransformations='x' must be a whole number"),
        ('ClassIndex="2"', 'ClassIndex="7"', "<Class>: ClassIndex is 0, 1, 7; expected 0 to 2, each once"),
        ('ClassIndex="2"', 'ClassIndex="1"', "ClassIndex is 0, 1, 1; expected 0 to 2, each once"),
        ('ClassIndex="2"', 'ClassIndex="-1"', "ClassIndex='-1' must be a whole number"),
        (LAST, LAST + ranges(3), "4 sets of ranges for 2 classes; expected one, or one for each"),
        (LAST, LAST.replace('Index="1"', 'Index="2"'), "<Range>: Index is 0, 2, 2; expected 0 to 2"),
        (LAST, LAST.replace('Index="2" M', 'Index="3" M'), "<Range>: Index is 0, 1, 3; expected 0 to 2"),
        (LAST, ranges(2, 5.0, -5.0), "the range of variable 'a' is 5 to -5, expected Min below Max"),
        (LAST, ranges(2, 5.0, float("nan")), "the range of variable 'a' is 5 to nan, expected finite num"),
        (LAST, ranges(2, float("-inf")), "the range of variable 'a' is -inf to 1, expected finite numbers"),
        (LAST, ranges(2).replace('Min="-1.0"', 'Min="x"'), "Min='x' is not a number"),
        ('NInputs="3"', 'NInputs="2"', "<Selection>: NInputs=2, but 3 are listed"),
        ('NOutputs="3"', 'NOutputs="4"', "NOutputs=4, but 3 are listed"),
        (OUTPUT, OUTPUT.replace('"a"/', '"c"/'), "the outputs are not the inputs in their order"),
    ],
)  # fmt: skip
def test_transformations(old: str, new: str, message: str) -> None:
    assert old in NORMALIZED
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(NORMALIZED.replace(old, new, 1))


def test_a_range_of_no_width_is_what_tmva_makes_of_it() -> None:
    text = NORMALIZED.replace(LAST, ranges(2, 1.0, 1.0).replace('Min="0.0" Max="2.0"', 'Min="0" Max="2"'))
    with pytest.warns(TMVAWarning, match="the range of variable 'a' is 1 to 1; a range of no width divides"):
        read_weight_file(text)


def test_ranges_that_are_not_used_may_be_open() -> None:
    """A class without training events keeps the range with which TMVA starts."""
    read_weight_file(NORMALIZED.replace(ranges(0), ranges(0, 3e38, -3e38)))


def test_an_identity_is_counted_and_has_no_element() -> None:
    option = '<Option name="VarTransform" modified="Yes">I</Option>\n  </Options>'
    text = SMALL.replace('NTransformations="0"', 'NTransformations="1"').replace("</Options>", option)
    assert read_weight_file(text).transformations.steps == ()


GENERAL = '<Info name="TMVA'
TARGETS = '<Targets NTrgt="1"><Target TargetIndex="0" Expression="t" Label="t" Type="F"/></Targets>'
THIRD = '<Class Name="c" Index="2"/>\n  </Classes>'


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("Classification", "Regression")], "AnalysisType is Regression, but there is no <Target>"),
        ([("<Transformations", TARGETS + "<Transformations")], "is Classification, but there are 1 <Target>"),
        ([("</Classes>", THIRD), ('NClass="2"', 'NClass="3"')], "Classification, but there are 3 classes"),
        (
            [("</Classes>", THIRD), ('NClass="2"', 'NClass="3"'), ('"AnalysisType"', '"Other"')],
            "AnalysisType is missing, which means Classification, but there are 3 classes",
        ),
        (
            [('    <Class Name="Background" Index="1"/>\n', ""), ('NClass="2"', 'NClass="1"'),
             ("Classification", "Multiclass")],
            "AnalysisType is Multiclass, but there is 1 class",
        ),
        ([(GENERAL, '<Info name="Training events" value="nan"/>' + GENERAL)], "'nan', expected a number"),
        ([(GENERAL, '<Info name="TrainingTime" value="inf"/>' + GENERAL)], "'inf', expected a number"),
        ([('Width="2" ActivationFunction="3"', 'Width="2"')], "has no attribute 'ActivationFunction'"),
    ],
)  # fmt: skip
def test_header_and_layers(changes: list[tuple[str, str]], message: str) -> None:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(text)


def test_numbers_beyond_those_claimed_are_not_kept(tmp_path) -> None:
    """A matrix that claims 6 numbers and has 5 million: 20 MB in single precision if they were."""
    path = tmp_path / "a.xml"
    path.write_text(re.sub(r"0\.25  1\.0", "0.25  " + "1 " * 5_000_000, SMALL))
    tracemalloc.start()
    try:
        with pytest.raises(WeightFileError, match="expected 6 numbers, found 5000005"):
            read_weight_file(path)
        assert tracemalloc.get_traced_memory()[1] < 5e6
    finally:
        tracemalloc.stop()
