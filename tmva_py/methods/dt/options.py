"""The options of MethodDT, and what follows from them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.errors import OptionError
from tmva_py.methods.bdt.options import BDT_OPTIONS
from tmva_py.methods.bdt.settings import Settings, percent
from tmva_py.methods.releases import RELEASE_OPTION, RELEASES
from tmva_py.options import Option, OptionValues

# What TMVA takes where it cannot read MinNodeSize.
_SIZE = "5%"

DT_OPTIONS: tuple[Option, ...] = (
    Option("UseRandomisedTrees", bool, False, doc="decide on random variables in each node"),
    Option("UseNvars", int, 0, doc="variables in a node of a randomised tree; all by default"),
    Option("UsePoissonNvars", bool, True, doc="draw their number from a Poisson distribution"),
    Option("UseYesNoLeaf", bool, True, doc="a leaf answers with its class; else with its part of signal"),
    Option("NodePurityLimit", float, 0.5, doc="part of signal above which a leaf is one of signal"),
    Option(
        "SeparationType", str, "GiniIndex", lowered=True, doc="what a cut improves",
        choices=("MisClassificationError", "GiniIndex", "CrossEntropy", "SDivSqrtSPlusB"),
    ),
    Option("nEventsMin", int, -1, doc="old: events in a leaf at least; MinNodeSize"),
    Option("MinNodeSize", str, _SIZE, doc="part of the training events that a leaf has at least"),
    Option("nCuts", int, 20, doc="cuts that are tried on a variable; −1 tries one between any two events"),
    Option("PruneStrength", float, 5.0, doc="how much is pruned; negative: found by half of the events"),
    Option(
        "PruneMethod", str, "NoPruning", choices=("NoPruning", "ExpectedError", "CostComplexity"),
        lowered=True, doc="how the tree is pruned",
    ),
    Option("MaxDepth", int, 3, doc="decisions in a row at most"),
    RELEASE_OPTION,
)  # fmt: skip
"""MethodDT's own options in the order of weight files."""

FILE_OPTIONS: tuple[Option, ...] = (
    Option("PruneBeforeBoost", bool, False, doc="of old weight files; without effect"),
)


class TreeSettings(Settings):
    """The settings of a single tree, whose leaves of one kind stay side by side."""

    @property
    def merges_leaves(self) -> bool:
        """Never, as in TMVA."""
        return False


def settings_of(values: OptionValues, n_variables: int) -> TreeSettings:
    """Return the settings of a booking.

    Raises
    ------
    OptionError
        A value is out of range, or options do not go together.
    """
    release = RELEASES[values["Release"]]
    found: dict[str, Any] = {name: values[name] for name in values if _is_forests(name)}
    if values["MaxDepth"] < 0:
        message = f"MaxDepth={values['MaxDepth']}: expected 0 or more"
        raise OptionError(message)
    if values["UseRandomisedTrees"]:
        found["PruneMethod"] = "NoPruning"
        if not 1 <= values["UseNvars"] <= n_variables:
            message = f"UseNvars={values['UseNvars']}: expected 1 to {n_variables} variables"
            raise OptionError(message)
    prunes = found["PruneMethod"] != "NoPruning"
    automatic = prunes and values["PruneStrength"] < 0
    if automatic and found["PruneMethod"] == "ExpectedError":
        message = (
            f"PruneStrength={values['PruneStrength']:g}: a strength is found for PruneMethod=CostComplexity "
            "only; ExpectedError takes one of 0 or more"
        )
        raise OptionError(message)
    if prunes and found["PruneMethod"] == "CostComplexity" and values["PruneStrength"] > 100:
        message = f"PruneStrength={values['PruneStrength']:g}: expected a percentage, up to 100"
        raise OptionError(message)
    if release.forgets_options_of_trees:
        prunes = automatic = False
        found["NodePurityLimit"] = 0.5
        if not values["MinNodeSize"].replace("%", "").isalnum():
            found["MinNodeSize"] = _SIZE
    found["nEventsMin"] = max(0, values["nEventsMin"])
    percent(found["MinNodeSize"])
    return TreeSettings(
        values=OptionValues(BDT_OPTIONS, {**found, "PruningValFraction": 0.5}),
        analysis_type="Classification",
        n_classes=2,
        prunes=prunes,
        prunes_automatically=automatic,
        drops_negative=False,
        pairs_negative=False,
        inverts_negative=False,
        release=release,
    )


def min_node_size(settings: TreeSettings, n_events: int) -> float:
    """Return the part of the events that a leaf has at least, in percent."""
    events = settings["nEventsMin"]
    if events > 0 and settings.release.forgets_options_of_trees:
        return float(np.float32(events // n_events * 100))  # TMVA divides whole numbers
    return settings.min_node_size(n_events)


def _is_forests(name: str) -> bool:
    return any(option.name == name for option in BDT_OPTIONS)
