"""What a weight file says before its weights."""

from __future__ import annotations

import json

import pytest
from weight_files import SMALL, changed, golden_index, golden_weights

from tmva_py.errors import TMVAWarning, WeightFileError
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.plugins import default_registry
from tmva_py.weights import WeightFile
from tmva_py.weights.xml_reader import parse_weight_xml
from tmva_py.weights.xml_writer import to_text


def summary(found):
    return {
        "method": found.method,
        "analysis": found.analysis_type,
        "n_vars": len(found.info.variables),
        "n_spectators": len(found.info.spectators),
        "transforms": found.transformation_names,
        "root": found.general_info["ROOT Release"],
        "tmva": found.general_info["TMVA Release"],
    }


def test_every_real_header(shared):
    seen = 0
    for case in golden_index(shared):
        if case["kind"] in ("parse", "training") or case.get("method_kind") == "output":
            continue
        if case["kind"] == "real":  # TMVA of August 2015 on the base libraries of a later ROOT
            case["root"] = "6.40/00 [403456]"
        found = WeightFile.read(golden_weights(shared, case["case"]), header_only=True)
        got = summary(found)
        assert got == {key: case[key] for key in got}, case["case"]
        assert found.weights is None
        seen += 1
    assert seen > 200


def test_headers_of_methods_that_are_not_here(shared):
    folder = shared / "golden" / "parse_only"
    expected = json.loads((folder / "files.json").read_text())
    assert len(expected) == 10
    for case in expected:
        found = WeightFile.read(folder / case["file"])
        got = summary(found)
        got["classes"] = found.info.classes
        got["targets"] = [target.expression for target in found.info.targets]
        assert got == {key: case[key] for key in got}, case["file"]
        if default_registry().knows("method", found.type_name):
            continue
        pattern = f"method '{found.type_name}' .*cannot be evaluated.*knows BDT.*, DL"
        with pytest.raises(LookupError, match=pattern):
            read_weight_file(folder / case["file"])


def test_real_files_are_written_again_letter_for_letter(shared):
    files = sorted((shared / "golden").glob("*/weights.xml"))
    files += sorted((shared / "golden" / "parse_only").glob("*.xml"))
    for path in files:
        text = path.read_text()
        if "<!--" in text:  # comments are not kept
            continue
        assert to_text(parse_weight_xml(path)) == text, path
    assert len(files) > 60


def test_arrays(shared):
    info = WeightFile.read(shared / "golden" / "dl_lstm_seq" / "weights.xml", header_only=True).info
    assert [one.array_index for one in info.variables[:31]] == [*range(30), 0]
    assert {one.array_size for one in info.variables} == {30}
    last = info.variables[-1]
    assert (last.expression, last.internal_name, last.title, last.type_text) == (
        "vars_time9", "vars_time9[29]", "[29]", "F[]",
    )  # fmt: skip


def test_text_in_place_of_a_path():
    found = WeightFile.read(SMALL)
    assert (found.source, found.type_name, found.title) == ("weight text", "DL", "small")
    with_encoding = changed('version="1.0"', 'version="1.0" encoding="latin-1"').replace("Signal", "Señal")
    assert WeightFile.read(with_encoding).info.classes[0] == "Señal"


def test_what_old_files_lack():
    text = changed('<Info name="AnalysisType" value="Classification"/>', "")
    start, end = text.index("  <Spectators"), text.index("  <Transformations")
    text = text[:start] + text[end:]
    text = text.replace('  <Transformations NTransformations="0"/>\n  <MVAPdfs/>\n', "")
    text = text.replace(' Title="a" Unit="" Internal="a" Type="F" Min="0" Max="1"', "")
    found = WeightFile.read(text)
    assert found.analysis_type == "Classification"
    assert found.info.classes == ["class0", "class1"]
    assert found.info.spectators == []
    assert found.transformation_names == []
    one = found.info.variables[0]
    assert (one.label, one.title, one.internal_name, one.type_text) == ("a", "a", "a", "F")


def test_a_file_with_targets_and_no_analysis_type_is_a_regression():
    text = changed('<Info name="AnalysisType" value="Classification"/>', "").replace(
        "  <Transformations",
        '  <Targets NTrgt="1"><Target TargetIndex="0" Expression="t"/></Targets>\n  <Transformations',
    )
    found = WeightFile.read(text)
    assert found.analysis_type == "Regression"
    assert [target.expression for target in found.info.targets] == ["t"]


def test_variables_stand_by_their_index():
    text = SMALL.replace('VarIndex="0"', 'VarIndex="x"').replace('VarIndex="2"', 'VarIndex="0"')
    text = text.replace('VarIndex="x"', 'VarIndex="2"')
    assert [one.expression for one in WeightFile.read(text).info.variables] == ["c", "b+1", "a"]


def test_unknown_parts_are_named():
    text = changed("  <Spectators", "  <Variabels/>\n  <Spectators")
    text = text.replace('<Class Name="Signal"', '<Class name="x" Name="Signal"').replace(
        "  <Options>", "  <Options><Optoin/>"
    )
    with pytest.warns(TMVAWarning) as caught:
        WeightFile.read(text)
    assert [str(warning.message) for warning in caught] == [
        "weight text: not known and left out: element <Variabels> (line 16); did you mean 'Variables'?; "
        "element <Optoin> (line 7) in <Options>; attribute 'name' of <Class> (line 19); did you mean 'Name'?"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed('Method="DL::small"', 'Method="DL"'), r"line 2\): Method='DL', expected something like"),
        (changed('NVar="3"', 'NVar="5"'), r"\(line 11\): NVar=5, but there are 3 <Variable> elements"),
        (changed('NVar="3"', 'NVar="3e9"'), r"<Variables> \(line 11\): NVar='3e9' must be a whole number"),
        (changed('NVar="3"', 'NVar="99999999999999999"'), r"NVar=99999999999999999, but there are 3"),
        (changed('VarIndex="1"', 'VarIndex="0"'), r"\(line 12\): VarIndex=0; expected 0 to 2, each once"),
        (changed('Expression="a"', ""), r"<Variable> \(line 12\) has no attribute 'Expression'"),
        (changed('Min="0"', 'Min="low"'), r"<Variable> \(line 12\): Min='low' is not a number"),
        (changed('Type="F"', 'Type="F[]"'), r"needs its index, as Internal='name\[3\]', got 'a'"),
        (changed('"Classification"', '"Clasification"'), r"is 'Clasification'; did you mean 'Classif"),
        (changed('<Option name="V"', "<Option"), r"<Option> \(line 8\) has no attribute 'name'"),
        (changed("<MVAPdfs/>", '<Spectators NSpec="0"/>'), r"<Spectators> \(line 22\) appears a second time"),
        (changed("Variables", "Others", 2), r"<MethodSetup> has no <Variables>"),
    ],
)  # fmt: skip
def test_damage(text, message, recwarn):
    with pytest.raises(WeightFileError, match=message) as caught:
        WeightFile.read(text)
    assert str(caught.value).startswith("weight text: ")
