"""From a name to reports, and the command with its table and exit codes."""

from __future__ import annotations

import itertools
import json

import pytest
import wrong_plugins as wrong
from checking import registry_of
from click.testing import CliRunner
from distributions import SitePackages, layer_module

from tmva_py.cli import main
from tmva_py.cli.check_plugin import table_of
from tmva_py.errors import OptionError, UnknownNameError
from tmva_py.plugins import default_registry
from tmva_py.testing import CheckReport, CheckRow, check, check_plugin
from tmva_py.testing.layer_examples import layer_examples


def run(*arguments):
    return CliRunner().invoke(main, ["check-plugin", *arguments])


def test_a_name_of_several_kinds_is_checked_as_each():
    subjects = [report.subject for report in check_plugin("GAUSS")]
    assert subjects == ["initializer 'GAUSS'", "activation 'GAUSS'", "transformation 'GAUSS'"]
    assert [report.subject for report in check_plugin("gauss", kind="activation")] == ["activation 'gauss'"]


def test_an_unknown_name():
    with pytest.raises(UnknownNameError, match="is called 'TANHH'; did you mean 'TANH'"):
        check_plugin("TANHH")


def test_a_layer_with_its_entry_and_shape():
    (report,) = check_plugin("DENSE", kind="layer", layout="DENSE|2|RELU", input_shape=(3,))
    assert report.rows[0].detail == "DENSE|2|RELU on events of shape (3,)"
    assert report.passed


def test_an_entry_that_does_not_fit_says_why():
    report = check("layer", "DENSE|2|RELU", input_shape=(3, 4), raise_errors=False)
    assert "no arguments found that build on events of shape (3, 4)" in report.failures[0].detail
    assert "put RESHAPE|FLAT" in report.failures[0].detail


def test_a_class_that_is_not_registered_fails_where_names_matter():
    report = check("layer", lambda: wrong.Gated(3), input_shape=(4,), raise_errors=False)
    failed = {row.check: row.detail for row in report.failures}
    assert set(failed) == {"weight file (XML)", "network file (npz)", "layout and its errors"}
    assert "is not registered under its name" in failed["network file (npz)"]


def test_arguments_that_do_not_fit_the_kind():
    with pytest.raises(UnknownNameError, match="unknown kind of plugin 'layr'; did you mean 'layer'"):
        check("layr", "DENSE")
    with pytest.raises(OptionError, match="options 'x' is for a method, not for a class of kind loss"):
        check("loss", "MSE", options="x")
    with pytest.raises(OptionError, match=r"input_shape \(3,\) is for a layer"):
        check("activation", "TANH", input_shape=(3,))


def test_the_arguments_of_check_layouts():
    class Declared(wrong.Gated):
        check_layouts = (("GATED|2|0.5", (3,)), ("GATED|1", (2, 2)))

    report = check("layer", "GATED", registry=registry_of(Declared))
    assert report.rows[0].detail == "GATED|2|0.5 on events of shape (3,); GATED|1 on events of shape (2, 2)"


def test_the_command_prints_a_table():
    found = run("SOFTSIGN")
    assert found.exit_code == 0, found.output
    lines = found.output.splitlines()
    assert lines[0] == "activation 'SOFTSIGN'"
    assert any(line.startswith("derivative") and "  ok  " in line for line in lines)
    assert lines[-1] == "all passed"


def test_the_command_as_json():
    rows = json.loads(run("XAVIER", "--json").output)
    assert rows[0] == {
        "subject": "initializer 'XAVIER'",
        "check": "letter in files",
        "status": "ok",
        "detail": "code 'X'",
    }


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["DENSE", "--shape", "3xtwo"], "expected whole numbers of at least 1, as 10x30, got '3xtwo'"),
        (["DENSE", "--kind", "lair"], "'lair' is not one of"),
        (["LSMT"], "did you mean 'LSTM'"),
    ],
)
def test_wrong_arguments_end_with_code_2(arguments, text):
    found = run(*arguments)
    assert found.exit_code == 2
    assert text in found.output


def test_the_shape_reaches_the_layer():
    found = run("LSTM", "--layout", "LSTM|2", "--shape", "3x2")
    assert "LSTM|2 on events of shape (3, 2)" in found.output
    assert found.exit_code == 0


def test_the_table_wraps_and_keeps_the_lines_of_a_reason():
    rows = (
        CheckRow("gradients", "failed", "first\n  likely cause: " + "word " * 30),
        CheckRow("b", "ok", ""),
    )
    lines = table_of([CheckReport("layer 'X'", rows)], 70).splitlines()
    assert lines[:3] == ["layer 'X'", "---------", "gradients  failed  first"]
    assert lines[3].startswith(" " * 21 + "likely cause: word")
    assert max(map(len, lines)) <= 70
    assert lines[-1] == "1 failed"
    assert table_of([CheckReport("backend 'x'", (CheckRow("all", "skipped", ""),))]).endswith(
        "\n1 not checked"
    )


BROKEN = """
from tmva_py.layers import LayerXML, VGeneralLayer
from tmva_py.plugins import hookimpl


class Twice(VGeneralLayer):
    names, xml = ("TWICE",), LayerXML("TwiceLayer")

    def build(self, input_shape, store):
        return input_shape

    def forward(self, x, context):
        return 2 * x, None

    def backward(self, d_out, saved, context):
        return d_out


@hookimpl
def tmva_py_layers():
    return [Twice]
"""


