"""The page for who comes from TMVA, held to the code and to the names of TMVA's headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import tmva_py as TMVA
from tmva_py.booking.booked_method import BookedMethod
from tmva_py.booking.cross_validation_result import CrossValidationResult
from tmva_py.booking.data_set_view import DataSetView
from tmva_py.booking.data_views import DataSetInfoView
from tmva_py.booking.factory_arguments import FACTORY_OPTIONS
from tmva_py.booking.reader_arguments import READER_OPTIONS
from tmva_py.booking.types import EMVA
from tmva_py.data.split_options import declared_split_options
from tmva_py.methods.weight_file import find_method
from tmva_py.plugins import default_registry

CLASSES: dict[str, Any] = {
    "Factory": TMVA.Factory,
    "DataLoader": TMVA.DataLoader,
    "DataSetInfo": DataSetInfoView,
    "DataSet": DataSetView,
    "Reader": TMVA.Reader,
    "What BookMethod gives": BookedMethod,
    "CrossValidation": TMVA.CrossValidation,
    "CrossValidationResult": CrossValidationResult,
    "HyperParameterOptimisation": TMVA.HyperParameterOptimisation,
    "ROCCurve": TMVA.ROCCurve,
    "ROCCalc": TMVA.ROCCalc,
    "Event": TMVA.Event,
    "Tools": TMVA.Tools,
    "Types": TMVA.Types,
    "PyMethodBase": TMVA.PyMethodBase,
    "gConfig": TMVA.Config,
}
STATES = ("same", "more", "nothing", "ours", "not here")
# What is there only to say that it is not.
REFUSING = {("Factory", "MakeClass"), ("What BookMethod gives", "MakeClass")}
# Public functions of TMVA's headers, without those that only its own classes call.
HEADERS = {
    "Factory": """
        BookMethod OptimizeAllMethods OptimizeAllMethodsForClassification
        OptimizeAllMethodsForRegression TrainAllMethods TrainAllMethodsForClassification
        TrainAllMethodsForRegression TestAllMethods EvaluateAllMethods EvaluateAllVariables
        EvaluateImportance CrossValidate DeleteAllMethods GetMethod HasMethod Verbose SetVerbose
        MakeClass PrintHelpMessage GetROCIntegral GetROCCurve GetROCCurveAsMultiGraph GetName
        BookMethodWeightfile
    """,
    "DataLoader": """
        AddSignalTrainingEvent AddBackgroundTrainingEvent AddSignalTestEvent AddBackgroundTestEvent
        AddTrainingEvent AddTestEvent AddEvent UserAssignEvents CreateEventAssignTrees AddDataSet
        GetDataSetInfo VarTransform SetInputTrees AddSignalTree SetSignalTree AddBackgroundTree
        SetBackgroundTree SetSignalWeightExpression SetBackgroundWeightExpression AddRegressionTree
        SetTree AddTree SetInputVariables AddVariable AddVariablesArray AddTarget AddRegressionTarget
        AddSpectator SetWeightExpression SetCut AddCut PrepareTrainingAndTestTree PrepareFoldDataSet
        MakeKFoldDataSet RecombineKFoldDataSet SplitSets GetDefaultDataSetInfo GetCorrelationMatrix
        MakeCopy DataInput
    """,
    "DataSetInfo": """
        GetName ClearDataSet GetDataSet AddVariable AddVariablesArray AddTarget AddSpectator AddClass
        GetVariableInfos GetVariableInfo GetVarArraySize IsVariableFromArray GetTargetInfos
        GetTargetInfo GetSpectatorInfos GetSpectatorInfo GetNVariables GetNTargets GetNSpectators
        GetNormalization SetNormalization SetTrainingSumSignalWeights SetTrainingSumBackgrWeights
        SetTestingSumSignalWeights SetTestingSumBackgrWeights GetTrainingSumSignalWeights
        GetTrainingSumBackgrWeights GetTestingSumSignalWeights GetTestingSumBackgrWeights
        GetClassNameMaxLength GetVariableNameMaxLength GetTargetNameMaxLength GetClassInfo PrintClasses
        GetNClasses IsSignal GetTargetsForMulticlass GetSignalClassIndex FindVarIndex
        GetWeightExpression SetWeightExpression GetCut SetCut AddCut HasCuts GetListOfVariables
        CorrelationMatrix SetCorrelationMatrix PrintCorrelationMatrix CreateCorrelationMatrixHist
        SetSplitOptions GetSplitOptions SetRootDir GetRootDir SetMsgType GetDataSetManager
    """,
    "Reader": """
        BookMVA FindMVA FindCutsMVA EvaluateMVA GetMVAError GetMVAErrorLower GetMVAErrorUpper
        EvaluateRegression EvaluateMulticlass GetProba GetRarity GetName Verbose SetVerbose DataInfo
        AddVariable AddSpectator
    """,
    "What BookMethod gives": """
        GetName GetMethodName GetMethodTypeName GetMethodType GetJobName GetTestvarName GetOptions GetNvar
        GetWeightFileName GetInputVar GetInputLabel GetInputTitle GetTrainTime PrintHelpMessage
        OptimizeTuningParameters GetSignalReferenceCut GetSeparation GetSignificance GetROCIntegral
        GetEfficiency GetTrainingEfficiency GetMvaValue GetMvaValues GetRegressionValues
        GetMulticlassValues GetProba GetRarity IsSignalLike GetMaximumSignificance GetKSTrainingVsTest
        GetRegressionDeviation WriteStateToFile ReadStateFromFile MakeClass AddMethod GetCuts PrintCuts
    """,
    "CrossValidation": """
        BookMethod Evaluate GetResults GetFactory GetMethods HasMethod GetDataLoader SetDataLoader
        GetNumFolds SetNumFolds GetSplitExpr SetSplitExpr GetFile SetFile IsSilentFile IsModelPersistence
        SetModelPersistence IsVerbose SetVerbose
    """,
    "CrossValidationResult": """
        GetROCValues GetROCAverage GetROCStandardDeviation GetROCCurves GetAvgROCCurve GetSigValues
        GetSepValues GetEff01Values GetEff10Values GetEff30Values GetEffAreaValues GetTrainEff01Values
        GetTrainEff10Values GetTrainEff30Values Print Draw DrawAvgROCCurve
    """,
    "HyperParameterOptimisation": """
        BookMethod Evaluate GetResults SetFOMType SetFitter SetNumFolds
    """,
    "ROCCurve": "GetROCIntegral GetROCCurve GetEffSForEffB ComputeSensitivity ComputeSpecificity",
    "ROCCalc": """
        GetROC GetROCIntegral GetEffSForEffBof GetSignalReferenceCut GetSignificance GetPurity GetMvaSpdf
        GetMvaBpdf GetStatus ResetStatus ApplySignalAndBackgroundStyle
    """,
    "Event": """
        IsDynamic GetWeight GetOriginalWeight GetBoostWeight GetClass GetNVariables GetNTargets
        GetNSpectators GetValue GetValues GetTarget GetTargets GetSpectator GetSpectators SetWeight
        SetBoostWeight ScaleBoostWeight SetClass SetVal SetTarget SetSpectator SetVariableArrangement
        SetDoNotBoost ClearDynamicVariables CopyVarValues Print SetIsTraining
        SetIgnoreNegWeightsInTraining
    """,
    "Tools": "Instance SplitString UsefulSortDescending ReplaceRegularExpressions ParseFormatLine",
    "Types": "Instance GetMethodType GetMethodName",
    "PyMethodBase": "PyInitialize PyFinalize PyIsInitialized",
    "gConfig": """
        Instance GetIONames GetVariablePlotting SetSilent IsSilent SetUseColor UseColor SetDrawProgressBar
        DrawProgressBar SetNumWorkers GetNumWorkers SetWriteOptionsReference WriteOptionsReference
    """,
}
# Functions of the headers of tmva/tmvagui, without those that only its own macros call.
MACROS = """
    annconvergencetest BDT BDT_Reg BDTControlPlots BoostControlPlots compareanapp CorrGui CorrGuiMultiClass
    correlations correlationsMultiClass correlationscatters correlationscattersMultiClass deviations
    efficiencies efficienciesMulticlass1vsRest efficienciesMulticlass1vs1 plotEfficienciesMulticlass1vsRest
    plotEfficienciesMulticlass1vs1 likelihoodrefs MovieMaker mvaeffs mvas mvasMulticlass mvaweights network
    paracoor PlotFoams probas regression_averagedevs rulevis rulevisCorr rulevisHists TMVAGui
    TMVAMultiClassGui TMVARegGui TMVAGlob training_history variables variablesMultiClass RVariablePlotter
