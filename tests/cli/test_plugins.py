"""``tmva-py plugins``."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import tmva_py.cli.plugins as plugins_module
from tmva_py.cli import main
from tmva_py.cli.plugins import plain_table
from tmva_py.plugins import PluginRecord

RECORDS = [
    PluginRecord("layer", "DENSE", "tmva_py.layers.dense.TDenseLayer", "tmva-py", "0.1.0", "ok"),
    PluginRecord("backend", "numpy", "tmva_py.backends.NumpyBackend", "tmva-py", "0.1.0", "ok"),
    PluginRecord(
        "", "peephole", "tmva_peephole", "tmva-peephole", "1.0", 'failed: ImportError("No module\n  x")'
    ),
]


@pytest.fixture
def registry(monkeypatch):
    class Pretend:
        def records(self):
            return list(RECORDS)

    monkeypatch.setattr(plugins_module, "default_registry", Pretend)


def test_plain_when_not_a_terminal(registry):
    result = CliRunner().invoke(main, ["plugins"])
    assert result.exit_code == 0
    header, dense, numpy, failed = result.output.splitlines()
    assert header.split() == ["kind", "name", "class", "distribution", "version", "status"]
    assert dense.split() == ["layer", "DENSE", "tmva_py.layers.dense.TDenseLayer", "tmva-py", "0.1.0", "ok"]
    assert numpy.split()[0] == "backend"
    assert failed.startswith("-        peephole")
    assert failed.endswith('failed: ImportError("No module x")')


def test_one_kind_keeps_the_failures(registry):
    result = CliRunner().invoke(main, ["plugins", "--kind", "layer"])
    assert [line.split()[1] for line in result.output.splitlines()[1:]] == ["DENSE", "peephole"]


def test_json(registry):
    records = json.loads(CliRunner().invoke(main, ["plugins", "--json"]).output)
    assert records[0] == {
        "kind": "layer",
        "name": "DENSE",
        "class_name": "tmva_py.layers.dense.TDenseLayer",
        "distribution": "tmva-py",
        "version": "0.1.0",
        "status": "ok",
    }
    assert len(records) == 3


def test_a_table_on_a_terminal(registry, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    plugins_module._print_table(RECORDS)
    output = capsys.readouterr().out
    assert "peephole" in output
    assert "distribution" in output


def test_no_records():
    assert plain_table([]).split()[0] == "kind"


def test_the_real_registry_lists_its_own():
    records = json.loads(CliRunner().invoke(main, ["plugins", "--json"]).output)
    names = {(record["kind"], record["name"]) for record in records}
    assert {("layer", "LSTM"), ("backend", "numpy"), ("optimizer", "ADAM"), ("method", "DL|DNN")} <= names
    assert all(record["status"] == "ok" for record in records if record["distribution"] == "tmva-py")
