"""PDEFoam: answers written out cell by cell, options and mistakes, weights, damaged files."""

from __future__ import annotations

import dataclasses
import io
import itertools
import math
import pickle
from array import array
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from fuzzing import mutated_text
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.backends import make_backend
from tmva_py.data import DataSet
from tmva_py.errors import OptionError, TMVAError, TrainingError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.boost.method import MethodBoost
from tmva_py.methods.category.method import MethodCategory
from tmva_py.methods.pdefoam.densities import EventDensity, FoamEvents, Place
from tmva_py.methods.pdefoam.foam import Foam, Growth
from tmva_py.methods.pdefoam.method import MethodPDEFoam
from tmva_py.methods.pdefoam.nodes import separation_gain
from tmva_py.methods.pdefoam.options import SEPARATIONS
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text, write_weight_file
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

Array = npt.NDArray[Any]
F = np.float32
SMALL = ("nSampl=200", "Nmin=20", "nActiveCells=30")


def with_small(options: str) -> str:
    """Return the options, with few points and cells where they say nothing of it."""
    more = [one for one in SMALL if f"{one.partition('=')[0]}=" not in options]
    return ":".join([*more, options])


def booked(options: str = "", analysis: Any = "Classification", log: Any = None) -> MethodPDEFoam:
    info = data_set(analysis).info
    log = MessageLog("mine", silent=True) if log is None else MessageLog("mine", stream=log)
    return MethodPDEFoam("mine", info, analysis, with_small(options), log=log)


def trained(
    options: str = "", analysis: Any = "Classification", data: DataSet | None = None
) -> TrainedMethod:
    return train_method(booked(options, analysis), data_set(analysis) if data is None else data)


def foams_of(method: TrainedMethod) -> tuple[Foam, ...]:
    model: Any = method.model
    found: tuple[Foam, ...] = model.foams
    return found


def cell_at(foam: Foam, point: list[Any]) -> int:
    """Return the cell of a point inside the foam, by the boxes of cells."""
    low, size = foam.box
    cell = 0
    while foam.daughters[cell, 0] >= 0:
        first, second = foam.daughters[cell]
        axis = foam.axis[cell]
        cell = first if float(point[axis]) <= low[first, axis] + size[first, axis] else second
    return int(cell)


def inside(foam: Foam, event: Array) -> list[Any]:
    return [
        F((float(x) - low) / (high - low))
        for x, low, high in zip(event, foam.minimum, foam.maximum, strict=True)
    ]


def between(foam: Foam, point: list[Any], values: Array) -> Any:
    """Return what LinNeighbors makes of the cell of a point and of those beside it."""
    low, size = foam.box
    cell = cell_at(foam, point)
    total = F(0)
    for axis in range(len(point)):
        part = F((float(point[axis]) - low[cell, axis]) / size[cell, axis])
        beside = list(point)
        if part < 0.5:
            beside[axis] = F(low[cell, axis] - F(1e-6))
        else:
            part = F(1) - part
            beside[axis] = F(low[cell, axis] + size[cell, axis] + F(1e-6))
        other = cell_at(foam, beside)
        total = F(float(total) + float(values[cell]) * (0.5 + float(part)))
        total = F(float(total) + float(values[other]) * (0.5 - float(part)))
    return total / F(len(point))


def gauss(foam: Foam, point: list[Any], values: Array, sigma: float) -> Any:
    """Return the mean of all cells by their distance from a point."""
    low, size = foam.box
    total = norm = F(0)
    clipped = [min(max(one, F(0)), F(1)) for one in point]
    for cell in foam.active:
        square = F(0)
        for axis, one in enumerate(clipped):
            nearest = F(min(max(float(one), low[cell, axis]), low[cell, axis] + size[cell, axis]))
            square += (one - nearest) * (one - nearest)
        weight = F(math.exp(-0.5 * (float(F(math.sqrt(square))) / sigma) ** 2))
        total += weight * values[cell]
        norm += weight
    return total / norm


