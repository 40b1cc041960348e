"""Boost of TMVA: its files answer as it does, and its events give its methods, weights and plots."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from golden import (
    cases_of,
    check_answers,
    check_file,
    check_responses,
    entry_of,
    events_as,
    said_of,
    stored_data,
)
from weight_files import golden_weights

from tmva_py.histograms import Histogram
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.boost.method import MethodBoost
from tmva_py.methods.pdefoam.foam_file import read_foams
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import find_method, read_weight_file, weight_text, write_weight_file
from tmva_py.plugins import default_registry
from tmva_py.weights import WeightFile

# Of its files of foams one is stored, which is compared below.
MISSING = {"real_pdefoam_boost"}
CASES = [case for case in cases_of("Boost") if case not in MISSING]
NUMBER = re.compile(r"-?\d+\.\d+e[+-]\d+")
# Sums over some thousand events in another order, see tests/methods/linear.
SAME_SUMS = 1e-11


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    check_responses(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


def test_a_file_without_responses(shared: Path) -> None:
    path = shared / "golden" / "parse_only" / "boosted_fisher_tmva412.xml"
    method = read_weight_file(path)
    assert len(method.model.members) == 20
    assert method.model.transform == "log"
    expected, seen = (text.partition("  <Weights")[2] for text in (path.read_text(), weight_text(method)))
    assert seen == expected
    assert np.isfinite(method.evaluate(np.ones((1, 6)))).all()


def trained_as(shared: Path, case: str, log: MessageLog) -> tuple[TrainedMethod, TrainedMethod, MethodBoost]:
    golden, said = read_weight_file(golden_weights(shared, case)), said_of(shared, case)
    method = MethodBoost(
        golden.title,
        golden.info,
        golden.analysis_type,
        said["options"],
        boosted=find_method(said["type"], default_registry()),
        job_name="TMVAClassification",
        log=log,
    )
    return golden, train_method(method, stored_data(shared / "golden" / case, golden)), method


@pytest.mark.parametrize("case", CASES)
def test_training(shared: Path, case: str) -> None:
    text = io.StringIO()
    golden, trained, method = trained_as(shared, case, MessageLog("mine", stream=text))
    ours, theirs = (weight_text(one).partition("<Options>")[2] for one in (trained, golden))
    assert NUMBER.sub("", ours) == NUMBER.sub("", theirs)
    seen, expected = (np.array(NUMBER.findall(one), np.float64) for one in (ours, theirs))
    np.testing.assert_allclose(seen, expected, rtol=SAME_SUMS, atol=1e-12)
    allowed = entry_of(shared, case)["tolerance"]
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            found, answers = trained.evaluate(stored[f"X_{sample}"]), stored[f"resp_{sample}_{golden.title}"]
            np.testing.assert_allclose(found, answers, rtol=allowed["rtol"], atol=allowed["atol"])
    check_plots(shared / "golden" / case, golden.title, method)
    check_lines(shared / "golden" / case, text.getvalue())


def check_plots(folder: Path, title: str, method: MethodBoost) -> None:
    shown = method.monitoring()
    with np.load(folder / "histograms.npz") as stored:
        prefix = f"hist|Method_Boost|{title}|"
        names = [
            name.removeprefix(prefix)
            for name in stored.files
            if name.startswith(f"{prefix}{method.boosted_name}_B") or name.count("|") == 3
        ]
        compared = 0
        for name in names:
            key = name.replace("|", "/")
            if key not in shown:
                continue
            histogram = shown[key]
            assert isinstance(histogram, Histogram)
            contents, axis = stored[prefix + name], stored[f"axis|Method_Boost|{title}|{name}"]
            np.testing.assert_allclose(histogram.contents, contents, rtol=1e-6, atol=1e-9, err_msg=name)
            np.testing.assert_allclose(
                (histogram.axis.n_bins, histogram.axis.minimum, histogram.axis.maximum), axis, rtol=1e-12
            )
            compared += 1
        n_methods = method.option_values["Boost_Num"]
        assert compared == 5 + 4 * n_methods + 2 * (method.boosted_name == "DT")


def check_lines(folder: Path, text: str) -> None:
    printed = [
        line.partition(": ")[2]
        for line in (folder / "printed.txt").read_text().splitlines()
        if re.search(r"Training \d+ |No detailed boost|Error rate has|might be too strong", line)
    ]
    # TMVA shows the means of nodes before it has any: 0 / 0.
    text = re.sub(r".*average number of nodes before/after pruning : [\d.]+ / [\d.]+\n", "", text)
    assert [line.partition(": ")[2] for line in text.splitlines()] == printed


def test_boosted_foams(shared: Path, tmp_path: Path) -> None:
    """Each foam has a file of its own, as in TMVA; all of them are TMVA's, to the last bit."""
    folder, said = shared / "golden" / "real_pdefoam_boost", said_of(shared, "real_pdefoam_boost")
    file = WeightFile.read(folder / "weights.xml")
    text = io.StringIO()
    method = MethodBoost(
        file.title,
        file.info,
        file.analysis_type,
        said["options"],
        boosted=find_method("PDEFoam", default_registry()),
        job_name="TMVAClassification",
        log=MessageLog("mine", stream=text),
    )
    trained = train_method(method, events_as(folder, file.info))
    path = tmp_path / "TMVAClassification_PDEFoam.weights.xml"
    write_weight_file(trained, path)
    ours, theirs = (one.read_text().partition("<Options>")[2] for one in (path, folder / "weights.xml"))
    assert ours == theirs
    names = sorted(one.name for one in tmp_path.glob("*.root"))
    assert names == [f"TMVAClassification_PDEFoam_B{i:04d}.weights_foams.root" for i in range(8)]
    again = check_answers(shared, "real_pdefoam_boost", lambda: read_weight_file(path))
    with np.load(folder / "train.npz") as stored:
        for sample in ("train", "test"):
            for answering in (trained, again):
                found = answering.evaluate(stored[f"X_{sample}"])
                np.testing.assert_array_equal(found, stored[f"resp_{sample}_PDEFoam"])
    (expected,) = read_foams(folder / "weights_foams.root", ["DiscrFoam"])
    (seen,) = read_foams(tmp_path / names[1], ["DiscrFoam"])
    for name in ("axis", "division", "daughters", "volume", "integral", "drive", "elements", "minimum"):
        np.testing.assert_array_equal(getattr(seen, name), getattr(expected, name))
    check_plots(folder, file.title, method)
    check_lines(folder, text.getvalue())
    (tmp_path / names[3]).unlink()
    with pytest.raises(FileNotFoundError, match=r"PDEFoam 'PDEFoam_B0003': .*\*_PDEFoam_B0003.weights_foams"):
        read_weight_file(path)
    # TMVA's own file beside which one foam file of another name is stored.
    with pytest.raises(FileNotFoundError, match="PDEFoam_B0000"):
        read_weight_file(folder / "weights.xml")
