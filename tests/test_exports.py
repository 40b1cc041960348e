"""What ``import tmva_py`` offers, and what it does not import."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from importlib import metadata

import pytest

import tmva_py

TMVA_NAMES = (
    *("Factory", "DataLoader", "Reader", "Types", "Tools", "gTools", "gConfig", "Config", "PyMethodBase"),
    *("ROCCurve", "ROCCalc", "VIType", "TMVAGui", "TMVARegGui", "TMVAMultiClassGui", "Event", "Experimental"),
    *(
        "Interval",
        "LogInterval",
        "IFitterTarget",
        "GeneticAlgorithm",
        "GeneticFitter",
        "MCFitter",
        "CvSplitKFolds",
    ),
    *("SimulatedAnnealingFitter", "MinuitFitter", "mvas", "efficiencies", "variables", "correlations"),
    *("correlationscatters", "deviations", "mvaeffs", "training_history", "CrossValidation"),
    *("HyperParameterOptimisation", "VariableImportance", "VariableImportanceResult"),
    *(
        "draw_network",
        "annconvergencetest",
        "likelihoodrefs",
        "probas",
        "BDTControlPlots",
        "BoostControlPlots",
    ),
    *("BoostControlPlots", "mvasMulticlass", "efficienciesMulticlass1vsRest", "efficienciesMulticlass1vs1"),
    *("variablesMultiClass", "correlationsMultiClass", "correlationscattersMultiClass"),
)
PYTHON_NAMES = ("Network", "NetworkBuilder", "TrainingPhase", "Formula", "evaluate", "errors", "__version__")


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_the_names_are_those_of_the_documentation():
    assert set(tmva_py.__all__) == {*TMVA_NAMES, *PYTHON_NAMES}
    assert set(tmva_py.__all__) <= set(dir(tmva_py))


@pytest.mark.parametrize("name", [*TMVA_NAMES, *PYTHON_NAMES])
def test_every_name_is_there_and_stays_the_same_object(name):
    value = getattr(tmva_py, name)
    assert getattr(tmva_py, name) is value
    assert name == "__version__" or value.__name__ in (name, f"tmva_py.{name}")


def test_enumerators_of_the_namespace():
    assert tmva_py.kShort is tmva_py.VIType.kShort
    assert [int(getattr(tmva_py, name)) for name in ("kAll", "kRandom")] == [1, 2]
    kinds = ("kMVAType", "kProbaType", "kRarityType", "kCompareType")
    assert [int(getattr(tmva_py, name)) for name in kinds] == [0, 1, 2, 3]


def test_the_version_is_the_distribution_s():
    assert tmva_py.__version__ == metadata.version("tmva-py")


def test_an_unknown_name_says_what_was_meant():
    with pytest.raises(AttributeError, match=r"^tmva_py has no 'Facotry'; did you mean 'Factory'\?$"):
        tmva_py.Facotry  # noqa: B018
    with pytest.raises(AttributeError, match=r"^tmva_py has no 'zzz'$"):
        tmva_py.zzz  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Facotry'"):
        from tmva_py import Facotry  # type: ignore[attr-defined]  # noqa: F401


def test_importing_the_package_imports_no_other():
    code = (
        "import sys; before = set(sys.modules)\n"
        "import tmva_py as TMVA\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(new - set(sys.stdlib_module_names)))"
    )
    assert run(code).split() == ["tmva_py"]


def test_types_and_tools_come_without_numpy():
    code = (
        "import sys, tmva_py as TMVA\n"
        "TMVA.Tools.Instance(); TMVA.PyMethodBase.PyInitialize()\n"
        "TMVA.gConfig(); TMVA.Types.kDL; TMVA.errors\n"
        "print(*{'numpy', 'scipy', 'uproot'} & set(sys.modules))"
    )
    assert run(code).split() == []


def test_a_network_needs_numpy_only():
    code = (
        "import sys, tmva_py\n"
        "builder = tmva_py.NetworkBuilder((10, 30), seed=1, backend='numpy')\n"
        "builder.lstm(10).dense(1).build().predict([[0.0] * 300])\n"
        "print(*{'scipy', 'uproot', 'awkward', 'lark', 'rich', 'click', 'matplotlib'} & set(sys.modules))"
    )
    assert run(code).split() == []


def test_the_import_is_quick():
    # Of the processor, which does not count what others do meanwhile; starting Python is in it.
    n_times = 5  # the system counts hundredths of a second: one import may seem to take none
    before = os.times()
    for _ in range(n_times):
        run("import tmva_py as TMVA")
    after = os.times()
    used = after.children_user - before.children_user + after.children_system - before.children_system
    assert 0 < used / n_times < 0.3


def test_a_submodule_is_not_shadowed():
    import tmva_py.network

    assert isinstance(tmva_py.network, types.ModuleType)
