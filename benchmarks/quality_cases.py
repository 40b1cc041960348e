"""The bookings behind `quality.py`: scripts as users of ROOT write them, with the figures that ROOT reached.

Each booking returns a factory and a loader on which one method is booked. Option strings are those of the
runs that are compared with; what had to be changed is said beside them. `quality.py` adds `RandomSeed`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tutorial_bookings import classification_data, multiclass_data, regression_data

import tmva_py as TMVA
from tmva_py.demo import write_time_series

Booking = tuple[TMVA.Factory, TMVA.DataLoader]
FACTORY = "!V:!Silent:!ROC:!DrawProgressBar"
TITLE = "DL_CPU"
MACOS, OLDER = ":SplitLibrary=libc++", ":SplitLibrary=random_shuffle"
"""Which C++ library dealt the events out, as ranges of variables in ROOT's weight files and logs show: the
training, validation and test events are ROOT's. Unknown for the notebook on Higgs events."""
SERIES_EVENTS = 10_000
"""Events of each class in the toy time series, as in the run that is compared with."""


@dataclass(frozen=True)
class Published:
    """A figure that ROOT reached.

    Attributes
    ----------
    value : float
        As printed, or as computed from the responses that ROOT stored.
    smaller_is_better : bool
        True for widths and losses.
    """

    value: float
    smaller_is_better: bool = False


@dataclass(frozen=True)
class Case:
    """A published result.

    Attributes
    ----------
    name, data, source : str
        What the command line calls it, the file, and who ran it with which ROOT.
    options : str
        The method's option string, without a seed.
    book : callable
        Called as ``book(folder_of_data, options)`` in a folder where it may write.
    figures : dict
        Name of a figure to what ROOT reached.
    initial_loss : float, optional
        ROOT's validation loss before the first step.
    epochs : dict
        Epoch to ROOT's training and validation loss.
    """

    name: str
    data: str
    source: str
    options: str
    book: Callable[[Path, str], Booking]
    figures: dict[str, Published]
    initial_loss: float | None = None
    epochs: dict[int, tuple[float, float]] = field(default_factory=dict)


def _higgs(file: Path, options: str, split: str = "") -> Booking:
    factory = TMVA.Factory("TMVA_Higgs_Classification", f"{FACTORY}:AnalysisType=Classification")
    loader = TMVA.DataLoader("dataset")
    for variable in ("m_jj", "m_jjj", "m_lv", "m_jlv", "m_bb", "m_wbb", "m_wwbb"):
        loader.AddVariable(variable)
    loader.AddSignalTree(f"{file}:sig_tree", 1.0)
    loader.AddBackgroundTree(f"{file}:bkg_tree", 1.0)
    loader.PrepareTrainingAndTestTree(
        "", "", f"nTrain_Signal=7000:nTrain_Background=7000:SplitMode=Random:NormMode=NumEvents:!V{split}"
    )
    factory.BookMethod(loader, TMVA.Types.kDL, TITLE, options)
    return factory, loader


def higgs_of_notebook(data: Path, options: str) -> Booking:
    return _higgs(data / "Higgs_data_tmva_tutorial.root", options)


def higgs_of_wheel(data: Path, options: str) -> Booking:
    return _higgs(data / "Higgs_data.root", options, MACOS)


def class_example(data: Path, options: str) -> Booking:
    factory = TMVA.Factory("TMVAClassification", f"{FACTORY}:AnalysisType=Classification")
    loader = TMVA.DataLoader("dataset_dnn")
    for variable in ("var1", "var2", "var3", "var4", "var5 := var1-var3", "var6 := var1+var2"):
        loader.AddVariable(variable)
    loader.AddSignalTree(f"{data}/tmva_class_example.root:TreeS")
    loader.AddBackgroundTree(f"{data}/tmva_class_example.root:TreeB")
    loader.PrepareTrainingAndTestTree(
        "", f"nTrain_Signal=1000:nTrain_Background=1000:SplitMode=Random:NormMode=NumEvents:!V{OLDER}"
    )
    factory.BookMethod(loader, TMVA.Types.kDL, TITLE, options)
    return factory, loader


def class_tutorial(data: Path, options: str) -> Booking:
    factory = TMVA.Factory("TMVAClassification", f"{FACTORY}:AnalysisType=Classification")
    loader = classification_data(data, MACOS)
    factory.BookMethod(loader, TMVA.Types.kDL, TITLE, options)
    return factory, loader


def multiclass(data: Path, options: str) -> Booking:
    factory = TMVA.Factory("TMVAMulticlass", f"{FACTORY}:AnalysisType=Multiclass")
    loader = multiclass_data(data, MACOS)
    factory.BookMethod(loader, TMVA.Types.kDL, TITLE, options)
    return factory, loader


def regression(data: Path, options: str) -> Booking:
    factory = TMVA.Factory("TMVARegression", f"{FACTORY}:AnalysisType=Regression")
    loader = regression_data(data, MACOS)
    factory.BookMethod(loader, TMVA.Types.kDL, TITLE, options)
    return factory, loader


