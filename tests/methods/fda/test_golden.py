"""TMVA's functions are read, answer as TMVA does, are written byte for byte, and are fitted again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from golden import cases_of, check_file, check_responses, said_of, stored_data, trained_as_golden
from weight_files import golden_weights

from tmva_py.data import DataSet
from tmva_py.message_log import MessageLog
from tmva_py.methods.fda.estimator import FDAEstimator
from tmva_py.methods.fda.method import MethodFDA
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file

CASES = cases_of("FDA")


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    check_responses(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


def test_an_old_file(shared: Path) -> None:
    method = read_weight_file(shared / "golden" / "parse_only" / "fda_regression.xml")
    assert method.model.formula.text == "(0)+(1)*x0+(2)*x1"
    assert method.evaluate([[20.0, 1.0]]).shape == (1, 1)


def test_random_parameters_are_tmvas(shared: Path) -> None:
    """Parameter by parameter, to the last bit, with each sample drawn around the best so far."""
    golden, trained, _ = trained_as_golden(shared, "real_fda_mc")
    np.testing.assert_array_equal(trained.model.parameters, golden.model.parameters)


@pytest.mark.parametrize("case", ["real_fda_ga", "real_fda_minuit", "real_fda_reg"])
def test_other_fits_are_at_least_as_good(shared: Path, case: str) -> None:
    """ROOT seeds the genetic algorithm by the clock, and its Minuit ended beside the minimum here."""
    golden, trained, method = trained_as_golden(shared, case)
    data = stored_data(shared / "golden" / case, golden)
    estimator = FDAEstimator(data.training, data.info, golden.analysis_type, golden.model.formula)
    ours, theirs = (estimator(one.model.parameters.reshape(1, -1))[0] for one in (trained, golden))
    assert ours <= theirs * (1 + 1e-9)
    if "ga" not in case:
        best = least_squares(data, golden.analysis_type)
        ends = [(one.minimum, one.maximum) for one in method._ranges]
        if all(low < value < high for value, (low, high) in zip(best, ends, strict=True)):
            # Minuit stops where the value is within 1e-4 of the minimum, in units of ErrorLevel.
            assert ours - estimator(best[None, :])[0] < 1e-4


def least_squares(data, analysis: str) -> np.ndarray:
    """Return the solution for a sum of all variables, by NumPy."""
    events = data.training
    x = np.column_stack([np.ones(len(events)), events.x.astype(np.float64)])
    weight = events.weight.copy()
    target = events.targets[:, 0] if analysis == "Regression" else (events.class_index == 0).astype(float)
    if analysis == "Classification":
        for index in (0, 1):
            weight[events.class_index == index] /= weight[events.class_index == index].sum()
    root = np.sqrt(weight)[:, None]
    return np.linalg.lstsq(x * root, target * root[:, 0], rcond=None)[0]


def test_lines(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """TMVA's own lines, with TMVA's parameters."""
    case = "real_fda_mc"
    trained_as_golden(shared, case, log=MessageLog("FDA"))
    printed = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    expected = [
        line.partition(": ")[2]
        for line in (shared / "golden" / case / "printed.txt").read_text().splitlines()
        if line.startswith("--- FDA  ")
    ]
    first = expected.index("Create parameter interval for parameter 0 : [-1,1]")
    assert printed[:8] == expected[first : first + 8]
    begin = expected.index('Results for parameter fit using "MC" fitter:')
    end = next(i for i, line in enumerate(expected) if line.startswith("Value of estimator")) + 1
    place = printed.index(expected[begin])
    assert printed[place : place + end - begin] == expected[begin:end]


def test_method(shared: Path) -> None:
    assert said_of(shared, "real_fda_mc")["options"].startswith("!H:!V:Formula=")
    golden = read_weight_file(golden_weights(shared, "real_fda_multi"))
    assert golden.model.parameters.shape == (4, 5)
    assert MethodFDA.can_handle("Multiclass", 4, 0)


def test_ten_seeds_of_the_genetic_algorithm_scatter_around_tmva(shared: Path) -> None:
    """TMVA's fit, of whose last cycle the clock is the seed, is one more draw from those with our seeds."""
    case = "real_fda_ga"
    golden = read_weight_file(golden_weights(shared, case))
    data = stored_data(shared / "golden" / case, golden)
    ours = []
    for seed in range(1, 11):
        options = said_of(shared, case)["options"].replace("Seed=9", f"Seed={seed}")
        method = MethodFDA(
            "FDA", golden.info, golden.analysis_type, options, log=MessageLog("FDA", silent=True)
        )
        x = data.training.x
        ours.append(deviation(train_method(method, data).evaluate(x), data))
    theirs = deviation(golden.evaluate(data.training.x), data)
    # As it printed.
    assert theirs == pytest.approx(0.387336, abs=1e-6)
    spread = np.std(ours, ddof=1) * np.sqrt(1 + 1 / len(ours))
    assert abs(np.mean(ours) - theirs) < 2.5 * spread
    assert len(set(ours)) > 5


def deviation(response: np.ndarray, data: DataSet) -> float:
    """The mean squared deviation from 1 for signal, and from 0 for background."""
    events = data.training
    squares = (response - (events.class_index == 0)) ** 2
    return float(
        sum(
            np.average(squares[events.class_index == one], weights=events.weight[events.class_index == one])
            for one in (0, 1)
        )
    )
