"""TMVA's names that are not here, each with the way to go."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_MACRO = "ROOT's own macro reads the output file: root -l -e 'TMVA::TMVAGui(\"out.root\")'"
_MACROS = (
    *("BDT", "BDT_Reg", "compareanapp", "CorrGui", "CorrGuiMultiClass", "CorrGuiRegression", "MovieMaker"),
    *("mvaweights", "paracoor", "PlotFoams", "plotEfficienciesMulticlass1vs1"),
    *("plotEfficienciesMulticlass1vsRest", "RVariablePlotter", "regression_averagedevs", "rulevis"),
    *("rulevisCorr", "rulevisHists", "TMVAGlob"),
)

NOT_HERE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(_MACROS, _MACRO),
        "Ranking": "the log has the ranking of variables by each method",
        "Timer": "time.perf_counter() measures seconds; C++ macros have TMVA::Timer",
    }
)
"""Of ``import tmva_py as TMVA``."""

NOT_IN_FACTORY: Mapping[str, str] = MappingProxyType(
    {
        "CrossValidate": "TMVA.CrossValidation(job, loader, options) has what it computes",
    }
)
"""Of a factory."""