@pytest.mark.parametrize("kernel", ["None", "LinNeighbors", "Gauss"])
@pytest.mark.parametrize("separate", [False, True])
def test_answers_written_out(kernel: str, separate: bool) -> None:
    method = trained(f"Kernel={kernel}:SigBgSeparate={separate}:VolFrac=0.2")
    queries = data_set("Classification").testing.x[:25]
    queries[0] = 100.0
    queries[1] = -100.0
    found = method.responses(queries)
    assert found.errors is not None
    sigma = float(F(F(0.2) / 2.0))
    for number, event in enumerate(queries):

        def of(foam: Foam, values: Array, event: Array = event) -> float:
            point, single = inside(foam, event), values.astype(F)
            if kernel == "None":
                return float(single[cell_at(foam, point)])
            mix = between if kernel == "LinNeighbors" else gauss
            return float(mix(foam, point, single, *([sigma] if kernel == "Gauss" else [])))

        foams = foams_of(method)
        if separate:
            assert [foam.kind for foam in foams] == ["Event", "Event"]
            density = [of(foam, foam.elements[:, 0].astype(F) / foam.volume) for foam in foams]
            counts = [of(foam, foam.elements[:, 0]) for foam in foams]
            expected = density[0] / sum(density) if sum(density) else 0.5
            errors = [math.sqrt(one) if one else 1.0 for one in counts]
            whole = sum(counts) ** 2
            error = math.hypot(counts[1] / whole * errors[0], counts[0] / whole * errors[1])
        else:
            (foam,) = foams
            expected, error = of(foam, foam.elements[:, 0]), of(foam, foam.elements[:, 1])
        assert found.values[number] == pytest.approx(expected, rel=1e-6, abs=1e-7)
        assert found.errors[number] == pytest.approx(error, rel=1e-6, abs=1e-7)


def two_targets() -> tuple[DataSet, Any]:
    data = data_set("Regression")
    info = dataclasses.replace(data.info, targets=[*data.info.targets, *data.info.targets])
    samples = [
        dataclasses.replace(one, targets=np.concatenate([one.targets, -one.x[:, :1]], axis=1))
        for one in (data.training, data.testing)
    ]
    return DataSet(info, *samples), info


@pytest.mark.parametrize("selection", ["Mean", "Mpv"])
def test_several_targets(selection: str) -> None:
    data, info = two_targets()
    log = io.StringIO()
    method = MethodPDEFoam(
        "mine",
        info,
        "Regression",
        with_small(f"VolFrac=0.2:TargetSelection={selection}"),
        log=MessageLog("mine", stream=log),
    )
    assert "I'm setting MultiTargetRegression=T" in log.getvalue()
    assert method.option_values["MultiTargetRegression"]
    result = train_method(method, data)
    (foam,) = foams_of(result)
    assert (foam.kind, foam.n_dimensions, foam.selector) == ("MultiTarget", 5, int(selection == "Mpv"))
    queries = data.testing.x[:25]
    queries[0] = 50.0
    low, size = foam.box
    for event, seen in zip(queries, result.evaluate(queries), strict=True):
        point = inside(foam, np.append(np.clip(event, foam.minimum[:3], foam.maximum[:3]), [0.0, 0.0]))[:3]
        # All cells that the known variables allow.
        cells, waiting = [], [0]
        while waiting:
            cell = waiting.pop(0)
            first, second = (int(one) for one in foam.daughters[cell])
            if first < 0:
                cells.append(cell)
            elif (axis := foam.axis[cell]) < 3:
                waiting.append(first if point[axis] <= low[first, axis] + size[first, axis] else second)
            else:
                waiting += [first, second]
        density = foam.elements[cells, 0] / foam.volume[cells]
        span = (foam.maximum - foam.minimum)[3:]
        centers = foam.minimum[3:] + (low + 0.5 * size)[cells, 3:] * span
        if selection == "Mpv":
            expected = centers[np.argmax(density)] if density.max() > 0 else np.zeros(2)
        else:
            expected = density @ centers / density.sum() if density.sum() else span / 2.0
        np.testing.assert_allclose(seen, expected, rtol=2e-6, atol=2e-6)
    seen = result.evaluate(data.testing.x)
    assert np.std(seen - data.testing.targets) < 0.9 * np.std(data.testing.targets)
    again = read_weight_file(weight_text(result))
    np.testing.assert_array_equal(again.evaluate(queries), result.evaluate(queries))


