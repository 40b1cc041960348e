"""C++ macros may call what scripts in Python may."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CPP = HERE.parents[1] / "tmva_py" / "pyroot" / "macros" / "cpp"
CLASSES = {
    "Factory": ("booking.h", "Factory", "DataDescription"),
    "DataLoader": ("booking.h", "DataLoader", "DataDescription"),
    "DataSetInfo": ("data.h", "DataSetInfo"),
    "DataSet": ("data.h", "DataSet"),
    "Reader": ("reader.h", "Reader"),
    "What BookMethod gives": ("methods.h", "IMethod", "MethodCuts", "MethodCategory"),
    "gConfig": ("settings.h", "Config"),
}
# Of notebooks in Python.
IN_PYTHON = {
    "DataLoader": {"DrawInputVariable", "GetInputVariableHist"},
}
needs_root = pytest.mark.root


def members(header: str, *names: str) -> set[str]:
    """Return the functions that classes of a header declare."""
    text = (CPP / header).read_text()
    found = {"GetName"}  # Bridge::Object has it
    for name in names:
        body = re.search(rf"^class {name} : .*?^}};", text, re.MULTILINE | re.DOTALL)[0]
        found.update(re.findall(r"\b([A-Z]\w+)\(", body), re.findall(r"TMVA_PY_FORWARD\((\w+)\)", body))
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_the_calls_of_python(project: Path, name: str):
    page = (project / "docs" / "from-tmva.md").read_text(encoding="utf-8")
    section = re.split(r"\n##+ ", page.split(f"\n### {name}\n", 1)[1], maxsplit=1)[0]
    rows = re.findall(r"^\| (`.*?) \| (?:same|more|nothing) \|", section, re.MULTILINE)
    listed = {one for row in rows for one in re.findall(r"`(\w+)`", row)}
    assert len(listed) >= 10
    assert listed - members(*CLASSES[name]) == IN_PYTHON.get(name, set())


@needs_root
def test_calls_of_every_class(run_with_root):
    if importlib.util.find_spec("ROOT") is None:
        pytest.skip("PyROOT is not installed; make test-root installs it")
    done = run_with_root((HERE / "calls.C").read_text(), "calls.C")
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(" ", 1) for line in done.stdout.splitlines() if re.match(r"[a-z]+ ", line))
    assert lines == lines | {
        "folder": "weights/mine/",
        "bins": "30",
        "reference": "1",
        "list": "3 MLP",
        "separation": "0.6",
        "normed": "0.75",
        "elements": "12",
        "unit": "p [GeV] n",
        "colour": "[]",
        "info": "2 Background 1 2 Title of x 1 x > -9 1+0*x 1 "
        "nTrain_Signal=200:nTrain_Background=200:SplitMode=Block:!V NONE",
        "events": "400 400 200 400 2 1 1",
        "spectators": "1 200",
        "matrix": "1 1 1 CorrelationMatrixSignal",
        "method": "1 MVA_LD_Proba 2 Title of y 1 1 1 1 200",
        "training": "1 TGraph",
        "xml": "MethodSetup LD::LD 2 y",
        "caught": "no attribute 'none' of the XML node 'MethodSetup'",
        "curve": "0.833333 1",
        "shares": "2 y 100",
        "importance": "1 VariableImportance 1",
        "reader": "0 2",
        "old": "LD 1",
        "not": "cuts 1",
    }
    efficiency, error, near = lines["efficiency"].split()
    assert float(error) == pytest.approx((float(efficiency) * (1 - float(efficiency)) / 200) ** 0.5, rel=1e-3)
    assert near == "1"
    estimates = [float(one) for one in (lines["estimates"] + " " + lines["alone"]).split()]
    assert estimates == pytest.approx([1.5] * 3, abs=1e-3)


@needs_root
def test_a_program_that_ends_without_a_return(run_with_root):
    if importlib.util.find_spec("ROOT") is None:
        pytest.skip("PyROOT is not installed; make test-root installs it")
    text = """#include "TMVA/Tools.h"
int main(int argc, char **argv) { if (argc > 2) return 1; std::cout << argv[1] << std::endl; }
"""
    done = run_with_root(text, "program.cxx", ("end",))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "end\n"


@needs_root
def test_forms_of_calls(run_with_root):
    if importlib.util.find_spec("ROOT") is None:
        pytest.skip("PyROOT is not installed; make test-root installs it")
    done = run_with_root((HERE / "forms.C").read_text(), "forms.C")
    assert done.returncode == 0, done.stderr
    assert "a a1 c d e f sum_1 g \n" in done.stdout
    assert "version 4.2.1 50\n" in done.stdout


@needs_root
def test_slices_of_tensors(run_with_root):
    if importlib.util.find_spec("ROOT") is None:
        pytest.skip("PyROOT is not installed; make test-root installs it")
    text = """#include "TMVA/RTensor.hxx"
void macro() {
   TMVA::Experimental::RTensor<float> tensor({0, 1, 2, 3, 4, 5}, {2, 3});
   std::cout << tensor.Slice({{0, 2}, {0, 2}}) << tensor.Slice({{0, 2}, {1, 2}})
             << tensor.Slice({{1, 2}, {2, 3}}) << tensor.Slice({{1, 2}, {1, 3}}).GetShape().size()
             << std::endl;
}"""
    done = run_with_root(text, "macro.C")
    assert done.stdout == "{ { 0, 1 }, { 3, 4 } }{ 1, 4 }{ 5 }1\n", done.stderr
