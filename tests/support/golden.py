"""The golden cases of a method: what TMVA trained, answered and printed, and ours from the same events."""

from __future__ import annotations

import functools
import json
import math
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from row_files import text_of
from weight_files import golden_index, golden_weights

from tmva_py.booking.data_loader import DataLoader
from tmva_py.data import AnalysisType, DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.message_log import MessageLog
from tmva_py.methods import Method, TrainedMethod
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import find_method, read_weight_file, weight_text
from tmva_py.plugins import default_registry

SHARED = Path(__file__).parents[3] / "shared"
# Of the functions' values where TMVA ran: glibc's for processors with fused multiplications.
_FUNCTIONS = 13218279


@functools.cache
def has_tmvas_functions() -> bool:
    """Return whether exp, tanh and log are those of the machine on which TMVA ran, to the last bit."""
    arguments = np.linspace(-9.0, 9.0, 20001).tolist()
    values = [function(v) for function in (math.exp, math.tanh) for v in arguments]
    values += [math.log(v + 10.0) for v in arguments]
    return zlib.crc32(np.array(values).tobytes()) == _FUNCTIONS


def cases_of(type_name: str, *, trained: bool = False) -> list[str]:
    """Return the cases with weight file and events of a method; with `trained` those that TMVA trained."""
    if not SHARED.is_dir():
        return []
    return [
        entry["case"]
        for entry in golden_index(SHARED)
        if str(entry["method"]).startswith(f"{type_name}::")
        and not entry["case"].startswith("real_output")
        and (entry["case"].startswith("real_") or not trained)
    ]


def trained_by_tmva() -> list[dict[str, Any]]:
    """Return what the index says of the cases that TMVA trained; nothing where there are no cases."""
    index = golden_index(SHARED) if SHARED.is_dir() else []
    return [entry for entry in index if entry["case"].startswith("real_")]


def entry_of(shared: Path, case: str) -> dict[str, Any]:
    """Return what the index says of a case."""
    return next(entry for entry in golden_index(shared) if entry["case"] == case)


def check_responses(
    shared: Path, case: str, *, release: str = "newest", tolerance: Mapping[str, float] | None = None
) -> TrainedMethod:
    """Compare the responses of a case's weight file to all its events with TMVA's."""
    return check_answers(
        shared, case, lambda: read_weight_file(golden_weights(shared, case), release=release), tolerance
    )


def check_answers(
    shared: Path, case: str, read: Callable[[], TrainedMethod], tolerance: Mapping[str, float] | None = None
) -> TrainedMethod:
    """Compare the responses to all events with TMVA's; one by one and from eight threads, the same bits."""
    method = read()
    with np.load(shared / "golden" / case / "events.npz") as events:
        x, expected = events["X"], events["response"]
        beside = events["S"] if "S" in events and method.model.uses_spectators else None
    seen = method.evaluate(x, spectators=beside)
    tolerance = entry_of(shared, case)["tolerance"] if tolerance is None else tolerance
    np.testing.assert_allclose(
        seen.reshape(expected.shape), expected, rtol=tolerance["rtol"], atol=tolerance["atol"]
    )
    events_alone = [slice(i, i + 1) for i in range(len(x))]
    one_by_one = np.concatenate(
        [method.evaluate(x[i], spectators=None if beside is None else beside[i]) for i in events_alone]
    )
    np.testing.assert_array_equal(one_by_one, seen)
    fresh = read()
    with ThreadPoolExecutor(8) as threads:
        for answer in threads.map(lambda _: fresh.evaluate(x, spectators=beside), range(8)):
            np.testing.assert_array_equal(answer, seen)
    return method


def check_file(shared: Path, case: str) -> None:
    """Write the file again: from ``<Weights>`` on, every byte must be TMVA's."""
    text = text_of(golden_weights(shared, case)).replace('"-nan"', '"nan"')
    method = read_weight_file(golden_weights(shared, case))
    expected, seen = (one.partition("  <Weights")[2] for one in (text, weight_text(method)))
    assert len(expected) > 100
    assert seen == expected
    again = read_weight_file(weight_text(method))
    assert weight_text(again) == weight_text(method)


def stored_data(folder: Path, golden: TrainedMethod) -> DataSet:
    """Return the events of a case in TMVA's order, with its weights."""
    return events_as(folder, golden.info)


def events_as(folder: Path, info: DataSetInfo) -> DataSet:
    """Return the events of a case for a data set that is described; weights before renormalising may lack."""
    with np.load(folder / "train.npz") as stored:
        samples = []
        for sample in ("train", "test"):
            weight = stored[f"w_{sample}"].astype(np.float64)
            targets = stored[f"T_{sample}"] if f"T_{sample}" in stored else np.zeros((len(weight), 0))
            samples.append(
                Events(
                    stored[f"X_{sample}"].astype(np.float32),
                    np.asarray(targets, np.float32).reshape(len(weight), -1),
                    np.zeros((len(weight), len(info.spectators)), np.float32),
                    weight,
                    stored[f"w_{sample}_raw"].astype(np.float64) if f"w_{sample}_raw" in stored else weight,
                    stored[f"y_{sample}"].astype(np.int32),
                )
            )
    return DataSet(info, *samples)