def test_empty_cells_of_a_regression() -> None:
    """A cell without events answers with the mean of those beside it that have some."""
    method = trained("VolFrac=0.3:Nmin=0:nActiveCells=200:nSampl=50", "Regression")
    (foam,) = foams_of(method)
    empty = [int(cell) for cell in foam.active if foam.elements[cell, 1] == -1]
    assert empty
    low, size = foam.box
    for cell in empty[:5]:
        middle = (low + 0.5 * size)[cell]
        total, count = F(0), 0
        for axis in range(3):
            for place in (low[cell, axis] - F(1e-6), low[cell, axis] + size[cell, axis] + F(1e-6)):
                beside = [F(one) for one in middle]
                beside[axis] = F(place)
                other = cell_at(foam, beside)
                if foam.elements[other, 1] != -1:
                    total += F(foam.elements[other, 0])
                    count += 1
        event = foam.outside(middle[None, :])
        expected = float(total / F(count)) if count else 0.0
        assert method.evaluate(event)[0, 0] == pytest.approx(expected, rel=1e-6)
    for kernel in ("Gauss", "LinNeighbors"):
        other = trained(f"VolFrac=0.3:Nmin=0:nActiveCells=200:nSampl=50:Kernel={kernel}", "Regression")
        assert np.isfinite(other.evaluate(data_set("Regression").testing.x)).all()


@pytest.mark.parametrize("name", SEPARATIONS[1:])
def test_separations(name: str) -> None:
    method = trained(f"DTLogic={name}:nBin=10:MaxDepth=5")
    (foam,) = foams_of(method)
    assert foam.kind == "DecisionTree"
    assert len(foam) > 5
    assert foam.depth <= 4
    data = data_set("Classification").training
    found = method.evaluate(data.x)
    assert found[data.class_index == 0].mean() > found[data.class_index == 1].mean() + 0.2
    # The gain of one cut, by the formulas.
    index = {
        "GiniIndex": lambda s, b: 2 * s * b / (s + b) ** 2,
        "MisClassificationError": lambda s, b: min(s, b) / (s + b),
        "CrossEntropy": lambda s, b: -sum(p * math.log2(p) for p in (s / (s + b), b / (s + b)) if p),
        "GiniIndexWithLaplace": lambda s, b: (s + 1) * (b + 1) / (s + b + 2) ** 2 if s * b else 0.0,
        "SdivSqrtSplusB": lambda s, b: s / math.sqrt(s + b),
    }[name]
    expected = index(9.0, 7.0) - 9.0 / 16.0 * index(3.0, 6.0) - 7.0 / 16.0 * index(6.0, 1.0)
    seen = separation_gain(name, np.array([3.0]), np.array([6.0]), 9.0, 7.0)
    assert seen[0] == pytest.approx(max(expected, 0.0), rel=1e-12)
    # The first cut: the best one of all between the smallest and the largest value inside the foam.
    weight, is_signal = data.weight.astype(F), data.class_index == 0
    within = ((data.x >= foam.minimum - 1e-6) & (data.x <= foam.maximum + 1e-6)).all(axis=1)
    x, weight, is_signal = data.x[within].astype(float), weight[within].astype(float), is_signal[within]
    gains = {}
    for axis, cut in itertools.product(range(3), range(1, 10)):
        column = x[:, axis]
        below = column < column.min() + cut * (column.max() - column.min()) / 10
        if min(below.sum(), (~below).sum()) >= 20:
            parts = [weight[below & one].sum() for one in (is_signal, ~is_signal)]
            whole = [weight[one].sum() for one in (is_signal, ~is_signal)]
            gains[axis, cut] = separation_gain(name, *(np.array([one]) for one in parts), *whole)[0]
    assert gains[foam.axis[0], round(10 * foam.division[0])] == pytest.approx(max(gains.values()), rel=1e-9)
    assert foam.drive[0] == pytest.approx(max(gains.values()), rel=1e-9)


