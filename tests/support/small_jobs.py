"""Booking jobs on a few events, for tests that go the whole way through a factory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import tmva_py as TMVA
from tmva_py.booking.booked_method import BookedMethod

Columns = dict[str, npt.NDArray[Any]]
STRATEGY = "LearningRate=1e-2,MaxEpochs=3,BatchSize=20,ConvergenceSteps=5,TestRepetitions=1"


def class_columns(n_events: int, shift: float, *, n_variables: int = 3, seed: int = 1) -> Columns:
    """Return Gaussian variables ``x0``, ``x1``, … whose mean is `shift`, and a weight ``w``."""
    random = np.random.default_rng(seed)
    columns: Columns = {
        f"x{i}": random.normal(shift if i % 2 == 0 else -shift, 1, n_events).astype(np.float32)
        for i in range(n_variables)
    }
    return columns | {"w": random.uniform(0.5, 1.5, n_events).astype(np.float32)}


def regression_columns(n_events: int, *, n_variables: int = 3, seed: int = 1) -> Columns:
    """Return variables as `class_columns`, and two targets ``t0``, ``t1`` that follow from them."""
    columns = class_columns(n_events, 0.0, n_variables=n_variables, seed=seed)
    x0, x1 = columns["x0"], columns["x1"]
    return columns | {"t0": 100 + 20 * x0 + 5 * x1 * x1, "t1": np.exp(x1 / 2) + 3}


@dataclass
class Job:
    """A factory, its loader and the methods that were booked."""

    factory: Any
    loader: Any
    folder: Path

    def book(self, options: str, title: str = "DL") -> BookedMethod:
        """Book a DL method; ``TrainingStrategy`` and ``RandomSeed`` have small values unless given."""
        if "TrainingStrategy" not in options:
            options = f"{options}:TrainingStrategy={STRATEGY}"
        if "RandomSeed" not in options:
            options = f"{options}:RandomSeed=7"
        booked: BookedMethod = self.factory.BookMethod(self.loader, TMVA.Types.kDL, title, options)
        return booked

    def run(self, options: str, title: str = "DL") -> BookedMethod:
        """Book, train, test and evaluate."""
        booked = self.book(options, title)
        self.finish()
        return booked

    def finish(self) -> None:
        """Train, test and evaluate what was booked."""
        self.factory.TrainAllMethods()
        self.factory.TestAllMethods()
        self.factory.EvaluateAllMethods()


def make_job(
    folder: Path,
    analysis: str = "Classification",
    *,
    trees: Mapping[str, Columns] | Columns | None = None,
    n_variables: int = 3,
    n_events: int = 200,
    targets: Sequence[str] = ("t0",),
    options: str = "!V:Silent:!DrawProgressBar",
    split: str = "SplitMode=Random:SplitSeed=3:NormMode=None:!V",
    output: Any = None,
    cut: str = "",
) -> Job:
    """Return a job whose data set is ready; half of the events train.

    Parameters
    ----------
    folder : path
        Where weight files go, below ``dataset``.
    analysis : str
        As the factory's option ``AnalysisType``.
    trees : mapping, optional
        Columns by class, or for a regression the columns; by default Gaussian ones.
    n_variables, n_events, targets
        What the data have; events are counted by class.
    options, split, cut : str
        Of the factory and of ``PrepareTrainingAndTestTree``.
    output : path, optional
        The factory's file.
    """
    factory = TMVA.Factory("job", output, f"{options}:AnalysisType={analysis}")
    loader = TMVA.DataLoader(str(folder / "dataset"))
    for number in range(n_variables):
        loader.AddVariable(f"x{number}", "F")
    if analysis == "Regression":
        for target in targets:
            loader.AddTarget(target)
        columns: Any = trees or regression_columns(n_events, n_variables=n_variables)
        loader.AddRegressionTree(columns, 1.0)
    else:
        names = ("Signal", "Background") if analysis == "Classification" else ("red", "green", "blue")
        if trees is None:
            trees = {
                name: class_columns(n_events, 1.0 - number, n_variables=n_variables, seed=number + 1)
                for number, name in enumerate(names)
            }
        for name, one in trees.items():
            loader.AddTree(one, name, 1.0)
    loader.PrepareTrainingAndTestTree(cut, split)
    return Job(factory, loader, folder)
