"""The options of MethodSVM."""

from __future__ import annotations

from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option

KERNELS = ("RBF", "MultiGauss", "Polynomial")
"""The functions that products and sums are made of."""

SVM_OPTIONS: tuple[Option, ...] = (
    Option("Kernel", str, "RBF", choices=(*KERNELS, "Prod", "Sum"), doc="function of two events"),
    Option("Gamma", float, 1.0, doc="RBF: exp(−Gamma·d²)"),
    Option("Order", int, 3, minimum=0, doc="Polynomial: (x·y + Theta)^Order"),
    Option("Theta", float, 1.0, doc="Polynomial: what is added"),
    Option("GammaList", str, "", doc="MultiGauss: a Gamma for each variable, 0.1,0.2,…"),
    Option("Tune", str, "All", doc="what OptimizeAllMethods tunes, Gamma[0.01;1.0;100],C[…]"),
    Option("KernelList", str, "None", doc="Prod, Sum: functions, RBF*Polynomial or RBF+Polynomial"),
    Option("Loss", str, "hinge", choices=("hinge", "exp", "binomial"), doc="without effect, as in TMVA"),
    Option("C", float, 1.0, doc="cost of events on the wrong side; of a regression 0.002"),
    Option("Tol", float, 0.01, doc="tolerance of the solution"),
    Option("MaxIter", int, 1000, doc="most passes over the events"),
    RELEASE_OPTION,
)
"""MethodSVM's own options in the order of weight files."""

FILE_OPTIONS: tuple[Option, ...] = (
    Option("NSubSets", int, 1, doc="of old weight files; without effect"),
    Option("Sigma", float, 2.0, doc="of old weight files; without effect"),
    Option("Kappa", float, 1.0, doc="of old weight files; without effect"),
)
"""Options that old weight files hold."""

REGRESSION_COST = 0.002
"""The default of ``C`` in a regression."""
