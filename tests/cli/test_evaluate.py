"""``tmva-py evaluate``: trees of any size, and nothing half-written."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import warnings

import awkward as ak
import background
import numpy as np
import pytest
import uproot
from click.testing import CliRunner
from weight_files import SMALL, changed

import tmva_py
from tmva_py.cli import main, response_file
from tmva_py.cli.response_file import _chunk_size

N = 1000


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "small.weights.xml"
    path.write_text(SMALL)
    return path


@pytest.fixture
def columns():
    random = np.random.default_rng(1)
    return {
        "a": random.standard_normal(N).astype(np.float32),
        "b": random.standard_normal(N),
        "c": random.standard_normal(N).astype(np.float32),
        "event": np.arange(N),
        "vector": random.standard_normal((N, 3)),
        "jets_pt": ak.unflatten(np.arange(3 * N, dtype=np.float32), np.tile([2, 4], N // 2)),
    }


@pytest.fixture
def tree(tmp_path, columns):
    path = tmp_path / "in.root"
    with uproot.recreate(path) as file:
        kinds = {
            name: "var * float32" if name == "jets_pt" else column.dtype for name, column in columns.items()
        }
        kinds["vector"] = np.dtype((np.float64, (3,)))
        target = file.mktree("events", kinds)
        for start in range(0, N, 250):
            target.extend({name: column[start : start + 250] for name, column in columns.items()})
    return f"{path}:events"


def run(*arguments):
    return CliRunner().invoke(main, ["evaluate", *map(str, arguments)])


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out", "out.root.txt"])
def test_what_is_no_root_file_is_refused(tmp_path, weights, tree, name):
    result = run(weights, tree, "-o", tmp_path / name)
    assert result.exit_code == 2
    assert "a ROOT file is written; the name ends in .root" in result.output
    assert not (tmp_path / name).exists()


def expected(columns):
    return tmva_py.evaluate(SMALL, {name: columns[name] for name in ("a", "b", "c")})


@pytest.mark.parametrize("chunk", [(), ("--chunk", 1000), ("--chunk", 333), ("--chunk", 17)])
def test_responses(tmp_path, weights, tree, columns, chunk):
    output = tmp_path / "out.root"
    result = run(
        weights, tree, "-o", output, "--copy", "event", "--copy", "jets_*", "--copy", "vector", *chunk
    )
    assert result.exit_code == 0, result.output
    assert result.stdout == f"1000 entries of {tree} -> {output}:events (small, event, jets_pt, vector)\n"
    with uproot.open(output) as file:
        written = file["events"]
        np.testing.assert_allclose(written["small"].array(library="np"), expected(columns), rtol=1e-6)
        np.testing.assert_array_equal(written["event"].array(library="np"), columns["event"])
        np.testing.assert_array_equal(written["vector"].array(library="np"), columns["vector"])
        assert ak.array_equal(written["jets_pt"].array(), columns["jets_pt"], dtype_exact=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.root", "out.root", "small.weights.xml"]


def test_names(tmp_path, weights, tree):
    output = tmp_path / "out.root"
    result = run(weights, tree, "-o", output, "--branch", "score", "--tree-name", "responses")
    assert result.exit_code == 0, result.output
    with uproot.open(output) as file:
        assert file["responses"].keys() == ["score"]


def test_several_classes(tmp_path, shared):
    folder = shared / "golden" / "multiclass_dl_dense_norm_stored"
    with np.load(folder / "events.npz") as events:
        x, golden = events["X"], events["response"]
    with uproot.recreate(tmp_path / "in.root") as file:
        tree = file.mktree("t", dict.fromkeys(("var1", "var2", "var3", "var4"), "f8"))
        tree.extend({f"var{i + 1}": x[:, i] for i in range(4)})
    result = run(folder / "weights.xml", f"{tmp_path / 'in.root'}:t", "-o", tmp_path / "out.root")
    assert result.exit_code == 0, result.output
    with uproot.open(tmp_path / "out.root") as file:
        found = file["t"].arrays(library="np")
    assert list(found) == ["DL_CPU_Signal", "DL_CPU_bg0", "DL_CPU_bg1", "DL_CPU_bg2"]
    np.testing.assert_allclose(np.stack(list(found.values()), axis=1), golden, rtol=1e-5, atol=5e-6)


def test_a_tree_without_entries(tmp_path, weights):
    with uproot.recreate(tmp_path / "in.root") as file:
        file.mktree("t", {"a": "f4", "b": "f4", "c": "f4"})
    result = run(weights, f"{tmp_path / 'in.root'}:t", "-o", tmp_path / "out.root", "--copy", "a")
    assert result.exit_code == 0, result.output
    with uproot.open(tmp_path / "out.root") as file:
        assert file["t"].num_entries == 0
        assert file["t"].keys() == ["small", "a"]


@pytest.mark.filterwarnings("always")
def test_no_number_is_told_once(tmp_path, weights, columns):
    columns["a"][[3, 500, 999]] = np.nan
    with uproot.recreate(tmp_path / "in.root") as file:
        tree = file.mktree("t", {name: columns[name].dtype for name in ("a", "b", "c")})
        tree.extend({name: columns[name] for name in ("a", "b", "c")})
    result = run(weights, f"{tmp_path / 'in.root'}:t", "-o", tmp_path / "out.root", "--chunk", 100)
    assert result.exit_code == 0
    assert result.output.count("warning") == 1
    assert (
        "3 of 1000 events have a variable that is not a number (a in event 3); the response is -999"
        in result.output
    )


@pytest.mark.parametrize(
    ("further", "message"),
    [
        (("--copy", "evnt"), "has no branch 'evnt'; did you mean 'event'?"),
        (("--copy", "evnt*"), "no branch of {tree} is like 'evnt*'; did you mean 'event'?"),
        (("--copy", "*", "--branch", "a"), "the output would have two branches 'a'"),
        (("--chunk", "0"), "Invalid value for '--chunk'"),
    ],
)  # fmt: skip
def test_wrong_options(tmp_path, weights, tree, further, message):
    output = tmp_path / "out.root"
    output.write_text("old")
    result = run(weights, tree, "-o", output, *further)
    assert result.exit_code == 2
    assert message.format(tree=tree) in result.output
    assert output.read_text() == "old"


def test_missing_branch(tmp_path, tree):
    path = tmp_path / "other.xml"
    path.write_text(
        changed('Expression="c" Label="c"', 'Expression="sqrt(cc)" Label="root"').replace('"c"', '"cc"')
    )
    output = tmp_path / "out.root"
    result = run(path, tree, "-o", output)
    assert result.exit_code == 2
    assert f"error: variable 2, 'sqrt(cc)' (label 'root'): {tree} has no branch 'cc'" in result.output
    assert not output.exists()


def test_expressions_come_before_labels(tmp_path, tree, columns):
    """A label that is also a branch, as in ``c := c/2``, must not stand for the variable."""
    path = tmp_path / "other.xml"
    path.write_text(changed('Expression="c"', 'Expression="c/2"'))
    output = tmp_path / "out.root"
    assert run(path, tree, "-o", output).exit_code == 0
    with uproot.open(output) as file:
        found = file["events"]["small"].array(library="np")
    halved = {"a": columns["a"], "b": columns["b"], "c": columns["c"] / 2}
    np.testing.assert_allclose(found, tmva_py.evaluate(SMALL, halved), rtol=1e-6)


def test_the_input_is_not_overwritten(tmp_path, weights, tree):
    result = run(weights, tree, "-o", tmp_path / "in.root")
    assert result.exit_code == 2
    assert "is the input file; write to another file" in result.output


@pytest.mark.parametrize(
    ("output", "message"),
    [("nowhere/out.root", "there is no folder"), ("a.root", "it is a folder")],
)
def test_output_that_cannot_be_written(tmp_path, weights, tree, output, message):
    (tmp_path / "a.root").mkdir()
    result = run(weights, tree, "-o", tmp_path / output)
    assert result.exit_code == 2
    assert "Error: [Errno " in result.output
    assert message in result.output


def test_a_damaged_input_leaves_the_old_output(tmp_path, weights, tree):
    path = tmp_path / "in.root"
    content = bytearray(path.read_bytes())
    with uproot.open(path) as file:
        start = file["events"]["b"].member("fBasketSeek")[3]
    content[start + 60 : start + 200] = b"\xff" * 140
    path.write_bytes(content)
    output = tmp_path / "out.root"
    output.write_text("old")
    result = run(weights, tree, "-o", output, "--chunk", 100)
    assert result.exit_code == 2, result.output
    assert "cannot read branch 'b'" in result.output
    assert output.read_text() == "old"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["in.root", "out.root", "small.weights.xml"]


def test_interrupted(tmp_path, weights):
    """Ctrl-C while a large tree is written leaves the old output and nothing else."""
    with uproot.recreate(tmp_path / "in.root", compression=None) as file:
        tree = file.mktree("t", {"a": "f4", "b": "f4", "c": "f4"})
        for _ in range(20):
            tree.extend({name: np.zeros(100_000, np.float32) for name in "abc"})
    output = tmp_path / "out.root"
    output.write_text("old")
    arguments = ("evaluate", str(weights), f"{tmp_path / 'in.root'}:t", "-o", str(output), "--chunk", "3000")
    code = "from tmva_py.cli import main; main()"
    process = background.start(code, *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".out.root*.part")) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 1, text
    assert text.strip() == "Aborted!"
    assert output.read_text() == "old"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["in.root", "out.root", "small.weights.xml"]


def test_chunks():
    assert _chunk_size(10, 0) == 400_000
    assert _chunk_size(10, 150_000) == 300_000
    assert _chunk_size(10, 1_000_000) == 1_000_000
    assert _chunk_size(10, 10_000_000) == 2_000_000
    assert _chunk_size(10_000_000, 7) == 2


def peak_of(folder, *arguments):
    """Return the peak of the command alone in MB: ru_maxrss would keep that of what started it."""
    arguments = ["evaluate", *map(str, arguments), "-o", str(folder / "out.root")]
    program = f"""
