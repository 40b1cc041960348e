"""Scripts and files with mistakes: each a clear error, and nothing half-written stays."""

from __future__ import annotations

import errno
import os
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from small_jobs import class_columns, make_job

import tmva_py as TMVA
from tmva_py import files
from tmva_py.errors import (
    BookingError,
    DataError,
    DataFileNotFoundError,
    ExpressionError,
    MissingBranchError,
    OptionError,
    ShapeError,
    TMVAWarning,
    TrainingError,
    UnknownNameError,
    WeightFileError,
)

BOOKING = "!H:!V:RandomSeed=1:Layout=DENSE|4|TANH,LINEAR:"
STRATEGY = "TrainingStrategy=MaxEpochs=2,BatchSize=20,TestRepetitions=1,LearningRate=1e-2"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def listing(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@contextmanager
def nothing_new(folder: Path) -> Iterator[None]:
    """Check that what happens inside leaves every file as it was, and no new one."""
    before = listing(folder)
    yield
    after = listing(folder)
    assert sorted(after) == sorted(before)
    assert after == before


def refused(
    action: Callable[[], Any], error: type[BaseException] | tuple[type[BaseException], ...], *said: str
) -> str:
    """Check that an action is refused with all of these texts, and leaves no file; return the message."""
    with nothing_new(Path.cwd()), pytest.raises(error) as caught:
        action()
    message = str(caught.value)
    for text in said:
        assert text in message, message
    return message


# --- layers that do not fit ---------------------------------------------------------------------------------

IMAGES = "InputLayout=1|4|4"
SEQUENCE = "InputLayout=3|2"


@pytest.mark.parametrize(
    ("shape", "layout", "place", "said"),
    [
        (
            IMAGES,
            "CONV|2|5|5|1|1|0|0|RELU,RESHAPE|FLAT,LINEAR",
            "CONV|2|5|5|1|1|0|0|RELU",
            "is larger than an image of height 4 with padding 0: (4 - 5 + 2*0)/1 must be",
        ),
        (
            IMAGES,
            "CONV|2|3|3|2|2|0|0|RELU,RESHAPE|FLAT,LINEAR",
            "CONV|2|3|3|2|2|0|0|RELU",
            "whole number of at least 0; a stride of 1 or a window of 2 fits",
        ),
        (
            IMAGES,
            "CONV|2|3|2|1|3|1|0|RELU,RESHAPE|FLAT,LINEAR",
            "CONV|2|3|2|1|3|1|0|RELU",
            "(4 - 2 + 2*0)/3 must be a whole number of at least 0; a stride of 2 or a window of 1 fits",
        ),
        (
            IMAGES,
            "CONV|2|3|3|1|1|1|1|RELU,MAXPOOL|3|3|2|2,RESHAPE|FLAT,LINEAR",
            "MAXPOOL|3|3|2|2",
            "layer 1: MAXPOOL|3|3|2|2: a window of height 3 with stride 2 does not fill",
        ),
        (
            IMAGES,
            "MAXPOOL|5|5|1|1,RESHAPE|FLAT,LINEAR",
            "MAXPOOL|5|5|1|1",
            "a window of height 5 with stride 1 is larger than an image of height 4",
        ),
        (
            IMAGES,
            "RESHAPE|FLAT,DENSE|8|TANH,CONV|2|3|3|1|1|1|1|RELU,LINEAR",
            "CONV|2|3|3|1|1|1|1|RELU",
            "expected an image (depth, height, width), got an input of shape (8,); InputLayout=D|H|W or",
        ),
        (
            IMAGES,
            "CONV|2|3|3|1|1|1|1|RELU,LINEAR",
            "LINEAR",
            "expected a flat input (n,), got (2, 4, 4); put RESHAPE|FLAT",
        ),
        (
            IMAGES,
            "RESHAPE|2|3|4,RESHAPE|FLAT,LINEAR",
            "RESHAPE|2|3|4",
            "24 values, but the input (1, 4, 4) has 16; write RESHAPE|FLAT",
        ),
        (
            IMAGES,
            "BNORM,RESHAPE|FLAT,LINEAR",
            "BNORM",
            "BNORM cannot be the first layer; VarTransform=N normalises",
        ),
        (
            SEQUENCE,
            "LSTM|4|3|3|0|0,LINEAR",
            "LSTM|4|3|3|0|0",
            "input size 3, but its input has 2 (shape (3, 2): 3 steps of width 2)",
        ),
        (SEQUENCE, "GRU|4|2|4|0|0,LINEAR", "GRU|4|2|4|0|0", "time steps 4, but its input has 3"),
        (SEQUENCE, "LSTM|4|2|3|0|1,LINEAR", "LINEAR", "expected a flat input (n,), got (3, 4)"),
    ],
)
def test_layers_that_do_not_fit(shape: str, layout: str, place: str, said: str, tmp_path: Path) -> None:
    job = make_job(tmp_path, n_variables=16 if shape == IMAGES else 6)
    message = refused(lambda: job.run(f"!H:!V:{shape}:Layout={layout}"), ShapeError, "Layout: layer ", said)
    lines = message.splitlines()
    assert lines[-2].removeprefix("  ") == layout
    marked = lines[-1].removeprefix("  ")
    assert layout[marked.index("^") : len(marked)] == place


def test_channels_that_do_not_match(tmp_path: Path) -> None:
    job = make_job(tmp_path, n_variables=16)
    refused(
        lambda: job.run("InputLayout=3|4|4:Layout=CONV|2|3|3|1|1|1|1|RELU,RESHAPE|FLAT,LINEAR"),
        ShapeError, "InputLayout: '3|4|4' means 3·4·4 = 48 values per event, but there are 16 variables",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        (
            "Layout=LTSM|10",
            UnknownNameError,
            [
                "unknown layer 'LTSM'; did you mean 'LSTM'?",
                "known: BNORM, CONV, DENSE",
                "\n  LTSM|10\n  ^^^^",
            ],
        ),
        (
            "Layout=DENSE|8|TANH,CONV|2|3|3|RELU",
            OptionError,
            ["stride_rows: expected a whole number, got 'RELU'", "^^^^"],
        ),
        ("Layout=", OptionError, ["expected at least one layer, found none", "DENSE|64|TANH,LINEAR"]),
        ("Layot=LINEAR", OptionError, ["could not be interpreted: 'Layot=LINEAR'", "did you mean 'Layout'?"]),
        ("Layout=LINEAR:ErrorStrategy=CROSENTROPY", OptionError, ["CROSENTROPY", "CROSSENTROPY"]),
        ("Layout=LINEAR:InputLayout=1|1|5", ShapeError, ["InputLayout: '1|1|5' means", "3 variables"]),
        (
            "Layout=LINEAR:BatchLayout=1|10|3",
            OptionError,
            ["BatchLayout: height 10 with depth 1 is not the batch size 20", "leave BatchLayout out"],
        ),
        (
            "Layout=LINEAR:VarTransform=X",
            UnknownNameError,
            ["VarTransform: unknown transformation 'X'", "known: D, Deco", "\n  X\n  ^"],
        ),
        (
            "Layout=LINEAR:VarTransform=N,Gaus",
            UnknownNameError,
            ["'Gaus'; did you mean 'Gauss'?", "\n  N,Gaus\n    ^^^^"],
        ),
        (
            "Layout=LINEAR:VarTransform=D_Sginal",
            UnknownNameError,
            ["has no class 'Sginal'; did you mean 'Signal'?"],
        ),
        (
            "Layout=LINEAR:VarTransform=N(x9)",
            OptionError,
            ["no variable, target or spectator is called 'x9'"],
        ),
    ],
)
def test_options_of_a_method(options: str, error: type[Exception], said: list[str], tmp_path: Path) -> None:
    refused(lambda: make_job(tmp_path).run(options), error, *said)


