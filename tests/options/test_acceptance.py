"""Option strings of ROOT's tutorials, read by the tables that ROOT declares for them."""

from __future__ import annotations

import warnings

import pytest

from tmva_py.errors import TMVAWarning
from tmva_py.options import Option, OptionString, parse_option_string

FACTORY = (
    Option("V", bool, False),
    Option("VerboseLevel", str, "Info", choices=("Debug", "Verbose", "Info")),
    Option("Color", bool, True),
    Option("Transformations", str, "I"),
    Option("Correlations", bool, False),
    Option("ROC", bool, True),
    Option("Silent", bool, False),
    Option("DrawProgressBar", bool, True),
    Option("ModelPersistence", bool, True),
    Option("AnalysisType", str, "Auto", choices=("Classification", "Regression", "Multiclass", "Auto")),
)
MODES = ("Random", "Alternate", "Block")
SPLIT = (
    Option("SplitMode", str, "Random", choices=MODES),
    Option("MixMode", str, "SameAsSplitMode", choices=("SameAsSplitMode", *MODES)),
    Option("SplitSeed", int, 100),
    Option("NormMode", str, "EqualNumEvents", choices=("None", "NumEvents", "EqualNumEvents")),
    Option("V", bool, False),
    Option("CalcCorrelations", bool, True),
    *(
        Option(f"{stem}_{name}", int, 0)
        for name in ("Signal", "Background", "Regression", "bg0")
        for stem in ("nTrain", "nTest")
    ),
)
READER = tuple(Option(name, bool, False) for name in ("V", "Color", "Silent", "Error"))
BASE = (
    Option("V", bool, False),
    Option("VarTransform", str, "None"),
    Option("H", bool, False),
    Option("CreateMVAPdfs", bool, False),
)
CUTS = (
    *BASE,
    Option("FitMethod", str, "GA", choices=("GA", "SA", "MC", "MCEvents", "MINUIT", "EventScan")),
    Option("EffMethod", str, "EffSel", choices=("EffSel", "EffPDF")),
    Option("CutRangeMin", float, -1.0, size=4),
    Option("CutRangeMax", float, -1.0, size=4),
    Option("VarProp", str, "NotEnforced", choices=("NotEnforced", "FMax", "FMin", "FSmart"), size=4),
)
GENETIC = (
    Option("PopSize", int, 300),
    Option("Steps", int, 40),
    Option("Cycles", int, 3),
    Option("SC_steps", int, 10),
    Option("SC_rate", int, 5),
    Option("SC_factor", float, 0.95),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "!V:!Silent:Color:DrawProgressBar:Transformations=I;D;P;G,D:AnalysisType=Classification",
            {"Transformations": "I;D;P;G,D", "AnalysisType": "Classification", "Silent": False},
        ),
        (
            "!V:ROC:!Silent:Color:AnalysisType=Classification:Transformations=None:!Correlations",
            {"Transformations": "None", "Correlations": False, "ROC": True},
        ),
        ("!V:!Silent:Transformations=I;D;P;G,D", {"AnalysisType": "Auto"}),
        ("AnalysisType=Classification", {"AnalysisType": "Classification", "V": False}),
        ("AnalysisType=multiclass:", {"AnalysisType": "Multiclass"}),
    ],
)
def test_factory(text, expected):
    values = parse_option_string(text, FACTORY, owner="Factory 'job'")
    assert {name: values[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "nTrain_Signal=1000:nTrain_Background=1000:SplitMode=Random:NormMode=NumEvents:!V",
            {"nTrain_Signal": 1000, "NormMode": "NumEvents"},
        ),
        ("nTrain_Signal=0:nTrain_Background=0:SplitMode=Random", {"nTrain_Background": 0}),
        ("SplitMode=Block:!CalcCorrelations", {"SplitMode": "Block", "CalcCorrelations": False}),
        ("SplitSeed=100:nTest_Signal=1", {"nTest_Signal": 1}),
        ("nTrain_Regression=1000:nTest_Regression=0", {"nTrain_Regression": 1000}),
        ("nTrain_bg0=5", {"nTrain_bg0": 5}),
        ("nTrain_Signal=800.0", {"nTrain_Signal": 800}),
    ],
)
def test_data_loader(text, expected):
    values = parse_option_string(text, SPLIT, owner="DataLoader 'dataset'")
    assert {name: values[name] for name in expected} == expected


def test_data_loader_takes_a_bare_mode():
    with pytest.warns(TMVAWarning, match="write SplitMode=Block"):
        assert parse_option_string("Block", SPLIT, owner="DataLoader 'dataset'")["SplitMode"] == "Block"


@pytest.mark.parametrize("text", ["!Color:!Silent", "Color:!Silent", "!Color:!Silent:!V"])
def test_reader(text):
    values = parse_option_string(text, READER, owner="Reader")
    assert values["Color"] == text.startswith("Color")


def test_cuts_with_its_fitter():
    text = (
        "H:!V:FitMethod=GA:CutRangeMin[0]=-10:CutRangeMax[0]=10:VarProp[1]=FMax:EffSel:Steps=30:Cycles=3:"
        "PopSize=400:SC_steps=10:SC_rate=5:SC_factor=0.95"
    )
    options = OptionString(text, owner="Cuts 'CutsGA'")
    with pytest.warns(TMVAWarning, match="write EffMethod=EffSel"):
        cuts = options.parse(CUTS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        genetic = options.parse(GENETIC)
    options.check_unused()
    assert cuts["CutRangeMin"] == (-10.0, -1.0, -1.0, -1.0)
    assert cuts["VarProp"] == ("NotEnforced", "FMax", "NotEnforced", "NotEnforced")
    assert cuts.text("CutRangeMax") == "1.000000e+01 -1.000000e+00 -1.000000e+00 -1.000000e+00"
    assert (genetic["PopSize"], genetic["SC_factor"]) == (400, 0.95)
