"""Folds: a data set that trains on all of its parts but one."""

from __future__ import annotations

from typing import Any

from tmva_py.booking.folds import CvSplitKFolds
from tmva_py.booking.loader.state import LoaderState
from tmva_py.booking.loader_arguments import tree_type_of
from tmva_py.data.event_reading import TreeType
from tmva_py.data.split_options import SplitOptions
from tmva_py.errors import BookingError


class FoldCalls(LoaderState):
    """The calls that share out events among folds."""

    def MakeKFoldDataSet(self, split: CvSplitKFolds) -> None:
        """Share out training and test events among folds; a split that has done so is left as it is.

        Parameters
        ----------
        split : CvSplitKFolds
            How; it keeps the folds.
        """
        options = SplitOptions.parse(self.specification.split_options, self.info.classes)
        split.make(self.data_set(), options.library)

    def PrepareFoldDataSet(
        self, split: CvSplitKFolds, foldNumber: int, treetype: Any = TreeType.TRAINING
    ) -> None:
        """Let the data set train on all folds but one, and test on that one, until it is changed again.

        Parameters
        ----------
        split : CvSplitKFolds
            Of `MakeKFoldDataSet`.
        foldNumber : int
            The fold for tests, counted from 0.
        treetype : tree type, default kTraining
            Whether folds of the training or of the test events are taken.

        Raises
        ------
        BookingError
            The folds are not made, or there is no such one.
        """
        self._data_set = split.fold(int(foldNumber), testing=self._is_testing(treetype))

    def RecombineKFoldDataSet(self, split: CvSplitKFolds, treetype: Any = TreeType.TRAINING) -> None:
        """Take all events of a sample again, fold by fold; those for training are tested too, as in TMVA."""
        self._data_set = split.recombined(self.data_set(), testing=self._is_testing(treetype))

    @staticmethod
    def _is_testing(kind: Any) -> bool:
        chosen = tree_type_of(kind)
        if chosen is TreeType.UNASSIGNED:
            message = f"folds are of Types.kTraining or Types.kTesting, got {kind!r}"
            raise BookingError(message)
        return chosen is TreeType.TESTING