# --- classes and variables ----------------------------------------------------------------------------------


def three_classes() -> dict[str, dict[str, Any]]:
    return {
        name: class_columns(200, 1.0 - number, seed=number) | {"tag": np.full(200, number, np.float32)}
        for number, name in enumerate(("red", "green", "blue"))
    }


def test_a_class_without_events(tmp_path: Path) -> None:
    trees = three_classes()
    refused(
        lambda: make_job(tmp_path, "Multiclass", trees=trees, cut="tag<1.5").run(BOOKING),
        DataError, "class 'blue' has no events: none of 200 entries passed the cut 'tag<1.5'",
    )  # fmt: skip
    trees["blue"] = {name: values[:0] for name, values in trees["blue"].items()}
    refused(
        lambda: make_job(tmp_path, "Multiclass", trees=trees).run(BOOKING),
        DataError, "class 'blue' has no events: no entries",
    )  # fmt: skip


def test_a_class_that_is_missing(tmp_path: Path) -> None:
    one = {"Signal": class_columns(200, 1.0)}
    refused(
        lambda: make_job(tmp_path, trees=one).run(BOOKING),
        BookingError, "classification needs two classes or more", "has only 'Signal'; add trees",
    )  # fmt: skip

    def without_a_tree() -> None:
        job = make_job(tmp_path, "Multiclass", trees=three_classes())
        job.loader.SetWeightExpression("w", "yellow")
        job.run(BOOKING)

    refused(without_a_tree, DataError, "class 'yellow' is known, but no tree was added for it")


