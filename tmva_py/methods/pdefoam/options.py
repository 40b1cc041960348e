"""The options of MethodPDEFoam."""

from __future__ import annotations

from tmva_py.methods.pdefoam.answers import KERNELS, SELECTIONS
from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option

SEPARATIONS = (
    "None",
    "GiniIndex",
    "MisClassificationError",
    "CrossEntropy",
    "GiniIndexWithLaplace",
    "SdivSqrtSplusB",
)

PDEFOAM_OPTIONS: tuple[Option, ...] = (
    Option("SigBgSeparate", bool, False, doc="a foam each for signal and background"),
    Option("TailCut", float, 0.001, doc="part of the events beyond each end of each variable's range"),
    Option("VolFrac", float, 1.0 / 15.0, doc="edge of the box in which a density is measured"),
    Option("nActiveCells", int, 500, doc="how many cells there are at most"),
    Option("nSampl", int, 2000, doc="points at which a cell's density is measured"),
    Option("nBin", int, 5, doc="places at which a cell may be divided, and one"),
    Option("Compress", bool, True, doc="pack the file of foams"),
    Option("MultiTargetRegression", bool, False, doc="one foam of variables and all targets"),
    Option("Nmin", int, 100, doc="a cell of no more events is not divided"),
    Option("MaxDepth", int, 0, doc="how deep the tree of cells is at most; 0: as deep as it gets"),
    Option("FillFoamWithOrigWeights", bool, False, doc="fill cells with weights before boosting"),
    Option("UseYesNoCell", bool, False, doc="answer -1 or 1"),
    Option("DTLogic", str, "None", choices=SEPARATIONS, doc="divide cells as decision trees do"),
    Option("Kernel", str, "None", choices=KERNELS, doc="how neighbouring cells count"),
    Option("TargetSelection", str, "Mean", choices=SELECTIONS, doc="which target of a multi-target foam"),
    RELEASE_OPTION,
)  # fmt: skip
"""MethodPDEFoam's own options in the order of weight files."""

OLD_OPTIONS: tuple[Option, ...] = (
    Option("CutNmin", bool, True, doc="of files before TMVA 4.2; without effect"),
    Option("PeekMax", bool, True, doc="of files before TMVA 4.2; without effect"),
)
"""What older files have."""
