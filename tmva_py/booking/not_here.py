"""TMVA's names that are not here, each with the way to go."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_MACRO = "ROOT's own macro reads the output file: root -l -e 'TMVA::TMVAGui(\"out.root\")'"
_MACROS = (
    *("annconvergencetest", "BDT", "BDT_Reg", "BDTControlPlots", "BoostControlPlots"),
    *("likelihoodrefs", "paracoor", "probas", "PlotFoams", "rulevis"),
    *("MovieMaker", "compareanapp", "CorrGui"),
)

NOT_HERE: Mapping[str, str] = MappingProxyType(dict.fromkeys(_MACROS, _MACRO))
"""Of ``import tmva_py as TMVA``."""

NOT_IN_FACTORY: Mapping[str, str] = MappingProxyType(
    {
        "CrossValidate": "TMVA.CrossValidation(job, loader, options) has what it computes",
    }
)
"""Of a factory."""
