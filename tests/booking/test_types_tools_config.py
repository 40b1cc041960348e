"""The small objects that booking scripts touch."""

from __future__ import annotations

import types

import pytest

from tmva_py.booking.config import Config, gConfig
from tmva_py.booking.root_stubs import PyMethodBase, Tools, gTools
from tmva_py.booking.types import Types, VIType, type_name_of
from tmva_py.errors import OptionError, UnknownNameError

TYPE_NAMES = [
    *(
        "Variable",
        "Cuts",
        "Likelihood",
        "PDERS",
        "HMatrix",
        "Fisher",
        "KNN",
        "CFMlpANN",
        "TMlpANN",
        "BDT",
        "DT",
    ),
    *(
        "RuleFit",
        "SVM",
        "MLP",
        "BayesClassifier",
        "FDA",
        "Boost",
        "PDEFoam",
        "LD",
        "Plugins",
        "Category",
        "DNN",
    ),
    *("DL", "PyRandomForest", "PyAdaBoost", "PyGTB", "PyKeras", "PyTorch", "C50", "RSNNS", "RSVM", "RXGB"),
    "CrossValidation",
]


def test_methods_have_tmvas_order_and_names() -> None:
    for number, name in enumerate(TYPE_NAMES):
        member = getattr(Types, f"k{name}")
        assert (int(member), member.type_name) == (number, name)
        assert type_name_of(member) == type_name_of(name) == Types.Instance().GetMethodName(member) == name
        assert Types.GetMethodType(name) is member
    assert Types.kMaxMethod == len(TYPE_NAMES)


def test_other_enumerations() -> None:
    assert [int(getattr(Types, f"k{n}")) for n in ("Classification", "Regression", "Multiclass")] == [0, 1, 2]
    names = ("Training", "Testing", "MaxTreeType", "Validation", "TrainingOriginal")
    assert [int(getattr(Types, f"k{n}")) for n in names] == [0, 1, 2, 3, 4]
    assert [int(getattr(Types, f"k{n}")) for n in ("Signal", "Background", "SBBoth")] == [0, 1, 2]
    assert list(VIType.__members__) == ["kShort", "kAll", "kRandom"]
    assert Types.EMVA.kDL is Types.kDL
    assert "kDL" in dir(Types)


def test_what_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="no 'kBDTG'; did you mean 'kBDT'"):
        _ = Types.kBDTG
    with pytest.raises(UnknownNameError, match=r"unknown method type 'bdt'; did you mean 'BDT'"):
        Types.GetMethodType("bdt")
    with pytest.raises(UnknownNameError, match=r"must be one of TMVA.Types .* got 22; numbers differ"):
        type_name_of(22)
    with pytest.raises(UnknownNameError, match="got None"):
        type_name_of(None)


def test_an_enumerator_of_pyroot_is_taken_by_its_name() -> None:
    assert type_name_of(types.SimpleNamespace(name="kDL")) == "DL"


def test_tools() -> None:
    assert Tools.Instance() is gTools()
    assert gTools().SplitString("a,b,c", ",") == ["a", "b", "c"]
    assert gTools().SplitString("", ",") == []
    assert gTools().SplitString("a,,b,", ",") == ["a", "", "b"]
    PyMethodBase.PyInitialize()
    assert PyMethodBase.PyIsInitialized()


def test_config_is_live_and_has_tmvas_defaults() -> None:
    settings = Config()  # one of its own, so that the process's stays as it is
    plotting, names = settings.GetVariablePlotting(), settings.GetIONames()
    assert (plotting.fNbinsXOfROCCurve, plotting.fNbinsMVAoutput, plotting.fTimesRMS) == (100, 40, 8.0)
    assert (names.fWeightFileDir, names.fWeightFileExtension) == ("weights", "weights")
    settings.GetVariablePlotting().fNbinsXOfROCCurve = 1000
    assert plotting.fNbinsXOfROCCurve == 1000
    assert Config().GetVariablePlotting().fNbinsXOfROCCurve == 100
    assert gConfig() is Config.Instance() is gConfig()
    settings.SetSilent(True)
    assert settings.IsSilent()
    with pytest.raises(OptionError, match="no setting 'fWeightFileDirectory'; did you mean 'fWeightFileDir'"):
        names.fWeightFileDirectory = "x"  # type: ignore[attr-defined]
