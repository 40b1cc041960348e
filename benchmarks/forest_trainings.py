"""How fast forests are trained, beside gradient boosting of other libraries and TMVA itself."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from forest_models import installed
from forest_rows import Row, heading, shown
from turns import take_turns

from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.training import train_method

ADABOOST = "BoostType=AdaBoost:AdaBoostBeta=0.5:SeparationType=GiniIndex"
GRADIENT = "BoostType=Grad:Shrinkage=0.1"
# Events, variables, trees, depth.
SHAPES = ((100_000, 10, 100, 3), (100_000, 30, 100, 3), (10_000, 10, 850, 3), (100_000, 10, 100, 2))
MIN_NODE = 0.025
REST = 0.05

TUTORIAL = "!H:!V:MinNodeSize=2.5%:UseBaggedBoost:BaggedSampleFraction=0.5:nCuts=20"
TMVAS: dict[str, tuple[str, dict[tuple[int, int], float]]] = {
    "AdaBoost, 850 × 3": (
        f"{TUTORIAL}:NTrees=850:MaxDepth=3:{ADABOOST}",
        {(5000, 4): 0.904, (5000, 20): 1.87, (100_000, 4): 19.7, (100_000, 20): 43.8},
    ),
    "Grad, 1000 × 2": (
        f"{TUTORIAL}:NTrees=1000:MaxDepth=2:{GRADIENT}",
        {(5000, 4): 1.68, (5000, 20): 2.82, (100_000, 4): 38.8, (100_000, 20): 67.7},
    ),
}
"""Options, and seconds by events and variables that TMVA 4.2.1 (g++ -O2, one thread) takes on a Xeon."""


def sample(n_events: int, n_variables: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two classes of correlated Gaussians."""
    random = np.random.default_rng(1)
    is_signal = np.arange(n_events) % 2 == 0
    mixing = np.linalg.cholesky(0.5 * np.eye(n_variables) + 0.5)
    x = random.normal(size=(n_events, n_variables)) @ mixing.T
    x += np.where(is_signal, 0.3, -0.3)[:, None]
    return x.astype(np.float32), is_signal


class Ours:
    """A booked MethodBDT and its events."""

    def __init__(self, options: str, x: np.ndarray, is_signal: np.ndarray) -> None:
        variables = [VariableInfo.parse(f"x{number}") for number in range(x.shape[1])]
        info = DataSetInfo("dataset", variables, classes=["Signal", "Background"])
        nothing, weight = np.empty((len(x), 0), np.float32), np.ones(len(x))
        events = Events(x, nothing, nothing, weight, weight, np.where(is_signal, 0, 1).astype(np.int32))
        self._dataset = DataSet(info, events, events)
        self._options = options

    def train(self) -> None:
        """Train, events to forest."""
        method = MethodBDT(
            "BDT",
            self._dataset.info,
            "Classification",
            self._options,
            log=MessageLog("BDT", silent=True),
        )
        train_method(method, self._dataset)


def xgboost(x: np.ndarray, y: np.ndarray, n_trees: int, depth: int, threads: int) -> None:
    import xgboost as library

    options = {
        "objective": "binary:logistic", "tree_method": "hist", "max_bin": 20, "max_depth": depth, "eta": 0.1,
        "min_child_weight": MIN_NODE * len(x) / 4, "nthread": threads,
    }  # fmt: skip
    library.train(options, library.DMatrix(x, label=y, nthread=threads), n_trees)


def lightgbm(x: np.ndarray, y: np.ndarray, n_trees: int, depth: int, threads: int) -> None:
    import lightgbm as library

    options = {
        "objective": "binary", "max_bin": 20, "num_leaves": 2**depth, "max_depth": depth,
        "learning_rate": 0.1, "min_data_in_leaf": int(MIN_NODE * len(x)), "num_threads": threads,
        "verbose": -1,
    }  # fmt: skip
    library.train(options, library.Dataset(x, y), n_trees)


