"""The options of PyRandomForest, PyGTB and PyAdaBoost."""

from __future__ import annotations

from tmva_py.options import Option

_FILE = Option("FilenameClassifier", str, "", doc="file of the pickled estimator, which ROOT reads")

FOREST_OPTIONS: tuple[Option, ...] = (
    Option("NEstimators", int, 10, doc="number of trees"),
    Option("Criterion", str, "gini", choices=("gini", "entropy", "log_loss"), doc="what a cut improves"),
    Option("MaxDepth", str, "None", doc="decisions in a row at most; None: as many as there are"),
    Option("MinSamplesSplit", int, 2, doc="events in a node that is cut, at least"),
    Option("MinSamplesLeaf", int, 1, doc="events in a leaf, at least"),
    Option("MinWeightFractionLeaf", float, 0.0, doc="part of the weights in a leaf, at least"),
    Option("MaxFeatures", str, "auto", doc="variables that a node looks at"),
    Option("MaxLeafNodes", str, "None", doc="leaves of a tree at most"),
    Option("Bootstrap", bool, True, doc="grow each tree on a random sample of the events"),
    Option("OoBScore", bool, False, doc="let scikit-learn score with the events left out"),
    Option("NJobs", int, 1, doc="processors of the training"),
    Option("RandomState", str, "None", doc="seed"),
    Option("Verbose", int, 0, doc="how much scikit-learn prints"),
    Option("WarmStart", bool, False, doc="without effect on one training"),
    Option("ClassWeight", str, "None", doc="weights of the classes"),
    _FILE,
)
"""PyRandomForest's own options in the order of weight files."""

GTB_OPTIONS: tuple[Option, ...] = (
    Option("Loss", str, "deviance", choices=("deviance", "log_loss", "exponential"), doc="loss"),
    Option("LearningRate", float, 0.1, doc="factor of each tree"),
    Option("NEstimators", int, 100, doc="number of steps"),
    Option("Subsample", float, 1.0, doc="part of the events that a tree is grown on"),
    Option("MinSamplesSplit", int, 2, doc="events in a node that is cut, at least"),
    Option("MinSamplesLeaf", int, 1, doc="events in a leaf, at least"),
    Option("MinWeightFractionLeaf", float, 0.0, doc="part of the weights in a leaf, at least"),
    Option("MaxDepth", int, 3, doc="decisions in a row at most"),
    Option("Init", str, "None", doc="what the sums begin with"),
    Option("RandomState", str, "None", doc="seed"),
    Option("MaxFeatures", str, "None", doc="variables that a node looks at"),
    Option("Verbose", int, 0, doc="how much scikit-learn prints"),
    Option("MaxLeafNodes", str, "None", doc="leaves of a tree at most"),
    Option("WarmStart", bool, False, doc="without effect on one training"),
    _FILE,
)
"""PyGTB's own options."""

ADABOOST_OPTIONS: tuple[Option, ...] = (
    Option("BaseEstimator", str, "None", doc="what is boosted"),
    Option("NEstimators", int, 50, doc="number of trees at most"),
    Option("LearningRate", float, 1.0, doc="factor of the trees' weights"),
    Option("Algorithm", str, "SAMME.R", choices=("SAMME", "SAMME.R"), doc="algorithm"),
    Option("RandomState", str, "None", doc="seed"),
    _FILE,
)
"""PyAdaBoost's own options."""
