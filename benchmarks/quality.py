"""Trainings as ROOT ran them, and what came out there and here.

    python benchmarks/quality.py [--data FOLDER] [--seeds N] [--only NAME ...] [--jobs N]

prints Markdown tables: figures of merit, and losses by epoch. FOLDER holds the files of ROOT's tutorials.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent))  # also when a test loads this file

from quality_cases import CASES, TITLE, Case, Published

from tmva_py.booking.booked_method import BookedMethod
from tmva_py.data import Events
from tmva_py.errors import TMVAWarning
from tmva_py.evaluation import RegressionEvaluation, RocCurve

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SEEDS = 5
HALF_IN_SIGMA = 1.349
"""Width of the middle half of a Gaussian, in standard deviations."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A figure and its statistical error from the number of events that it is computed from."""

    value: float
    error: float


@dataclass(frozen=True)
class Run:
    """One training.

    Attributes
    ----------
    figures : dict
        By name.
    initial_loss : float or None
        Validation loss of the first weights.
    losses : list of (float, float)
        Training and validation loss of each epoch.
    seconds : float
        All of it: reading, training, testing.
    """

    figures: dict[str, Figure]
    initial_loss: float | None
    losses: list[tuple[float, float]]
    seconds: float


def run(case: Case, data: Path, seed: int) -> Run:
    """Book, train and test as a user does, in a folder of the run's own."""
    start = time.perf_counter()
    log = io.StringIO()
    with work_folder(), warnings.catch_warnings(), contextlib.redirect_stdout(log):
        # The options are ROOT's, those without effect included.
        warnings.simplefilter("ignore", TMVAWarning)
        factory, loader = case.book(data, f"{case.options}:RandomSeed={seed}")
        factory.TrainAllMethods()
        factory.TestAllMethods()
    booked = factory.GetMethod(loader, TITLE)
    first = re.search(r"minimum error = (\S+)", log.getvalue())
    history = booked.method.training_history()
    return Run(
        {name: figure_of(name, booked) for name in case.figures},
        float(first[1]) if first else None,
        list(zip(history["trainingError"].tolist(), history["valError"].tolist(), strict=True)),
        time.perf_counter() - start,
    )


@contextlib.contextmanager
def work_folder() -> Iterator[None]:
    """Work in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield


# --- figures and their errors ------------------------------------------------------------------------------


def figure_of(name: str, booked: BookedMethod) -> Figure:
    """Return the figure called `name`: what it is, then which events, then what else is to be known."""
    what, _, rest = name.partition(", ")
    events, response = _sample(booked, rest)
    info = booked.data_set.info
    if what == "RMS":
        return _rms(response[:, 0], events)
    if what == "accuracy":
        right = response.argmax(axis=1) == events.class_index
        return Figure(float(right.mean()), float(right.std()) / len(right) ** 0.5)
    if booked.method.analysis_type == "Multiclass":
        index = info.classes.index(rest)
        return _roc(response[:, index], events.class_index == index, events.weight)
    is_signal = events.class_index == info.signal_class_index
    if what == "cross entropy":
        losses = -np.log(np.where(is_signal, response, 1 - response).astype(np.float64))
        return Figure(float(losses.mean()), float(losses.std()) / len(losses) ** 0.5)
    return _roc(response, is_signal, np.ones(len(events)) if "no weights" in rest else events.original_weight)


def _sample(booked: BookedMethod, which: str) -> tuple[Events, npt.NDArray[np.float32]]:
    training, testing = booked.data_set.training, booked.data_set.testing
    if "training" in which:
        return training, booked.training_response
    if "all events" in which:
        return (
            Events.concatenate([training, testing]),
            np.concatenate([booked.training_response, booked.test_response]),
        )
    return testing, booked.test_response


def _roc(response: npt.NDArray[np.float32], is_signal: npt.NDArray[np.bool_], weight: Values) -> Figure:
    """Return the area and its error after DeLong, for weighted events.

    The area is the mean over signal events of the background below each, and the mean over background events
    of the signal above each; the variances of these two means add up.
    """
    area = RocCurve(response, is_signal, weight).area
    variance = 0.0
    for own, other, below in ((is_signal, ~is_signal, True), (~is_signal, is_signal, False)):
        order = np.sort(response[other])
        order_weight = weight[other][np.argsort(response[other], kind="stable")]
        cumulated = np.append(0.0, np.cumsum(order_weight)) / order_weight.sum()
        place = sum(cumulated[np.searchsorted(order, response[own], side)] for side in ("left", "right")) / 2
        share = place if below else 1 - place
        w = weight[own] / weight[own].sum()
        variance += float((w**2) @ (share - area) ** 2)
    return Figure(area, variance**0.5)


def _rms(response: npt.NDArray[np.float32], events: Events) -> Figure:
    target, w = events.targets[:, 0], events.weight / events.weight.sum()
    full = RegressionEvaluation.of(response, target, events.weight).full
    square = (response.astype(np.float64) - target - full.bias) ** 2
    error_of_square = float((w**2) @ (square - full.rms**2) ** 2) ** 0.5
    return Figure(full.rms, error_of_square / (2 * full.rms))


# --- tables ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Trainings with some seeds against ROOT's one.

    Attributes
    ----------
    median, lowest, highest : float
        Of the figure over the seeds.
    error : float
        Statistical error of a figure.
    scatter : float
        From seed to seed: the half of the values in the middle, as the standard deviation of a Gaussian. A
        training that fails does not widen it.
    gain : float
        By how much the median is better than ROOT's figure; negative if it is worse.
    """

    median: float
    lowest: float
    highest: float
    error: float
    scatter: float
    gain: float

    @classmethod
    def of(cls, published: Published, figures: list[Figure]) -> Comparison:
        """Compare the figures of some seeds with ROOT's."""
        values = [one.value for one in figures]
        median = float(np.median(values))
        gain = published.value - median if published.smaller_is_better else median - published.value
        error = float(np.median([one.error for one in figures]))
        lower, upper = np.percentile(values, [25, 75])
        scatter = float(upper - lower) / HALF_IN_SIGMA
        return cls(median, min(values), max(values), error, scatter, gain)

    @property
    def distance(self) -> float:
        """`gain` in units of both errors: ROOT's figure is that of one seed."""
        return self.gain / float(np.hypot(self.error, self.scatter))

    @property
    def verdict(self) -> str:
        """What `distance` means."""
        d = self.distance
        return "better" if d > 1 else "equal" if d >= -1 else "low" if d >= -2 else "worse"