def said_of(shared: Path, case: str) -> dict[str, Any]:
    """Return what ``methods.json`` says of a case: options, ranking, figures."""
    found: dict[str, Any] = next(
        iter(json.loads((shared / "golden" / case / "methods.json").read_text()).values())
    )
    return found


def booked_as_golden(shared: Path, case: str, golden: TrainedMethod, log: MessageLog | None = None) -> Method:
    """Return a method with the options of TMVA's booking."""
    return find_method(golden.type_name, default_registry())(
        golden.title,
        golden.info,
        golden.analysis_type,
        f"{said_of(shared, case)['options']}:Release=4.2",
        log=MessageLog(golden.title, silent=True) if log is None else log,
    )


def trained_as_golden(
    shared: Path, case: str, log: MessageLog | None = None
) -> tuple[TrainedMethod, TrainedMethod, Method]:
    """Return TMVA's own method, ours from the same events and options, and what was booked."""
    golden = read_weight_file(golden_weights(shared, case))
    method = booked_as_golden(shared, case, golden, log)
    return golden, train_method(method, stored_data(shared / "golden" / case, golden)), method


def check_ranking(shared: Path, case: str, method: Method) -> None:
    """Compare the ranking with the one printed, which has four digits."""
    printed = {name: float(value) for _, name, value in said_of(shared, case)["ranking"]}
    seen = dict(method.ranking() or [])
    assert seen.keys() == printed.keys()
    for name, value in printed.items():
        # Half of the last digit printed.
        np.testing.assert_allclose(seen[name], value, rtol=5.001e-4, err_msg=name)


def printed_between(shared: Path, case: str, first: str, last: str) -> list[str]:
    """Return the lines that TMVA's training printed after a line and before another, without their prefix."""
    lines = (shared / "golden" / case / "printed.txt").read_text().splitlines()
    texts = [line.partition(": ")[2] for line in lines]
    start = texts.index(first)
    return texts[start + 1 : start + 1 + next(i for i, t in enumerate(texts[start + 1 :]) if last in t)]


def trained_on(
    shared: Path, case: str, type_name: str, title: str, options: str
) -> tuple[TrainedMethod, dict[str, np.ndarray]]:
    """Return a method after a training on the events of a case without weight file, and what is stored."""
    with np.load(shared / "golden" / case / "train.npz") as file:
        stored = {name: file[name] for name in file.files}
    n_targets = stored["T_train"].shape[1] if "T_train" in stored else 0
    analysis: AnalysisType = "Regression" if n_targets else "Classification"
    info = DataSetInfo(
        variables=[VariableInfo.parse(str(name)) for name in stored["variables"]],
        targets=[VariableInfo(f"t{number}") for number in range(n_targets)],
        classes=["Regression"] if n_targets else ["Signal", "Background"],
    )
    samples = []
    for sample in ("train", "test"):
        n_events = len(stored[f"y_{sample}"])
        targets = stored.get(f"T_{sample}", np.zeros((n_events, 0)))
        weight = stored[f"w_{sample}"].astype(np.float64)
        arrays = (stored[f"X_{sample}"], targets, np.zeros((n_events, 0)))
        classes = stored[f"y_{sample}"].astype(np.int32)
        samples.append(Events(*(one.astype(np.float32) for one in arrays), weight, weight, classes))
    method = find_method(type_name, default_registry())(
        title, info, analysis, options, log=MessageLog(title, silent=True)
    )
    return train_method(method, DataSet(info, *samples)), stored


def loader_of(shared: Path, said: Mapping[str, Any], name: str = "dataset") -> DataLoader:
    """Return the loader of a job that TMVA ran, as ``methods.json`` says of one of its methods."""
    loader = DataLoader(name)
    for variable in said["variables"]:
        loader.AddVariable(variable, "I" if ":= int(" in variable else "F")
    # The target of ROOT's tutorial is not among what was noted of it.
    is_regression = said["factory"].endswith("AnalysisType=Regression")
    for target in said.get("targets") or (["fvalue"] if is_regression else []):
        loader.AddTarget(target)
    for spectator in said.get("spectators") or ():
        loader.AddSpectator(spectator)
    for tree in said["trees"]:
        loader.AddTree(f"{shared / 'data' / tree['file']}:{tree['tree']}", tree["cls"], 1.0)
    for class_name, weight in said.get("weight_expressions", {}).items():
        loader.SetWeightExpression(weight, class_name)
    loader.PrepareTrainingAndTestTree("", f"{said['prepare']}:SplitLibrary=random_shuffle")
    return loader


def multiclass_on_macos(shared: Path) -> DataLoader:
    """Return the loader of ROOT's multiclass tutorial, as run on macOS."""
    loader = DataLoader("dataset")
    loader.log.silent = True
    for variable in ("var1", "var2", "var3", "var4"):
        loader.AddVariable(variable, "F")
    for class_name, tree in {"Signal": "TreeS", "bg0": "TreeB0", "bg1": "TreeB1", "bg2": "TreeB2"}.items():
        loader.AddTree(f"{shared}/data/tmva_multiclass_example.root:{tree}", class_name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:NormMode=NumEvents:!V:SplitLibrary=libc++")
    return loader