def test_three_classes_in_a_classification(tmp_path: Path) -> None:
    job = make_job(tmp_path, trees=three_classes())
    with nothing_new(tmp_path), pytest.warns(TMVAWarning, match="with 3 classes") as seen:
        assert job.book(BOOKING) is None
    assert "With AnalysisType=Multiclass the factory takes the classes red, green, blue." in str(
        seen[0].message
    )


def test_targets_that_are_missing(tmp_path: Path) -> None:
    refused(
        lambda: make_job(tmp_path, "Regression", targets=()).run(BOOKING),
        BookingError, "regression needs a target", "call AddTarget before booking",
    )  # fmt: skip
    refused(
        lambda: make_job(tmp_path, "Regression", targets=("t9",)).run(BOOKING),
        MissingBranchError, "has no branch 't9'", "its branches: x0, x1, x2, w, t0, t1",
    )  # fmt: skip


def two_classes(**replaced: Callable[[dict[str, Any]], Any]) -> dict[str, dict[str, Any]]:
    trees = {
        "Signal": class_columns(200, 1.0, seed=1),
        "Background": class_columns(200, 0.0, seed=2),
    }
    for columns in trees.values():
        for name, make in replaced.items():
            columns[name] = make(columns).astype(np.float32)
    return trees


@pytest.mark.parametrize("letter", ["N", "D", "P", "G", "U", "None"])
def test_a_constant_variable(letter: str, tmp_path: Path) -> None:
    trees = two_classes(x1=lambda _: np.full(200, 2.5))
    refused(
        lambda: make_job(tmp_path, trees=trees).run(f"{BOOKING}VarTransform={letter}"),
        DataError, "variable 'x1' is always 2.5: constant in all 200 training events",
    )  # fmt: skip


def test_a_singular_covariance(tmp_path: Path) -> None:
    trees = two_classes(x1=lambda columns: 2 * columns["x0"])
    refused(
        lambda: make_job(tmp_path, trees=trees).run(f"{BOOKING}VarTransform=D"),
        TrainingError, "transformation D", "is singular", "'x0' and variable 'x1' are linearly dependent",
        "leave one of them out",
    )  # fmt: skip


# --- files and trees ----------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A file with a tree of each class and a histogram."""
    path = tmp_path / "data.root"
    with uproot.recreate(path) as file:
        for name, columns in zip(("sig", "bkg"), two_classes().values(), strict=True):
            file[name] = columns
        file["histogram"] = np.histogram([1.0, 2.0])
    return path


