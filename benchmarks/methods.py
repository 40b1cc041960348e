"""Training times of the classical methods beside TMVA's own.

TMVA's are those of TMVA 4.2.1 with one thread on a virtual machine with two cores, the best of three. Ours
are the best of several trainings here: seconds on the clock, and of the processors, which a busy machine
changes less.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
import time
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from tmva_py.booking.data_loader import DataLoader
from tmva_py.data import DataSet, Events
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.boost.method import MethodBoost
from tmva_py.methods.training import train_method
from tmva_py.plugins import default_registry

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
VARIABLES = ("myvar1 := var1+var2", "myvar2 := var1-var2", "var3", "var4")
# Of each class.
N_TRAINING = 1000
# Of which the responses are timed.
N_EVENTS = 100_000


@dataclass(frozen=True)
class Case:
    """A method as ROOT's tutorial TMVAClassification books it, and the time that TMVA took.

    `tmva_seconds` are those of a training, `tmva_microseconds` those of a response, in a loop over events
    in C++ with what sets the variables; None where TMVA's are not known. `other` is the same method of
    scikit-learn: module, class and arguments. `n_training` events of each class are trained on, whose
    variables are rounded to multiples of `step`.
    """

    name: str
    kind: str
    options: str
    tmva_seconds: float | None
    tmva_microseconds: float | None = None
    other: tuple[str, str, dict[str, Any]] | None = None
    n_training: int = N_TRAINING
    step: float = 0.0


MLP = "!H:!V:NeuronType={0}:VarTransform=N:NCycles={1}:HiddenLayers=N+5:TestRate=5"

LIKELIHOOD = (
    "!H:!V:TransformOutput:PDFInterpol=Spline2:NSmoothSig[0]=20:NSmoothBkg[0]=20:NSmoothBkg[1]=10:NSmooth=1"
    ":NAvEvtPerBin=50"
)
RULEFIT = (
    "!H:!V:RuleFitModule=RFTMVA:Model=ModRuleLinear:MinImp=0.001:RuleMinDist=0.001:NTrees=20:fEventsMin=0.01"
    ":fEventsMax=0.5:GDTau=-1.0:GDTauPrec=0.01:GDStep=0.01:GDNSteps=10000:GDErrScale=1.02"
)
FDA = (
    "!H:!V:Formula=(0)+(1)*x0+(2)*x1+(3)*x2+(4)*x3:ParRanges=(-1,1);(-10,10);(-10,10);(-10,10);(-10,10)"
    ":FitMethod="
)
KNN = "!H:!V:nkNN=20:ScaleFrac=0.8:SigmaFact=1.0:Kernel=Gaus:UseKernel=F:UseWeight=T:!Trim"

CASES = (
    Case(
        "Fisher",
        "Fisher",
        "!H:!V:Method=Fisher:VarTransform=None",
        0.000488,
        0.0952,
        ("sklearn.discriminant_analysis", "LinearDiscriminantAnalysis", {"solver": "lsqr"}),
    ),
    Case(
        "LD",
        "LD",
        "!H:!V:VarTransform=None",
        0.000585,
        0.134,
        ("sklearn.linear_model", "LinearRegression", {}),
    ),
    Case("Likelihood", "Likelihood", LIKELIHOOD, 0.00771, 0.427),
    Case(
        "KNN",
        "KNN",
        KNN,
        0.00187,
        10.6,
        ("sklearn.neighbors", "KNeighborsClassifier", {"n_neighbors": 20}),
    ),
    Case(
        "KNN, whole numbers",
        "KNN",
        KNN,
        None,
        None,
        ("sklearn.neighbors", "KNeighborsClassifier", {"n_neighbors": 20}),
        step=1.0,
    ),
    Case(
        "PDERS",
        "PDERS",
        "!H:!V:NormTree=T:VolumeRangeMode=Adaptive:NEventsMin=400:NEventsMax=600",
        0.00212,
        46.3,
    ),
    Case(
        "PDEFoam",
        "PDEFoam",
        "!H:!V:SigBgSeparate=F:TailCut=0.001:VolFrac=0.0666:nActiveCells=500:nSampl=2000:nBin=5:Nmin=100"
        ":Kernel=None:Compress=T",
        0.197,
        4.65,
    ),
    Case(
        "SVM",
        "SVM",
        "!H:!V:Gamma=0.25:Tol=0.001:VarTransform=Norm",
        0.16,
        11.6,
        ("sklearn.svm", "SVC", {"gamma": 0.25, "tol": 0.001}),
    ),
    Case("RuleFit", "RuleFit", RULEFIT, 0.646, 0.493),
    Case(
        "CutsGA",
        "Cuts",
        "!H:!V:FitMethod=GA:CutRangeMin[0]=-10:CutRangeMax[0]=10:VarProp[1]=FMax:EffMethod=EffSel:Steps=30"
        ":Cycles=3:PopSize=400:SC_steps=10:SC_rate=5:SC_factor=0.95",
        1.06,
    ),
    Case("CutsMC", "Cuts", "!H:!V:FitMethod=MC:EffMethod=EffSel:SampleSize=200000:VarProp=FSmart", 1.43),
    Case("MLP", "MLP", f"{MLP.format('tanh', 600)}:!UseRegulator", 1.99, 0.755),
    Case("MLP, Release=4.2", "MLP", f"{MLP.format('tanh', 600)}:!UseRegulator:Release=4.2", 1.99, 0.755),
    Case("MLPsig", "MLP", f"{MLP.format('sigmoid', 600)}:!UseRegulator", 2.23, 0.832),
    Case("MLPBFGS", "MLP", f"{MLP.format('tanh', 600)}:TrainingMethod=BFGS:!UseRegulator", 7.11, 0.767),
    Case(
        "DT, boosted",
        "DT",
        "!H:!V:Boost_Num=10:Boost_Type=AdaBoost:Boost_Transform=step:MaxDepth=3:nCuts=20",
        0.0239,
        1.07,
        n_training=600,
    ),
    Case(
        "Fisher, boosted",
        "Fisher",
        "!H:!V:Boost_Num=10:Boost_Transform=log:Boost_Type=AdaBoost:Boost_AdaBoostBeta=0.2",
        0.0274,
        0.543,
        n_training=600,
    ),
    Case("HMatrix", "HMatrix", "!H:!V:VarTransform=None", 0.000928, 0.338),
    Case(
        "FDA, MINUIT", "FDA", f"{FDA}MINUIT:FitStrategy=2:UseImprove:UseMinos", 0.0219, 0.204, n_training=500
    ),
    Case("FDA, MC", "FDA", f"{FDA}MC:SampleSize=3000:Sigma=0.1", 0.179, 0.0661, n_training=400),
    Case("FDA, GA", "FDA", f"{FDA}GA:PopSize=60:Cycles=2:Steps=5:Trim:Seed=9", 0.22, 0.0975, n_training=400),
    Case(
        "CFMlpANN",
        "CFMlpANN",
        "!H:!V:NCycles=30:HiddenLayers=N+1,N",
        0.00981,
        0.449,
        n_training=300,
    ),
    Case(
        "TMlpANN",
        "TMlpANN",
        "!H:!V:NCycles=20:HiddenLayers=N+1,N:LearningMethod=BFGS:ValidationFraction=0.3",
        0.113,
        0.488,
        n_training=300,
    ),
    Case("MLPBNN", "MLP", f"{MLP.format('tanh', 60)}:TrainingMethod=BFGS:UseRegulator", 0.761, 0.765),
    Case(
        "PyRandomForest",
        "PyRandomForest",
        "!H:!V:NEstimators=200:RandomState=1",
        None,
        None,
        ("sklearn.ensemble", "RandomForestClassifier", {"n_estimators": 200, "random_state": 1}),
    ),
    Case(
        "PyGTB",
        "PyGTB",
        "!H:!V:NEstimators=100:RandomState=1",
        None,
        None,
        ("sklearn.ensemble", "GradientBoostingClassifier", {"n_estimators": 100, "random_state": 1}),
    ),
    Case(
        "PyAdaBoost",
        "PyAdaBoost",
        "!H:!V:NEstimators=100:RandomState=1",
        None,
        None,
        ("sklearn.ensemble", "AdaBoostClassifier", {"n_estimators": 100, "random_state": 1}),
    ),
)
"""A method adds its line here."""


@cache
def class_data(folder: Path, n_training: int = N_TRAINING) -> DataSet:
    """Return the tutorial's events: so many of each class to train on, the background with its weights."""
    loader = DataLoader("dataset")
    for variable in VARIABLES:
        loader.AddVariable(variable, "F")
    path = folder / "tmva_class_example.root"
    loader.AddSignalTree(f"{path}:TreeS", 1.0)
    loader.AddBackgroundTree(f"{path}:TreeB", 1.0)
    loader.SetBackgroundWeightExpression("weight")
    loader.PrepareTrainingAndTestTree(
        "",
        f"nTrain_Signal={n_training}:nTrain_Background={n_training}:SplitMode=Random:NormMode=NumEvents:!V",
    )
    return loader.data_set(MessageLog("data", silent=True))