def time_series(data: Path, options: str) -> Booking:
    del data  # ROOT's tutorial draws its events itself, and so do we
    file = Path("time_data_t10_d30.root")
    if not file.exists():
        write_time_series(file, SERIES_EVENTS)
    factory = TMVA.Factory("TMVAClassification", f"{FACTORY}:AnalysisType=Classification")
    loader = TMVA.DataLoader("dataset")
    for time in range(10):
        loader.AddVariablesArray(f"vars_time{time}", 30)
    loader.AddSignalTree(f"{file}:sgn", 1.0)
    loader.AddBackgroundTree(f"{file}:bkg", 1.0)
    loader.PrepareTrainingAndTestTree(
        "",
        "nTrain_Signal=8000:nTrain_Background=8000:SplitMode=Random:SplitSeed=100:NormMode=NumEvents:!V"
        ":!CalcCorrelations",
    )
    factory.BookMethod(loader, TMVA.Types.kDL, TITLE, options)
    return factory, loader


_HIGGS_OPTIONS = (
    "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=G:WeightInitialization=XAVIER:InputLayout=1|1|7"
    ":BatchLayout=1|128|7:Layout=DENSE|64|TANH,DENSE|64|TANH,DENSE|64|TANH,DENSE|64|TANH,DENSE|1|LINEAR"
    ":TrainingStrategy=LearningRate=1e-3,Momentum=0.9,Repetitions=1,ConvergenceSteps=10,BatchSize=128,"
    "TestRepetitions=1,MaxEpochs=30,WeightDecay=1e-4,Regularization=None,Optimizer=ADAM,"
    "DropConfig=0.0+0.0+0.0+0.:Architecture=CPU"
)


def _old_network(*learning_rates: str) -> str:
    """Return the options of the notebooks' MethodDNN for a DL.

    The old method descends with momentum: `Optimizer=SGD`. It ends a phase after `ConvergenceSteps=2` *tests*
    without improvement, ten epochs apart, where a DL counts epochs and goes on until there are more: 19. And
    `Multithreading=True`, behind a blank, is left out.
    """
    phases = [
        f"LearningRate={rate},Momentum={momentum},Repetitions=1,ConvergenceSteps=19,BatchSize=256,"
        f"TestRepetitions=10,WeightDecay=1e-4,Regularization=L2,DropConfig={drop},Optimizer=SGD"
        for rate, momentum, drop in zip(
            learning_rates,
            ("0.9", "0.9", "0.0"),
            ("0.0+0.5+0.5+0.5", "0.0+0.0+0.0+0.0", "0.0+0.0+0.0+0.0"),
            strict=False,
        )
    ]
    return (
        "!H:!V:ErrorStrategy=CROSSENTROPY:VarTransform=N:WeightInitialization=XAVIERUNIFORM"
        f":Layout=TANH|128,TANH|128,TANH|128,LINEAR:TrainingStrategy={'|'.join(phases)}:Architecture=CPU"
    )


