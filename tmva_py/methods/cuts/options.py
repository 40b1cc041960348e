"""The options of MethodCuts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tmva_py.fitters import FITTERS
from tmva_py.fitters.base import MOST
from tmva_py.fitters.monte_carlo import SEED_DOC
from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option

FIT_METHODS = ("GA", "SA", "MC", "MCEvents", "MINUIT", "EventScan")

CUTS_OPTIONS: tuple[Option, ...] = (
    Option("FitMethod", str, "GA", choices=FIT_METHODS, doc="how the cuts are looked for"),
    Option(
        "EffMethod", str, "EffSel", choices=("EffSel", "EffPDF"),
        doc="EffSel counts events; EffPDF is the same, as in ROOT",
    ),
    Option("CutRangeMin", float, -1.0, per_variable=True, doc="lowest cut; equal to CutRangeMax: the data's"),
    Option("CutRangeMax", float, -1.0, per_variable=True, doc="highest cut"),
    Option(
        "VarProp", str, "NotEnforced", choices=("NotEnforced", "FMax", "FMin", "FSmart"), per_variable=True,
        doc="FMax cuts from below only, FMin from above only, FSmart where signal is on average",
    ),
    RELEASE_OPTION,
)  # fmt: skip
"""MethodCuts's own options in the order of weight files."""

MC_EVENTS_OPTIONS: tuple[Option, ...] = (
    Option(
        "SampleSize",
        int,
        200000,
        minimum=1,
        below=MOST,
        doc="number of random pairs of events for each variable",
    ),
    Option("Seed", int, 100, minimum=0, doc=SEED_DOC),
)
"""Of ``FitMethod=MCEvents``; weight files of ROOT hold them with whatever was in memory."""

SEARCH_OPTIONS: Mapping[str, tuple[Option, ...]] = MappingProxyType(
    {
        **{name: fitter.options for name, fitter in FITTERS.items()},
        "MCEvents": MC_EVENTS_OPTIONS,
        "EventScan": (),
    }
)
"""Further options by ``FitMethod``."""