def test_yes_or_no() -> None:
    plain, decided = trained(), trained("UseYesNoCell")
    x = data_set("Classification").testing.x
    assert set(decided.evaluate(x).tolist()) == {-1.0, 1.0}
    np.testing.assert_array_equal(decided.evaluate(x) > 0, plain.evaluate(x) >= 0.5)


def test_negative_weights() -> None:
    """They count, unless they are ignored; the range is that of all events."""
    data = data_set("Classification")
    weight = np.where(np.arange(len(data.training)) % 7 == 0, -0.5, data.training.weight)
    negative = dataclasses.replace(data, training=dataclasses.replace(data.training, weight=weight))
    counting = trained(data=negative)
    ignoring = trained("IgnoreNegWeightsInTraining", data=negative)
    left_out = trained(data=dataclasses.replace(data, training=negative.training.select(weight > 0)))
    x = data.testing.x
    assert not np.array_equal(counting.evaluate(x), ignoring.evaluate(x))
    np.testing.assert_array_equal(foams_of(ignoring)[0].minimum, foams_of(counting)[0].minimum)
    assert np.corrcoef(ignoring.evaluate(x), left_out.evaluate(x))[0, 1] > 0.9
    log = io.StringIO()
    few = dataclasses.replace(negative.training, weight=np.where(np.arange(len(weight)) < 3, -20.0, 1.0))
    method = booked("nActiveCells=60:Nmin=0", log=log)
    train_method(method, dataclasses.replace(data, training=few, testing=data.testing))
    assert "Negative number of" in log.getvalue()


@pytest.mark.parametrize("original", [False, True])
def test_weights_before_boosting(original: bool) -> None:
    """Cells of boosted foams are filled with weights before or after boosting, and grown with those after."""
    data = data_set("Classification")
    method = MethodBoost(
        "mine",
        data.info,
        "Classification",
        f"Boost_Num=2:DTLogic=GiniIndex:Nmin=50:FillFoamWithOrigWeights={original}",
        boosted=MethodPDEFoam,
        log=MessageLog("mine", silent=True),
    )
    model: Any = train_method(method, data).model
    (first,), (second,) = (member.model.foams for member in model.members)
    alone = foams_of(trained("DTLogic=GiniIndex:Nmin=50:nActiveCells=500:nSampl=2000"))[0]
    np.testing.assert_array_equal(first.elements, alone.elements)
    events = data.training
    cells = np.array([cell_at(second, inside(second, one)) for one in events.x])
    matches = []
    for cell in second.active:
        sums = [events.weight[(cells == cell) & (events.class_index == k)].sum() for k in (0, 1)]
        matches.append(second.elements[cell, 0] == pytest.approx(sums[0] / sum(sums), rel=1e-6))
    assert all(matches) == original
    # What the cell knew when it grew: the part of signal by the boosted weights.
    assert second.integral[0] == pytest.approx(0.5, abs=0.05)