from pathlib import Path
from tmva_py.cli import main
main({arguments!r}, standalone_mode=False)
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of a process is read as on Linux")
def test_memory_stays_small(tmp_path, weights):
    """A tree of 300 MB; were memory to grow with the tree, three times as much would show."""
    sizes = {}
    for n_chunks in (10, 30):
        path = tmp_path / f"{n_chunks}.root"
        names = [*"abc", *(f"x{i}" for i in range(22))]
        with uproot.recreate(path, compression=None) as file:
            tree = file.mktree("t", dict.fromkeys(names, "f4"))
            random = np.random.default_rng(0)
            for _ in range(n_chunks):
                tree.extend({name: random.standard_normal(100_000).astype(np.float32) for name in names})
        sizes[n_chunks] = peak_of(tmp_path, weights, f"{path}:t", "--copy", "*")
        path.unlink()
    assert sizes[30] < 400
    assert sizes[30] - sizes[10] < 60


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak of a process is read as on Linux")
@pytest.mark.parametrize("compression", [None, uproot.LZ4(1)])
def test_memory_with_one_basket_a_branch(tmp_path, weights, compression, figures):
    """A tree of 1,000 MB, each of whose branches is one basket of 100 MB."""
    path = tmp_path / "in.root"
    names = [*"abc", *(f"x{i}" for i in range(7))]
    column = np.round(np.random.default_rng(0).standard_normal(25_000_000), 2).astype(np.float32)
    with uproot.recreate(path, compression=compression) as file:
        file.mktree("t", dict.fromkeys(names, "f4")).extend(dict.fromkeys(names, column))
    peak = peak_of(tmp_path, weights, f"{path}:t")
    path.unlink()
    assert figures.note("evaluate, MB with one basket a branch", peak) < 500


