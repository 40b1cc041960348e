"""``TMVA.CvSplitKFolds``: the events of a data set shared out among folds, in TMVA's order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.events import DataSet, Events
from tmva_py.data.random_numbers import SHUFFLES, RootRandom
from tmva_py.errors import BookingError, warn
from tmva_py.methods.cross_validation.split_expression import SplitExpression

Indices = npt.NDArray[np.int64]


class CvSplitKFolds:
    """How events are shared out among folds.

    Parameters
    ----------
    numFolds : int
        Number of folds.
    splitExpr : str, optional
        The fold of an event, from 0 on: a formula of spectators in brackets,
        ``"int([eventID])%int([NumFolds])"``.
    stratified : bool, default True
        Whether each class is shared out by itself; with `splitExpr` without effect.
    seed : int, default 100
        Of the random numbers; with `splitExpr` without effect.
    rounds : bool, default False
        Whether `splitExpr` sees spectators in single precision, as a Reader does.

    Raises
    ------
    BookingError
        There is not one fold at least.

    Examples
    --------
    >>> from tmva_py.data import DataSetInfo
    >>> split = CvSplitKFolds(2, "int([n])%int([NumFolds])")
    >>> split.GetNumFolds()
    2
    """

    def __init__(
        self,
        numFolds: int,
        splitExpr: object = "",
        stratified: bool = True,
        seed: int = 100,
        *,
        rounds: bool = False,
    ) -> None:
        self.n_folds, self.expression = int(numFolds), str(splitExpr)
        self.is_stratified, self.seed = bool(stratified), int(seed)
        self.rounds = rounds
        if self.n_folds < 1:
            message = f"CvSplitKFolds: expected one fold or more, got {numFolds!r}"
            raise BookingError(message)
        self._whole: DataSet | None = None
        self._folds: tuple[list[Indices], list[Indices]] = ([], [])

    def GetNumFolds(self) -> int:
        """Return the number of folds."""
        return self.n_folds

    @property
    def is_made(self) -> bool:
        """Whether events have been shared out."""
        return self._whole is not None

    def make(self, data_set: DataSet, library: str) -> None:
        """Share out training and test events, each by themselves; done once, as in TMVA."""
        if self._whole is None:
            self._whole = data_set
            samples = (data_set.training, data_set.testing)
            training, testing = (self._shared_out(one, data_set.info, library) for one in samples)
            self._folds = training, testing

    def fold(self, number: int, *, testing: bool = False) -> DataSet:
        """Return the data set that trains on all folds but one of a sample, and tests on that one.

        Raises
        ------
        BookingError
            There is no such fold, or events have not been shared out.
        """
        whole, folds = self._made(testing)
        if not 0 <= number < self.n_folds:
            message = f"there is no fold {number}: there are {self.n_folds}, numbered from 0"
            raise BookingError(message)
        events = whole.testing if testing else whole.training
        others = [one for place, one in enumerate(folds) if place != number]
        kept = np.concatenate([np.empty(0, np.int64), *others])
        return replace(whole, training=events.select(kept), testing=events.select(folds[number]))

    def recombined(self, current: DataSet, *, testing: bool = False) -> DataSet:
        """Return a data set with all events of a sample in it again, fold by fold.

        Of the training events, both samples are made, as in TMVA.
        """
        whole, folds = self._made(testing)
        order = np.concatenate([np.empty(0, np.int64), *folds])
        if testing:
            return replace(current, testing=whole.testing.select(order))
        events = whole.training.select(order)
        return replace(current, training=events, testing=events)

    def fold_of_recombined(self) -> Indices:
        """Return the fold of each of the training events after `recombined`."""
        _, folds = self._made(testing=False)
        return np.repeat(np.arange(self.n_folds), [len(fold) for fold in folds])

    def _made(self, testing: bool) -> tuple[DataSet, list[Indices]]:
        if self._whole is None:
            message = "the folds are not made yet: call loader.MakeKFoldDataSet(split) first"
            raise BookingError(message)
        return self._whole, self._folds[1 if testing else 0]

    def _shared_out(self, events: Events, info: DataSetInfo, library: str) -> list[Indices]:
        """Return the events of each fold."""
        if self.expression:
            fold = self._by_expression(events, info)
            return [np.flatnonzero(fold == number) for number in range(self.n_folds)]
        everything = np.arange(len(events))
        if not self.is_stratified:
            fold = self._shuffled(everything % self.n_folds, library)
            return [everything[fold == number] for number in range(self.n_folds)]
        parts: list[list[Indices]] = [[] for _ in range(self.n_folds)]
        for number in range(len(info.classes)):
            of_class = self._shuffled(np.flatnonzero(events.class_index == number), library)
            fold = self._shuffled(np.arange(len(of_class)) % self.n_folds, library)
            for place, part in enumerate(parts):
                part.append(of_class[fold == place])
        return [np.concatenate([np.empty(0, np.int64), *part]) for part in parts]

    def _by_expression(self, events: Events, info: DataSetInfo) -> Indices:
        expression = SplitExpression(self.expression, info.spectators, self.n_folds)
        fold = expression.folds(events.spectators)
        if not self.rounds:
            return fold
        rounded = expression.folds(events.spectators.astype(np.float32))
        n_moved = np.count_nonzero(fold != rounded)
        if n_moved:
            text = (
                f"the split expression {self.expression!r}: {n_moved} of {len(fold)} events are in another "
                "fold because a Reader, as TMVA, has spectators in single precision; make numbers smaller "
                'first: AddSpectator("eventID := eventID % 4096", "I")'
            )
            warn(text)
        return rounded

    def _shuffled(self, values: Indices, library: str) -> Indices:
        # Each shuffle begins with the seed, as in TMVA.
        order = SHUFFLES[library](len(values), RootRandom(self.seed))
        return values[np.array(order, dtype=np.int64)]