def test_mistakes() -> None:
    with pytest.raises(OptionError, match="DTLogic=GiniIndex is for classification with one foam"):
        booked("DTLogic=GiniIndex:SigBgSeparate")
    with pytest.raises(OptionError, match=r"one foam; leave out DTLogic$"):
        booked("DTLogic=GiniIndex", "Regression")
    with pytest.raises(OptionError, match="Kernel=LinNeighbors is not available for MultiTargetRegression"):
        booked("MultiTargetRegression:Kernel=LinNeighbors", "Regression")
    with pytest.raises(OptionError, match="VolFrac=0 must be above 0"):
        booked("VolFrac=0")
    for option in ("nSampl=0", "nBin=0"):
        with pytest.raises(OptionError, match=f"{option} must be at least 1"):
            booked(option)
    with pytest.raises(OptionError, match="nActiveCells=1000000000 must be at most 200000"):
        booked("nActiveCells=1000000000")
    for option in ("Nmin=-1", "MaxDepth=-1"):
        with pytest.raises(OptionError, match=f"{option} must be at least 0"):
            booked(option)
    log = io.StringIO()
    method = booked("TailCut=2:nActiveCells=0", log=log)
    assert "TailCut not in [0.,1] ==> using 0.001 instead" in log.getvalue()
    assert "invalid number of active cells specified: 0; setting nActiveCells=2" in log.getvalue()
    assert (method.option_values["TailCut"], method.option_values["nActiveCells"]) == (0.001, 2)
    assert len(foams_of(train_method(method, data_set("Classification")))[0]) == 3
    data = data_set("Classification")
    same = np.where(np.arange(3) == 1, 4.0, data.training.x).astype(F)
    with pytest.raises(TrainingError, match=r"'b' has no range between its tails \(4 to 4\)"):
        trained(data=dataclasses.replace(data, training=dataclasses.replace(data.training, x=same)))
    bad = data.training.x.copy()
    bad[3, 1] = np.inf
    with pytest.raises(TrainingError, match="values that are not finite"):
        trained(data=dataclasses.replace(data, training=dataclasses.replace(data.training, x=bad)))
    with pytest.raises(TrainingError, match="Build up discriminator foam: no events were found in the boxes"):
        trained("VolFrac=1e-9")


def test_a_sample_may_be_enough() -> None:
    """No more points are drawn when their effective number is 10,000 for each bin."""
    ends = np.zeros(1, F), np.ones(1, F)
    events = FoamEvents(np.full((1, 1), F(0.5)), np.ones(1), np.ones(1, bool), np.zeros(1, F))
    place = Place(np.zeros(1), np.ones(1), 1.0, np.arange(1))
    explored = []
    for n_samples in (10000, 20000):
        density = EventDensity(events, ends, F(2.0), Growth(1, n_samples, 10000, 0, 0), make_backend("numpy"))
        first = density.explore(place)
        # Each point sees the event: all weights are alike, and 10,000 points are taken of both.
        assert first.integral == pytest.approx(1.1 / 2.0, rel=1e-6)
        assert first.drive == pytest.approx(0.0, abs=1e-6)
        explored.append((density._random.peek(1)[0], first.n_events))
    assert explored[0][0] == explored[1][0]
    assert explored[0][1] == pytest.approx(2 * explored[1][1])


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_damaged_text() -> None:
    text = weight_text(trained("nActiveCells=5"))
    for old, new, message in (
        ('Kernel="0"', 'Kernel="3"', "Kernel=3, expected at most 2"),
        ('VolFrac="', 'VolFrac="x', "VolFrac='x.*must be a number"),
        ('DoRegression="0"', 'DoRegression="1"', "DoRegression=1 in a file of Classification"),
        ("<Parents>-1", "<Parents>1", "no cell that is the whole space"),
        ("<Axes>", "<Axes>7 ", "expected 9 numbers in <Axes>"),
        ("<Axes>", "<Axes>x ", "<Axes> has .*expected numbers"),
        ('Kind="Discriminant"', 'Kind="Event"', "of kind Event, expected Discriminant"),
        ('Kind="Discriminant"', 'Kind="Foam"', "Kind='Foam', expected one of"),
        ('Foam Name="DiscrFoam"', 'Foam Name="BgFoam"', "foams BgFoam; expected DiscrFoam"),
        ("<Minimum>", "<Minimum>0.0 ", "numbers in <Maximum>"),
    ):
        assert old in text
        with pytest.raises(WeightFileError, match=message):
            read_weight_file(text.replace(old, new, 1))
    random = np.random.default_rng(3)
    for _ in range(200):
        try:
            answer = read_weight_file(mutated_text(random, text)).evaluate(np.zeros((1, 3), F))
        except (TMVAError, OSError):
            continue
        assert answer.shape in ((1,), (1, 1))


