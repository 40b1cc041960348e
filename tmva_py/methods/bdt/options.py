"""The options of MethodBDT."""

from __future__ import annotations

from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option

BOOST_TYPES = ("AdaBoost", "RealAdaBoost", "AdaCost", "Bagging", "AdaBoostR2", "Grad")
NEGATIVE_WEIGHTS = (
    "InverseBoostNegWeights",
    "IgnoreNegWeightsInTraining",
    "NoNegWeightsInTraining",
    "PairNegWeightsGlobal",
    "Pray",
)
SEPARATIONS = (
    "CrossEntropy",
    "GiniIndex",
    "GiniIndexWithLaplace",
    "MisClassificationError",
    "SDivSqrtSPlusB",
    "RegressionVariance",
)

BDT_OPTIONS: tuple[Option, ...] = (
    Option("NTrees", int, 800, doc="number of trees"),
    Option("MaxDepth", int, 3, doc="decisions in a row at most; 50 for regression"),
    Option("MinNodeSize", str, "5%", doc="part of the sample that a leaf has at least; 0.2% for regression"),
    Option("nCuts", int, 20, doc="cuts that are tried on a variable; −1 tries one between any two events"),
    Option("BoostType", str, "AdaBoost", choices=BOOST_TYPES, doc="boosting; AdaBoostR2 for regression"),
    Option(
        "AdaBoostR2Loss", str, "Quadratic", choices=("Linear", "Quadratic", "Exponential"), lowered=True,
        doc="loss of AdaBoostR2",
    ),
    Option("UseBaggedBoost", bool, False, doc="grow each tree on a random sample of the events"),
    Option("Shrinkage", float, 1.0, doc="learning rate of Grad"),
    Option("AdaBoostBeta", float, 0.5, doc="learning rate of AdaBoost"),
    Option("UseRandomisedTrees", bool, False, doc="decide on random variables in each node"),
    Option("UseNvars", int, 0, doc="variables in a node of randomised trees; √n by default"),
    Option("UsePoissonNvars", bool, True, doc="draw their number from a Poisson distribution"),
    Option("BaggedSampleFraction", float, 0.6, doc="size of a random sample, relative to all events"),
    Option("UseYesNoLeaf", bool, True, doc="a leaf answers with its class; else with its part of signal"),
    Option(
        "NegWeightTreatment", str, "InverseBoostNegWeights", choices=NEGATIVE_WEIGHTS, lowered=True,
        doc="what becomes of events with negative weights",
    ),
    Option("Css", float, 1.0, doc="AdaCost: cost of true signal selected as signal"),
    Option("Cts_sb", float, 1.0, doc="AdaCost: cost of true signal selected as background"),
    Option("Ctb_ss", float, 1.0, doc="AdaCost: cost of true background selected as signal"),
    Option("Cbb", float, 1.0, doc="AdaCost: cost of true background selected as background"),
    Option("NodePurityLimit", float, 0.5, doc="part of signal above which a leaf is one of signal"),
    Option("SeparationType", str, "GiniIndex", choices=SEPARATIONS, lowered=True, doc="what a cut improves"),
    Option(
        "RegressionLossFunctionBDTG", str, "Huber", choices=("Huber", "AbsoluteDeviation", "LeastSquares"),
        lowered=True, doc="loss of Grad for regression",
    ),
    Option("HuberQuantile", float, 0.7, doc="part of the deviations that count squared with Huber"),
    Option("DoBoostMonitor", bool, False, doc="file how the training goes on"),
    Option("UseFisherCuts", bool, False, doc="cut on Fisher discriminants of correlated variables too"),
    Option("MinLinCorrForFisher", float, 0.8, doc="correlation from which variables are in a discriminant"),
    Option("UseExclusiveVars", bool, False, doc="do not cut on variables that are in a discriminant"),
    Option("DoPreselection", bool, False, doc="cut before the trees where all events are of one class"),
    Option("SigToBkgFraction", float, 1.0, doc="ratio of signal to background in the training"),
    Option(
        "PruneMethod", str, "NoPruning", choices=("NoPruning", "ExpectedError", "CostComplexity"),
        lowered=True, doc="how trees are pruned",
    ),
    Option("PruneStrength", float, 0.0, doc="how much; negative: found by a part of the events"),
    Option("PruningValFraction", float, 0.5, doc="that part"),
    Option("SkipNormalization", bool, False, doc="leave signal and background in the ratio that they have"),
    Option("nEventsMin", int, 0, doc="old: events in a leaf at least; MinNodeSize"),
    Option("UseBaggedGrad", bool, False, doc="old: UseBaggedBoost"),
    Option("GradBaggingFraction", float, 0.6, doc="old: BaggedSampleFraction"),
    Option("UseNTrainEvents", int, 0, doc="old: events of a random sample; BaggedSampleFraction"),
    Option("NNodesMax", int, 0, doc="old: nodes of a tree at most; MaxDepth"),
    RELEASE_OPTION,
    Option(
        "Threads", int, 0, in_files=False,
        doc="threads of the training, 0 for as many as the process may use (not an option of TMVA's)",
    ),
)  # fmt: skip
"""MethodBDT's own options in the order of weight files."""

FILE_OPTIONS: tuple[Option, ...] = (
    Option("UseWeightedTrees", bool, True, doc="of old weight files; without effect"),
    Option("PruneBeforeBoost", bool, False, doc="of old weight files; without effect"),
    Option("RenormByClass", bool, False, doc="of old weight files; without effect"),
)
"""Options that old weight files hold."""
