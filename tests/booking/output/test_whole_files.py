"""Output files of TMVA, object by object: name, class, titles, bins, contents and entries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from golden import loader_of

import tmva_py as TMVA

CASES = ("real_output_classification", "real_output_regression")
# TMVA adds up bins in single precision, event by event: √50 roundings of 6e-8 for some 50 events in a bin.
ROUNDING = 4e-7
# The responses of Fisher and LD are sums of some terms of either sign; those of LD are up to 430.
RESPONSES = {"rtol": 1e-6, "atol": 1e-6}


def run(shared: Path, case: str) -> None:
    """Book and run in the working directory what TMVA ran."""
    said: dict[str, Any] = json.loads((shared / "golden" / case / "methods.json").read_text())
    first = next(iter(said.values()))
    factory = TMVA.Factory("job", "out.root", f"{first['factory']}:Silent")
    loader = loader_of(shared, first)
    for title, one in said.items():
        factory.BookMethod(loader, one.get("type", title), title, f"{one['options']}:Release=4.2")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()


def columns(tree: Any) -> Iterator[tuple[str, Any]]:
    for name in tree.keys(recursive=False):
        values = tree[name].array(library="np")
        if values.dtype.names is None:
            yield name, values
        else:
            yield from ((f"{name}.{one}", values[one]) for one in values.dtype.names)


def compare(name: str, ours: Any, theirs: Any) -> None:
    """Compare two objects of one class."""
    if theirs.classname == "TTree":
        seen = dict(columns(ours))
        assert list(seen) == [column for column, _ in columns(theirs)]
        for column, values in columns(theirs):
            if values.dtype == object:
                assert seen[column].tolist() == values.tolist(), column
                continue
            assert seen[column].dtype == values.dtype
            np.testing.assert_allclose(seen[column], values, **RESPONSES, err_msg=f"{name}/{column}")
        return
    assert ours.title == theirs.title, name
    for number in range(len(theirs.axes)):
        one, two = ours.axis(number), theirs.axis(number)
        edges = two.edges()
        np.testing.assert_allclose(
            one.edges(), edges, rtol=0, atol=ROUNDING * np.abs(edges).max(), err_msg=name
        )
        assert one.member("fTitle") == two.member("fTitle"), name
        assert one.labels() == two.labels(), name
    contents = theirs.values(flow=True)
    np.testing.assert_allclose(
        ours.values(flow=True), contents, rtol=0, atol=ROUNDING * np.abs(contents).max(), err_msg=name
    )
    np.testing.assert_allclose(
        ours.errors(flow=True), theirs.errors(flow=True), rtol=1e-6, atol=1e-6, err_msg=name
    )
    assert ours.member("fEntries") == theirs.member("fEntries"), name


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("case", CASES)
def test_every_object(shared: Path, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run(shared, case)
    with (
        uproot.open(shared / "golden" / case / "TMVA.root") as theirs,
        uproot.open("out.root") as whole,
    ):
        # Since ROOT 6.08 all is in a folder of the data loader's name.
        ours = whole["dataset"]
        classes = {name: kind.removesuffix("File") for name, kind in theirs.classnames(cycle=False).items()}
        assert ours.classnames(cycle=False) == classes
        for name, kind in classes.items():
            if name.endswith("/TrainingPath"):
                assert Path(str(ours[name])) == tmp_path
            elif kind == "TObjString":
                job, rest = Path(str(theirs[name])).name.split("_", 1)
                assert job in ("TMVAClassification", "TMVARegression")
                assert Path(str(ours[name])).name == f"job_{rest}"
            elif kind != "TDirectory":
                compare(name, ours[name], theirs[name])