"""


@pytest.fixture(scope="module")
def page(project: Path) -> str:
    return (project / "docs" / "from-tmva.md").read_text(encoding="utf-8")


def rows(section: str) -> Iterator[tuple[list[str], str]]:
    """Yield the names of each row of a section's tables, and what is said of them."""
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) >= 2:
            yield re.findall(r"`(\w+)`", cells[0]), cells[1]


def section_of(page: str, heading: str) -> str:
    text = page.split(f"\n{heading}\n", 1)[1]
    return re.split(r"\n##+ ", text, maxsplit=1)[0]


@pytest.mark.parametrize("name", CLASSES)
def test_calls(page: str, name: str) -> None:
    listed: dict[str, str] = {}
    for names, state in rows(section_of(page, f"### {name}")):
        assert state in STATES, state
        for one in names:
            assert one not in listed, f"{one} is listed twice"
            listed[one] = state
    cls = CLASSES[name]
    for one, state in listed.items():
        is_here = callable(getattr(cls, one, None)) and (name, one) not in REFUSING
        assert is_here == (state != "not here"), f"{name}.{one} is {'here' if is_here else 'not here'}"
    public = {one for one in dir(cls) if one[0].isupper()}
    assert public <= listed.keys(), "these are missing on the page"
    assert set(HEADERS.get(name, "").split()) <= listed.keys()