def scikit_learn(x: np.ndarray, y: np.ndarray, n_trees: int, depth: int, threads: int) -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier

    del threads  # as many as the process may use
    HistGradientBoostingClassifier(
        max_iter=n_trees, max_depth=depth, max_leaf_nodes=None, max_bins=20, early_stopping=False,
        min_samples_leaf=int(MIN_NODE * len(x)), learning_rate=0.1,
    ).fit(x, y)  # fmt: skip


Fit = Callable[[np.ndarray, np.ndarray, int, int, int], None]
RIVALS: dict[str, tuple[str, Fit]] = {
    "XGBoost": ("xgboost", xgboost),
    "LightGBM": ("lightgbm", lightgbm),
    "scikit-learn": ("sklearn", scikit_learn),
}


def rivals_table(arguments: argparse.Namespace, threads: int) -> list[Row]:
    """Print the speed of growing beside other libraries, and return the rows."""
    print(
        f"\n### Training, {threads} thread{'s' if threads > 1 else ''}\n\n"
        "10⁶ events · trees · variables in a second, from arrays to a model, 20 bins.\n"
    )
    heading(
        "events × variables, trees × depth",
        "AdaBoost",
        "Grad",
        *RIVALS,
        "AdaBoost ÷ fastest",
        "Grad ÷ fastest",
    )
    rows = []
    for n_events, n_variables, n_trees, depth in SHAPES:
        x, is_signal = sample(n_events, n_variables)
        y = is_signal.astype(np.float32)
        common = f"!H:!V:NTrees={n_trees}:MaxDepth={depth}:MinNodeSize={100 * MIN_NODE}%:nCuts=20"
        sides: dict[str, Callable[[], object]] = {
            name: Ours(f"{common}:{options}:Threads={threads}", x, is_signal).train
            for name, options in (("AdaBoost", ADABOOST), ("Grad", GRADIENT))
        }
        for name, (module, fit) in RIVALS.items():
            if installed(module):
                sides[name] = partial(fit, x, y, n_trees, depth, threads)
        times = take_turns(sides, arguments.seconds, 3, REST if threads > 1 else 0.0)
        name = f"{n_events:,} × {n_variables}, {n_trees} × {depth}"
        row = Row("training", name, n_events, n_variables, n_trees, depth, times)
        rows.append(row)
        work = n_events * n_trees * n_variables / 1e6
        cells = [
            shown(work / times[side] if side in times else None, 1.0)
            for side in ("AdaBoost", "Grad", *RIVALS)
        ]
        ratios = [f"{row.ratio(RIVALS, side):.2f}" for side in ("AdaBoost", "Grad")]
        print(f"| {row.name} | {' | '.join(cells + ratios)} |", flush=True)
    return rows


def seconds_of(call: Callable[[], object], threads: int) -> float:
    """Return how long a call takes: on one thread by the processor's clock, whatever else it does."""
    clock = time.process_time if threads == 1 else time.perf_counter
    started = clock()
    call()
    return clock() - started


def tmva_table(threads: int) -> list[Row]:
    """Print the times of the tutorials' bookings beside TMVA's, and return the rows."""
    print(
        f"\n### Training beside TMVA 4.2.1, {threads} thread{'s' if threads > 1 else ''}\n\n"
        "Seconds, best of three runs; TMVA's are of another processor (Intel Xeon, one thread).\n"
    )
    heading("booking, trees × depth; events × variables", "tmva_py (s)", "TMVA (s)", "×")
    rows = []
    for name, (options, seconds) in TMVAS.items():
        for (n_events, n_variables), theirs in seconds.items():
            side = Ours(f"{options}:Threads={threads}", *sample(n_events, n_variables))
            times = {"numba": min(seconds_of(side.train, threads) for _ in range(3)), "TMVA": theirs}
            row = Row("TMVA", f"{name}; {n_events:,} × {n_variables}", n_events, n_variables, 0, 0, times)
            rows.append(row)
            print(
                f"| {row.name} | {times['numba']:.2f} | {theirs} | {row.ratio(('TMVA',)):.1f} |", flush=True
            )
    return rows