def script(
    signal: str = "data.root:sig",
    background: str = "data.root:bkg",
    *,
    variables: tuple[str, ...] = ("x0", "x1", "x2"),
    cut: str = "",
    split: str = "SplitMode=Random:!V",
    weight: str = "",
    options: str = BOOKING + STRATEGY,
    output: str | None = None,
    name: str = "dataset",
) -> None:
    """What a user would write."""
    factory = TMVA.Factory("job", output, "!V:Silent:!Color:!DrawProgressBar:AnalysisType=Classification")
    loader = TMVA.DataLoader(name)
    for variable in variables:
        loader.AddVariable(variable, "F")
    loader.AddSignalTree(signal, 1.0)
    loader.AddBackgroundTree(background, 1.0)
    if weight:
        loader.SetWeightExpression(weight)
    loader.PrepareTrainingAndTestTree(cut, split)
    factory.BookMethod(loader, TMVA.Types.kDL, "DL", options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        (
            {"signal": "dat.root:sig"},
            DataFileNotFoundError,
            ["no file 'dat.root'", "did you mean 'data.root'?"],
        ),
        (
            {"signal": "data.root:sgn"},
            DataError,
            ["'data.root' has no tree 'sgn'; did you mean 'sig'?", "trees in the file: sig, bkg"],
        ),
        ({"signal": "data.root:histogram"}, DataError, ["has no tree 'histogram'"]),
        (
            {"variables": ("x0", "x9")},
            MissingBranchError,
            ["data.root:sig has no branch 'x9'", "its branches: w, x0, x1, x2"],
        ),
        (
            {"variables": ("x0", "xx1+1")},
            MissingBranchError,
            ["has no branch 'xx1'; did you mean 'x1'?", "\n  xx1+1\n  ^^^"],
        ),
        ({"variables": ("x0", "x1*(x2")}, ExpressionError, ["x1*(x2", "^"]),
        ({"cut": "y>0"}, MissingBranchError, ["has no branch 'y'"]),
        ({"weight": "ww"}, MissingBranchError, ["has no branch 'ww'; did you mean 'w'?"]),
        (
            {"cut": "x0>1e9"},
            DataError,
            ["class 'Signal' has no events: none of 200 entries passed the cut 'x0>1e9' (data.root:sig)"],
        ),
        (
            {"split": "SplitMod=Random:!V"},
            OptionError,
            ["PrepareTrainingAndTestTree", "unknown option 'SplitMod'; did you mean 'SplitMode'?"],
        ),
        (
            {"split": "nTrain_Signal=1000:!V"},
            DataError,
            ["class 'Signal': more events requested for training (1000) than available (200 events)"],
        ),
        (
            {"options": BOOKING + "TrainingStrategy=BatchSize=500"},
            TrainingError,
            ["160 events do not fill one batch of 500; use BatchSize=160 or less"],
        ),
        (
            {"output": "nowhere/out.root"},
            BookingError,
            ["output file 'nowhere/out.root': there is no folder", "make it first"],
        ),
        ({"output": "."}, BookingError, ["output file '.': it is a folder; name a file in it"]),
        (
            {"output": "data.root"},
            BookingError,
            ["is the file of the input tree data.root:sig and would replace it", "another name"],
        ),
    ],
)
def test_mistakes_in_a_script(
    data: Path, changes: dict[str, Any], error: type[Exception], said: list[str]
) -> None:
    refused(lambda: script(**changes), error, *said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda _: b"", "cannot read 'bad.root', 0 bytes: not a ROOT file"),
        (lambda _: b"hello " * 100, "cannot read 'bad.root', 600 bytes: not a ROOT file"),
        (lambda whole: whole[:1000], "damaged or truncated ROOT file"),
        (lambda whole: whole[:300], "damaged or truncated ROOT file"),
    ],
)
def test_damaged_data_files(data: Path, content: Callable[[bytes], bytes], said: str) -> None:
    Path("bad.root").write_bytes(content(data.read_bytes()))
    refused(lambda: script("bad.root:sig"), DataError, "bad.root", said)


def test_values_that_are_not_finite(data: Path) -> None:
    columns = class_columns(200, 1.0)
    columns["x0"][[3, 7]] = np.nan
    columns["x2"][5] = np.inf
    with uproot.recreate("nan.root") as file:
        file["sig"] = columns
    refused(
        lambda: script("nan.root:sig"), DataError,
        "variable 'x0' is NaN (2 times, first in entries 3, 7 of nan.root:sig)",
        "variable 'x2' is infinite (once, first in entry 5 of nan.root:sig)",
        "remove these events by a cut",
    )  # fmt: skip
    with pytest.warns(TMVAWarning, match="were all removed by the specified cut"):
        script("nan.root:sig", cut="x0==x0 && x2<1e9")


def test_very_few_events(data: Path) -> None:
    with uproot.recreate("few.root") as file:
        file["sig"] = {name: values[:4] for name, values in class_columns(200, 1.0).items()}
    with pytest.warns(TMVAWarning, match=r"less entries \[4\] than required \[10\]|DL is not trained"):
        refused(lambda: script("few.root:sig", "few.root:sig"), BookingError, "nothing to evaluate")


