"""RuleFit: options, refusals, and trainings written out event by event."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.errors import BookingError, OptionError, TMVAWarning, TrainingError
from tmva_py.histograms import Columns
from tmva_py.kernels.growing import GrownTree
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.rulefit.method import MethodRuleFit
from tmva_py.methods.rulefit.model import Cut, RuleFitModel
from tmva_py.methods.rulefit.rules import distance, rules_of, without_similar
from tmva_py.methods.rulefit.shuffling import old_order, standard_order
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing import check

SMALL = "nTrees=5:fEventsMin=0.05:fEventsMax=0.3:GDNSteps=300"


def events(n: int, seed: int = 1, *, n_variables: int = 3) -> Events:
    random = np.random.default_rng(seed)
    classes = np.arange(n) % 2
    x = random.normal(0.0, 1.0, (n, n_variables))
    x[:, 0] += np.where(classes == 0, 0.7, -0.7)
    x[:, 1] += 0.5 * x[:, 0] ** 2
    weight = random.uniform(0.5, 1.5, n)
    nothing = np.zeros((n, 0), np.float32)
    return Events(x.astype(np.float32), nothing, nothing, weight, weight, classes.astype(np.int32))


def data(n: int = 300, seed: int = 1, *, n_variables: int = 3) -> DataSet:
    info = DataSetInfo(
        variables=[VariableInfo.parse(f"x{number}") for number in range(n_variables)],
        classes=["Signal", "Background"],
    )
    return DataSet(
        info, events(n, seed, n_variables=n_variables), events(n, seed + 1000, n_variables=n_variables)
    )


def booked(options: str = "", sample: DataSet | None = None) -> MethodRuleFit:
    info = (data(20) if sample is None else sample).info
    return MethodRuleFit("mine", info, "Classification", options, log=MessageLog("mine", silent=True))


def trained(options: str = SMALL, sample: DataSet | None = None) -> TrainedMethod:
    sample = data() if sample is None else sample
    return train_method(booked(options, sample), sample)


def model_of(options: str = SMALL, sample: DataSet | None = None) -> RuleFitModel:
    model = trained(options, sample).model
    assert isinstance(model, RuleFitModel)
    return model


def test_the_kits_checks() -> None:
    check("method", "RuleFit")


def test_friedmans_program_is_refused() -> None:
    with pytest.raises(BookingError, match=r"RuleFitModule=RFFriedman runs Friedman's program rf_go\.exe"):
        booked("RuleFitModule=RFFriedman")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("IgnoreNegWeightsInTraining", "option IgnoreNegWeightsInTraining is not available"),
        ("GDNSteps=0", "GDNSteps=0, expected 1 or more"),
        ("LinQuantile=0.5", "LinQuantile=0.5, expected 0 to less than 0.5"),
        ("LinQuantile=-0.1", "LinQuantile=-0.1, expected 0"),
        ("Model=ModTree", "ModRuleLinear"),
        ("ForestType=Forest", "AdaBoost"),
    ],
)
def test_options_that_are_refused(options: str, problem: str) -> None:
    with pytest.raises(OptionError, match=problem):
        booked(options)


@pytest.mark.parametrize(
    ("option", "value", "instead", "line"),
    [
        ("nTrees", "-1", 20, "Option <nTrees> below allowed range. Reset to default value = 20"),
        ("MinImp", "2", 0.0, "Option <MinImp> above allowed range. Reset to default value = 0"),
        ("GDTauPrec", "0", 1e-5, "Option <GDTauPrec> below allowed range. Reset to new value = 1e-05"),
        ("GDStep", "-1", 0.01, "Option <GDPathStep> below allowed range. Reset to default value = 0.01"),
        ("GDErrScale", "0.5", 1.1, "Option <GDErrScale> below allowed range. Reset to default value = 1.1"),
        ("GDPathEveFrac", "0.95", 0.5, "Option <GDPathEveFrac> above allowed range. Reset to default"),
        ("GDValidEveFrac", "0.9", 0.5, "Option <GDValidEveFrac> above allowed range. Reset to default"),
        ("fEventsMin", "-0.1", 0.0, "Option <fEventsMin> below allowed range. Reset to new value = 0"),
        ("fEventsMax", "0.05", 0.1, "Option <fEventsMax> below allowed range. Reset to new value = 0.1"),
    ],
)
def test_options_that_are_replaced(
    option: str, value: str, instead: float, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """TMVA's own ranges, values and words; the weight file has what is used."""
    with pytest.warns(TMVAWarning, match=f"{option}="):
        method = MethodRuleFit("mine", data(20).info, "Classification", f"{option}={value}")
    assert method.option_values[option] == instead
    assert f"<WARNING>                : {line}" in capsys.readouterr().out


