"""Forests that TMVA trained, trained again on its events: how many trees are the same.

    python benchmarks/forests_as_tmva.py [CASE ...]

prints the table of docs/oracles.md. It needs the stored cases beside this repository (``../shared``).
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from forests import GoldenTraining, golden_training, golden_trainings
from golden import SHARED

from tmva_py.errors import TMVAWarning

TREE_OF_THE_CLOCK = "the first tree, whose seed is the clock, is TMVA's"
NO_FILE = "TMVA's trees are not known"


def row(case: str, training: GoldenTraining) -> str:
    """Return a line of the table."""
    n_trees = len(training.trained.model.forest)
    agreeing, difference = training.agreeing
    remark = TREE_OF_THE_CLOCK if training.has_random_tree else difference
    if training.golden is None:
        agreeing, remark = 0, NO_FILE
    same = "–" if training.golden is None else str(agreeing)
    return f"| `{case}` | {n_trees} | {same} | {training.deviation:.1e} | {f'{remark} ' if remark else ''}|"


def main(cases: list[str]) -> None:
    """Print the table."""
    print("| case | trees | the same | largest deviation of a response | |")
    print("|---|---:|---:|---:|---|")
    for case in cases or golden_trainings():
        print(row(case, golden_training(SHARED, case)), flush=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore", TMVAWarning)
    main(sys.argv[1:])