def test_refusals_say_so(page: str, tmp_path: Path) -> None:
    factory = TMVA.Factory("job", "Silent")
    for names, state in rows(section_of(page, "### Factory")):
        for name in names:
            if state == "not here" and ("Factory", name) not in REFUSING:
                with pytest.raises(
                    AttributeError, match=rf"^Factory\.{name} is not available in this version: "
                ):
                    getattr(factory, name)


def test_names(page: str) -> None:
    listed = {
        name for names, _ in rows(section_of(page, "## Classes, functions and macros")) for name in names
    }
    for names, state in rows(section_of(page, "## Classes, functions and macros")):
        for name in names:
            if state == "not here":
                with pytest.raises(
                    AttributeError, match=rf"^TMVA\.{name} is not available in this version: "
                ):
                    getattr(TMVA, name)
            else:
                assert getattr(TMVA, name) is not None
    assert set(MACROS.split()) <= listed
    of_python = {"Network", "NetworkBuilder", "TrainingPhase", "Formula", "evaluate", "errors", "__version__"}
    assert set(TMVA.__all__) - of_python <= listed, "these are missing on the page"


def test_methods(page: str) -> None:
    registry = default_registry()
    section = section_of(page, "## Methods")
    found = re.findall(
        r"^\| (?:\[`k(\w+)`\]\((\S+)\)|`k(\w+)`) \| ([^|]*) \| ?([^|]*?) ?\|$", section, re.MULTILINE
    )
    states = {linked or bare: (state, analyses) for linked, _, bare, state, analyses in found}
    types = [one.type_name for one in EMVA if one.name not in ("kMaxMethod", "kPlugins")]
    assert list(states) == types
    for name, (state, analyses) in states.items():
        if name not in registry.names("method"):
            assert (state, analyses) == ("not here", ""), name
            continue
        method = find_method(name, registry)
        trained = method.trains and name not in method.old_types
        assert state == ("trained" if trained else "read"), name
        assert analyses == ", ".join(method.analyses), name


def test_options_of_each_method_have_a_section(page: str, project: Path) -> None:
    options = (project / "docs" / "options.md").read_text(encoding="utf-8")
    registry = default_registry()
    for names in re.findall(r"\[`k(\w+)`\]", section_of(page, "## Methods")):
        method = find_method(names, registry)
        heading = "MethodDL" if method.type_name == "DL" else method.type_name
        assert re.search(rf"^## {heading}$", options, re.MULTILINE), heading


def test_options_of_the_job(page: str) -> None:
    section = section_of(page, "## Options of the job")
    found = {
        names[0]: re.findall(r"`(\w+)`", line.split(" | ")[1])
        for line in section.splitlines()
        if (names := re.findall(r"^\| `(\w+)`", line))
    }
    assert sorted(found["Factory"]) == sorted(one.name for one in FACTORY_OPTIONS)
    assert found["PrepareTrainingAndTestTree"] == [one.name for one in declared_split_options(())]
    assert found["Reader"] == [one.name for one in READER_OPTIONS]


def test_every_option_of_tmva_s_weight_files_is_described(page: str, project: Path, shared: Path) -> None:
    """In the section of its method, among those that all methods have, or among the old ones."""
    text = (project / "docs" / "options.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"\n## (\w+)\n(.*?)(?=\n## |\Z)", text, re.DOTALL))
    old = page.split("Of old weight files, without effect: ", 1)[1].partition("\n")[0]
    everywhere = sections["MethodDL"] + sections["Fitters"] + old
    seen: set[str] = set()
    for file in sorted((shared / "golden").glob("*/weights.xml")):
        head = file.read_text(encoding="utf-8", errors="replace").partition("<Variables")[0]
        kind = re.findall(r'Method="(\w+)::', head)[0]
        if kind in default_registry().names("method"):
            own = sections.get(kind, "")
            names = set(re.findall(r'<Option name="([^"]+)"', head))
            seen |= {kind}
            missing = [name for name in names if f"`{name}`" not in own + everywhere]
            assert not missing, f"{file.parent.name}: {kind} has options that no page describes: {missing}"
    assert {"BDT", "Boost", "Cuts", "DL", "FDA", "KNN", "MLP", "SVM"} <= seen
