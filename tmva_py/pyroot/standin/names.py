"""Where each name of ROOT is defined; found by name, so that files need not import one another."""

from __future__ import annotations

import importlib
from typing import Any

_STAND_IN = "tmva_py.pyroot.standin"
# Where each name of ROOT is defined: a module beside this one, and its names.
NAMES: dict[str, tuple[str, ...]] = {
    "application": (
        *("gROOT", "gApplication", "TApplication", "TRint", "TStopwatch", "EnableImplicitMT"),
        *("DisableImplicitMT", "IsImplicitMTEnabled", "GetThreadPoolSize", "GetImplicitMTPoolSize"),
        *("EnableThreadSafety", "SetOwnership", "SetMemoryPolicy", "SetSignalPolicy", "PyConfig", "Double"),
        *("Long", "TROOT"),
    ),
    "axes": ("TAxis",),
    "branches": ("TBranch", "TLeaf"),
    "chains": ("TChain",),
    "directories": ("TDirectory", "gDirectory"),
    "files": ("TFile", "TMemFile", "TKey"),
    "four_vectors": ("TVector3", "TLorentzVector"),
    "functions": ("TF1", "TF2", "TFormula"),
    "graphs": ("TGraph", "TGraphErrors", "TGraphAsymmErrors", "TMultiGraph", "THStack"),
    "histograms": ("TH1", "TH1F", "TH1D", "TH1I", "TH2", "TH2F", "TH2D", "TH2I"),
    "math_functions": ("TMath",),
    "math_vectors": ("Math",),
    "messages": (
        *("Info", "Warning", "Error", "Fatal", "Form"),
        *("kPrint", "kInfo", "kWarning", "kError", "kBreak", "kSysError", "kFatal"),
    ),
    "ntuples": ("TNtuple", "TNtupleD"),
    "objects": ("TObject", "TNamed", "TList", "TObjArray"),
    "pads": ("TPad", "TCanvas", "gPad"),
    "random_numbers": ("TRandom", "TRandom1", "TRandom2", "TRandom3", "gRandom"),
    "shapes": (
        *("TLegend", "TLine", "TArrow", "TBox", "TText", "TLatex", "TMarker", "TPaveText", "TPaveLabel"),
    ),
    "style": ("gStyle", "TStyle", "TColor", "TGaxis"),
    "system": ("gSystem", "TSystem"),
    "text": ("TString", "TObjString", "TCut", "string"),
    "tree_formulas": ("TTreeFormula",),
    "trees": ("TTree",),
    "vectors": ("std", "vector"),
}


def homes() -> dict[str, str]:
    """Return the module of each name."""
    return {name: home for home, names in NAMES.items() for name in names}


def root_class(name: str) -> Any:
    """Return what has a name in ROOT: a class, a function or an object."""
    return getattr(importlib.import_module(f"{_STAND_IN}.{homes()[name]}"), name)
