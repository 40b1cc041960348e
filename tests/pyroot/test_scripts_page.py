"""docs/scripts.md: its table has what the stand-in has, and no more."""

from __future__ import annotations

import re

import pytest

from tmva_py.errors import TMVAError
from tmva_py.pyroot.standin.missing import NeedsRootError
from tmva_py.pyroot.standin.module import make_root
from tmva_py.pyroot.standin.names import NAMES, homes, root_class
from tmva_py.pyroot.standin.style import COLOURS

ARGUMENTS = {"TTree": ("t", "t"), "TH1": ("h", "h", 10, 0, 1), "TF1": ("f", "x")}
LEVELS = {"kPrint", "kInfo", "kWarning", "kError", "kBreak", "kSysError", "kFatal"}


@pytest.fixture(scope="module")
def table(project) -> dict[str, str]:
    """The first two columns of the page's table of names."""
    page = (project / "docs" / "scripts.md").read_text().partition("## What the stand-in has")[2]
    rows = re.findall(r"^\| (`.*?) \| (.*)\|$", page.partition("Where it differs")[0], re.MULTILINE)
    return dict(rows)


def test_the_names_are_those_of_the_page(table):
    named = {name for cell in table for name in re.findall(r"`(\w+)`", cell)}
    assert named - {"kRed", "gErrorIgnoreLevel"} == set(homes()) - LEVELS


def test_every_name_is_there():
    root = make_root()
    for name in [*homes(), *COLOURS, "kTRUE", "kFALSE", "nullptr", "TMVA"]:
        assert hasattr(root, name), name
        assert name in dir(root)
    assert len(homes()) == sum(len(names) for names in NAMES.values())


@pytest.mark.parametrize(
    "owner", ["TFile", "TTree", "TH1", "TGraph", "TF1", "TCanvas", "TRandom3", "gROOT", "gSystem"]
)
def test_the_calls_of_the_page_are_there(owner, table):
    cell = next(calls for names, calls in table.items() if f"`{owner}`" in names)
    made = (
        root_class(owner)
        if owner in ("TFile", "gROOT", "gSystem")
        else root_class(owner)(*ARGUMENTS.get(owner, ()))
    )
    calls = [one for one in re.findall(r"`([A-Z]\w+)(?:\(.*?\))?`", cell) if one not in homes()]
    assert len(calls) >= 3
    for call in calls:
        assert hasattr(made, call), call


def test_what_is_missing_names_the_call():
    root = make_root()
    with pytest.raises(
        NeedsRootError, match=r"^ROOT.TEfficiency needs ROOT itself: pip install root"
    ) as error:
        _ = root.TEfficiency
    assert isinstance(error.value, TMVAError)
    with pytest.raises(AttributeError, match=r"^TH1F.Fit needs ROOT itself"):
        root.TH1F("h", "h", 10, 0, 1).Fit("gaus")
    with pytest.raises(AttributeError, match=r"; did you mean 'GetEntries'\?"):
        root.TTree("t", "t").GetEntriess()
