"""Boosted decision trees booked as in public notebooks of TMVA; every digit printed there comes out.

    python bdt_booking.py FOLDER

FOLDER holds the files of the notebooks, or some of them: ``tmva_class_example.root``
(https://root.cern/files/tmva_class_example.root) and ``Higgs_data_tmva_tutorial.root``
(``notebooks/Higgs_data.root`` of https://github.com/lmoneta/tmva-tutorial).
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import uproot

import tmva_py as TMVA

OPTIONS = (
    "!V:MinNodeSize=2.5%:MaxDepth=2:BoostType=AdaBoost:AdaBoostBeta=0.5:UseBaggedBoost"
    ":BaggedSampleFraction=0.5:SeparationType=GiniIndex:nCuts=20"
)
"""What all these notebooks book, but for the number of trees."""


@dataclass(frozen=True)
class Booking:
    """A published training.

    Attributes
    ----------
    notebook : str
        Where it was published.
    file_name : str
        The file.
    trees, variables : tuple of str
        The trees of signal and background, and the variables.
    n_events, n_trees : int
        Training events of each class, and trees of the forest.
    library : str
        The C++ library of the ROOT that ran it, which decides how events are shuffled.
    roc_integral : float
        What was printed as ``ROC-integ``.
    """

    notebook: str
    file_name: str
    trees: tuple[str, str]
    variables: tuple[str, ...]
    n_events: int
    n_trees: int
    library: str
    roc_integral: float


TOY = ("tmva_class_example.root", ("TreeS", "TreeB"))
FOUR = ("var1", "var2", "var3", "var4")
SIX = (*FOUR, "var1-var3", "var1+var2")
MASSES = ("m_jj", "m_jjj", "m_lv", "m_jlv", "m_bb", "m_wbb", "m_wwbb")
BOOKINGS = (
    Booking("iml-wg TMVA_DataLoader, 3 variables", *TOY, FOUR[:3], 1000, 200, "random_shuffle", 0.826),
    Booking("iml-wg TMVA_DataLoader, 6 variables", *TOY, SIX, 1000, 200, "random_shuffle", 0.919),
    Booking("iml-wg TMVA_RMVA", *TOY, FOUR, 1000, 50, "random_shuffle", 0.894),
    Booking(
        "lmoneta TMVA_Higgs_Classification",
        "Higgs_data_tmva_tutorial.root",
        ("sig_tree", "bkg_tree"),
        MASSES,
        7000,
        200,
        "libstdc++-10",
        0.750,
    ),
)


def run(booking: Booking, folder: Path) -> float:
    """Train, test and evaluate one booking; return its ROC integral."""
    with uproot.open(folder / booking.file_name) as file:
        factory = TMVA.Factory(
            "TMVAClassification", None, "!V:!Silent:!Color:!DrawProgressBar:AnalysisType=Classification"
        )
        loader = TMVA.DataLoader("dataset")
        for variable in booking.variables:
            loader.AddVariable(variable, "F")
        signal, background = booking.trees
        loader.AddSignalTree(file[signal], 1.0)
        loader.AddBackgroundTree(file[background], 1.0)
        loader.PrepareTrainingAndTestTree(
            "",
            f"nTrain_Signal={booking.n_events}:nTrain_Background={booking.n_events}"
            f":SplitMode=Random:NormMode=NumEvents:!V:SplitLibrary={booking.library}",
        )
        factory.BookMethod(loader, TMVA.Types.kBDT, "BDT", f"NTrees={booking.n_trees}:{OPTIONS}")
        factory.TrainAllMethods()
        factory.TestAllMethods()
        factory.EvaluateAllMethods()
        return factory.GetROCIntegral(loader, "BDT")


def main(folder: Path) -> None:
    """Run the bookings whose files are there, and print their ROC integrals beside the published ones."""
    bookings = [booking for booking in BOOKINGS if (folder / booking.file_name).exists()]
    areas = [run(booking, folder) for booking in bookings]
    print(f"\n{'ROC integral':38} {'here':>10} {'published':>11}")
    for booking, area in zip(bookings, areas, strict=True):
        print(f"{booking.notebook:38} {area:10.3f} {booking.roc_integral:11.3f}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