def rounded(data: DataSet, step: float) -> DataSet:
    """Return the data with variables on multiples of a step."""

    def of(events: Events) -> Events:
        return replace(events, x=(np.round(events.x / step) * step).astype(np.float32))

    return replace(data, training=of(data.training), testing=of(data.testing))


def seconds(case: Case, data: DataSet) -> tuple[float, float, TrainedMethod]:
    """Return how long one training takes, how long the processors work, and what is trained."""
    cls: Any = default_registry().find("method", case.kind)
    make = partial(MethodBoost, boosted=cls) if "Boost_Num" in case.options else cls
    method = make(
        case.name,
        data.info,
        "Classification",
        case.options,
        dataset=data if cls.reads_data_when_booked else None,
        log=MessageLog(case.name, silent=True),
    )
    start, worked = time.perf_counter(), time.process_time()
    trained = train_method(method, data)
    return time.perf_counter() - start, time.process_time() - worked, trained


def microseconds(trained: TrainedMethod, data: DataSet, runs: int) -> float:
    """Return how long the response to an event takes, of 100,000 in one array."""
    x = np.resize(data.testing.x, (N_EVENTS, len(data.info.variables)))
    best = np.inf
    for _ in range(runs):
        start = time.perf_counter()
        trained.evaluate(x)
        best = min(best, time.perf_counter() - start)
    return float(1e6 * best / len(x))