@pytest.mark.parametrize("compress", [False, True])
def test_files(tmp_path: Path, compress: bool) -> None:
    method = trained(f"Compress={compress}")
    path = tmp_path / "job_mine.weights.xml"
    write_weight_file(method, path)
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "job_mine.weights.xml",
        "job_mine.weights_foams.root",
    ]
    assert "<Foam" not in path.read_text()
    x = data_set("Classification").testing.x
    np.testing.assert_array_equal(read_weight_file(path).evaluate(x), method.evaluate(x))
    packed = tmp_path / "other.xml.gz"
    write_weight_file(method, packed)
    np.testing.assert_array_equal(read_weight_file(packed).evaluate(x), method.evaluate(x))


def test_the_kits_checks() -> None:
    check("method", "PDEFoam")


def test_foams_by_region(tmp_path: Path) -> None:
    """The weight file of a Category has the foams in it, and needs no other."""
    data = data_set("Classification")
    log = MessageLog("mine", silent=True)
    category = MethodCategory("mine", data.info, "Classification", log=log)
    category.add_method("a<0.5", "", MethodPDEFoam, "left", with_small("VolFrac=0.3"))
    category.add_method("a>=0.5", "a:b", MethodPDEFoam, "right", with_small("VolFrac=0.3:SigBgSeparate"))
    method = train_method(category, data)
    write_weight_file(method, tmp_path / "x.weights.xml")
    assert [one.name for one in tmp_path.iterdir()] == ["x.weights.xml"]
    again = read_weight_file(tmp_path / "x.weights.xml")
    np.testing.assert_array_equal(again.evaluate(data.testing.x), method.evaluate(data.testing.x))


def test_a_whole_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Booked by the factory: TMVA's lines, the file of foams, and the Reader's errors."""
    job = make_job(tmp_path, options="!V:!Silent:!Color:!DrawProgressBar")
    options = "!H:!V:nSampl=200:Nmin=10:VolFrac=0.2:Kernel=LinNeighbors"
    booked = job.factory.BookMethod(job.loader, TMVA.Types.kPDEFoam, "PDEFoam", options)
    job.finish()
    foams = booked.weight_file.with_name(booked.weight_file.name.replace(".xml", "_foams.root"))
    assert foams.is_file()
    lines = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert "Build up discriminator foam" in lines
    assert "writing foam DiscrFoam to file" in lines
    assert f"Foams written to file: {foams}" in lines
    assert any("Variable Importance" in line for line in lines)
    reader = TMVA.Reader("!Color:Silent")
    values = [array("f", [0.3]) for _ in booked.trained.info.variables]
    for one, value in zip(booked.trained.info.variables, values, strict=True):
        reader.AddVariable(one.expression, value)
    reader.BookMVA("PDEFoam", booked.weight_file)
    answer = reader.EvaluateMVA("PDEFoam")
    expected = booked.trained.responses(np.full((1, len(values)), 0.3, F))
    assert expected.errors is not None
    assert (answer, reader.GetMVAError()) == (expected.values[0], expected.errors[0])
    again = pickle.loads(pickle.dumps(booked.trained))
    assert again.evaluate(np.full((1, len(values)), 0.3, F))[0] == answer
