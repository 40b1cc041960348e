"""How events are shared out between training and test sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.booking.loader.weights_and_cuts import WeightAndCutCalls
from tmva_py.booking.loader_arguments import text_of
from tmva_py.data.data_set_info import SIGNAL_CLASS
from tmva_py.data.specification import BACKGROUND_CLASS
from tmva_py.errors import BookingError
from tmva_py.options import join_keywords

_NUMBERS = ("nTrain_Signal", "nTrain_Background", "nTest_Signal", "nTest_Background")


class SplittingCalls(WeightAndCutCalls):
    """The call that says how to split, with the last cuts."""

    def PrepareTrainingAndTestTree(self, cut: Any, *arguments: Any, **keywords: Any) -> None:
        """Set cuts and the way in which events are split into training and test samples.

        Forms: ``(cut, options)``, ``(signal cut, background cut, options)``, and ``(cut, nTrainSignal,
        nTrainBackground, nTestSignal, nTestBackground, other options)``. Keyword arguments take the place of
        the option string: ``nTrain_Signal=1000, SplitMode="Random", V=False``.

        Raises
        ------
        BookingError
            The arguments fit none of the forms, or there are both options and keywords.
        """
        self._take_added_events()
        cuts, options = cuts_and_options(cut, arguments, keywords)
        if len(cuts) == 2:
            self._add_two_cuts(*cuts)
        else:
            for index, name in enumerate(self.info.classes):
                self.log.info(f"Dataset[{self.GetName()}] : Class index : {index}  name : {name}")
            self.AddCut(*cuts)
        self.specification.split_options = options
        self._changed()

    def _add_two_cuts(self, signal: Any, background: Any) -> None:
        """Add the cuts of class Signal and class Background; a regression has neither."""
        if not self._is_regression:
            self.AddCut(signal, SIGNAL_CLASS)
            self.AddCut(background, BACKGROUND_CLASS)
        elif text_of(signal) or text_of(background):
            self._warn_of_classes(f"the cuts {text_of(signal)!r} and {text_of(background)!r}")


def cuts_and_options(
    cut: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> tuple[tuple[Any, ...], str]:
    """Return one cut, or those of signal and background, and the option string of any form of the call."""
    if keywords:
        arguments = (*arguments, join_keywords(keywords))
    n_numbers = sum(isinstance(value, (int, float, np.number)) for value in arguments)
    if n_numbers:
        return (cut, cut), _options_of_numbers(arguments, n_numbers)
    if len(arguments) > 2:
        given = " and keywords" if keywords else ""
        message = (
            f"PrepareTrainingAndTestTree got {len(arguments) + 1 - bool(keywords)} arguments{given}; "
            "expected (cut, options), (signal cut, background cut, options), or keywords for the options"
        )
        raise BookingError(message)
    return (cut, *arguments[:-1]), text_of(arguments[-1]) if arguments else ""


def _options_of_numbers(arguments: tuple[Any, ...], n_numbers: int) -> str:
    if n_numbers < 4:
        message = (
            "PrepareTrainingAndTestTree(cut, nTrain, nTest) sets the option EqualTrainSample, which TMVA "
            "no longer has; give (cut, 'nTrain_Signal=…:nTrain_Background=…:SplitMode=Random')"
        )
        raise BookingError(message)
    if n_numbers > 4 or len(arguments) > 5:
        message = (
            f"PrepareTrainingAndTestTree: expected (cut, nTrainSignal, nTrainBackground, nTestSignal, "
            f"nTestBackground, other options), got {arguments}"
        )
        raise BookingError(message)
    options = [f"{name}={int(value)}" for name, value in zip(_NUMBERS, arguments, strict=False)]
    options.append(text_of(arguments[4]) if len(arguments) == 5 else "SplitMode=Random:!V")
    return ":".join(options)