CASES = (
    Case(
        "higgs",
        "Higgs_data_tmva_tutorial.root",
        "lmoneta/tmva-tutorial, TMVA_Higgs_Classification.ipynb",
        _HIGGS_OPTIONS,
        higgs_of_notebook,
        {"ROC": Published(0.756)},
        0.707699,
        {
            1: (0.628462, 0.629937),
            2: (0.597347, 0.596896),
            3: (0.588993, 0.590243),
            5: (0.578755, 0.585244),
            10: (0.568122, 0.572351),
            20: (0.557911, 0.564698),
            30: (0.555035, 0.564157),
        },
    ),
    Case(
        "higgs-wheel",
        "Higgs_data.root",
        "nasufsonmez/machine_learning_tmva, ROOT 6.33",
        _HIGGS_OPTIONS,
        higgs_of_wheel,
        {"ROC, all events": Published(0.784), "cross entropy, all events": Published(0.555, True)},
    ),
    Case(
        "class-two-phases",
        "tmva_class_example.root, 6 variables",
        "iml-wg/tmvatutorials, TMVA_DNN.ipynb, ROOT 6.09, MethodDNN",
        _old_network("1e-1", "1e-2"),
        class_example,
        {"ROC": Published(0.932)},
    ),
    Case(
        "class-three-phases",
        "tmva_class_example.root, 6 variables",
        "iml-wg/tmvatutorials, TMVA_DNN Cpp.ipynb, ROOT 6.09, MethodDNN",
        _old_network("1e-1", "1e-2", "1e-3"),
        class_example,
        {"ROC": Published(0.932)},
    ),
    Case(
        "class-weighted",
        "tmva_class_example.root, tutorial set-up",
        "danchepkwony/rootPractice, ROOT 6.24",
        "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=N:WeightInitialization=XAVIERUNIFORM"
        ":Layout=TANH|128,TANH|128,TANH|128,LINEAR:TrainingStrategy=LearningRate=1e-2,Momentum=0.9,"
        "ConvergenceSteps=20,BatchSize=100,TestRepetitions=1,WeightDecay=1e-4,Regularization=None,"
        "DropConfig=0.0+0.5+0.5+0.5:Architecture=CPU",
        class_tutorial,
        # Made small is the weighted loss; the area without weights scatters (40 seeds: 0.815 to 0.867).
        {"ROC, all events": Published(0.920), "ROC, all events, no weights": Published(0.852)},
    ),
    Case(
        "multiclass",
        "tmva_multiclass_example.root",
        "nasufsonmez/machine_learning_tmva, ROOT 6.33",
        "!H:V:VarTransform=N:Layout=TANH|100,TANH|50,TANH|10,LINEAR:ErrorStrategy=CROSSENTROPY"
        ":WeightInitialization=XAVIERUNIFORM:Architecture=CPU:TrainingStrategy=Optimizer=ADAM,"
        "LearningRate=1e-3,TestRepetitions=1,ConvergenceSteps=10,BatchSize=100,MaxEpochs=20",
        multiclass,
        {
            "ROC, Signal": Published(0.9574),
            "ROC, bg0": Published(0.9120),
            "ROC, bg1": Published(0.9544),
            "ROC, bg2": Published(0.9191),
            "accuracy": Published(0.7738),
            "accuracy, training": Published(0.7768),
        },
        None,
        {
            1: (0.60422, 0.54275),
            2: (0.51154, 0.50258),
            3: (0.47403, 0.47187),
            5: (0.42152, 0.43028),
            10: (0.35701, 0.36732),
            20: (0.29363, 0.31426),
        },
    ),
    Case(
        "regression",
        "tmva_reg_example.root",
        "nasufsonmez/machine_learning_tmva, ROOT 6.33",
        "!H:V:ErrorStrategy=SUMOFSQUARES:VarTransform=G:WeightInitialization=XAVIERUNIFORM:Architecture=CPU"
        ":Layout=TANH|50,TANH|50,TANH|50,LINEAR:TrainingStrategy=LearningRate=1e-3,Momentum=0.3,"
        "ConvergenceSteps=20,BatchSize=50,TestRepetitions=1,WeightDecay=0.0,Regularization=None,Optimizer=Adam",
        regression,
        {"RMS": Published(1.63, True), "RMS, training": Published(1.44, True)},
        None,
        {
            1: (31755.14, 37941.93),
            2: (31355.46, 37377.93),
            3: (30778.79, 36683.67),
            10: (26815.33, 32385.12),
            100: (12070.80, 15528.90),
            500: (323.208, 831.712),
            1000: (2.48643, 15.6950),
            1200: (1.40668, 6.55683),
        },
    ),
    Case(
        "lstm",
        "toy time series, 16,000 training events",
        "dfurle/ML_Tracking, ROOT 6.22",
        "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=None:WeightInitialization=XAVIERUNIFORM"
        ":ValidationSize=0.2:InputLayout=10|30:Layout=LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR"
        ":TrainingStrategy=LearningRate=1e-3,Momentum=0.0,Repetitions=1,ConvergenceSteps=5,BatchSize=100,"
        "TestRepetitions=1,WeightDecay=1e-2,Regularization=None,MaxEpochs=20,Optimizer=ADAM,"
        "DropConfig=0.0+0.+0.+0.:Architecture=CPU",
        time_series,
        {"ROC": Published(0.903)},
        0.708791,
        {
            1: (0.685455, 0.659100),
            2: (0.618378, 0.556803),
            3: (0.538944, 0.504379),
            5: (0.464062, 0.463910),
            10: (0.405906, 0.419021),
            15: (0.390656, 0.409831),
            20: (0.384741, 0.415779),
        },
    ),
    Case(
        "dense-series",
        "toy time series, 16,000 training events",
        "dfurle/ML_Tracking, ROOT 6.22",
        "!H:V:ErrorStrategy=CROSSENTROPY:VarTransform=None:WeightInitialization=XAVIER:InputLayout=1|1|300"
        ":Layout=DENSE|64|TANH,DENSE|TANH|64,DENSE|TANH|64,LINEAR:TrainingStrategy=LearningRate=1e-3,"
        "Momentum=0.0,Repetitions=1,ConvergenceSteps=10,BatchSize=256,TestRepetitions=1,WeightDecay=1e-4,"
        "Regularization=None,MaxEpochs=20DropConfig=0.0+0.+0.+0.,Optimizer=ADAM:Architecture=CPU",
        time_series,
        {"ROC": Published(0.777)},
        1.27287,
        {
            1: (0.733897, 0.688938),
            2: (0.682611, 0.680542),
            3: (0.678967, 0.674323),
            5: (0.682354, 0.690599),
            10: (0.659262, 0.686952),
            15: (0.637849, 0.627942),
            20: (0.595907, 0.574724),
        },
    ),
)
