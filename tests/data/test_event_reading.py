"""From trees to events: float32, arrays, cuts, weights, and values that are not finite."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tmva_py.data import DataSet, DataSetInfo, DataSpecification, TreeEntry, TreeType, VariableInfo
from tmva_py.errors import DataError, TMVAWarning
from tmva_py.message_log import MessageLog
from tmva_py.trees import open_tree

SILENT = MessageLog("DataSetFactory", silent=True)
BLOCK = "SplitMode=Block:NormMode=None:!CalcCorrelations"


def specification(
    columns: Any,
    variables: list[str],
    *,
    spectators: tuple[str, ...] = (),
    targets: tuple[str, ...] = (),
    weight: str = "",
    cut: str = "",
    tree_cut: str = "",
    tree_weight: float = 1.0,
    options: str = BLOCK,
) -> DataSpecification:
    info = DataSetInfo(
        "ds",
        [VariableInfo.parse(one) for one in variables],
        [VariableInfo.parse(one) for one in targets],
        [VariableInfo.parse(one) for one in spectators],
        ["Signal"],
    )
    tree = TreeEntry(open_tree(columns, name_hint="t"), "Signal", tree_weight, tree_cut, TreeType.TRAINING)
    return DataSpecification(info, [tree], {"Signal": weight}, {"Signal": cut}, options)


def build(*arguments: Any, **keywords: Any) -> DataSet:
    with pytest.warns(TMVAWarning, match="no test events"):
        return specification(*arguments, **keywords).build(SILENT)


def test_values_are_float32_of_double_arithmetic() -> None:
    x = np.array([0.1, 1e8, 3.0], np.float32)
    y = np.array([1e-9, 1.0, 1 / 3])
    events = build({"x": x, "y": y}, ["x+y"], spectators=("x*2",), targets=("y",)).training
    np.testing.assert_array_equal(events.x[:, 0], (x.astype(np.float64) + y).astype(np.float32))
    np.testing.assert_array_equal(events.targets[:, 0], y.astype(np.float32))
    assert events.x.dtype == events.targets.dtype == np.float32
    np.testing.assert_array_equal(events.spectators, events.spectators.astype(np.float32))


def test_spectators_of_integers_keep_their_digits() -> None:
    columns: dict[str, Any] = {
        "x": [1.0, 2.0, 3.0],
        "event": np.array([2**53 - 1, 16_777_217, 0], np.uint64),
        "run": np.array([-1, 2**31 - 1, 362_439], np.int32),
        "z": np.array([0.1, 0.2, 0.3]),
    }
    data_set = build(columns, ["x"], spectators=("event", "run", "z", "event+1"))
    assert [one.whole_type for one in data_set.info.spectators] == ["u8", "i4", "", ""]
    values = data_set.training.spectators
    for column, name in ((0, "event"), (1, "run")):
        np.testing.assert_array_equal(values[:, column].astype(columns[name].dtype), columns[name])
    np.testing.assert_array_equal(values[:, 2:], values[:, 2:].astype(np.float32))


def test_a_spectator_of_integers_in_every_tree() -> None:
    def whole_type(*kinds: str) -> str:
        one = specification({"x": np.arange(4.0), "n": np.arange(4)}, ["x"], spectators=("n",))
        one.info.classes.append("Background")
        one.trees = [
            TreeEntry(
                open_tree({"x": np.arange(4.0), "n": np.arange(4, dtype=kind)}),
                one.info.classes[number % 2],
                tree_type=TreeType.TRAINING if number % 2 else TreeType.UNASSIGNED,
            )
            for number, kind in enumerate(kinds)
        ]
        return one.build(SILENT).info.spectators[0].whole_type

    assert whole_type("i4", "i4") == "i4"
    assert whole_type("i4", "i8", "u1") == "i8"
    assert whole_type("i4", "f4") == whole_type("f8", "i4", "i4") == whole_type("u8", "i8") == ""


def test_weights() -> None:
    w = np.array([0.1, 0.2, 3.0])
    events = build({"x": [1.0, 2.0, 3.0], "w": w}, ["x"], weight="w*w", tree_weight=0.3).training
    np.testing.assert_array_equal(events.weight, (float(np.float32(0.3)) * (w * w)).astype(np.float32))
    np.testing.assert_array_equal(events.weight, events.original_weight)


def test_cuts() -> None:
    columns = {"x": np.arange(8.0), "k": [0, 1] * 4}
    assert build(columns, ["x"], cut="x > 2").training.x[:, 0].tolist() == [3, 4, 5, 6, 7]
    assert build(columns, ["x"], cut="x*0.1").training.x[:, 0].tolist() == [5, 6, 7]  # below 0.5 is out
    assert build(columns, ["x"], cut="x>2", tree_cut="k").training.x[:, 0].tolist() == [3, 5, 7]
    assert build(columns, ["x"], tree_cut="x*0.1").training.x[:, 0].tolist() == [1, 2, 3, 4, 5, 6, 7]
    # A filtered tree is a new tree: its entries count from 0.
    assert build(columns, ["x"], cut="Entry$<2", tree_cut="k").training.x[:, 0].tolist() == [1, 3]


def test_array_instances_become_events() -> None:
    columns = {"v": [[1.0, 2.0], [3.0], [4.0, 5.0, 6.0]], "x": [10.0, 20.0, 30.0], "w": [1.0, 2.0, 3.0]}
    events = build(columns, ["v", "x", "v*x"], spectators=("v+1",), weight="w", cut="v != 5").training
    np.testing.assert_array_equal(
        events.x, [[1, 10, 10], [2, 10, 20], [3, 20, 60], [4, 30, 120], [6, 30, 180]]
    )
    assert events.spectators[:, 0].tolist() == [2, 3, 4, 5, 7]
    assert events.weight.tolist() == [1, 1, 2, 3, 3]


def test_branches_named_like_a_constant_or_a_function() -> None:
    pi, e, abs_ = np.array([5.0, 6.0, 9.0]), np.array([2.0, 3.0, 4.0]), np.array([[1.0, 2.0]] * 3)
    columns = {"x": [1.0, -1.0, 2.0], "pi": pi, "e": e, "abs": abs_, "v": [[1.0], [2.0, 3.0], []]}
    found = build(
        columns,
        ["x*pi", "2*e", "abs(x)*pi"],
        targets=("pi-e",),
        spectators=("pi+1", "e"),
        weight="2*pi",
        cut="x*pi > 4*x",
    ).training
    np.testing.assert_array_equal(found.x, [[5, 4, 5], [18, 8, 18]])
    assert found.targets[:, 0].tolist() == [3, 5]
    np.testing.assert_array_equal(found.spectators, [[6, 2], [10, 4]])
    assert found.weight.tolist() == [10, 18]
    assert build(columns, ["x"], tree_cut="pi/3 > 1.9").training.x[:, 0].tolist() == [-1, 2]
    assert build(columns, ["pi*abs"]).training.x[:, 0].tolist() == [5, 10, 6, 12, 9, 18]
    with pytest.warns(TMVAWarning, match="entries without any value"):
        assert build(columns, ["v*pi"]).training.x[:, 0].tolist() == [5, 12, 18]
    # Without such a branch it is the constant.
    assert build({"x": [1.0]}, ["x*pi"]).training.x[0, 0] == np.float32(np.pi)


def test_fixed_arrays_are_instances_too() -> None:
    events = build({"a": np.arange(6.0).reshape(3, 2), "x": [1.0, 2.0, 3.0]}, ["a", "x"]).training
    np.testing.assert_array_equal(events.x, [[0, 1], [1, 1], [2, 2], [3, 2], [4, 3], [5, 3]])


def test_arrays_of_different_lengths() -> None:
    columns = {"v": [[1.0, 2.0], [3.0, 4.0]], "u": [[1.0, 2.0], [1.0, 2.0, 3.0]]}
    with pytest.raises(DataError, match=r"'t', entry 1: arrays must .* 'u' has 3 values and 'v' has 2"):
        specification(columns, ["v", "u"]).build(SILENT)


def test_entries_without_values_are_named() -> None:
    columns = {"v": [[1.0], [], [2.0, 3.0], []]}
    with pytest.warns(
        TMVAWarning, match=r"entries without any value of 'v' .*\(2 times, first in entries 1, 3 of"
    ):
        events = build(columns, ["v"]).training
    assert events.x[:, 0].tolist() == [1, 2, 3]
    with pytest.warns(TMVAWarning, match=r"entries without any value of 'v\[0\]'"):
        assert build(columns, ["v[0]"]).training.x[:, 0].tolist() == [1, 2]


def test_unused_instances_are_named() -> None:
    columns = {"v": [[1.0, 0.0], [0.0]], "x": [1.0, 2.0]}
    first = r"of the cut 'v' only the first of several values is used \(once, first in entry 0"
    with pytest.warns(TMVAWarning, match=first):
        assert build(columns, ["x"], cut="v").training.x[:, 0].tolist() == [1]


BEYOND: dict[str, Any] = {"v": [[1.0, 2.0], [], [3.0], []], "nv": [2, 0, 1, 0], "x": [1.0, 2.0, 3.0, 4.0]}


@pytest.mark.parametrize(
    ("variable", "arguments", "what"),
    [
        ("v[nv-1]", {}, r"variable 'v\[nv-1\]'"),
        ("x*(nv>0)*v[nv-1]", {}, r"variable 'x\*\(nv>0\)\*v\[nv-1\]'"),
        ("x", {"cut": "v[0]>0"}, r"the cut 'v\[0\]>0'"),
        ("x", {"weight": "v[nv-1]"}, r"the weight 'v\[nv-1\]'"),
    ],
)
def test_what_lies_beyond_a_list_is_counted_and_named(variable: str, arguments: Any, what: str) -> None:
    message = what + r" has no value, its index is beyond the list \(2 times, first in entries 1, 3 of"
    with pytest.raises(DataError, match=message):
        specification(BEYOND, [variable], **arguments).build(SILENT)


def test_what_lies_beyond_a_list_may_be_cut_away() -> None:
    with pytest.warns(TMVAWarning, match=r"has no value, its index is beyond the list \(2 times"):
        events = build(BEYOND, ["v[nv-1]"], cut="nv>0")
    assert events.training.x[:, 0].tolist() == [2, 3]
    assert build(BEYOND, ["nv>0?v[nv-1]:-1"]).training.x[:, 0].tolist() == [2, -1, 3, -1]


class TestArrayOfVariables:
    def make(self, columns: Any, size: int, more: tuple[str, ...] = ()) -> DataSpecification:
        result = specification(columns, list(more))
        result.info.variables[:0] = VariableInfo.parse_array("v", size)
        return result

    def test_one_event_per_entry(self) -> None:
        for column in (np.arange(6.0).reshape(2, 3), [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]):
            with pytest.warns(TMVAWarning, match="no test events"):
                events = self.make({"v": column, "x": [7.0, 8.0]}, 3, ("x",)).build(SILENT).training
            np.testing.assert_array_equal(events.x, [[0, 1, 2, 7], [3, 4, 5, 8]])

    def test_too_short(self) -> None:
        with pytest.raises(
            DataError, match=r"'t', entry 1: the array 'v' has 2 elements, .*\('v', 3\) declared 3"
        ):
            self.make({"v": [[1.0, 2.0, 3.0], [1.0, 2.0]]}, 3).build(SILENT)

    def test_too_long(self) -> None:
        longer = r"'v' has more than the 2 elements declared; the rest is ignored \(once"
        with pytest.warns(TMVAWarning, match=longer), pytest.warns(TMVAWarning, match="no test events"):
            events = self.make({"v": [[1.0, 2.0, 3.0], [4.0, 5.0]]}, 2).build(SILENT).training
        np.testing.assert_array_equal(events.x, [[1, 2], [4, 5]])


class TestNotFinite:
    columns = {"x": [1.0, np.nan, 3.0, np.inf, 1e300, np.nan], "k": [1, 0, 1, 0, 0, 0]}  # noqa: RUF012

    def test_kept(self) -> None:
        with pytest.raises(DataError) as caught:
            specification(self.columns, ["x"]).build(SILENT)
        message = str(caught.value)
        assert "How am I supposed to train a NaN or +-inf?!" in message
        assert "variable 'x' is NaN (2 times, first in entries 1, 5 of dict of columns 't')" in message
        assert "variable 'x' is infinite (2 times, first in entries 3, 4 of" in message  # 1e300 is no float32
        assert "remove these events by a cut" in message

    def test_removed(self) -> None:
        with pytest.warns(
            TMVAWarning, match=r"variable 'x' is NaN \(2 times, first in entries 1, 5 .*\n.*\n.*all removed"
        ):
            events = build(self.columns, ["x"], cut="k").training
        assert events.x[:, 0].tolist() == [1, 3]

    def test_cut_that_is_nan(self) -> None:
        with pytest.raises(DataError, match=r"the cut 'x>0 \? x : x' is NaN"):
            specification(self.columns, ["k"], cut="x>0 ? x : x").build(SILENT)

    @pytest.mark.parametrize(("where", "name"), [("spectators", "spectator"), ("targets", "target")])
    def test_others(self, where: str, name: str) -> None:
        with pytest.raises(DataError, match=f"{name} 'x' is NaN"):
            specification(self.columns, ["k"], **{where: ("x",)}).build(SILENT)

    def test_weight(self) -> None:
        with pytest.raises(DataError, match="the weight 'x' is NaN"):
            specification(self.columns, ["k"], weight="x").build(SILENT)


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = {"x": np.arange(5000.0), "v": [[float(i)] * (i % 3) for i in range(5000)], "k": [0, 1] * 2500}
    keywords: dict[str, Any] = {"cut": "Entry$ % 7 != 3", "tree_cut": "k", "weight": "x+1"}
    with pytest.warns(TMVAWarning, match="entries without"):
        whole = build(columns, ["v", "x"], **keywords).training
    monkeypatch.setattr("tmva_py.data.event_reading._VALUES_PER_CHUNK", 1)
    with pytest.warns(TMVAWarning, match="entries without"):
        chunked = build(columns, ["v", "x"], **keywords).training
    assert len(whole) > 2000
    for name in ("x", "weight", "class_index"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(chunked, name))
