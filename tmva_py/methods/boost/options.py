"""The options of MethodBoost, which are given among those of the method that is boosted."""

from __future__ import annotations

from tmva_py.options import Option

TRANSFORMS = ("step", "linear", "log", "gauss")

BOOST_OPTIONS: tuple[Option, ...] = (
    Option("Boost_Num", int, 1, doc="how many methods are trained"),
    Option("Boost_MonitorMethod", bool, True, doc="histograms of each method's response"),
    Option("Boost_DetailedMonitoring", bool, False, doc="ROC integrals after each method"),
    Option("Boost_Type", str, "AdaBoost", doc="how events are weighted"),
    Option("Boost_BaggedSampleFraction", float, 0.6, doc="how often an event is in a bagged sample"),
    Option("Boost_AdaBoostBeta", float, 1.0, doc="exponent of the weights"),
    Option("Boost_Transform", str, "step", choices=TRANSFORMS, doc="what is added up of responses"),
    Option("Boost_RandomSeed", int, 0, doc="seed of the bagged samples"),
)
"""The options, in the order in which weight files hold them after the common ones."""

OLD_BOOST_OPTIONS: tuple[Option, ...] = (
    Option("Boost_MethodWeightType", str, "ByError", doc="of files before TMVA 4.2; without effect"),
    Option("Boost_RecalculateMVACut", bool, True, doc="of files before TMVA 4.2; without effect"),
)
"""What older files have."""

BOOST_TYPES = ("AdaBoost", "RealAdaBoost", "Bagging")
OLD_BOOST_TYPES = ("HighEdgeGauss", "HighEdgeCoPara")
"""Of releases before TMVA 4.2; files with them are read."""