def test_a_loss_that_is_no_number(data: Path) -> None:
    """The error names step and layer; the best weights so far are in the method, no file is written."""
    options = (
        "!H:!V:RandomSeed=1:Layout=DENSE|4|RELU,LINEAR:TrainingStrategy=MaxEpochs=20,BatchSize=20,"
        "LearningRate=1e30,Optimizer=SGD,Momentum=0"
    )
    message = refused(lambda: script(options=options, output="out.root"), TrainingError, "(DENSE|1|LINEAR)")
    assert re.match(
        r"the loss is (nan|inf): .*\(phase 1, epoch 1, step [0-9]+ of 8\); the initial weights", message
    )
    job = make_job(Path.cwd())
    booked = job.book(options)
    with pytest.raises(TrainingError):
        job.factory.TrainAllMethods()
    assert not booked.is_trained
    assert np.isfinite(booked.method.network.parameters).all()


# --- writing ------------------------------------------------------------------------------------------------


def no_space(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("old", [False, True])
def test_a_full_disk_while_the_weight_file_is_written(
    data: Path, call: str, old: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever call fails, an old file stays and no other one appears."""
    if old:
        script()
        assert Path("dataset/weights/job_DL.weights.xml").exists()
    monkeypatch.setattr(files.os, call, no_space)
    refused(
        lambda: script(options=BOOKING.replace("Seed=1", "Seed=2") + STRATEGY),
        OSError, "cannot write 'dataset/weights/job_DL.weights.xml'", "No space left on device; nothing was",
    )  # fmt: skip


class Full:
    """A file whose disk is full after some bytes."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.room = 1000

    def write(self, content: bytes) -> int:
        self.room -= len(content)
        if self.room < 0:
            no_space()
        return int(self.file.write(content))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def __enter__(self) -> Full:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def test_a_disk_that_fills_while_writing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def open_(path: Any, mode: str) -> Any:
        file = open(path, mode)  # noqa: SIM115
        return Full(file) if mode == "wb" else file

    monkeypatch.setattr(files, "open", open_, raising=False)
    refused(script, OSError, "cannot write", "No space left on device; nothing was written")


def test_a_full_disk_while_the_output_file_is_written(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The weight file is complete by then and stays; of the output file there is nothing."""
    whole = files._sync

    def full(path: Path) -> None:
        if "out.root" in path.name:
            no_space()
        whole(path)

    monkeypatch.setattr(files, "_sync", full)
    with pytest.raises(
        OSError, match=r"cannot write '.*out\.root': No space left on device; nothing was written"
    ):
        script(output="out.root")
    assert sorted(path.name for path in Path.cwd().rglob("*") if path.is_file()) == [
        "data.root", "job_DL.weights.xml",
    ]  # fmt: skip


def test_a_folder_for_weights_that_cannot_be_made(data: Path) -> None:
    Path("blocked").write_text("a file in the place of a folder", encoding="utf-8")
    refused(lambda: script(name="blocked"), OSError, "blocked")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(data: Path) -> None:
    folder = Path("dataset/weights")
    folder.mkdir(parents=True)
    folder.chmod(0o500)
    refused(script, PermissionError, "cannot write 'dataset/weights/job_DL.weights.xml'", "Permission denied")


def test_a_folder_that_refuses(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As without permission, for users who have all of them."""

    def denied(path: Any, mode: str) -> Any:
        if mode == "xb":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return open(path, mode)

    monkeypatch.setattr(files, "open", denied, raising=False)
    refused(script, PermissionError, "cannot write 'dataset/weights/job_DL.weights.xml': Permission denied")


def test_an_interrupt_while_writing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, "fsync", interrupted)
    refused(script, KeyboardInterrupt)


# --- applying -----------------------------------------------------------------------------------------------


def test_variables_in_another_order(data: Path) -> None:
    script()
    reader = TMVA.Reader("!Color:Silent")
    for name in ("x1", "x0", "x2"):
        reader.AddVariable(name, np.zeros(1, np.float32))
    path = "dataset/weights/job_DL.weights.xml"
    message = refused(lambda: reader.BookMVA("DL", path), BookingError, "x1", "x0")
    assert "order" in message
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        refused(lambda: TMVA.evaluate(path, {"x0": [1.0], "x2": [1.0]}), (DataError, BookingError), "x1")


def test_a_weight_file_that_was_cut(data: Path) -> None:
    script()
    path = Path("dataset/weights/job_DL.weights.xml")
    path.write_bytes(path.read_bytes()[:-100])
    reader = TMVA.Reader(["x0", "x1", "x2"], "!Color:Silent")
    refused(
        lambda: reader.BookMVA("DL", str(path)), WeightFileError, f"{path}: the file is truncated: it ends"
    )
