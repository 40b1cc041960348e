"""Labels, expressions and the names that stand for them, as in weight files of ROOT."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tmva_py.data import VariableInfo
from tmva_py.data.variable_info import FLOAT_MAX, internal_name_of
from tmva_py.errors import ExpressionError


def test_label_and_expression() -> None:
    one = VariableInfo.parse("myvar1 := var1 + var2", title="Expression 1", unit="GeV", type="D")
    assert (one.label, one.expression, one.internal_name) == ("myvar1", "var1+var2", "myvar1")
    assert (one.title, one.unit, one.type_text) == ("Expression 1", "GeV", "D")
    assert (one.minimum, one.maximum) == (FLOAT_MAX, -FLOAT_MAX)
    two = VariableInfo.parse("var1/var2", minimum=1.0, maximum=3.0)
    assert (two.label, two.title, two.internal_name) == ("var1/var2", "var1/var2", "var1_D_var2")
    assert (two.minimum, two.maximum) == (1.0, 3.0)


def test_array() -> None:
    variables = VariableInfo.parse_array("vars_time0", 3)
    assert [one.title for one in variables] == ["[0]", "[1]", "[2]"]
    assert [one.internal_name for one in variables] == ["vars_time0[0]", "vars_time0[1]", "vars_time0[2]"]
    assert {(one.expression, one.label, one.type_text, one.array_size) for one in variables} == {
        ("vars_time0", "vars_time0", "F[]", 3)
    }


@pytest.mark.parametrize("text", ["", "  ", "a:=", ":=b", ":="])
def test_empty(text: str) -> None:
    with pytest.raises(ExpressionError, match="non-empty"):
        VariableInfo.parse(text)


def test_array_of_nothing() -> None:
    with pytest.raises(ExpressionError, match="at least 1, got 0 for 'v'"):
        VariableInfo.parse_array("v", 0)


def test_internal_names_of_real_weight_files(shared: Path) -> None:
    seen = 0
    for path in sorted((shared / "golden").glob("*/*.xml")):
        for element in ET.parse(path).getroot().iter():
            if element.tag in ("Variable", "Spectator", "Target") and element.get("Internal"):
                array = (element.get("Type") or "").endswith("[]")
                stored = str(element.get("Internal"))
                expected = stored.rpartition("[")[0] if array else stored
                assert internal_name_of(str(element.get("Label"))) == expected, (path, element.attrib)
                seen += 1
    assert seen > 300