def tree_of(rows: list[tuple[int, float, bool, int, int]]) -> GrownTree:
    """Return a tree of (variable, cut, above is right, left, right); -1 for no child."""
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    n = len(rows)
    return GrownTree(*columns, *(np.zeros(n) for _ in range(9)))


def test_rules_are_nodes() -> None:
    """A node, its right part, its left part; the loosest of several cuts; what is right is above."""
    tree = tree_of(
        [
            (0, 1.0, True, 1, 4),
            (0, 0.5, False, 2, 3),
            (-1, 0.0, True, -1, -1),
            (-1, 0.0, True, -1, -1),
            (1, 2.0, True, 5, 6),
            (-1, 0.0, True, -1, -1),
            (0, 3.0, True, 7, 8),
            (-1, 0.0, True, -1, -1),
            (-1, 0.0, True, -1, -1),
        ]
    )
    above, below = (True, False), (False, True)
    second = Cut(1, (2.0, 0.0), above)
    assert rules_of([tree]) == [
        (Cut(0, (1.0, 0.0), above),),
        (Cut(0, (1.0, 0.0), above), second),
        (Cut(0, (1.0, 0.0), above), second),
        (Cut(0, (1.0, 3.0), (True, True)), second),
        (Cut(0, (1.0, 0.0), above), Cut(1, (0.0, 2.0), below)),
        (Cut(0, (0.0, 1.0), below),),
        (Cut(0, (0.5, 1.0), (True, True)),),
        (Cut(0, (0.0, 1.0), below),),
    ]


def test_similar_rules() -> None:
    spread = np.array([2.0, 0.0])
    one = (Cut(0, (1.0, 5.0), (True, True)), Cut(1, (1.0, 0.0), (True, False)))
    other = (Cut(0, (2.5, 7.0), (True, True)), Cut(1, (9.0, 0.0), (True, False)))
    third = (Cut(0, (1.0, 0.0), (True, False)),)
    # √(0.75² + 1²); a variable without a spread counts for nothing.
    assert distance(one, other, spread) == 1.25
    assert without_similar([one, other, third], 1.25, spread) == [one, other, third]
    left = without_similar([one, other, third], 1.26, spread)
    # TRandom3's first number, 0.9997, is above 1/2: the second one goes.
    assert left == [one, third]
    assert without_similar([one, one], 0.0, spread) == [one, one]
    assert without_similar([one, other], -1.0, spread) == [one]