def of_scikit_learn(case: Case, data: DataSet, runs: int) -> tuple[str, str]:
    """Return the seconds of a training and the microseconds of a response of scikit-learn, as text."""
    if case.other is None or importlib.util.find_spec("sklearn") is None:
        return "", ""
    module, name, arguments = case.other
    model = getattr(importlib.import_module(module), name)(**arguments)
    events = data.training
    x = np.resize(data.testing.x, (N_EVENTS // 10, len(data.info.variables)))
    training, answering = np.inf, np.inf
    for _ in range(runs):
        start = time.perf_counter()
        model.fit(events.x, events.class_index)
        training = min(training, time.perf_counter() - start)
        start = time.perf_counter()
        (model.predict_proba if hasattr(model, "predict_proba") else model.predict)(x)
        answering = min(answering, time.perf_counter() - start)
    return f"{training:.3g}", f"{1e6 * answering / len(x):.3g}"


def line(name: str, of_tmva: float | None, own: float, *others: str) -> str:
    """Return a row of a table."""
    known, ratio = ("", "") if of_tmva is None else (f"{of_tmva:g}", f"{of_tmva / own:.2g}")
    return f"| {' | '.join((name, known, f'{own:.3g}', *others, ratio))} |"


def main() -> int:
    """Print a table of trainings and one of responses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with tmva_class_example.root")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    print("| training | TMVA (s) | tmva_py (s) | processors (s) | scikit-learn (s) | TMVA ÷ tmva_py |")
    print("|---|---:|---:|---:|---:|---:|")
    responses = []
    for case in CASES:
        if arguments.only.casefold() in case.name.casefold():
            data = class_data(arguments.data, case.n_training)
            if case.step:
                data = rounded(data, case.step)
            *_, trained = seconds(case, data)  # compiles
            runs = [seconds(case, data)[:2] for _ in range(arguments.runs)]
            clock, worked = (min(one) for one in zip(*runs, strict=True))
            other, answering = of_scikit_learn(case, data, arguments.runs)
            print(line(case.name, case.tmva_seconds, clock, f"{worked:.3g}", other))
            if case.tmva_microseconds is not None or answering:
                took = microseconds(trained, data, arguments.runs)
                responses.append(line(case.name, case.tmva_microseconds, took, answering))
    if responses:
        print("\n| response | TMVA (µs) | tmva_py (µs) | scikit-learn (µs) | TMVA ÷ tmva_py |")
        print("|---|---:|---:|---:|---:|")
        print("\n".join(responses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
