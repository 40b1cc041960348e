"""Responses in loops over trees: to what is in the buffers, bit for bit, whatever a script does."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tmva_py as TMVA
from tmva_py.errors import TMVAWarning
from tmva_py.pyroot.standin.trees import TTree
from tmva_py.trees.memory import ColumnTree

N_ENTRIES = 5000
METHODS = {
    "Classification": ("BDT", "NTrees=20:MaxDepth=2", "EvaluateMVA"),
    "Regression": ("BDT", "NTrees=20:BoostType=Grad:MaxDepth=2", "EvaluateRegression"),
    "Multiclass": ("BDT", "NTrees=10:BoostType=Grad:MaxDepth=2", "EvaluateMulticlass"),
}


def columns(seed: int = 1) -> dict[str, np.ndarray[Any, Any]]:
    random = np.random.default_rng(seed)
    found: dict[str, Any] = {name: random.normal(size=N_ENTRIES).astype(np.float32) for name in "xyz"}
    found["d"] = random.normal(size=N_ENTRIES)
    found["n"] = random.integers(0, 9, N_ENTRIES).astype(np.int32)
    return found


def train(folder: Path, analysis_type: str) -> Path:
    """Train on ``x``, ``y``, ``x+y`` and ``z``; return the weight file."""
    method, options, _ = METHODS[analysis_type]
    loader = TMVA.DataLoader(str(folder / "data"))
    for expression in ("x", "y", "s := x+y", "z"):
        loader.AddVariable(expression)
    if analysis_type == "Regression":
        loader.AddTarget("2*x+z")
        loader.AddRegressionTree(columns())
    else:
        names = ("Signal", "Background", "Third")[: 3 if analysis_type == "Multiclass" else 2]
        for seed, name in enumerate(names):
            tree = columns(seed)
            tree["x"] += np.float32(0.4 * seed)
            tree["y"] -= np.float32(0.3 * seed**2)
            loader.AddTree(tree, name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
    factory = TMVA.Factory("job", None, f"Silent:!DrawProgressBar:AnalysisType={analysis_type}")
    factory.BookMethod(loader, method, "method", options)
    factory.TrainAllMethods()
    return folder / "data" / "weights" / "job_method.weights.xml"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    made: dict[str, Path] = {}

    def file(analysis_type: str) -> Path:
        if analysis_type not in made:
            made[analysis_type] = train(tmp_path_factory.mktemp(analysis_type), analysis_type)
        return made[analysis_type]

    return file


class Loop:
    """A script's Reader, its buffers, and the tree."""

    def __init__(
        self,
        weights: Path,
        analysis_type: str = "Classification",
        *,
        form: str = "f",
        change: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self.weights, self.function = weights, METHODS[analysis_type][2]
        self.columns = columns(7)
        if change is not None:
            change(self.columns)
        self.tree = TTree("tree", "", source=ColumnTree(self.columns, "tree", "test"))
        self.buffers = [array(form, [0.0]) for _ in range(4)]
        self.reader = TMVA.Reader("Silent")
        for expression, buffer in zip(("x", "y", "s := x+y", "z"), self.buffers, strict=True):
            self.reader.AddVariable(expression, buffer)
        self.reader.BookMVA("method", weights)
        self.user = {name: array("f", [0.0]) for name in "xyz"}
        for name, buffer in self.user.items():
            self.tree.SetBranchAddress(name, buffer)
        # How many events were computed one by one, and together.
        self.alone, self.together = 0, 0
        self._count(self.reader._bound["method"])

    def _count(self, bound: Any) -> None:
        found, respond = bound._found, bound._ahead._respond

        def alone(*arguments: Any) -> Any:
            self.alone += 1
            return found(*arguments)

        def together(events: Any) -> Any:
            self.together += len(events)
            return respond(events)

        bound._found, bound._ahead._respond = alone, together

    def copy(self) -> None:
        """Fill the Reader's buffers from the script's own."""
        x, y, z = (self.user[name][0] for name in "xyz")
        for buffer, value in zip(self.buffers, (x, y, x + y, z), strict=True):
            buffer[0] = value

    def entries(self, *numbers: int) -> Iterator[int]:
        """Go to entries and copy their values."""
        for entry in numbers or range(N_ENTRIES):
            self.tree.GetEntry(entry)
            self.copy()
            yield entry

    def ask(self) -> Any:
        """Return the response to the buffers."""
        return getattr(self.reader, self.function)("method")

    def expected(self, shift: float = 0) -> Any:
        """Return the responses to all entries of the tree, computed as arrays; the first variable shifted."""
        x, y, z = (self.columns[name].astype(np.float64) for name in "xyz")
        events = np.stack([x + shift, y, x + y, z], axis=1).astype(np.float32)
        return TMVA.evaluate(self.weights, events).tolist()


@pytest.mark.parametrize("analysis_type", METHODS)
@pytest.mark.parametrize("form", ["f", "d"])
def test_every_response_is_that_to_the_buffers(weights: Any, analysis_type: str, form: str) -> None:
    loop = Loop(weights(analysis_type), analysis_type, form=form)
    assert [loop.ask() for _ in loop.entries()] == loop.expected()
    assert loop.alone < 0.01 * N_ENTRIES
    assert N_ENTRIES - loop.alone <= loop.together <= N_ENTRIES


def test_buffers_of_the_tree_itself(weights: Any) -> None:
    loop = Loop(weights("Classification"))
    for number, name in ((0, "x"), (1, "y"), (3, "z")):
        loop.tree.SetBranchAddress(name, loop.buffers[number])
    found = []
    for entry in range(loop.tree.GetEntries()):
        loop.tree.GetEntry(entry)
        loop.buffers[2][0] = loop.buffers[0][0] + loop.buffers[1][0]
        found.append(loop.ask())
    assert found == loop.expected()
    assert loop.alone < 0.01 * N_ENTRIES


def test_a_loop_over_the_tree_with_its_attributes(weights: Any) -> None:
    loop = Loop(weights("Classification"))
    found = []
    for event in loop.tree:
        for buffer, value in zip(loop.buffers, (event.x, event.y, event.x + event.y, event.z), strict=True):
            buffer[0] = value
        found.append(loop.ask())
    assert found == loop.expected()
    assert loop.alone < 0.01 * N_ENTRIES


def test_what_a_script_changes_is_evaluated_as_it_is(weights: Any) -> None:
    loop = Loop(weights("Classification"))
    expected = loop.expected()
    others = loop.expected(shift=0.5)
    for entry in loop.entries():
        assert loop.ask() == expected[entry]
        loop.buffers[0][0] += 0.5
        assert loop.ask() == others[entry]
    assert others != expected
    assert loop.alone == pytest.approx(N_ENTRIES, rel=0.01)


def test_a_loop_that_computes_its_own_variables_is_left_alone(weights: Any) -> None:
    loop = Loop(weights("Classification"))
    for _ in loop.entries():
        loop.buffers[2][0] *= 2
        loop.ask()
    assert loop.alone == N_ENTRIES
    assert loop.together < 0.02 * N_ENTRIES


def test_gaps_are_told_as_ever(weights: Any) -> None:
    def change(found: dict[str, Any]) -> None:
        found["x"][[3, 1000]] = np.nan

    loop = Loop(weights("Classification"), change=change)
    with pytest.warns(TMVAWarning, match="is not a number"):
        found = [loop.ask() for _ in loop.entries()]
    assert [entry for entry, one in enumerate(found) if one == -999] == [3, 1000]
    with pytest.warns(TMVAWarning):
        assert found == loop.expected()


def test_entries_here_and_there_waste_little(weights: Any) -> None:
    loop = Loop(weights("Classification"))
    expected = loop.expected()
    some = np.random.default_rng(3).permutation(N_ENTRIES)[:400].tolist()
    assert [loop.ask() for _ in loop.entries(*some)] == [expected[entry] for entry in some]
    assert loop.together < 200
    chosen = list(range(0, N_ENTRIES, 40))
    again = Loop(weights("Classification"))
    assert [again.ask() for _ in again.entries(*chosen)] == [expected[entry] for entry in chosen]
    assert again.together < 200


def test_a_second_tree_and_the_first_one_again(weights: Any) -> None:
    first, second = Loop(weights("Classification")), Loop(weights("Classification"), change=_swap)
    for _ in range(2):
        for loop in (first, second):
            assert [loop.ask() for _ in loop.entries()] == loop.expected()
    assert first.alone + second.alone < 0.02 * N_ENTRIES


def test_one_reader_for_two_trees(weights: Any) -> None:
    first, second = Loop(weights("Classification")), Loop(weights("Classification"), change=_swap)
    for loop in (first, second, first):
        found = []
        for _ in loop.entries():
            for ours, theirs in zip(first.buffers, loop.buffers, strict=True):
                ours[0] = theirs[0]
            found.append(first.ask())
        assert found == loop.expected()
    assert first.alone < 0.02 * N_ENTRIES


def test_a_tree_without_the_variables(weights: Any) -> None:
    loop = Loop(weights("Classification"))
    expected = loop.expected()
    other = TTree("other", "", source=ColumnTree({"p": loop.columns["x"]}, "other", "test"))
    other.GetEntry(5)
    found = []
    for entry in range(50):
        for buffer, name in zip(loop.buffers, ("x", "y", "", "z"), strict=True):
            buffer[0] = loop.columns[name][entry] if name else 0
        loop.buffers[2][0] = loop.buffers[0][0] + loop.buffers[1][0]
        found.append(loop.ask())
    assert found == expected[:50]
    assert loop.alone == 50


def test_threads_may_share_a_reader(weights: Any) -> None:
    """The buffers are shared too: each thread asks for the same entry of the same loop."""
    loop = Loop(weights("Classification"))
    expected = loop.expected()
    with ThreadPoolExecutor(4) as pool:
        for entry in loop.entries(*range(600)):
            assert {one.result() for one in [pool.submit(loop.ask) for _ in range(4)]} == {expected[entry]}


def _swap(found: dict[str, Any]) -> None:
    found["x"], found["y"] = found["y"], found["x"]
