"""Scripts as people write them, run by the real command without ROOT; what they compute, by other means."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot
from script_data import EVENTS, columns_of, write_files

from tmva_py import DataLoader, Factory, Reader, Types
from tmva_py.pyroot.keras_names import has_keras

SCRIPTS = Path(__file__).parent / "scripts"
# At least two scripts have each of what more than 3 of 100 public repositories have.
IDIOMS = {
    "a cut object": r"TCut\(",
    "signal and background trees": r"AddSignalTree[\s\S]*AddBackgroundTree",
    "a data loader": r"DataLoader\(",
    "no data loader": r"factory\.AddVariable\(",
    "TMVA.Tools": r"Tools\.Instance\(\)",
    "Python 2": r"^\s*print [\"'A-Za-z]",
    "names from ROOT": r"from ROOT import TMVA|from ROOT import .*TMVA",
    "import ROOT": r"^import ROOT$",
    "as r": r"^import ROOT as r$",
    "everything": r"^from ROOT import \*",
    "kinds as enumerators": r"Types\.k",
    "kinds by name": r"(?:BookMethod\(|\()(?:loader, )?\"(?:BDT|Fisher|Cuts)\"",
    "options as keywords": r"nTrain_Signal=\d+, ",
    "options joined": r"\":\"\.join|':'\.join",
    "options formatted": r"\" %|' %|\.format\(",
    "weights": r"Set(?:Signal|Background)?WeightExpression",
    "a command line": r"argparse|optparse|getopt|sys\.argv",
    "PyInitialize": r"PyInitialize\(\)",
    "numbers of events": r"nTrain_Signal=",
    "counting or drawing": r"GetEntries\([^)]|\.Draw\(\"",
    "TMVAGui": r"TMVA\w*Gui\(",
    "LoadMacro": r"LoadMacro\(|\.L TMVAGui",
    "gApplication.Run": r"gApplication\.Run\(\)",
    "SetBatch": r"SetBatch\(",
    "spectators": r"AddSpectator\(",
    "an expression as spectator": r"AddSpectator\(['\"]\w+ := ",
    "curves": r"GetROCCurve\(",
    "areas": r"GetROCIntegral\(",
    "folder of weights": r"fWeightFileDir",
    "plotting settings": r"GetVariablePlotting\(\)",
    "a chain": r"TChain\(",
    "branches in a loop": r"GetListOfBranches\(\)",
    "a labelled expression": r"AddVariable\(\"\w+ := |AddVariable\(\"%s := ",
    "TMath in expressions": r"TMath::",
    "elements of arrays": r"fixed\[\d\]|AddVariablesArray",
    "trees of named classes": r"AddTree\(",
    "joined cuts": r"TCut\([^)]*\) \+ ",
    "several classes or a target": r"multiclass|AddTarget",
    "categories or a method's cut": r"GetSignalReferenceCut\(\)",
    "histograms read back": r"MVA_\w+_S|Method_",
    "the map of methods": r"fMethodsMap\.clear\(\)",
    "trees that are made": r"\.Branch\(",
    "copies of trees": r"CloneTree\(|CopyTree\(",
    "branches tied to buffers": r"SetBranchAddress\(",
    "EvaluateMVA": r"EvaluateMVA\(",
}


def test_each_idiom_is_in_two_scripts():
    texts = [path.read_text() for path in SCRIPTS.glob("*.py")]
    assert len(texts) == 16
    for idiom, pattern in IDIOMS.items():
        found = sum(bool(re.search(pattern, text, re.MULTILINE)) for text in texts)
        assert found >= 2, f"{idiom}: {found}"


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_files(folder)
    return folder


def start(name: str, folder: Path, data: Path, *arguments: str) -> str:
    """Run a script in a folder that has the data, and return what it prints."""
    for path in data.glob("*.root"):
        (folder / path.name).symlink_to(path)
    line = [
        sys.executable,
        "-W",
        "error::RuntimeWarning",
        "-c",
        "from tmva_py.cli import main; main()",
        "run",
    ]
    done = subprocess.run(
        [*line, "--no-root", str(SCRIPTS / name), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    return done.stdout


Run = Callable[..., str]


@pytest.fixture
def run(tmp_path, data, monkeypatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return lambda name, *arguments: start(name, tmp_path, data, *arguments)


def respond(
    weights: str | Path, columns: dict, *, names: list[str], spectators: tuple[str, ...] = ()
) -> np.ndarray:
    """Return the responses of a weight file to columns, all at once."""
    reader = Reader("Silent")
    for one in names:
        reader.AddVariable(one, np.zeros(1, np.float32))
    for one in spectators:
        reader.AddSpectator(one, np.zeros(1, np.float32))
    method = reader.BookMVA("method", str(weights))
    call = getattr(
        reader, {"Classification": "EvaluateMVA"}.get(method.analysis_type, f"Evaluate{method.analysis_type}")
    )
    return call(columns, "method")


def columns_tested(file: str, folder: str = "dataset/") -> dict:
    """Return the columns of a test tree."""
    with uproot.open(file) as content:
        return content[f"{folder}TestTree"].arrays(library="np")


def numbers_after(word: str, printed: str) -> list[float]:
    """Return the numbers that a line of the script has after a word."""
    line = next(line for line in printed.splitlines() if line.startswith(f"{word} "))
    return [float(one) for one in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", line.removeprefix(word))]


def roc_area(tested: dict, title: str) -> float:
    """Return the weighted share of pairs of signal and background that are in order; half of those equal."""
    is_signal, x, w = tested["classID"] == 0, tested[title], tested["weight"]
    order = np.argsort(x[~is_signal], kind="stable")
    values, sums = (
        x[~is_signal][order],
        np.concatenate([[0.0], np.cumsum(w[~is_signal][order].astype(float))]),
    )
    below = sums[np.searchsorted(values, x[is_signal], "left")]
    not_above = sums[np.searchsorted(values, x[is_signal], "right")]
    share = 0.5 * (below + not_above) / sums[-1]
    return float(np.average(share, weights=w[is_signal]))


def test_classification(run):
    printed = run("classify_imports.py")
    tested = columns_tested("TMVA.root")
    names = {"var1": "var1", "var2": "var2", "product := var1*var2": "product"}
    columns = {"var1": tested["var1"], "var2": tested["var2"]}
    for title in ("BDT", "Fisher"):
        path = f"dataset/weights/TMVAClassification_{title}.weights.xml"
        responses = respond(path, columns, names=list(names), spectators=("eta",))
        np.testing.assert_array_equal(responses.astype(np.float32), tested[title])
    # TMVA's areas are of curves through points, here of some hundred.
    assert numbers_after("area BDT", printed)[0] == pytest.approx(roc_area(tested, "BDT"), abs=2e-3)
    with uproot.open("TMVA.root") as file:
        histogram = file["dataset/Method_BDT/BDT/MVA_BDT_S"]
        mean = histogram.member("fTsumwx") / histogram.member("fTsumw")
    assert numbers_after("bins", printed) == [40, pytest.approx(mean, abs=1e-6)]


def without_date(path: str) -> str:
    """Return a weight file without what tells when and where it was made."""
    text = Path(path).read_text()
    return re.sub(
        r'<Info name="(?:Date|Creator|Host|Dir)".*|<Info name="TrainingTime".*|Method="\w+::\w+"', "", text
    )


def test_the_same_weight_file_as_without_the_stand_in(run):
    run("classify_imports.py")
    factory = Factory("direct", "AnalysisType=Classification:Silent")
    loader = DataLoader("direct")
    loader.AddVariable("var1", "F")
    loader.AddVariable("var2", "Variable 2", "GeV", "F")
    loader.AddVariable("product := var1*var2", "F")
    loader.AddSpectator("eta", "Rapidity", "", "F")
    loader.AddSignalTree("data.root:signal", 1.0)
    loader.AddBackgroundTree("data.root:background", 1.0)
    loader.SetBackgroundWeightExpression("weight")
    options = "nTrain_Signal=300:nTrain_Background=300:SplitMode=Random:NormMode=NumEvents:!V"
    loader.PrepareTrainingAndTestTree("var1 > -8", "var1 > -8 && var2 < 8", options)
    bdt = "!H:!V:NTrees=20:MinNodeSize=2.5%:MaxDepth=3:BoostType=AdaBoost:AdaBoostBeta=0.5:UseBaggedBoost:"
    bdt += "BaggedSampleFraction=0.5:SeparationType=GiniIndex:nCuts=20"
    factory.BookMethod(loader, Types.kBDT, "BDT", bdt)
    factory.TrainAllMethods()
    theirs = without_date("dataset/weights/TMVAClassification_BDT.weights.xml")
    assert theirs == without_date("direct/weights/direct_BDT.weights.xml")


def test_a_command_line_and_branches_in_a_loop(run):
    printed = run("train_argparse.py", "--ntrees", "6", "--exclude", "eta", "truth")
    passing = [int(0.6 * np.sum(columns_of(kind)["var1"] > -3)) for kind in ("signal", "background")]
    assert numbers_after("train with", printed) == passing
    assert "weights True" in printed
    assert "variables ['var1', 'var2']" in printed
    assert Path("roc.png").read_bytes().startswith(b"\x89PNG")
    tested = columns_tested("argparse.root", "loader/")
    responses = respond("loader/my_weights/job_BDTG.weights.xml", tested, names=["var1", "var2"])
    np.testing.assert_array_equal(responses.astype(np.float32), tested["BDTG"])
    n_passing = [np.sum(columns_of(kind)["var1"] > -3) for kind in ("signal", "background")]
    assert len(tested["BDTG"]) == sum(n_passing) - sum(passing)


def test_a_chain_and_expressions(run):
    printed = run("chain_as_r.py", "part%d.root")
    assert numbers_after("signal", printed) == [2, EVENTS]
    signal = columns_of("signal")
    passes = (signal["var1"] > -6) & (signal["var2"] < 6)
    assert f"cut ((var1 > -6)&&(var2 < 6))&&(number >= 0) {passes.sum()}" in printed
    tested = columns_tested("chain.root", "chained/")
    columns = {name: columns_of("signal")[name] for name in ("var1", "var2", "fixed", "number")}
    names = ["r2 := sqrt(var1*var1 + var2*var2)", "TMath::Max(var1, var2)"]
    names += ["angle := TMath::ATan2(var2, var1)", "fixed[1]"]
    for title in ("BDT", "Fisher"):
        path = f"chained/weights/chain_{title}.weights.xml"
        responses = respond(path, columns, names=names, spectators=("half := 0.5*number",)).astype(np.float32)
        is_signal = tested["classID"] == 0
        number = np.round(2 * tested["half"][is_signal]).astype(int)
        np.testing.assert_array_equal(responses[number], tested[title][is_signal])
        assert numbers_after(f"area {title}", printed)[0] == pytest.approx(roc_area(tested, title), abs=2e-3)


def test_everything_imported_and_copies_of_trees(run):
    printed = run("star_import.py", "-n", "5", "-b")
    signal, background = columns_of("signal"), columns_of("background")
    drawn = signal["var2"] > 0
    assert numbers_after("above", printed) == [np.sum(signal["var1"] > 1), drawn.sum()]
    inside = drawn & (signal["var1"] >= -4) & (signal["var1"] < 6)
    x, weights = signal["var1"].astype(float)[inside], signal["weight"][inside]
    bins = np.zeros(20, np.float32)  # a TH1F's, which adds up one after the other
    np.add.at(bins, np.floor((x + 4) / 0.5).astype(int), weights)
    assert numbers_after("histogram", printed) == [
        drawn.sum(),
        pytest.approx(np.average(x, weights=weights), abs=1e-6),
        pytest.approx(bins.sum(dtype=float), abs=1e-6),
    ]
    assert numbers_after("halves", printed) == [EVENTS / 2, EVENTS / 2]
    filled = [ak.num(one["list"]).to_numpy() > 0 for one in (signal, background)]
    odd = np.arange(EVENTS) % 2 == 1
    assert numbers_after("tested", printed) == [
        np.sum(filled[0] & odd) + np.sum(filled[1] & odd),
        np.sum(filled[0] & odd),
    ]


def test_several_classes(run):
    printed = run("multiclass_book.py")
    columns = columns_of("other")
    events = np.stack([columns["var1"], columns["var2"]], axis=1)[:200]
    responses = respond("multi/weights/multi_BDTG.weights.xml", events, names=["var1", "var2"])
    assert numbers_after("sums", printed) == pytest.approx(responses.sum(axis=0).tolist(), abs=1e-5)
    assert "multi.root" in printed


def test_a_regression(run):
    printed = run("regression_book.py")
    columns = columns_of("signal")
    events = np.stack([columns["var1"], columns["var2"]], axis=1)
    sums = [
        respond(
            f"reg/fits/reg_{title}.weights.xml", events, names=["var1", "var2"], spectators=("eta",)
        ).sum()
        for title in ("BDTG", "LD")
    ]
    assert numbers_after("sums", printed) == pytest.approx(sums, abs=1e-3)
    # The truth is linear in the variables but for 0.2.
    tested = columns_tested("regression.root", "reg/")
    assert np.std(tested["LD"] - tested["truth"]) == pytest.approx(0.2, abs=0.03)


def test_categories_and_a_cloned_tree(run):
    printed = run("category_book.py")
    kept = np.sum(np.arange(EVENTS) % 3 != 0)
    assert numbers_after("clone", printed) == [kept, kept]
    with uproot.open("clone.root") as file:
        copied = file["signal"].arrays()
    columns = columns_of("signal")
    chosen = np.arange(EVENTS) % 3 != 0
    for name in ("var1", "number", "fixed"):
        np.testing.assert_array_equal(copied[name], columns[name][chosen])
    np.testing.assert_array_equal(copied["doubled"], 2.0 * columns["var1"][chosen].astype(float))
    assert ak.to_list(copied["list"]) == ak.to_list(columns["list"][chosen])
    tested = columns_tested("category.root")
    path = "dataset/weights/cat_Fisher.weights.xml"
    responses = respond(path, tested, names=["var1", "var2"], spectators=("eta",))
    np.testing.assert_array_equal(responses.astype(np.float32), tested["Fisher"])
    is_signal = tested["classID"] == 0
    for title in ("Fisher", "FisherCat"):
        values, weights = tested[title][is_signal], tested["weight"][is_signal]
        # The histogram's axis begins and ends inside of the far tails.
        assert numbers_after(f"mean {title}", printed)[0] == pytest.approx(
            np.average(values, weights=weights), abs=2e-3
        )


def test_python_2_without_a_data_loader(run):
    printed = run("old_prints.py", "--methods", "Fisher,BDT", "-i", "data.root")
    assert numbers_after("training with", printed) == [EVENTS / 2]
    assert "=== wrote root file old.root" in printed
    tested = columns_tested("old.root", "")
    assert len(tested["BDT"]) == EVENTS
    columns = {
        "var1": 0.5 * (tested["myvar1"] + tested["myvar2"]),
        "var2": 0.5 * (tested["myvar1"] - tested["myvar2"]),
    }
    table = np.stack([tested["myvar1"], tested["myvar2"]], axis=1)
    names = ["myvar1 := var1+var2", "myvar2 := var1-var2"]
    for title in ("Fisher", "BDT"):
        path = f"weights/TMVAClassification_{title}.weights.xml"
        responses = respond(path, table, names=names, spectators=("spec1 := var1*2",))
        np.testing.assert_array_equal(responses.astype(np.float32), tested[title])
    assert tested["spec1"] == pytest.approx(2 * columns["var1"], abs=1e-5)


def test_python_2_with_a_chain_and_a_scan(run):
    printed = run("old_optparse.py", "-b", "-t", "6")
    assert numbers_after("entries", printed) == [EVENTS, np.sum(columns_of("background")["var1"] > 0)]
    tested = columns_tested("optparse.root", "")
    table = np.stack([tested["pull"], tested["size"]], axis=1)
    names = ["pull := (var1 - var2)/sqrt(2)", "size := TMath::Sqrt(var1*var1 + var2*var2)"]
    is_signal = tested["classID"] == 0
    for depth in (1, 2):
        responses = respond(f"weights/scan_BDT_d{depth}.weights.xml", table, names=names).astype(np.float32)
        np.testing.assert_array_equal(responses, tested[f"BDT_d{depth}"])
        mean = np.average(responses[is_signal], weights=tested["weight"][is_signal])
        assert numbers_after(f"mean {depth}", printed)[0] == pytest.approx(mean, abs=2e-3)


def test_one_tree_and_cuts_for_the_classes(run):
    printed = run("old_input_trees.py")
    assert numbers_after("test events", printed) == [EVENTS / 2, EVENTS / 2]
    tested = columns_tested("old_input.root", "")
    table = np.stack([tested["var1"], tested["var2"]], axis=1)
    for title in ("Fisher", "Likelihood"):
        path = f"weights/oldtrees_{title}.weights.xml"
        responses = respond(path, table, names=["var1", "var2"], spectators=("number",))
        np.testing.assert_array_equal(responses.astype(np.float32), tested[title])


def test_python_2_with_a_data_loader(run):
    printed = run("py2_dataloader.py", "data.root")
    signal = columns_of("signal")
    passing = int(np.sum((signal["var1"] > -4) & (signal["var2"] > -4)))
    assert numbers_after("passing", printed) == [passing]
    tested = columns_tested("py2job.root", "py2/")
    assert np.sum(tested["classID"] == 0) == passing - passing // 2
    area = float(re.search(r"points True area (\d\.\d+)", printed)[1])
    assert area == pytest.approx(roc_area(tested, "BDT"), abs=2e-3)
    assert Path("py2/weights_py2job/py2job_BDT.weights.xml").is_file()
    np.testing.assert_array_equal(tested["half"] % 1, (2 * tested["half"]) % 2 / 2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data) -> Path:
    """Weight files for the applications."""
    folder = tmp_path_factory.mktemp("trained")
    start("classify_imports.py", folder, data)
    return folder / "dataset"


@pytest.fixture
def apply(tmp_path, trained, run) -> Run:
    (tmp_path / "dataset").symlink_to(trained)
    return run


def responses_to(kind: str, title: str) -> np.ndarray:
    """Return the responses of a trained method to a tree, all at once."""
    path = f"dataset/weights/TMVAClassification_{title}.weights.xml"
    columns = {name: columns_of(kind)[name] for name in ("var1", "var2")}
    return respond(path, columns, names=["var1", "var2", "product := var1*var2"], spectators=("eta",))


def test_a_loop_in_python_2(apply):
    printed = apply("apply_py2.py", "data.root")
    with uproot.open("applied.root") as file:
        written = file["responses"].arrays(library="np")
        histogram = file["MVA_BDT"]
    bdt, fisher = (responses_to("background", title) for title in ("BDT", "Fisher"))
    np.testing.assert_array_equal(written["BDT"], bdt.astype(np.float32))
    np.testing.assert_array_equal(written["Fisher"], fisher)
    np.testing.assert_array_equal(written["index"], np.arange(EVENTS) // 2)
    counts, _ = np.histogram(bdt.astype(np.float32), np.linspace(-1, 1, 41))
    np.testing.assert_array_equal(histogram.values(), counts)
    assert numbers_after("mean", printed) == [pytest.approx(bdt.mean(), abs=1e-7), EVENTS]


def test_a_branch_added_in_a_loop(apply):
    printed = apply("apply_branch.py")
    columns = columns_of("signal")
    kept = columns["var1"] > 0
    assert numbers_after("kept", printed) == [kept.sum()]
    with uproot.open("with_branch.root") as file:
        written = file["signal"].arrays()
        assert "fixed" not in file["signal"]
    np.testing.assert_array_equal(written["response"], responses_to("signal", "BDT")[kept])
    for name in ("var1", "eta", "number"):
        np.testing.assert_array_equal(written[name], columns[name][kept])
    assert ak.to_list(written["list"]) == ak.to_list(columns["list"][kept])
    np.testing.assert_array_equal(written["error"], -1)


def test_a_loop_over_the_tree_itself(apply):
    printed = apply("apply_iterate.py")
    sums, histograms = [], []
    for kind in ("signal", "background"):
        columns = columns_of(kind)
        filled = ak.num(columns["list"]).to_numpy() > 0
        responses = responses_to(kind, "Fisher")[filled]
        sums.append(responses.sum())
        edges = np.linspace(-2, 2, 31)
        histograms.append(np.histogram(responses, edges, weights=columns["weight"][filled].astype(float))[0])
    assert numbers_after("sums", printed) == pytest.approx(sums, abs=2e-6)
    with uproot.open("responses.root") as file:
        for kind, expected in zip(("signal", "background"), histograms, strict=True):
            assert file[f"fisher_{kind}"].values() == pytest.approx(expected, rel=1e-6)
    assert Path("responses.png").read_bytes().startswith(b"\x89PNG")
    assert Path("responses.pdf").read_bytes().startswith(b"%PDF")


def test_trees_that_the_script_makes(run):
    printed = run("make_tree.py")
    # With ROOT 6.40's trees and random numbers the script prints the same.
    assert numbers_after("first", printed) == [-0.3502937, 400, 118]
    assert "filled 2000.0 True True" in printed
    assert numbers_after("area", printed)[0] == pytest.approx(0.9021, abs=1e-6)
    assert Path("made/weights/made_LD.weights.xml").is_file()


def test_kinds_in_a_loop(run):
    printed = run("scan_loop.py", "data.root")
    assert f"features True False {has_keras()}" in printed
    assert Path("curves.png").read_bytes().startswith(b"\x89PNG")
    for title in ("Fisher", "BDT"):
        assert 0.7 < numbers_after(title, printed)[0] < 1
