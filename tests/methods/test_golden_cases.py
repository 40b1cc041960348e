"""Every golden case has its tests, and whole jobs of several methods give TMVA's weight files."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from golden import (
    booked_as_golden,
    cases_of,
    loader_of,
    printed_between,
    trained_as_golden,
    trained_by_tmva,
)
from row_files import text_of
from weight_files import golden_index, golden_weights

import tmva_py as TMVA
from tmva_py.message_log import MessageLog
from tmva_py.methods.weight_file import read_weight_file, weight_text

NUMBER = re.compile(r"-?\d+\.\d+e[+-]\d+")
# Sums over some thousand events in another order, see tests/methods/linear.
SAME_SUMS = {"Fisher": 1e-11, "LD": 1e-11}
# Of later releases than the one that wrote the files.
NEWER = {
    "BDT": ("RegressionLossFunctionBDTG", "HuberQuantile", "SkipNormalization"),
    "SVM": ("Kernel", "KernelList", "GammaList", "Order", "Theta", "Tune", "Loss"),
}
# What TMVA wrote was in no booking: the memory behind a text, and values that were never set.
NO_VALUES = {"real_bdt_deprecated": ("MinNodeSize",), "real_cuts_mcevents": ("SampleSize", "Seed")}
# Composed methods, whose options are of several, are compared whole in tests/methods/boost and category.
COMPOSED = ("Boost", "Category")


def alone() -> list[str]:
    """Return the cases of one method that TMVA trained."""
    return [
        entry["case"]
        for entry in trained_by_tmva()
        if "weights.xml" in " ".join(entry["files"])
        and not str(entry["case"]).startswith("real_output")
        and not str(entry["method"]).startswith(COMPOSED)
    ]


def test_every_case_has_a_test_of_its_responses(shared: Path, project: Path) -> None:
    support = project / "tests" / "support"
    done = subprocess.run(
        [sys.executable, support / "golden_tests.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={**os.environ, "PYTHONPATH": f"{support}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    *_, last = done.stdout.splitlines()
    assert last == f"{len(golden_index(shared))} cases, 0 not covered: none"


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize(
    "case",
    [f"real_output_{name}" for name in ("all_tables", "classification", "multiclass", "regression")],
)
def test_weight_files_of_whole_jobs(
    shared: Path, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the ROOT files to each weight file: TMVA's bytes, or its numbers where sums have another order."""
    monkeypatch.chdir(tmp_path)
    said = json.loads((shared / "golden" / case / "methods.json").read_text())
    first = next(iter(said.values()))
    factory = TMVA.Factory("job", None, f"{first['factory']}:Silent")
    loader = loader_of(shared, first)
    booked = [
        factory.BookMethod(loader, one.get("type", title), title, f"{one['options']}:Release=4.2")
        for title, one in said.items()
    ]
    factory.TrainAllMethods()
    for method in booked:
        (path,) = (shared / "golden" / case).glob(f"*_{method.title}.weights.xml*")
        texts = (weight_text(method.trained), weight_text(read_weight_file(path, release="4.2")))
        ours, theirs = (text.partition("  <Weights")[2] for text in texts)
        assert NUMBER.sub("", ours) == NUMBER.sub("", theirs)
        seen, expected = (np.array(NUMBER.findall(text), np.float64) for text in (ours, theirs))
        np.testing.assert_allclose(seen, expected, rtol=SAME_SUMS.get(method.title, 0), err_msg=method.title)


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("case", alone())
def test_options_are_written_as_tmva_writes_them(shared: Path, case: str) -> None:
    """Names, order, values and whether they were given, from the option string of the booking."""
    golden = read_weight_file(golden_weights(shared, case))
    method = booked_as_golden(shared, case, golden)
    newer = {*NEWER.get(golden.type_name, ()), *NO_VALUES.get(case, ())}
    ours, theirs = (
        [
            (name, rest)
            for name, rest in re.findall(
                r'<Option name="([^"]*)"(.*)', text.partition("<Options>")[2].partition("</Options>")[0]
            )
            if name not in newer
        ]
        for text in (
            weight_text(replace(golden, option_values=method.option_values)),
            text_of(golden_weights(shared, case)),
        )
    )
    assert len(theirs) > 5
    assert ours == theirs


# Numbers from TMVA's clock are in the lines of others; Fisher, KNN, SVM and so on have tests of their own.
WITH_LINES = ("MLP", "Cuts", "FDA", "HMatrix", "PDERS", "Likelihood")
FROM_THE_CLOCK = {"real_mlp_ga_tiny", "real_cuts_ga", "real_fda_ga", "real_fda_multi"}
# Release=4.2 has the fast tanh, which is in the last digits of cases that end with tanh_exact.
# TMVA's Minuit ends beside the minimum, see docs/fda.md.
OTHER_MINUIT = {"real_fda_minuit", "real_fda_reg"}
# Lines of one program alone: what TMVA's parser of options says twice, and how many bins have no cuts.
ONE_SIDED = re.compile("was previously set to|no cuts were found for")
TIME = re.compile(r"[\d.e+-]+ sec")


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize(
    "case",
    [
        case
        for kind in WITH_LINES
        for case in cases_of(kind, trained=True)
        if case not in FROM_THE_CLOCK | OTHER_MINUIT and not case.endswith("tanh_exact")
    ],
)
def test_log_lines_of_a_training(shared: Path, case: str) -> None:
    """All that TMVA prints from the beginning of a training to its end, but for times."""
    text = io.StringIO()
    trained_as_golden(shared, case, MessageLog("mine", stream=text))
    ours, theirs = (
        [TIME.sub("", line).rstrip() for line in lines if line.strip() and not ONE_SIDED.search(line)]
        for lines in (
            [line.partition(": ")[2] for line in text.getvalue().splitlines()],
            printed_between(shared, case, "Begin training", "End of training"),
        )
    )
    # Before them are the lines of the booking and of transformations.
    assert ours[max(0, len(ours) - len(theirs)) :] == theirs
