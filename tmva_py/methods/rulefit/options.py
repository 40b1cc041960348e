"""The options of MethodRuleFit."""

from __future__ import annotations

from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option

RULEFIT_OPTIONS: tuple[Option, ...] = (
    Option("GDTau", float, -1.0, doc="threshold of the gradient path; below 0 it is looked for"),
    Option("GDTauPrec", float, 0.01, doc="how far apart the values are that are tried"),
    Option("GDStep", float, 0.01, doc="size of a step of the path"),
    Option("GDNSteps", int, 10000, doc="number of steps of the path"),
    Option("GDErrScale", float, 1.1, doc="the path ends where the error is this many times the smallest"),
    Option("LinQuantile", float, 0.025, doc="part of the events that linear terms cut off on either side"),
    Option("GDPathEveFrac", float, 0.5, doc="part of the events that the path is searched with"),
    Option("GDValidEveFrac", float, 0.5, doc="part of the events that its error is measured with"),
    Option("fEventsMin", float, 0.1, doc="smallest part of the events in a leaf"),
    Option("fEventsMax", float, 0.9, doc="largest part of the events in a leaf"),
    Option("nTrees", int, 20, doc="number of trees that rules are made from"),
    Option("ForestType", str, "AdaBoost", choices=("AdaBoost", "Random"), lowered=True, doc="their kind"),
    Option("RuleMinDist", float, 0.001, doc="how much two rules must differ"),
    Option("MinImp", float, 0.01, doc="smallest importance of a rule, relative to the largest"),
    Option(
        "Model", str, "ModRuleLinear", choices=("ModRule", "ModRuleLinear", "ModLinear"), lowered=True,
        doc="rules, linear terms or both",
    ),
    Option(
        "RuleFitModule", str, "RFTMVA", choices=("RFTMVA", "RFFriedman"), lowered=True,
        doc="TMVA's own code or an external program",
    ),
    Option("RFWorkDir", str, "./rulefit", doc="folder of the external program"),
    Option("RFNrules", int, 2000, doc="largest number of rules of the external program"),
    Option("RFNendnodes", int, 4, doc="average number of leaves of the external program"),
    RELEASE_OPTION,
)  # fmt: skip
"""MethodRuleFit's own options in the order of weight files."""
