"""How many events go where, against TMVA's code written out with lists; and the option string."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tmva_py.data import SplitOptions
from tmva_py.data.normalization import class_factors
from tmva_py.data.random_numbers import SHUFFLES, RootRandom
from tmva_py.data.splitting import ClassSample, Splitter
from tmva_py.errors import DataError, OptionError, TMVAWarning

CLASSES = ["Signal", "Background", "Third"]


def reference(samples: list[tuple[list, list, list]], requests: list[tuple[int, int]], split: str, mix: str):
    """``DataSetFactory::MixEvents``, statement for statement; None where it is fatal or undefined."""
    random = RootRandom(100)

    def shuffle(v: list) -> list:
        return [v[i] for i in SHUFFLES["libstdc++"](len(v), random)]

    undefined = [list(sample[2]) for sample in samples]
    if split == "Random":
        undefined = [shuffle(v) if v else v for v in undefined]
    result = []
    for (r_events, s_events, _), free, (R, S) in zip(samples, undefined, requests, strict=True):
        training, testing = list(r_events), list(s_events)
        r, s, u = len(training), len(testing), len(free)
        every = r + s + u
        if R == 0 and S == 0:
            if u >= abs(r - s):
                use_r = use_s = every // 2
            else:
                use_r, use_s = r, s
                if r < s:
                    use_r += u
                else:
                    use_s += u
            R, S = use_r, use_s
        elif S == 0:
            use_r = max(R, r)
            if every < use_r:
                return None
            use_s = S = every - use_r
        elif R == 0:
            use_s = max(S, s)
            if every < use_s:
                return None
            use_r = R = every - use_s
        else:
            n_free = max(0, u - max(R - r, 0) - max(S - s, 0))
            use_r = max(R, r) + n_free // 2
            use_s = every - use_r
        if split == "Alternate":
            n_training, index = r, 0
            while index < u:
                n_training += 1
                if n_training <= R:
                    training.append(free[index])
                    index += 1
                if index < u:
                    testing.append(free[index])
                    index += 1
        else:
            if u < use_r - r or u < use_s - s or u < use_r + use_s - r - s:
                return None
            if use_r > r:
                training += free[: use_r - r]
                free = free[use_r - r :]
            if use_s > s:
                testing += free[: use_s - s]
        for events, wanted in ((training, R), (testing, S)):
            if split == "Random":
                if len(events) > wanted:
                    gone = set(shuffle(list(range(len(events))))[: len(events) - wanted])
                    events[:] = [event for i, event in enumerate(events) if i not in gone]
            else:
                if len(events) < wanted:
                    return None
                del events[wanted:]
        result.append((training, testing))
    mixed = []
    for which in (0, 1):
        merged = list(result[0][which])
        for index, pair in enumerate(result[1:], start=1):
            if mix != "Alternate":
                merged += pair[which]
                continue
            target = -1
            for place, event in enumerate(pair[which]):
                if len(merged) - target < index + 1:
                    merged += pair[which][place:]
                    break
                target += index + 1
                merged.insert(target, event)
        mixed.append(merged)
    return tuple(shuffle(events) for events in mixed) if mix == "Random" else tuple(mixed)


SIZES = [(0, 0, 10), (0, 0, 11), (3, 1, 7), (5, 0, 2), (0, 6, 3), (4, 4, 0)]
REQUESTS = [(0, 0), (4, 0), (0, 3), (2, 2), (5, 5), (6, 2), (9, 0), (40, 0), (40, 40), (0, 40)]


@pytest.mark.parametrize("split", ["Random", "Alternate", "Block"])
@pytest.mark.parametrize("mix", ["Random", "Alternate", "Block"])
@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_against_tmvas_code(split: str, mix: str) -> None:
    n_agreed = n_refused = 0
    every = itertools.product(itertools.product(SIZES, repeat=2), itertools.product(REQUESTS, repeat=2))
    # A third, in which each pair of sizes has requests of every kind (3 is no divisor of their number).
    for sizes, request in itertools.islice(every, None, None, 3):
        all_sizes, requests = (*sizes, (1, 1, 5)), (*request, (0, 0))
        numbers = itertools.count()
        lists = [tuple([next(numbers) for _ in range(size)] for size in three) for three in all_sizes]
        expected = reference(lists, list(requests), split, mix)
        samples = [
            ClassSample(name, *(np.array(part, dtype=np.int64) for part in three))
            for name, three in zip(CLASSES, lists, strict=True)
        ]
        options = SplitOptions(
            split,
            mix,
            n_train={name: one[0] for name, one in zip(CLASSES, requests, strict=True)},
            n_test={name: one[1] for name, one in zip(CLASSES, requests, strict=True)},
        )
        splitter = Splitter(options)
        if expected is None:
            with pytest.raises(DataError):
                splitter.split(samples)
            n_refused += 1
        else:
            training, testing = splitter.mix(splitter.split(samples))
            assert (training.tolist(), testing.tolist()) == expected, (sizes, request)
            n_agreed += 1
    assert n_agreed > 130
    assert n_refused > 130


def sample(n: int, name: str = "Signal") -> ClassSample:
    empty = np.empty(0, np.int64)
    return ClassSample(name, empty, empty, np.arange(n))


def sizes_of(text: str, n: int, efficiency: float = 1.0) -> list[int]:
    empty = np.empty(0, np.int64)
    one = ClassSample("Signal", empty, empty, np.arange(n), efficiency)
    ((training, testing),) = Splitter(SplitOptions.parse(text, ["Signal"])).split([one])
    return [len(training), len(testing)]


def test_numbers() -> None:
    assert sizes_of("", 11) == [5, 5]  # TMVA leaves the last one out
    assert sizes_of("nTrain_Signal=7", 10) == [7, 3]
    assert sizes_of("nTrain_Signal=7.0", 10) == [7, 3]
    assert sizes_of("TrainTestSplit_Signal=0.8:nTrain_Signal=3:nTest_Signal=1", 10_000) == [8000, 2000]
    assert sizes_of("TrainTestSplit_Signal=0.7", 1000) == [700, 300]
    assert sizes_of("nTrain_Signal=100:ScaleWithPreselEff", 90, 0.5) == [50, 40]
    assert sizes_of("nTrain_Signal=30:nTest_Signal=20:SplitMode=Block", 90) == [30, 20]


def test_too_many_events() -> None:
    with pytest.raises(
        DataError, match=r"more events requested for training \(11\) than available \(10 events\)"
    ):
        sizes_of("nTrain_Signal=11", 10)
    with pytest.raises(
        DataError, match="'Signal': 100 training and 20 test events requested, but there are only 15 events"
    ):
        sizes_of("nTrain_Signal=100:nTest_Signal=20", 15)
    with pytest.raises(DataError, match="SplitMode=Alternate yields 5 of 10 events; ask for fewer"):
        sizes_of("nTrain_Signal=8:SplitMode=Alternate", 10)
    with pytest.warns(
        TMVAWarning, match="2 test events requested, but SplitMode=Random yields 1 of 10 events; 1 are used"
    ):
        assert sizes_of("nTrain_Signal=9:nTest_Signal=2", 10) == [9, 1]


def test_options() -> None:
    options = SplitOptions.parse(
        "nTrain_Signal=10:nTest_bg0=5:SplitMode=block:MixMode=Random:SplitSeed=7:NormMode=None:!Correlations:!V",
        ["Signal", "bg0"],
    )
    assert (options.split_mode, options.mix_mode, options.split_seed) == ("Block", "Random", 7)
    assert (options.norm_mode, options.print_correlations) == ("None", False)
    assert options.n_train == {"Signal": 10, "bg0": 0}
    assert SplitOptions.parse("SplitMode=Alternate", []).mix_mode == "Alternate"
    assert not SplitOptions.parse("!CalcCorrelations", []).calculate_correlations


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nTrain_Sginal=10", "nTrain_Sginal"),
        ("nTest_Signal=-1", "nTest_Signal=-1: expected a number of events, or 0 for all"),
        ("TrainTestSplit_Signal=1.5", "TrainTestSplit_Signal=1.5: expected a fraction between 0 and 1"),
        ("SplitMode=Rndom", "SplitMode"),
        ("EqualTrainSample", "EqualTrainSample"),
    ],
)
def test_wrong_options(text: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        SplitOptions.parse(text, ["Signal"])


def test_factors() -> None:
    weights = [np.array([2.0, 2.0]), np.array([0.5, 0.5, 0.5])]
    assert class_factors("None", CLASSES[:2], weights) == [1.0, 1.0]
    assert class_factors("NumEvents", CLASSES[:2], weights) == [0.5, 2.0]
    assert class_factors("EqualNumEvents", CLASSES[:2], weights) == [0.5, 2 / 1.5]
    with pytest.raises(
        DataError, match=r"class 'Background': the weights of its 2 training events add up to 0"
    ):
        class_factors("NumEvents", CLASSES[:2], [weights[0], np.array([1.0, -1.0])])
    with pytest.raises(DataError, match="class 'Signal', which has none"):
        class_factors("EqualNumEvents", CLASSES[:2], [np.empty(0), weights[1]])
