"""The genetic algorithm and fitters of scripts, against the fitters that are TMVA's number for number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tmva_py as TMVA
from tmva_py import fitters
from tmva_py.booking.fitting.genetic import GeneticAlgorithm
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import BookingError, OptionError
from tmva_py.message_log import MessageLog
from tmva_py.options import parse_option_string

CENTRE = np.array([1.25, -0.5, 2.0])
RANGES = ((-5, 5, 0), (-3, 3, 13), (0, 10, 0))


class Target(TMVA.IFitterTarget):
    """A bowl that is not round."""

    def __init__(self) -> None:
        self.calls = 0

    def EstimatorFunction(self, parameters: list[float]) -> float:
        self.calls += 1
        assert all(type(one) is float for one in parameters)
        return float(bowl(np.array([parameters]))[0])


def bowl(x: Any) -> Any:
    return (np.array([1, 2, 3]) * (x - CENTRE) ** 2).sum(axis=1) + 0.25 * x[:, 0] * x[:, 1]


def intervals() -> list[TMVA.Interval]:
    return [TMVA.Interval(*one) for one in RANGES]


def engine(kind: str, options: str) -> fitters.Fitter:
    cls = fitters.FITTERS[kind]
    values = parse_option_string(options, cls.options, owner="test")
    return cls(values, log=MessageLog("test", silent=True))


CASES = [
    ("GA", TMVA.GeneticFitter, "PopSize=30:Steps=4:Cycles=2:Seed=7:SC_steps=3"),
    ("MC", TMVA.MCFitter, "SampleSize=500:Seed=7"),
    ("SA", TMVA.SimulatedAnnealingFitter, "MaxCalls=2000"),
]


@pytest.mark.parametrize(("kind", "cls", "options"), CASES)
def test_fitters_are_those_of_methods(kind: str, cls: Any, options: str) -> None:
    target, start = Target(), [0.1, 0.5, 1.0]
    fitter = cls(target, "fit", intervals(), options)
    assert (fitter.GetName(), fitter.GetNpars()) == ("fit", 3)
    found = list(start)
    value = fitter.Run(found)
    expected = engine(kind, options).run(bowl, [fitters.Interval(*one) for one in RANGES], np.array(start))
    assert found == expected.parameters.tolist()
    assert value == expected.value == bowl(np.array([found]))[0]
    assert target.calls > 100
    again = cls(Target(), "fit", intervals(), options)
    assert again.Run() == pytest.approx(
        engine(kind, options).run(bowl, [fitters.Interval(*one) for one in RANGES]).value, abs=0
    )


def test_minuit() -> None:
    pytest.importorskip("iminuit")
    target, found = Target(), [0.0, 0.0, 1.0]
    ranges = [TMVA.Interval(-5, 5), TMVA.Interval(-3, 3), TMVA.Interval(0, 10)]
    value = TMVA.MinuitFitter(target, "fit", ranges, "").Run(found)
    # Where both derivatives vanish: 2 (x - 1.25) + y/4 = 0 and 4 (y + 0.5) + x/4 = 0.
    x, y = np.linalg.solve([[2, 0.25], [0.25, 4]], [2.5, -2.0])
    assert found == pytest.approx([x, y, 2.0], abs=1e-3)
    assert value == pytest.approx(bowl(np.array([[x, y, 2.0]]))[0], abs=1e-5)


def test_a_cycle_by_hand_is_the_fitter_s() -> None:
    """What `GeneticFitter` of the methods does in its only cycle, in calls of a script."""
    options = {"PopSize": 25, "Steps": 3, "Cycles": 1, "Trim": True, "Seed": 100, "SC_steps": 4}
    text = ":".join(f"{name}={value}" for name, value in options.items())
    ranges = [fitters.Interval(*one) for one in RANGES]
    start = [0.1, 0.5, 1.0]
    expected = engine("GA", text).run(bowl, ranges, np.array(start))
    target = Target()
    store = GeneticAlgorithm(target, 25, intervals(), 101).GetGeneticPopulation()
    ga = GeneticAlgorithm(target, 25, intervals(), 100)
    population = ga.GetGeneticPopulation()
    population.GiveHint(start, 0.0)
    for place in range(store.GetPopulationSize()):
        population.GiveHint(store.GetGenes(place).GetFactors())
    ga.CalculateFitness()
    population.TrimPopulation()
    best = []
    while True:
        ga.Init()
        ga.CalculateFitness()
        population.Trim()
        ga.SpreadControl(4, 5, 0.95)
        population.Sort()
        best.append((population.GetFitness(), population.GetGenes(0).GetFactors()))
        if ga.HasConverged(3, 0.001):
            break
    fitness, factors = min(best)
    assert (fitness, factors) == (expected.value, expected.parameters.tolist())


def test_the_first_population_is_drawn_one_number_after_the_other() -> None:
    ga = GeneticAlgorithm(Target(), 5, intervals(), 7)
    draws = iter(RootRandom(7).uniform(15).tolist())
    for place in range(5):
        low = -5 + 10 * next(draws), -3 + int(13 * next(draws)) / 12 * 6, 10 * next(draws)
        assert ga.GetGeneticPopulation().GetGenes(place).GetFactors() == pytest.approx(low, abs=1e-15)
    ga.Init()
    assert ga.GetGeneticPopulation().GetGenes(4).GetFactors() == pytest.approx(low), "not evolved yet"
    ga.Init()
    assert ga.GetGeneticPopulation().GetGenes(4).GetFactors() != pytest.approx(low)


def test_the_loop_of_root_s_tutorial(capsys: pytest.CaptureFixture[str]) -> None:
    class MyGA(GeneticAlgorithm):
        """Counts the generations."""

        generations = 0

        def Evolution(self) -> None:
            self.generations += 1
            super().Evolution()

    target = Target()
    ga = MyGA(target, 100, [TMVA.Interval(-5, 5), TMVA.Interval(-3, 3), TMVA.Interval(0, 10)], 3)
    while True:
        ga.Init()
        ga.CalculateFitness()
        ga.GetGeneticPopulation().Print(0)
        ga.GetGeneticPopulation().TrimPopulation()
        ga.SpreadControl(10, 8, 0.95)
        if ga.HasConverged(20, 0.0001):
            break
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == ga.generations + 1
    assert all("fitness: " in line and "f_2: " in line for line in lines)
    x, y = np.linalg.solve([[2, 0.25], [0.25, 4]], [2.5, -2.0])
    best = ga.GetGeneticPopulation().GetGenes(0)
    assert best.GetFactors() == pytest.approx([x, y, 2.0], abs=0.1)
    assert best.GetFitness() == ga.GetGeneticPopulation().GetFitness()
    ga.GetGeneticPopulation().Print()
    assert len(capsys.readouterr().out.splitlines()) == 100
    ga.GetGeneticPopulation().Print(-1)
    assert capsys.readouterr().out == ""


def test_fitness_may_be_a_subclass_s_and_copies_can_be_made() -> None:
    class Sums(GeneticAlgorithm):
        def NewFitness(self, oldValue: float, newValue: float) -> float:
            return oldValue + newValue

    ga = Sums(Target(), 10, intervals(), 3)
    first = ga.CalculateFitness()
    assert ga.CalculateFitness() == pytest.approx(2 * first)
    ga.SetMakeCopies(True)
    ga.SetSpread(0.3)
    assert (ga.GetMakeCopies(), ga.GetSpread()) == (True, 0.3)
    ga.Evolution()
    assert ga.GetGeneticPopulation().GetPopulationSize() == 15


def test_what_cannot_be_meant() -> None:
    with pytest.raises(BookingError, match=r"a target with EstimatorFunction\(parameters\), got int"):
        TMVA.GeneticFitter(3, "fit", intervals(), "")
    with pytest.raises(BookingError, match="range 1: expected an Interval, got 5"):
        GeneticAlgorithm(Target(), 10, [TMVA.Interval(0, 1), 5])  # type: ignore[list-item]
    with pytest.raises(BookingError, match="points that are equally spaced"):
        GeneticAlgorithm(Target(), 10, [TMVA.LogInterval(1, 8, 4)])
    with pytest.raises(OptionError, match="PopSizes"):
        TMVA.GeneticFitter(Target(), "fit", intervals(), "PopSizes=3")
    with pytest.raises(BookingError, match="3 ranges, but 1 parameters to begin with"):
        TMVA.MCFitter(Target(), "fit", intervals(), "").Run([1.0])


class Random:
    """Gives one number."""

    def __init__(self, value: float) -> None:
        self.value = value

    def Rndm(self) -> float:
        return self.value


def test_intervals(capsys: pytest.CaptureFixture[str]) -> None:
    one = TMVA.Interval(-2, 7, 6)
    assert [one.GetElement(place) for place in range(6)] == pytest.approx(np.linspace(-2, 7, 6).tolist())
    assert (one.GetStepSize(), one.GetMean(), one.GetWidth(), one.GetNbins()) == (1.8, 2.5, 9, 6)
    assert one.GetRndm(Random(0.25)) == 0.25
    one.Print()
    assert len(capsys.readouterr().out.splitlines()) == 6
    one.SetMin(0)
    one.SetMax(10)
    assert (one.GetMin(), one.GetMax(), one.GetElement(1)) == (0, 10, 2)
    assert repr(one) == "Interval(0, 10, 6)"
    for place in (-1, 6):
        with pytest.raises(BookingError, match=f"has 6 points, counted from 0; there is no number {place}"):
            one.GetElement(place)
    with pytest.raises(BookingError, match="has 0 points"):
        TMVA.Interval(0, 1).GetStepSize()
    with pytest.raises(OptionError, match="must not be above"):
        TMVA.Interval(1, 0)


def test_intervals_in_logarithms() -> None:
    one = TMVA.LogInterval(1, 1024, 11)
    assert [one.GetElement(place) for place in range(11)] == pytest.approx([2.0**n for n in range(11)])
    # The table in TMVA's own documentation of the class.
    decades = TMVA.LogInterval(1, 10000, 5)
    assert [decades.GetStepSize(place) for place in range(1, 5)] == pytest.approx([9, 90, 900, 9000])
    assert (decades.GetMean(), decades.GetWidth(), decades.GetStepSize(0)) == (5000.5, 9999, 0)
    assert TMVA.LogInterval(2, 32).GetRndm(Random(0.5)) == pytest.approx(math.sqrt(2 * 32))
    with pytest.raises(BookingError, match="both ends of an interval in logarithms are above 0"):
        TMVA.LogInterval(0, 5)