def test_large_baskets_of_lists_are_told_of(tmp_path, weights, tree, monkeypatch):
    text = changed('Expression="a"', 'Expression="Sum$(jets_pt)"')
    weights.write_text(text)
    assert run(weights, tree, "-o", tmp_path / "out.root").exit_code == 0
    monkeypatch.setattr(response_file, "_LARGE_BASKET", 1000)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        result = run(weights, tree, "-o", tmp_path / "out.root")
    assert result.exit_code == 0
    assert "warning: branch 'jets_pt' of" in result.stderr
    assert "which are read whole" in result.stderr


def test_cuts_are_applied_at_a_signal_efficiency(tmp_path, shared, columns):
    """Events that pass are 1; without an efficiency there is no answer, and others have no use for one."""
    weights = shared / "golden" / "real_cuts_mc" / "weights.xml"
    with np.load(shared / "golden" / "real_cuts_mc" / "events.npz") as events:
        x, expected = events["X"], events["response"][:, list(events["effS"]).index(0.5)]
    path = tmp_path / "in.root"
    with uproot.recreate(path) as file:
        sums, differences, *others = x.T.astype(np.float64)
        names = {"var1": (sums + differences) / 2, "var2": (sums - differences) / 2}
        file["events"] = names | dict(zip(("var3", "var4"), others, strict=True))
    tree, out = f"{path}:events", tmp_path / "out.root"
    result = run(weights, tree, "-o", out, "--signal-efficiency", "0.5")
    assert result.exit_code == 0, result.output
    with uproot.open(out) as file:
        found = file["events"]["Cuts"].array(library="np")
    # Sums and differences of the branches may be a bit of float32 beside the stored ones, next to a cut.
    assert (found != expected).mean() < 0.02
    assert set(np.unique(found)) == {0.0, 1.0}
    result = run(weights, tree, "-o", out)
    assert "Cuts 'Cuts' has cuts for each signal efficiency: give --signal-efficiency" in result.output
    small = tmp_path / "small.xml"
    small.write_text(SMALL)
    result = run(small, tree, "-o", out, "--signal-efficiency", "0.5")
    assert "has a response of its own: leave out --signal-efficiency" in result.output


def test_a_release_answers_in_its_way(tmp_path, shared):
    """The file does not tell that its tanh was a fraction, which leaves [-1, 1]."""
    folder = shared / "golden" / "real_mlp_bp_tanh_fast"
    with np.load(folder / "events.npz") as events:
        x, expected = events["X"], events["response"]
    path, out = tmp_path / "in.root", tmp_path / "out.root"
    with uproot.recreate(path) as file:
        file["events"] = dict(zip(("myvar1", "myvar2", "var3", "var4"), x.T.astype(np.float32), strict=True))
    found = {}
    for release in ("newest", "4.2"):
        result = run(folder / "weights.xml", f"{path}:events", "-o", out, "--release", release)
        assert result.exit_code == 0, result.output
        with uproot.open(out) as file:
            found[release] = file["events"]["MLP"].array(library="np")
    # Branches are in single precision.
    np.testing.assert_allclose(found["4.2"], expected, rtol=1e-7, atol=1e-7)
    assert np.abs(found["newest"] - expected).max() > 1e-3
    result = run(folder / "weights.xml", f"{path}:events", "-o", out, "--release", "6.1")
    assert "release '6.1' is not known; expected one of newest, 4.2" in result.output