def test_an_installed_plugin_that_is_wrong_ends_with_code_1(tmp_path):
    site = SitePackages(tmp_path)
    site.add("tmva-py-twice", "1.0", "twice", "twice", BROKEN)
    site.add("tmva-py-broken", "1.0", "broken", "broken", "import no_such_module")
    code = "from tmva_py.cli import main; main(['check-plugin', {!r}])"
    for name in ("TWICE", "tmva-py-twice"):
        done = site.run(code.format(name))
        assert done.returncode == 1, done.stderr
        text = " ".join(done.stdout.split())
        assert "backward gives" in text
        assert "every component is 0.5 times the derivative: a factor of 2 is missing" in text
        assert done.stdout.rstrip().endswith("1 failed")
    done = site.run(code.format("tmva-py-broken"))
    assert done.returncode == 1
    assert "No module named 'no_such_module'" in done.stdout


def test_a_broken_plugin_does_not_matter_to_another(tmp_path):
    site = SitePackages(tmp_path)
    site.add("tmva-py-one", "1.0", "one", "one_module", layer_module("One", "ONE"))
    site.add("tmva-py-broken", "1.0", "broken", "broken", "import no_such_module")
    site.add("tmva-py-rude", "1.0", "rude", "rude", "raise SystemExit(5)")
    # It takes the name of a built-in layer that checks may use, and an activation that cannot be made.
    site.add("tmva-py-taker", "1.0", "taker", "taker", layer_module("Taker", "RESHAPE") + CANNOT_BE_MADE)
    code = "from tmva_py.cli import main; main(['check-plugin', 'ONE', 'numpy'])"
    done = site.run(code, {"PYTHONWARNINGS": "error::UserWarning"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "layer 'ONE'" in done.stdout
    code = "from tmva_py.testing import check_plugin; print(check_plugin('ONE')[0].text())"
    assert "none failed" in site.output(code, {"PYTHONWARNINGS": "error::UserWarning"})


CANNOT_BE_MADE = """
from tmva_py.functions.activations import Activation

class Bad(Activation):
    names, code = ("BAD",), 103

    def __init__(self):
        raise RuntimeError

@hookimpl
def tmva_py_activations():
    return [Bad]
"""


def test_option_errors_have_the_reason_of_each_shape():
    with pytest.raises(OptionError, match=r"\(3, 4\): ShapeError: .*expected a flat input"):
        layer_examples("DENSE|2|RELU", (3, 4), default_registry())


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["LSTM", "--layout", "GRU|3"], "layout 'GRU|3' is an entry of 'GRU', but what is checked is 'LSTM'"),
        (["LSTM", "--options", "H"], "options 'H' is for a method, but 'LSTM' is of kind layer"),
        (["DL", "--layout", "DENSE|3"], "layout 'DENSE|3' is for a layer, but 'DL' is of kind method"),
        (["TANH", "--shape", "3"], "shape (3,) is for a layer, but 'TANH' is of kind activation"),
        (["LSTM", "GRU", "--layout", "GRU|3"], "--layout, --shape and --options go with one NAME"),
        ([], "Missing argument 'NAME...'"),
    ],
)
def test_arguments_that_do_not_fit_the_name(arguments, text):
    found = run(*arguments)
    assert found.exit_code == 2
    assert text in found.output


def test_a_shape_that_does_not_fit_says_why():
    found = run("LSTM", "--shape", "3")
    assert found.exit_code == 1
    text = " ".join(found.output.split())
    assert "no arguments found that build on events of shape (3,); give a layout entry" in text
    assert "expected a sequence (time steps, width), got an input of shape (3,)" in text


def test_several_names_at_once():
    found = run("SOFTSIGN", "XAVIER", "SOFTSIGN")
    assert found.exit_code == 0
    lines = found.output.splitlines()
    subjects = [line for line, below in itertools.pairwise(lines) if below.startswith("---")]
    assert subjects == ["activation 'SOFTSIGN'", "initializer 'XAVIER'"]


FAILING = {
    "importer": (
        "import no_such_module",
        "ModuleNotFoundError: No module named 'no_such_module'\nat importer.py:1",
    ),
    "syntax": (
        "class X(:\n  pass",
        "SyntaxError: invalid syntax (syntax.py, line 1)\nat syntax.py:1: class X(:",
    ),
    "hook": (
        "from tmva_py.plugins import hookimpl\n@hookimpl\ndef tmva_py_layers():\n    return 1 / 0",
        "ZeroDivisionError: division by zero\nat hook.py:4 in tmva_py_layers: return 1 / 0",
    ),
}


def test_plugins_that_fail_to_load(tmp_path):
    site = SitePackages(tmp_path)
    for name, (source, _) in FAILING.items():
        site.add(f"tmva-py-{name}", "1.0", name, name, source)
    code = "from tmva_py.cli import main; main(['check-plugin', {!r}, '--json'])"
    for name, (_, text) in FAILING.items():
        done = site.run(code.format(f"tmva-py-{name}"))
        assert done.returncode == 1, done.stderr
        (row,) = json.loads(done.stdout)
        assert (row["check"], row["status"]) == ("loading", "failed")
        assert row["detail"].startswith(text)
    done = site.run(code.format("NOSUCH"))
    assert done.returncode == 2
    assert "plugin 'importer' of tmva-py-importer 1.0 failed to load: ModuleNotFoundError(" in done.stderr
    assert "plugin 'hook' of tmva-py-hook 1.0 failed in tmva_py_layers: ZeroDivisionError(" in done.stderr
