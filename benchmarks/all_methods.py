"""Every method of ROOT's tutorials in one job each, and how the minutes fall with more processes.

    python benchmarks/all_methods.py [--data FOLDER] [--only Classification] [--jobs 1 2] [--page FILE]

prints Markdown tables; with `--page` they are the content of a page. FOLDER holds the files of the tutorials.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import platform
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from published_methods import JOBS
from tutorial_bookings import (
    CLASSIFICATION,
    MULTICLASS,
    REGRESSION,
    classification_data,
    multiclass_data,
    regression_data,
)

import tmva_py as TMVA
from quality import DATA, figure_of, work_folder
from tmva_py.booking.booked_method import BookedMethod
from tmva_py.errors import TMVAWarning

LIBRARY = ":SplitLibrary=libc++"
"""The events are dealt out as in the run of ROOT 6.33 that is compared with."""
TUTORIALS = {
    "Classification": (CLASSIFICATION, classification_data, "", ":SplitLibrary=random_shuffle"),
    "Regression": (REGRESSION, regression_data, "regression", LIBRARY),
    "Multiclass": (MULTICLASS, multiclass_data, "multiclass", LIBRARY),
}
# Of the tutorial's sample, by other people's runs of ROOT.
CLASSIFIED = {"LD": 0.9190, "BDT": 0.8738}
FIGURES = {"Classification": ("ROC",), "Regression": ("RMS",), "Multiclass": ("ROC, Signal", "accuracy")}
INTRODUCTION = """# All methods in one job

`make all-methods` (`python benchmarks/all_methods.py --page docs/all-methods.md`) books what ROOT's
tutorials TMVAClassification, TMVARegression and TMVAMulticlass book, every method switched on and every
option string as it is there, and writes this page. Each job is trained with one process and with several (the
factory's option [`Jobs`](booking.md)): the figures are the same bit for bit. Such a job is some ten seconds
of work, of which a third is not shared out (weight files that are read back, the output file), and single
trainings use several threads anyway: processes are for trainings of minutes, and for idle cores. Beside the
seconds is what the processors worked. Figures are those of the test sample; a blank is where no figure of
ROOT on these events is public, and Cuts has no response to take an area of. More figures are in
[trainings beside ROOT's](training-quality.md).

"""


@dataclass(frozen=True)
class Row:
    """A method after its job."""

    title: str
    figures: tuple[float, ...]
    seconds: float
    of_root: tuple[float | None, ...]


def run(analysis: str, data: Path, jobs: int) -> tuple[float, float, float, list[Row]]:
    """Return the seconds of all trainings, also of processors, those of the rest, and the methods."""
    bookings, load, published, split = TUTORIALS[analysis]
    with work_folder(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        # The options are ROOT's, those without effect included.
        warnings.simplefilter("ignore", TMVAWarning)
        options = f"!V:!Silent:!Color:!DrawProgressBar:AnalysisType={analysis}:Jobs={jobs}"
        factory = TMVA.Factory(f"TMVA{analysis}", "out.root", options)
        loader = load(data, split)
        for title, kind, text in bookings:
            seed = ":RandomSeed=1" if kind == "DL" else ""
            factory.BookMethod(loader, kind, title, f"{text}{seed}")
        start, worked = time.perf_counter(), processor_seconds()
        factory.TrainAllMethods()
        trained, worked = time.perf_counter(), processor_seconds() - worked
        factory.TestAllMethods()
        factory.EvaluateAllMethods()
        end = time.perf_counter()
        rows = [
            _row(factory.GetMethod(loader, title), analysis, published, title) for title, _, _ in bookings
        ]
    return trained - start, worked, end - trained, rows


def processor_seconds() -> float:
    """Return the seconds that processors worked for this process and those that it waited for."""
    return sum(os.times()[:4])


def _row(booked: BookedMethod, analysis: str, published: str, title: str) -> Row:
    names = FIGURES[analysis]
    figures = (
        tuple(figure_of(name, booked).value for name in names) if booked.trained.model.has_response else ()
    )
    known = JOBS[published].methods if published else {}
    of_root: list[float | None] = [
        known[title].figures.get(name) if title in known else None for name in names
    ]
    if analysis == "Classification":
        of_root = [CLASSIFIED.get(title)]
    return Row(title, figures, booked.trained.training_time, tuple(of_root))


def table(analysis: str, rows: list[Row]) -> list[str]:
    """Return the ranking."""
    names = FIGURES[analysis]
    head = " | ".join(f"{name} | ROOT" for name in names)
    lines = [f"| method | {head} | training (s) |", "|---|" + "---:|" * (2 * len(names) + 1)]
    order = sorted(rows, key=lambda row: row.figures or (0.0,), reverse=analysis != "Regression")
    for row in order:
        digits = 2 if analysis == "Regression" else 4
        pairs = [
            f"{f'{row.figures[i]:.{digits}f}' if row.figures else ''} | {'' if known is None else known}"
            for i, known in enumerate(row.of_root)
        ]
        lines.append(f"| {row.title} | {' | '.join(pairs)} | {row.seconds:.3g} |")
    return lines


def main() -> int:
    """Run the jobs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the files of the tutorials")
    parser.add_argument("--only", nargs="+", choices=list(TUTORIALS), default=list(TUTORIALS))
    parser.add_argument("--jobs", nargs="+", type=int, default=[1, 2], help="numbers of processes")
    parser.add_argument("--runs", type=int, default=3, help="of which the fastest counts")
    parser.add_argument("--page", type=Path, help="write the page")
    given = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    lines = [f"Python {platform.python_version()}, {cores} cores, which other work shares.", ""]
    times = [
        "| tutorial | methods | processes | training (s) | processors (s) | tests and evaluation (s) |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for analysis in given.only:
        rows: list[Row] = []
        # Kernels are compiled before anything is timed.
        run(analysis, given.data, 1)
        for jobs in given.jobs:
            training, worked, rest, rows_now = run(analysis, given.data, jobs)
            rows = rows or rows_now
            assert [row.figures for row in rows] == [row.figures for row in rows_now], "not the same bits"
            times.append(
                f"| {analysis} | {len(rows)} | {jobs} | {training:.1f} | {worked:.1f} | {rest:.1f} |"
            )
            print(times[-1], file=sys.stderr, flush=True)
        lines += [f"## {analysis}", "", *table(analysis, rows), ""]
    text = "\n".join([*lines[:2], "## Times", "", *times, "", *lines[2:]]).rstrip() + "\n"
    if given.page:
        given.page.write_text(INTRODUCTION + text, encoding="utf-8")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
