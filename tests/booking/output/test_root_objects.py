"""What a method can put into the output file, as uproot reads it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

from tmva_py.booking.output.root_objects import write_object
from tmva_py.histograms import Axis, Columns, FileObject, Graph, Histogram, Histogram2D, MakesFileObject


def stored(tmp_path: Path, one: FileObject | MakesFileObject) -> Any:
    with uproot.recreate(tmp_path / "file.root") as file:
        write_object(file, "folder/name", one)
    with uproot.open(tmp_path / "file.root") as file:
        found = file["folder/name"]
        # Trees are read while the file is open.
        return (found, found.arrays(library="np")) if found.classname == "TTree" else found


@pytest.mark.parametrize("is_double", [False, True])
def test_a_histogram_with_everything(tmp_path: Path, is_double: bool) -> None:
    axis = Axis(3, 0.0, 3.0, "x [GeV]", labels=("low", "middle", "high"))
    filled = Histogram.fill(
        axis,
        np.array([-1, 0.5, 1.5, 1.7, 9]),
        np.array([1, 2, 3, 0.25, 5]),
        title="a title",
        y_title="events",
        is_double=is_double,
    )
    found = stored(tmp_path, filled)
    assert (found.classname, found.name, found.title) == ("TH1D" if is_double else "TH1F", "name", "a title")
    assert found.values(flow=True).tolist() == [1, 2, 3.25, 0, 5]
    assert found.variances(flow=True).tolist() == [1, 4, 9.0625, 0, 25]
    assert found.member("fEntries") == 5
    assert [found.member(name) for name in ("fTsumw", "fTsumw2", "fTsumwx")] == [5.25, 13.0625, 5.925]
    assert found.axis().labels() == ["low", "middle", "high"]
    assert [found.member(f"f{letter}axis").member("fTitle") for letter in "XY"] == ["x [GeV]", "events"]


def test_unequal_bins(tmp_path: Path) -> None:
    edges = np.array([0.0, 1.0, 10.0, 100.0])
    found = stored(tmp_path, Histogram.of_values(Axis.of_edges(edges), [1.0, 2, 3], title="log"))
    np.testing.assert_array_equal(found.axis().edges(), edges)
    assert found.values().tolist() == [1, 2, 3]


def test_columns_keep_their_types(tmp_path: Path) -> None:
    """As the tree that boosting leaves behind: iTree/I, boostWeight/D."""
    columns = {
        "iTree": np.arange(3, dtype=np.int32),
        "boostWeight": np.array([0.5, 0.25, 0.125]),
        "errorFraction": np.array([0.1, 0.2, 0.3], np.float32),
        "kind": np.array([1, 0, 1]),
    }
    tree, values = stored(tmp_path, Columns(columns, {"kind": ("first", "second")}, title="by tree"))
    assert (tree.classname, tree.title) == ("TTree", "by tree")
    assert [tree[name].typename for name in columns] == ["int32_t", "double", "float", "char*"]
    for name in ("iTree", "boostWeight", "errorFraction"):
        np.testing.assert_array_equal(values[name], columns[name])
    assert values["kind"].tolist() == ["second", "first", "second"]


def test_the_others(tmp_path: Path) -> None:
    assert stored(tmp_path, "some text") == "some text"
    graph = stored(tmp_path, Graph(np.array([0.0, 1]), np.array([2.0, 3]), "curve"))
    assert (graph.classname, graph.member("fTitle")) == ("TGraph", "curve")
    axis = Axis(2, 0, 2)
    matrix = stored(
        tmp_path, Histogram2D.of_values(axis, axis, [[1, 2], [3, 4]], title="m", drawn_range=(0, 5))
    )
    # The second index of uproot's is y.
    assert matrix.values().tolist() == [[1, 3], [2, 4]]
    assert (matrix.member("fMinimum"), matrix.member("fMaximum")) == (0, 5)


def test_an_object_is_made_when_it_is_written(tmp_path: Path) -> None:
    made = []

    def make() -> Histogram:
        made.append(1)
        return Histogram.of_values(Axis(1, 0, 1), [7.0])

    assert stored(tmp_path, make).values().tolist() == [7]
    assert made == [1]
