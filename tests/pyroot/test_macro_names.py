"""What macros name of TMVA: what is declared for them, and what is said of what is not there."""

from __future__ import annotations

import importlib.util

import pytest

import tmva_py
from tmva_py.pyroot.macros.named import declarations_for, lines_of_missing

needs_root = pytest.mark.root


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("void f() { TMVA::Reader reader; }", ""),
        ('TMVA::variables("data", "TMVA.root");', '#include "TMVA/variables.h"'),
        ("// TMVA::variables(\n/* TMVA::mvas( */ std::vector<int> variables(3);", ""),
        ("if (!gROOT->IsBatch()) TMVAGui(name);", "using TMVA::TMVAGui;"),
        ("using namespace TMVA;\nTMVAGui(name);", ""),
        ("TMVA::TMVAGui(name);", ""),
        ('#include "TMVAGui.C"\nTMVAGui(name);', ""),
        ("void TMVAGui(const char *name) {}\nvoid f() { TMVAGui(name); }", ""),
    ],
)
def test_what_is_declared(text, expected):
    assert declarations_for(text) == expected


def test_what_is_not_there():
    text = """TMVA::Reader one; TMVA::Types::kBDT; TMVA::LogInterval two; TMVA::LogInterval four;
TMVA::Experimental::SOFIE::RModel three; TMVA::Nonsense five; // TMVA::Other"""
    lines = lines_of_missing(tmva_py, text)
    assert len(lines) == 3
    assert lines[0] == "TMVA::LogInterval is for scripts in Python"
    assert "SOFIE" in lines[1]
    assert "Nonsense" in lines[2]


def test_rankings_have_a_line_of_their_own():
    (line,) = lines_of_missing(tmva_py, "TMVA::Ranking one; TMVA::Timer two; TMVA::ROCCalc three;")
    assert line.startswith("TMVA.Ranking is not available in this version: the log has the ranking")


@needs_root
def test_messages(run_with_root):
    if importlib.util.find_spec("ROOT") is None:
        pytest.skip("PyROOT is not installed; make test-root installs it")
    done = run_with_root("void macro() { TMVA::LogInterval *one = nullptr; }", "macro.C")
    assert done.returncode == 2
    assert "above\n  TMVA::LogInterval is for scripts in Python\n" in done.stderr
    text = """void macro() {
   try { TMVA::Reader("Silent").BookMVA("a", "none.xml"); } catch (const std::exception &) {}
   std::vector<int>().at(3);
}"""
    done = run_with_root(text, "macro.C")
    assert done.returncode == 2
    assert "error: macro.C: out_of_range: " in done.stderr
    text = """void macro() {
   gROOT->ProcessLine(".L TMVAGui.C");
   TMVAGui("TMVA.root");
   TMVA::variables("data", "none.root");
}"""
    done = run_with_root(text, "macro.C")
    assert "TMVA.root" in done.stdout
    assert done.returncode == 2
    assert "none.root" in done.stderr