def walked(sample: Events, model: RuleFitModel, steps: int, step: float, tau: float) -> dict[str, Any]:
    """Return the path of a linear model, event by event, as Friedman and Popescu have it."""
    n = len(sample)
    weight, truth = sample.weight, np.where(sample.class_index == 0, 1.0, -1.0)
    path = range((n - 1) // 2 + 1)
    terms = [term.numbers for term in model.terms]
    values = [
        [min(t["DP"], max(t["DM"], float(x))) * t["Norm"] for t, x in zip(terms, row, strict=True)]
        for row in sample.x
    ]
    coefficients, total = [0.0] * len(terms), sum(weight[i] for i in path)
    offset = -sum(weight[i] * truth[i] for i in path) / total
    for _ in range(steps):
        gradient = [0.0] * len(terms)
        for i in path:
            answer = offset + sum(c * v for c, v in zip(coefficients, values[i], strict=True))
            if abs(answer) < 1:
                for number, value in enumerate(values[i]):
                    gradient[number] += 2 / total * (truth[i] - answer) * weight[i] * value
        largest = max(abs(one) for one in gradient)
        for number, one in enumerate(gradient):
            if abs(one) >= tau * largest:
                coefficients[number] += step * one / terms[number]["Norm"]
        offset = 0.0
    return {"coefficients": coefficients, "offset": offset}


@pytest.mark.parametrize("tau", [0.0, 0.6, 1.0])
def test_a_linear_model_written_out(tau: float) -> None:
    sample = data(60)
    options = f"Model=ModLinear:GDTau={tau}:GDNSteps=40:GDStep=0.02:MinImp=0"
    model = model_of(options, sample)
    weight, x = sample.training.weight, sample.training.x
    for number, term in enumerate(model.terms):
        order = np.argsort(x[:, number])
        below = np.cumsum(weight[order])
        wanted = 0.025 * weight.sum()
        assert term.numbers["DM"] == x[order[np.searchsorted(below, wanted)], number]
        above = np.cumsum(weight[order[::-1]])
        assert term.numbers["DP"] == x[order[::-1][np.searchsorted(above, wanted)], number]
        inside = np.clip(x[:, number].astype(float), term.numbers["DM"], term.numbers["DP"])
        mean = np.average(inside, weights=weight)
        square = np.sum(weight * (inside - mean) ** 2) / (weight.sum() * (1 - 1 / len(x)))
        # Sums of 60 terms of order 1, and a difference of two of them.
        assert term.numbers["Norm"] == pytest.approx(0.4 / np.sqrt(square), rel=60 * 2.2e-16 * 10)
    expected = walked(sample.training, model, 40, 0.02, tau)
    found = [term.numbers["Coeff"] for term in model.terms]
    # 40 steps of sums of 30 terms of order 1.
    np.testing.assert_allclose(found, expected["coefficients"], rtol=0, atol=40 * 30 * 2.2e-16)
    assert model.numbers["Offset"] == expected["offset"] == 0.0
    largest = max(abs(one) for one in found)
    assert [term.numbers["Importance"] for term in model.terms] == pytest.approx(
        [0.4 * abs(one) for one in found], rel=1e-15
    )
    assert dict(booked_ranking(options, sample)) == pytest.approx(
        {f"x{number}": abs(one) / largest for number, one in enumerate(found)}, rel=1e-14
    )


def booked_ranking(options: str, sample: DataSet) -> list[tuple[str, float]]:
    method = booked(options, sample)
    assert method.ranking() is None
    train_method(method, sample)
    return method.ranking() or []


def test_support_and_importance_of_rules() -> None:
    sample = data()
    method = booked(f"{SMALL}:MinImp=0.02", sample)
    model = train_method(method, sample).model
    assert isinstance(model, RuleFitModel)
    x, weight = sample.training.x, sample.training.weight
    signal = sample.training.class_index == 0
    assert len(model.rules) > 3
    total = np.zeros(3)
    for rule in model.rules:
        passes = np.ones(len(x), bool)
        for cut in rule.cuts:
            column = x[:, cut.variable].astype(float)
            passes &= ~np.array(cut.used[0]) | (column > cut.ends[0])
            passes &= ~np.array(cut.used[1]) | (column < cut.ends[1])
        support = weight[passes].sum() / weight.sum()
        numbers = rule.numbers
        # Sums of 300 weights.
        near = 300 * 2.2e-16
        assert numbers["Support"] == pytest.approx(support, rel=near)
        assert numbers["Sigma"] == pytest.approx(np.sqrt(support * (1 - support)), rel=near)
        assert numbers["Norm"] == pytest.approx(1 / np.sqrt(support * (1 - support)), rel=near)
        assert numbers["SSB"] == pytest.approx(weight[passes & signal].sum() / weight[passes].sum(), rel=near)
        assert numbers["SSBNeve"] == pytest.approx(weight[passes].sum(), rel=near)
        assert numbers["Importance"] == abs(numbers["Coeff"]) * numbers["Sigma"]
        assert numbers["Importance"] / numbers["Ref"] >= 0.02
        for cut in rule.cuts:
            total[cut.variable] += numbers["Importance"] / len(rule.cuts)
    for number, term in enumerate(model.terms):
        assert term.used == (term.numbers["Importance"] / model.rules[0].numbers["Ref"] > 0.02)
        total[number] += term.numbers["Importance"] * term.used
    assert [value for _, value in method.ranking() or []] == pytest.approx(total / total.max(), rel=1e-14)
    shown = method.monitoring()["MonitorNtuple_RuleFit"]
    assert isinstance(shown, Columns)
    columns = shown.columns
    assert list(columns) == [
        "importance", "support", "coefficient", "ncuts", "nvars", "type", "ptag", "pss", "psb", "pbs", "pbb",
        "soversb",
    ]  # fmt: skip
    tagged = columns["pss"] + columns["psb"] + columns["pbs"] + columns["pbb"]
    np.testing.assert_allclose(tagged, 1.0, rtol=1e-15)
    np.testing.assert_array_equal(columns["type"], np.where(columns["soversb"] > 0.5, 1, -1))


def test_the_error_at_the_end_is_the_smallest_that_was_seen() -> None:
    """Recomputed from the model's own responses to the last half of the events."""
    sample = data()
    lines: list[str] = []

    class Log(MessageLog):
        def info(self, text: str = "") -> None:
            lines.append(text)

    method = MethodRuleFit("mine", sample.info, "Classification", f"{SMALL}:MinImp=0", log=Log("mine"))
    model = train_method(method, sample)
    n = len(sample.training)
    last = slice(n - 1 - (n - 1) // 2, n)
    away = np.where(sample.training.class_index == 0, 1.0, -1.0) - np.clip(
        model.evaluate(sample.training.x), -1, 1
    )
    weight = sample.training.weight[last]
    error = np.sum(away[last] ** 2 * weight) / weight.sum()
    said = next(line for line in lines if line.startswith("Found minimum"))
    assert float(said.split("error = ")[1]) == pytest.approx(error, rel=1e-5)


@pytest.mark.parametrize("options", ["Model=ModRule", "Model=ModLinear", "ForestType=Random", "GDTau=0.3"])
def test_models(options: str) -> None:
    method = trained(f"{SMALL}:{options}")
    model = method.model
    assert isinstance(model, RuleFitModel)
    assert bool(model.rules) == ("ModLinear" not in options)
    assert bool(model.terms) == (options != "Model=ModRule")
    x = data().testing.x
    again = read_weight_file(weight_text(method))
    np.testing.assert_array_equal(again.evaluate(x), method.evaluate(x))
    same = trained(f"{SMALL}:{options}")
    assert weight_text(same).partition("<Weights")[2] == weight_text(method).partition("<Weights")[2]


def test_transformed_variables_have_spreads() -> None:
    """TMVA knows the variables' spreads if there is a transformation: then rules of one kind may differ."""
    plain, transformed = (len(model_of(f"{SMALL}:MinImp=0:{text}").rules) for text in ("", "VarTransform=N"))
    assert transformed > plain


def test_no_tree_has_a_cut() -> None:
    sample = data(40)
    options = "fEventsMin=1:fEventsMax=1:nTrees=1:GDNSteps=100"
    with pytest.warns(TMVAWarning, match="no cut was found for a tree"):
        assert not model_of(options, sample).rules
    with (
        pytest.warns(TMVAWarning, match="no cut was found for a tree"),
        pytest.raises(TrainingError, match="no tree has a cut, so that there is no rule"),
    ):
        model_of(f"{options}:Model=ModRule", sample)


def test_bad_samples() -> None:
    sample = data(40)
    sample.training.x[3, 1] = np.nan
    with pytest.raises(TrainingError, match="variable 'x1' of a training event is not finite"):
        trained(SMALL, sample)
    with pytest.raises(TrainingError, match="3 training events"):
        trained(SMALL, data(3))
    for half, name in ((slice(0, 20), "first"), (slice(20, 40), "last")):
        sample = data(40)
        sample.training.weight[half] = np.where(np.arange(20) < 10, -1.0, 1.0)
        with pytest.raises(TrainingError, match=f"the weights of the {name} 20 .* add up to 0"):
            trained("nTrees=0", sample)


@pytest.mark.parametrize(("precision", "n_taus"), [(0.5, 3), (0.3, 4), (0.01, 101)])
def test_thresholds_that_are_tried(precision: float, n_taus: int, capsys: pytest.CaptureFixture[str]) -> None:
    """From 0 to 1, as many as fit."""
    sample = data(100)
    method = MethodRuleFit("mine", sample.info, "Classification", f"{SMALL}:GDTauPrec={precision}")
    train_method(method, sample)
    said = capsys.readouterr().out.partition("Best path found with tau = ")[2]
    place = float(said.split()[0]) * (n_taus - 1)
    # The line has four digits.
    assert abs(place - round(place)) <= 5.1e-5 * n_taus


def sums(order: npt.NDArray[np.int64]) -> int:
    found = 0
    for number in order.tolist():
        found = (found * 31 + number) % 1000000007
    return found


@pytest.mark.parametrize(
    ("n_events", "standard", "old"),
    [(1, 0, 0), (3, 1923, 1923), (10, 547968631, 856060767), (60000, 758528998, 455682571)],
)
def test_shuffles(n_events: int, standard: int, old: int) -> None:
    """What GCC's library and the C library of Linux give, in a program of a few lines."""
    assert sums(standard_order(n_events)) == standard
    assert sums(old_order(n_events)) == old


def test_shuffles_of_few() -> None:
    assert [standard_order(n).tolist() for n in (0, 2, 4, 5)] == [[], [1, 0], [2, 3, 1, 0], [3, 0, 4, 2, 1]]
    assert [old_order(n).tolist() for n in (0, 2, 5)] == [[], [0, 1], [4, 1, 3, 2, 0]]
    assert sums(standard_order(46340)) == 789145018
    assert sums(standard_order(46341)) == 13241906


def test_it_separates(tmp_path: Path) -> None:
    """By the whole way of a script; better than its best variable alone."""
    job = make_job(tmp_path, n_events=600)
    job.factory.BookMethod(job.loader, TMVA.Types.kRuleFit, "RuleFit", f"!H:!V:{SMALL}")
    job.finish()
    area = job.factory.GetROCIntegral(job.loader, "RuleFit")
    # Two Gaussians one apart in three variables: Φ(√3/√2) = 0.89; 300 events of each class: ± 0.014.
    assert area > 0.89 - 3 * 0.014


def test_areas_over_ten_seeds() -> None:
    """Random trees, whose seeds TMVA takes from the clock, make rules as good as those of boosted ones."""
    areas = np.array(
        [
            [
                area_of(f"nTrees=10:fEventsMin=0.05:fEventsMax=0.5:GDNSteps=500:ForestType={kind}", seed)
                for kind in ("AdaBoost", "Random")
            ]
            for seed in range(10)
        ]
    )
    differences = areas[:, 0] - areas[:, 1]
    error = differences.std(ddof=1) / np.sqrt(10)
    assert abs(differences.mean()) < 3 * error + 0.005, areas.mean(axis=0)


def area_of(options: str, seed: int) -> float:
    sample = data(600, seed)
    answers = trained(options, sample).evaluate(sample.testing.x)
    signal = sample.testing.class_index == 0
    return float((answers[signal][:, None] > answers[~signal]).mean())
