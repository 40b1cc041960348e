"""Methods as ROOT trained them on public data, and what came out there and here.

    python benchmarks/published_methods.py [--data FOLDER] [--only NAME ...]

prints a Markdown table. FOLDER holds the files of ROOT's tutorials.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # also when a test loads this file

from tutorial_bookings import (
    CLASSIFICATION,
    MULTICLASS,
    REGRESSION,
    classification_data,
    multiclass_data,
    regression_data,
)

import tmva_py as TMVA
from quality import DATA, Figure, figure_of, work_folder
from tmva_py.booking.booked_method import BookedMethod
from tmva_py.errors import TMVAWarning

MACOS, NEWER, OLDER = (f":SplitLibrary={name}" for name in ("libc++", "libstdc++-10", "random_shuffle"))
BDT = (
    "!V:MinNodeSize=2.5%:MaxDepth=2:BoostType=AdaBoost:AdaBoostBeta=0.5:UseBaggedBoost"
    ":BaggedSampleFraction=0.5:SeparationType=GiniIndex:nCuts=20:NTrees="
)
MLP = "!H:!V:NeuronType=tanh:VarTransform=N:NCycles=100:HiddenLayers=N+5:TestRate=5:!UseRegulator"
FOUR = ("var1", "var2", "var3", "var4")
MASSES = ("m_jj", "m_jjj", "m_lv", "m_jlv", "m_bb", "m_wbb", "m_wwbb")
OF_CLASSIFICATION, OF_REGRESSION, OF_MULTICLASS = (
    {title: (kind, options) for title, kind, options in bookings}
    for bookings in (CLASSIFICATION, REGRESSION, MULTICLASS)
)


@dataclass(frozen=True)
class Published:
    """A method and the figures that ROOT reached, by name: which figure, then of which events.

    `digits` is how many digits after the point are known, `is_same` whether the training is the same: the
    events are dealt out as they were for ROOT, and random numbers are ROOT's or none are needed.
    """

    kind: str
    options: str
    figures: dict[str, float]
    digits: int = 3
    is_same: bool = True


@dataclass(frozen=True)
class Job:
    """Methods on one sample."""

    source: str
    analysis: str
    data: Callable[[Path], TMVA.DataLoader]
    methods: dict[str, Published] = field(default_factory=dict)


def two_trees(
    file: str, trees: tuple[str, str], variables: tuple[str, ...], n_events: int, split: str
) -> Callable[[Path], TMVA.DataLoader]:
    """Return what makes the loader of two trees without weights."""

    def load(data: Path) -> TMVA.DataLoader:
        loader = TMVA.DataLoader("dataset")
        for variable in variables:
            loader.AddVariable(variable, "F")
        loader.AddSignalTree(f"{data / file}:{trees[0]}", 1.0)
        loader.AddBackgroundTree(f"{data / file}:{trees[1]}", 1.0)
        loader.PrepareTrainingAndTestTree(
            "",
            f"nTrain_Signal={n_events}:nTrain_Background={n_events}:SplitMode=Random:NormMode=NumEvents:!V{split}",
        )
        return loader

    return load


def toy(n_events: int, variables: tuple[str, ...], split: str) -> Callable[[Path], TMVA.DataLoader]:
    return two_trees("tmva_class_example.root", ("TreeS", "TreeB"), variables, n_events, split)


def larger_tutorial(data: Path) -> TMVA.DataLoader:
    """3000 training events of each class, as a run of ROOT 5.32 had."""
    loader = classification_data(data)
    loader.PrepareTrainingAndTestTree(
        "", f"nTrain_Signal=3000:nTrain_Background=3000:SplitMode=Random:NormMode=NumEvents:!V{OLDER}"
    )
    return loader


def sums_of_two(data: Path) -> TMVA.DataLoader:
    """Return the loader of a regression whose target is a sum of two variables."""
    loader = TMVA.DataLoader("dataset")
    for variable in (*FOUR, "var5 := var1-var3", "var6 := var1+var2"):
        loader.AddVariable(variable, "F")
    loader.AddTarget("target := var2+var3")
    loader.AddRegressionTree(f"{data}/inputdata_regression.root:Sig", 1.0)
    loader.PrepareTrainingAndTestTree(
        "", "nTrain_Regression=1000:nTest_Regression=1000:SplitMode=Random:NormMode=NumEvents:!V"
    )
    return loader


def tutorial(title: str, figures: dict[str, float], digits: int = 3, further: str = "") -> Published:
    """Return a method of TMVAClassification."""
    kind, options = OF_CLASSIFICATION[title]
    return Published(kind, f"{options}{further}", figures, digits)


GRADIENT = "!H:!V:NTrees=64:BoostType=Grad:Shrinkage=0.3:nCuts=20:MaxDepth=4:RegressionLossFunctionBDTG="
ONE_BY_ONE = ("Signal", "bg0", "bg1", "bg2")


def one_by_one(*areas: float, accuracy: float) -> dict[str, float]:
    """Return the figures of a multiclass training."""
    rocs = {f"ROC, {name}": area for name, area in zip(ONE_BY_ONE, areas, strict=True)}
    return {**rocs, "accuracy": accuracy}


JOBS = {
    "Higgs notebook": Job(
        "lmoneta/tmva-tutorial, TMVA_Higgs_Classification",
        "Classification",
        two_trees("Higgs_data_tmva_tutorial.root", ("sig_tree", "bkg_tree"), MASSES, 7000, NEWER),
        {
            "BDT": Published("BDT", f"{BDT}200", {"ROC": 0.750}),
            "MLP": Published("MLP", MLP, {"ROC": 0.713}),
            "LikelihoodKDE": tutorial("LikelihoodKDE", {"ROC": 0.697}),
            "Fisher": tutorial("Fisher", {"ROC": 0.643}),
        },
    ),
    "Higgs, all events": Job(
        "nasufsonmez/machine_learning_tmva, ROOT 6.33",
        "Classification",
        two_trees("Higgs_data.root", ("sig_tree", "bkg_tree"), MASSES, 7000, MACOS),
        {
            "BDT": Published("BDT", f"{BDT}200", {"ROC, all events": 0.760}),
            "Likelihood": tutorial("Likelihood", {"ROC, all events": 0.707}),
            "Fisher": tutorial("Fisher", {"ROC, all events": 0.650}),
        },
    ),
    "three variables": Job(
        "iml-wg/tmvatutorials, TMVA_DataLoader",
        "Classification",
        toy(1000, FOUR[:3], OLDER),
        {
            "MLP": Published("MLP", MLP, {"ROC": 0.831}),
            "BDT": Published("BDT", f"{BDT}200", {"ROC": 0.826}),
        },
    ),
    "six variables": Job(
        "iml-wg/tmvatutorials, TMVA_DataLoader",
        "Classification",
        toy(1000, (*FOUR, "var1-var3", "var1+var2"), OLDER),
        {
            "MLP": Published("MLP", MLP, {"ROC": 0.934}),
            "BDT": Published("BDT", f"{BDT}200", {"ROC": 0.919}),
        },
    ),
    "four variables": Job(
        "iml-wg/tmvatutorials, TMVA_RMVA",
        "Classification",
        toy(1000, FOUR, OLDER),
        {"BDT": Published("BDT", f"{BDT}50", {"ROC": 0.894})},
    ),
    "four variables, 8000 events": Job(
        "Osip622/FNAL-Summer-Work, tmva_tutorial",
        "Classification",
        toy(4000, FOUR, ""),
        {
            "Fisher": Published(
                "Fisher",
                "!H:!V:Fisher:VarTransform=D,G",
                {"ROC": 0.884, "ROC, training": 0.882},
                is_same=False,
            ),
        },
    ),
    "tutorial": Job(
        "MatthiesC/BoostedSingleTop_80x_v3, ROOT 6.06",
        "Classification",
        lambda data: classification_data(data, OLDER),
        {
            "LD": tutorial("LD", {"ROC": 0.9190, "ROC, training": 0.9287}, digits=4),
            "BDT": tutorial("BDT", {"ROC": 0.8738, "ROC, training": 0.9249}, digits=4),
        },
    ),
    "tutorial, 6000 events": Job(
        "inutard/tmva-studies, ROOT 5.32",
        "Classification",
        larger_tutorial,
        {
            "Fisher": tutorial("Fisher", {"ROC": 0.9258, "ROC, training": 0.9168}, 4, ":Release=4.1"),
            "Likelihood": tutorial("Likelihood", {"ROC": 0.7568, "ROC, training": 0.7571}, 4, ":Release=4.1"),
        },
    ),
    "multiclass": Job(
        "nasufsonmez/machine_learning_tmva, ROOT 6.33",
        "Multiclass",
        lambda data: multiclass_data(data, MACOS),
        {
            title: Published(*OF_MULTICLASS[title], figures, 4, is_same=title != "PDEFoam")
            for title, figures in {
                "MLP": one_by_one(0.9753, 0.9304, 0.9674, 0.9820, accuracy=0.8217),
                "BDTG": one_by_one(0.9660, 0.9045, 0.9509, 0.9767, accuracy=0.7955),
                "PDEFoam": one_by_one(0.9069, 0.8232, 0.8893, 0.9645, accuracy=0.6923),
            }.items()
        },
    ),
    "regression": Job(
        "nasufsonmez/machine_learning_tmva, ROOT 6.33",
        "Regression",
        lambda data: regression_data(data, MACOS),
        {
            "BDTG": Published(*OF_REGRESSION["BDTG"], {"RMS": 2.58, "RMS, training": 0.49}, 2),
            "KNN": Published(*OF_REGRESSION["KNN"], {"RMS": 5.57, "RMS, training": 5.52}, 2),
            "LD": Published(*OF_REGRESSION["LD"], {"RMS": 19.7, "RMS, training": 20.0}, 1),
            "PDEFoam": Published(*OF_REGRESSION["PDEFoam"], {"RMS": 10.4, "RMS, training": 8.2}, 1),
        },
    ),
    "sum of two variables": Job(
        "lmoneta/tmva-tutorial, TMVA_Regression",
        "Regression",
        sums_of_two,
        {
            title: Published("BDT", f"{GRADIENT}{name}", {"RMS": rms}, is_same=False)
            for title, name, rms in (("BDTG_LS", "LeastSquares", 0.127), ("BDTG_HU", "Huber", 0.126))
        },
    ),
}
"""A method adds its line to a sample."""


@dataclass(frozen=True)
class Comparison:
    """One figure, here and in ROOT."""

    job: str
    title: str
    name: str
    published: Published
    ours: Figure

    @property
    def of_root(self) -> float:
        """What ROOT reached."""
        return self.published.figures[self.name]

    @property
    def error(self) -> float:
        """How far apart both may be: half a digit and the statistical error.

        Twice that where the trainings differ: both samples have it, and as much comes of other training
        events or random numbers (as with nSampl=3000 for PDEFoam).
        """
        digits = 0.5 * 10.0**-self.published.digits
        return digits + (1.0 if self.published.is_same else 2.0) * self.ours.error


def run(name: str, data: Path) -> Iterator[Comparison]:
    """Book, train and test the methods of a job, and compare their figures."""
    job = JOBS[name]
    with work_folder(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        # The options are ROOT's, those without effect included.
        warnings.simplefilter("ignore", TMVAWarning)
        factory = TMVA.Factory("published", f"!V:!Silent:!ROC:!DrawProgressBar:AnalysisType={job.analysis}")
        loader = job.data(data)
        for title, one in job.methods.items():
            factory.BookMethod(loader, one.kind, title, one.options)
        factory.TrainAllMethods()
        factory.TestAllMethods()
        booked: dict[str, BookedMethod] = {title: factory.GetMethod(loader, title) for title in job.methods}
    for title, one in job.methods.items():
        for figure in one.figures:
            yield Comparison(name, title, figure, one, figure_of(figure, booked[title]))


def table(comparisons: list[Comparison]) -> list[str]:
    """Return the lines of a table."""
    lines = [
        "| sample | method | figure | ROOT | ours | statistical error | difference / error |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    for one in comparisons:
        difference = (one.ours.value - one.of_root) / one.ours.error
        lines.append(
            f"| {one.job} | {one.title} | {one.name} | {one.of_root:.{one.published.digits}f} "
            f"| {one.ours.value:.{one.published.digits + 1}f} | {one.ours.error:.4f} | {difference:+.1f} |"
        )
    return lines


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the files of ROOT's tutorials")
    parser.add_argument("--only", nargs="+", choices=list(JOBS), default=list(JOBS), help="these samples")
    given = parser.parse_args()
    print("\n".join(table([one for name in given.only for one in run(name, given.data)])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
