"""Training times of the classical methods beside TMVA's own.

TMVA's are those of TMVA 4.2.1 with one thread on a virtual machine with two cores, the best of three. Ours
are the best of several trainings here: seconds on the clock, and of the processors, which a busy machine
changes less.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tmva_py.booking.data_loader import DataLoader
from tmva_py.data import DataSet
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
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
    in C++ with what sets the variables; without them responses are not compared.
    """

    name: str
    kind: str
    options: str
    tmva_seconds: float
    tmva_microseconds: float | None = None


MLP = "!H:!V:NeuronType={0}:VarTransform=N:NCycles={1}:HiddenLayers=N+5:TestRate=5"

CASES = (
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
    Case("MLPBNN", "MLP", f"{MLP.format('tanh', 60)}:TrainingMethod=BFGS:UseRegulator", 0.761, 0.765),
)
"""A method adds its line here."""


def class_data(folder: Path) -> DataSet:
    """Return the tutorial's events: 1000 of each class to train on, the background with its weights."""
    loader = DataLoader("dataset")
    for variable in VARIABLES:
        loader.AddVariable(variable, "F")
    path = folder / "tmva_class_example.root"
    loader.AddSignalTree(f"{path}:TreeS", 1.0)
    loader.AddBackgroundTree(f"{path}:TreeB", 1.0)
    loader.SetBackgroundWeightExpression("weight")
    loader.PrepareTrainingAndTestTree(
        "",
        f"nTrain_Signal={N_TRAINING}:nTrain_Background={N_TRAINING}:SplitMode=Random:NormMode=NumEvents:!V",
    )
    return loader.data_set(MessageLog("data", silent=True))


def seconds(case: Case, data: DataSet) -> tuple[float, float, TrainedMethod]:
    """Return how long one training takes, how long the processors work, and what is trained."""
    cls: Any = default_registry().find("method", case.kind)
    method = cls(
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


def main() -> int:
    """Print a table of trainings and one of responses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--data", type=Path, default=DATA, help="folder with tmva_class_example.root")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    data = class_data(arguments.data)
    print("| training, 2000 events | TMVA (s) | tmva_py (s) | processors (s) | TMVA ÷ tmva_py |")
    print("|---|---:|---:|---:|---:|")
    responses = []
    for case in CASES:
        if arguments.only.casefold() in case.name.casefold():
            *_, trained = seconds(case, data)  # compiles
            runs = [seconds(case, data)[:2] for _ in range(arguments.runs)]
            clock, worked = (min(one) for one in zip(*runs, strict=True))
            ratio = case.tmva_seconds / clock
            print(f"| {case.name} | {case.tmva_seconds:g} | {clock:.3g} | {worked:.3g} | {ratio:.2g} |")
            if case.tmva_microseconds is not None:
                own = microseconds(trained, data, arguments.runs)
                ratio = case.tmva_microseconds / own
                responses.append(f"| {case.name} | {case.tmva_microseconds:g} | {own:.3g} | {ratio:.2g} |")
    if responses:
        print("\n| response | TMVA (µs) | tmva_py (µs) | TMVA ÷ tmva_py |\n|---|---:|---:|---:|")
        print("\n".join(responses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
