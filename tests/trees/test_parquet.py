"""Parquet files as trees."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tmva_py.errors import DataError
from tmva_py.trees import open_tree


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and nothing else")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match=r"Parquet files need pyarrow .*; pip install pyarrow"):
        open_tree(path)
    with pytest.raises(DataError, match="is a Parquet file, which has no tree 'tree'"):
        open_tree(f"{path}:tree")


@pytest.mark.oracle
def test_columns(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed (make test-oracles installs it)")
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "a": [1.0, None, 3.0],
            "n": pa.array([1, 2, 2**40 + 1], pa.int64()),
            "l": [[1.0, 2.0], [], [3.0]],
            "text": ["x", "y", "z"],
            "r": [{"q": 1.0}, {"q": 2.0}, {"q": 3.0}],
        }
    )
    path = tmp_path / "columns.parquet"
    pq.write_table(table, path)
    tree = open_tree(path)
    assert (tree.name, tree.n_entries) == ("columns", 3)
    assert tree.branch_names == ("a", "n", "l", "text", "r.q")
    entries = tree.read(["a", "n", "l", "r.q"], 0, 3)
    np.testing.assert_array_equal(entries["a"].to_array(), [1, np.nan, 3])
    assert entries["n"].to_array().tolist() == [1, 2, 2**40 + 1]
    assert entries["l"].to_array().tolist() == [[1, 2], [], [3]]
    assert entries["r.q"].to_array().tolist() == [1, 2, 3]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"cannot read .*columns.parquet"):
        open_tree(path)