def figure_table(results: dict[str, list[Run]]) -> list[str]:
    lines = [
        "| training | figure | ROOT | ours: median | lowest ... highest | statistical error "
        "| scatter of the seeds | gain / statistical error | gain / both | |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for case in _of(results):
        for name, published in case.figures.items():
            c = Comparison.of(published, [one.figures[name] for one in results[case.name]])
            lines.append(
                f"| {case.name} | {name} | {published.value:g} | {c.median:.4f} "
                f"| {c.lowest:.4f} ... {c.highest:.4f} | {c.error:.4f} | {c.scatter:.4f} "
                f"| {c.gain / c.error:+.1f} | {c.distance:+.1f} | {c.verdict} |"
            )
    return lines


def loss_table(results: dict[str, list[Run]]) -> list[str]:
    lines = [
        "| training | epoch | ROOT: training, validation | ours, training: median (lowest ... highest) "
        "| ours, validation |",
        "|---|---:|---:|---:|---:|",
    ]

    def spread(values: list[float]) -> str:
        return f"{np.median(values):.5g} ({min(values):.5g} ... {max(values):.5g})" if values else "-"

    for case in _of(results):
        runs = results[case.name]
        if case.initial_loss is not None:
            first = [one.initial_loss for one in runs if one.initial_loss is not None]
            lines.append(f"| {case.name} | 0 | {case.initial_loss:.5g} | | {spread(first)} |")
        for epoch, (training, validation) in case.epochs.items():
            reached = [one.losses[epoch - 1] for one in runs if len(one.losses) >= epoch]
            lines.append(
                f"| {case.name} | {epoch} | {training:.5g}, {validation:.5g} "
                f"| {spread([one[0] for one in reached])} | {spread([one[1] for one in reached])} |"
            )
    return lines


def _of(results: dict[str, list[Run]]) -> list[Case]:
    return [case for case in CASES if case.name in results]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the files of ROOT's tutorials")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="trainings of each case")
    parser.add_argument("--only", nargs="+", choices=[case.name for case in CASES], help="these cases")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at a time")
    given = parser.parse_args(arguments)
    chosen = [case for case in CASES if given.only is None or case.name in given.only]
    seeds = range(1, given.seeds + 1)
    results: dict[str, list[Run]] = {}
    with ProcessPoolExecutor(given.jobs) as pool:
        futures = {case.name: [pool.submit(run, case, given.data, seed) for seed in seeds] for case in chosen}
        for name, pending in futures.items():
            results[name] = [future.result() for future in pending]
            seconds = sum(one.seconds for one in results[name])
            epochs = ", ".join(str(len(one.losses)) for one in results[name])
            print(f"{name}: {seconds:.0f} s; epochs {epochs}", file=sys.stderr)
    print("\n".join([*figure_table(results), "", *loss_table(results)]))


if __name__ == "__main__":
    main()
