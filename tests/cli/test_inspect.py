"""``tmva-py inspect``."""

from __future__ import annotations

import json
import warnings

import pytest
from click.testing import CliRunner
from weight_files import SMALL, changed, golden_weights

from tmva_py.cli import main
from tmva_py.errors import TMVAWarning


def run(*arguments):
    return CliRunner().invoke(main, ["inspect", *map(str, arguments)])


def test_text(shared):
    result = run(shared / "golden" / "dl_lstm_seq" / "weights.xml")
    assert result.exit_code == 0
    lines = result.output.split("\n")
    assert lines[0] == "DL 'TMVA_LSTM', Classification"
    for line in (
        "  ROOT release    6.22/06 [398854]",
        "  training took   32.5 s",
        "  transformations none",
        "options set by the user (11 of 15)",
        "variables (300)",
        "  270-299  vars_time9[30]  F[]",
        "network (4 layers, 8169 parameters, output sigmoid)",
        "  LSTM|10|30|10|0|1  10×30 -> 10×10  1640 parameters",
    ):
        assert line in lines


def test_json(shared):
    result = run(shared / "golden" / "multiclass_dl_dense_norm_stored" / "weights.xml", "--json")
    found = json.loads(result.output)
    assert (found["method"], found["title"], found["analysis_type"]) == ("DL", "DL_CPU", "Multiclass")
    assert found["classes"] == ["Signal", "bg0", "bg1", "bg2"]
    assert found["transformations"] == ["Normalize"]
    assert found["options"][0] == {"name": "V", "value": "True", "modified": True}
    assert found["variables"][2]["unit"] == "units"
    assert found["variables"][2]["minimum"] == -3.62961459
    assert found["layers"][0]["parameters"] == {"W": [100, 4], "b": [100]}
    assert found["n_parameters"] == 500 + 5050 + 510 + 44
    assert found["can_be_evaluated"] is True


def test_every_real_file(shared):
    files = sorted((shared / "golden").glob("*/weights.xml"))
    files += [
        path for path in (shared / "golden" / "parse_only").iterdir() if path.suffix in (".xml", ".txt")
    ]
    for path in files:
        with warnings.catch_warnings(action="ignore", category=TMVAWarning):  # of weights that are NaN
            result = run(path)
        assert result.exit_code == 0, (path, result.output)
    assert len(files) > 60


def test_a_method_that_is_not_here(shared):
    result = run(shared / "golden" / "parse_only" / "neurobayes_plugin.xml")
    assert (
        "method 'NeuroBayes' (title 'NeuroBayes') cannot be evaluated: this installation knows BDT, "
        in result.output
    )
    assert "  5  pt_sum             F  137.536 … 1461.98 GeV" in result.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (SMALL[:900], "error: {path}: the file is truncated: it ends at line 21"),
        (changed('Columns="3"', 'Columns="4"'), "file has (2, 4), the network needs (2, 3)"),
        ("", "error: {path}: the file is empty"),
    ],
)
def test_damage(tmp_path, content, message):
    path = tmp_path / "a.xml"
    path.write_text(content)
    result = run(path)
    assert result.exit_code == 2
    assert message.format(path=path) in result.output
    assert "Traceback" not in result.output


def test_missing_file():
    result = run("nowhere.xml")
    assert result.exit_code == 2
    assert "error: unable to open input weight file 'nowhere.xml'" in result.output


def test_a_forest(shared, tmp_path):
    path = shared / "golden" / "real_bdt_adaboost_5000" / "weights.xml"
    assert "forest (AdaBoost, 60 trees with" in run(path).output
    shown = run(path, "--tree", "0", "--picture", tmp_path / "tree.png")
    assert shown.output.splitlines() == [
        "tree 0, weight 0.276864",
        "  purity 0.5",
        "    m_bb < 1.16411: purity 0.5601",
        "      m_bb >= 0.595194: purity 0.6167 -> signal",
        "      m_bb < 0.595194: purity 0.3855 -> background",
        "    m_bb >= 1.16411: purity 0.3034 -> background",
    ]
    assert (tmp_path / "tree.png").read_bytes().startswith(b"\x89PNG")
    assert "+0.02981*m_jj" in run(golden_weights(shared, "real_bdt_fishercuts"), "--tree", "0").output
    assert "response" in run(golden_weights(shared, "real_bdt_grad"), "--tree", "3").output
    assert "it has trees 0 to 59" in run(path, "--tree", "60").output
    assert "DL has no trees" in run(shared / "golden" / "dl_lstm_seq" / "weights.xml", "--tree", "0").output
