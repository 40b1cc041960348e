"""``tmva-py evaluate --friend``: the responses of each entry, beside the tree's own branches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import uproot
from click.testing import CliRunner, Result
from weight_files import SMALL

import tmva_py
from tmva_py.cli import main

N = 1000


@pytest.fixture
def tree(tmp_path: Path) -> str:
    (tmp_path / "small.weights.xml").write_text(SMALL)
    random = np.random.default_rng(1)
    columns = {name: random.standard_normal(N).astype(np.float32) for name in "abc"}
    columns["event"] = random.permutation(N)
    with uproot.recreate(tmp_path / "in.root") as file:
        target = file.mktree("events", {name: column.dtype for name, column in columns.items()})
        for start in range(0, N, 300):
            target.extend({name: column[start : start + 300] for name, column in columns.items()})
    return f"{tmp_path}/in.root:events"


def run(tree: str, *arguments: str) -> Result:
    folder = Path(tree).parent
    words = ["evaluate", str(folder / "small.weights.xml"), tree, "-o", str(folder / "out.root"), "--friend"]
    return CliRunner().invoke(main, [*words, *arguments])


@pytest.mark.parametrize("chunk", ["7", "300", "5000"])
def test_entry_by_entry(tree: str, chunk: str) -> None:
    result = run(tree, "--chunk", chunk)
    assert result.exit_code == 0, result.output
    out = Path(tree).with_name("out.root")
    assert f'tree->AddFriend("small", "{out}") makes them branches of the tree' in result.output
    with uproot.open(out) as file, uproot.open(tree) as events:
        friend = file["small"]
        assert friend.keys() == ["small"]
        assert friend.num_entries == N
        arrays = events.arrays(library="np")
        for entry in (0, 1, 299, 300, N - 1):
            one = {name: arrays[name][entry : entry + 1] for name in "abc"}
            expected = tmva_py.evaluate(SMALL, one)[0]
            assert friend["small"].array(library="np")[entry] == expected


def test_names(tree: str) -> None:
    result = run(tree, "--branch", "event")
    assert 'AddFriend("events_event"' in result.output
    result = run(tree, "--branch", "response", "--tree-name", "mine")
    assert 'AddFriend("mine"' in result.output
    with uproot.open(Path(tree).with_name("out.root")) as file:
        assert file["mine"].keys() == ["response"]


def test_copies_are_refused(tree: str) -> None:
    result = run(tree, "--copy", "event")
    assert result.exit_code == 2
    assert "the friend needs no copies; leave out --copy" in result.output


@pytest.mark.root
def test_root_reads_it_as_a_friend(tree: str) -> None:
    root = pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    assert run(tree).exit_code == 0
    file = root.TFile(str(Path(tree).with_name("in.root")))
    events = file.Get("events")
    events.AddFriend("small", str(Path(tree).with_name("out.root")))
    with uproot.open(tree) as read:
        arrays = read.arrays(list("abc"), library="np")
    expected = tmva_py.evaluate(SMALL, arrays)
    count = events.Draw("small.small:event", "small.small>0.5", "goff")
    kept = expected > 0.5
    assert count == kept.sum()
    found = [events.GetV1()[place] for place in range(count)]
    np.testing.assert_array_equal(found, expected[kept])
    with uproot.open(tree) as read:
        numbers = read["event"].array(library="np")[kept]
    assert [events.GetV2()[place] for place in range(count)] == numbers.tolist()
