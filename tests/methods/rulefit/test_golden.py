"""TMVA's rule ensembles are read, answer as TMVA does, are written and trained byte for byte."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from golden import (
    cases_of,
    check_file,
    check_ranking,
    check_responses,
    printed_between,
    said_of,
    stored_data,
    trained_as_golden,
    trained_on,
)
from weight_files import golden_weights

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.data import DataSet
from tmva_py.histograms import Histogram
from tmva_py.message_log import MessageLog
from tmva_py.methods.rulefit import growing
from tmva_py.methods.rulefit import method as rulefit
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text

CASES = cases_of("RuleFit")
TRAINED = cases_of("RuleFit", trained=True)


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    check_responses(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


@pytest.mark.parametrize("case", ["real_rulefit", "real_rulefit_linear"])
def test_all_events_of_a_training(shared: Path, case: str) -> None:
    """What TMVA's Reader said of every event: sums of about 50 terms of order 1, which differ in rounding."""
    method = read_weight_file(golden_weights(shared, case))
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            seen = method.evaluate(stored[f"X_{sample}"])
            expected = stored[f"resp_{sample}_RuleFit"]
            np.testing.assert_allclose(seen, expected, rtol=0, atol=1e-13)


def test_summary(shared: Path) -> None:
    summary = read_weight_file(golden_weights(shared, "rulefit_10vars")).model.summary()
    assert (summary["n_rules"], summary["n_linear"]) == (132, 10)


def weights_of(text: str) -> str:
    return text.partition("  <Weights")[2]


@pytest.mark.parametrize("case", TRAINED)
def test_training(shared: Path, case: str) -> None:
    """Each rule, coefficient and importance in TMVA's bytes, the ranking and the printed lines.

    Additions, products, quotients and square roots are all that a training does: no function's last bit
    depends on the machine.
    """
    text = io.StringIO()
    golden, trained, method = trained_as_golden(shared, case, MessageLog("mine", stream=text))
    assert weights_of(weight_text(trained)) == weights_of(weight_text(golden))
    check_ranking(shared, case, method)
    assert method.signal_reference_cut == 0.0
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            seen = trained.evaluate(stored[f"X_{sample}"])
            # Sums of about 50 terms of order 1, in another order.
            np.testing.assert_allclose(seen, stored[f"resp_{sample}_RuleFit"], rtol=0, atol=1e-13)
    said = [line.partition(": ")[2] for line in text.getvalue().splitlines()]
    printed = printed_between(shared, case, "Begin training", "End of training")
    assert [without_time(line) for line in said] == [without_time(line) for line in printed]


def without_time(line: str) -> str:
    return re.sub(r"[0-9.e-]+ sec *$", "", line).strip()


@pytest.mark.parametrize("case", TRAINED)
def test_histograms(shared: Path, case: str) -> None:
    """The distributions of the linear terms: sums of weights in single precision."""
    _, _, method = trained_as_golden(shared, case)
    shown = method.monitoring()
    with np.load(shared / "golden" / case / "histograms.npz") as stored:
        names = [name for name in stored.files if re.fullmatch(r"hist.*(sig|bkg)var\d", name)]
        assert len(names) == 8
        for name in names:
            own = shown[name.rpartition("|")[2]]
            assert isinstance(own, Histogram)
            np.testing.assert_array_equal(own.contents.astype(np.float32), stored[name])
            axis = own.axis
            np.testing.assert_array_equal(
                [axis.n_bins, axis.minimum, axis.maximum], stored[f"axis{name[4:]}"]
            )


@pytest.mark.parametrize("case", TRAINED)
def test_without_compiled_kernels(shared: Path, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulefit, "make_backend", lambda *_, **__: NumpyBackend("float64"))
    golden, trained, _ = trained_as_golden(shared, case)
    assert weights_of(weight_text(trained)) == weights_of(weight_text(golden))


def test_the_order_of_the_trees_events(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no two cuts are equally good, sums in another order change nothing."""
    monkeypatch.setattr(growing, "old_order", lambda n: np.random.default_rng(1).permutation(n))
    golden, trained, _ = trained_as_golden(shared, "real_rulefit")
    assert weights_of(weight_text(trained)) == weights_of(weight_text(golden))


def test_a_training_of_root_6_30(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Responses of a training whose file is not there, with equally good cuts, stored in single precision."""
    case = "train_recoil_many_methods"
    options = json.loads((shared / "golden" / case / "methods.json").read_text())["RuleFit"]["options"]
    trained, stored = trained_on(shared, case, "RuleFit", "RuleFit", options)
    for sample in ("train", "test"):
        seen, expected = trained.evaluate(stored[f"X_{sample}"]), stored[f"resp_{sample}_RuleFit"]
        # Half a unit in the last of 24 digits, and sums of about 30 terms of order 1.
        np.testing.assert_allclose(seen, expected, rtol=2**-24, atol=1e-13)
    # In the order of the sample, or another, other cuts may be chosen.
    monkeypatch.setattr(growing, "standard_order", lambda n: np.random.default_rng(3).permutation(n))
    other, _ = trained_on(shared, case, "RuleFit", "RuleFit", options)
    assert np.abs(other.evaluate(stored["X_test"]) - stored["resp_test_RuleFit"]).max() > 0.1


def test_the_newest_release_grows_the_same_rules(shared: Path) -> None:
    """Releases bin values by two formulas, which round otherwise at a bin's edge alone."""
    golden = read_weight_file(golden_weights(shared, "real_rulefit"))
    data: DataSet = stored_data(shared / "golden" / "real_rulefit", golden)
    options = said_of(shared, "real_rulefit")["options"]
    text = io.StringIO()
    method = rulefit.MethodRuleFit(
        "RuleFit", data.info, "Classification", options, log=MessageLog("mine", stream=text)
    )
    trained = train_method(method, data)
    assert weights_of(weight_text(trained)) == weights_of(weight_text(golden))
    assert "minimal node size" not in text.getvalue()
