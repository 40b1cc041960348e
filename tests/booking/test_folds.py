"""Folds of a data set, against a shuffle that is written out here and against plain counting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tmva_py as TMVA
from tmva_py.booking.data_loader import DataLoader
from tmva_py.errors import BookingError


def shuffled(values: list[int], seed: int) -> list[int]:
    """``std::shuffle`` of GCC 11 with ``RandomGenerator<TRandom3>``: two places at a time."""
    words = iter(np.random.RandomState(seed).randint(0, 2**32, 20000, dtype=np.uint64).tolist())

    def draw() -> int:
        while (word := next(words)) == 0:  # TRandom3 leaves zeros out
            pass
        return word - 1

    def below(bound: int) -> int:
        product = draw() * bound
        if product % 2**32 < bound:
            least = (2**32 - bound) % bound
            while product % 2**32 < least:
                product = draw() * bound
        return product >> 32

    v, i, n = list(values), 1, len(values)
    if n == 0:
        return v
    if n % 2 == 0:
        j = below(2)
        v[1], v[j] = v[j], v[1]
        i = 2
    while i < n:
        both = below((i + 1) * (i + 2))
        for place, j in ((i, both // (i + 2)), (i + 1, both % (i + 2))):
            v[place], v[j] = v[j], v[place]
        i += 2
    return v


@pytest.fixture
def loader(make_loader: Callable[..., DataLoader]) -> DataLoader:
    made = make_loader(n=203, classes=("Signal", "Background", "Other"))
    made.log.silent = True
    return made


def rows(events: Any) -> list[tuple[float, ...]]:
    return [tuple(row) for row in np.column_stack([events.x, events.weight, events.class_index]).tolist()]


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize(("folds", "seed"), [(3, 100), (5, 7)])
def test_the_order_of_events(loader: DataLoader, stratified: bool, folds: int, seed: int) -> None:
    data = loader.data_set()
    events, index = rows(data.training), data.training.class_index
    expected: list[list[int]] = [[] for _ in range(folds)]
    if stratified:
        for number in range(3):
            of_class = shuffled(np.flatnonzero(index == number).tolist(), seed)
            pattern = shuffled([place % folds for place in range(len(of_class))], seed)
            for event, fold in zip(of_class, pattern, strict=True):
                expected[fold].append(event)
    else:
        for event, fold in enumerate(shuffled([place % folds for place in range(len(events))], seed)):
            expected[fold].append(event)
    split = TMVA.CvSplitKFolds(folds, "", stratified, seed)
    loader.MakeKFoldDataSet(split)
    for number in range(folds):
        loader.PrepareFoldDataSet(split, number)
        found = loader.data_set()
        assert rows(found.testing) == [events[place] for place in expected[number]]
        others = [place for fold in range(folds) if fold != number for place in expected[fold]]
        assert rows(found.training) == [events[place] for place in others]
    counts = [np.bincount(index[fold], minlength=3) for fold in expected]
    if stratified:
        assert np.ptp(counts, axis=0).max() <= 1, "every class is shared out evenly"
    loader.RecombineKFoldDataSet(split)
    assert rows(loader.data_set().training) == [events[place] for fold in expected for place in fold]


def test_folds_of_test_events(loader: DataLoader) -> None:
    events = rows(loader.data_set().testing)
    split = TMVA.CvSplitKFolds(4, "", False)
    loader.MakeKFoldDataSet(split)
    seen: list[tuple[float, ...]] = []
    for number in range(4):
        loader.PrepareFoldDataSet(split, number, TMVA.Types.kTesting)
        seen += rows(loader.data_set().testing)
        assert len(loader.data_set().training) + len(loader.data_set().testing) == len(events)
    assert sorted(seen) == sorted(events)
    loader.RecombineKFoldDataSet(split, TMVA.Types.kTesting)
    assert sorted(rows(loader.data_set().testing)) == sorted(events)


def numbered(folds: int = 3) -> DataLoader:
    loader = DataLoader("dataset")
    loader.log.silent = True
    loader.AddVariable("x")
    loader.AddSpectator("eventID", "I")
    random = np.random.default_rng(2)
    for name in ("Signal", "Background"):
        # Beyond what float32 can tell apart.
        loader.AddTree({"x": random.normal(size=50), "eventID": 2**40 + random.permutation(50)}, name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:NormMode=None:!V")
    return loader


def test_a_formula_of_spectators() -> None:
    loader = numbered()
    whole = loader.data_set().training
    split = TMVA.CvSplitKFolds(3, "int(fabs([eventID]))%int([NumFolds])")
    loader.MakeKFoldDataSet(split)
    for number in range(3):
        loader.PrepareFoldDataSet(split, number)
        chosen = whole.spectators[:, 0].astype(np.int64) % 3 == number
        found = loader.data_set()
        np.testing.assert_array_equal(found.testing.x, whole.x[chosen])
        assert len(found.training) == (~chosen).sum()


def test_a_method_on_each_fold(tmp_path: Any) -> None:
    loader = numbered()
    split = TMVA.CvSplitKFolds(2)
    loader.MakeKFoldDataSet(split)
    whole = loader.data_set().training
    n_tested = 0
    for number in range(2):
        loader.PrepareFoldDataSet(split, number)
        factory = TMVA.Factory(f"fold{number}", "Silent:AnalysisType=Classification")
        booked = factory.BookMethod(loader, "Fisher", "F")
        factory.TrainAllMethods()
        factory.TestAllMethods()
        assert booked is not None
        assert booked.trained.n_training_events == len(loader.data_set().training)
        assert booked.test_response is not None
        n_tested += len(booked.test_response)
    assert n_tested == len(whole)


def test_it_is_made_once(loader: DataLoader) -> None:
    split = TMVA.CvSplitKFolds(3)
    assert not split.is_made
    loader.MakeKFoldDataSet(split)
    loader.PrepareFoldDataSet(split, 0)
    first = rows(loader.data_set().testing)
    loader.MakeKFoldDataSet(split)  # on the fold that is prepared: nothing happens
    loader.PrepareFoldDataSet(split, 0)
    assert rows(loader.data_set().testing) == first
    assert (split.is_made, split.GetNumFolds()) == (True, 3)


def test_what_cannot_be_meant(loader: DataLoader) -> None:
    with pytest.raises(BookingError, match="expected one fold or more, got 0"):
        TMVA.CvSplitKFolds(0)
    split = TMVA.CvSplitKFolds(3)
    with pytest.raises(BookingError, match=r"call loader\.MakeKFoldDataSet\(split\) first"):
        loader.PrepareFoldDataSet(split, 0)
    loader.MakeKFoldDataSet(split)
    with pytest.raises(BookingError, match="there is no fold 3: there are 3, numbered from 0"):
        loader.PrepareFoldDataSet(split, 3)
    with pytest.raises(BookingError, match=r"folds are of Types\.kTraining or Types\.kTesting"):
        loader.PrepareFoldDataSet(split, 0, TMVA.Types.kMaxTreeType)
    for text, message in (
        ("[event]%2", "names 'event', which is no spectator; did you mean 'eventID'|which is no spectator"),
        ("int([eventID])%5", "gives folds from 0 to 4; expected numbers from 0 to 2"),
        ("-0.25*([eventID]>0)", "gives folds from -0.25 to -0.25"),
    ):
        with pytest.raises(BookingError, match=message):
            numbered().MakeKFoldDataSet(TMVA.CvSplitKFolds(3, text))
