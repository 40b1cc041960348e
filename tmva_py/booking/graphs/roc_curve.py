"""``TMVA.ROCCurve``."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.graphs.making import roc_graph
from tmva_py.errors import BookingError
from tmva_py.evaluation import RocCurve


class ROCCurve:
    """``TMVA.ROCCurve``: the curve of lists of responses, in ROOT's five forms.

    ``ROCCurve(values, classes)``, ``ROCCurve(values, classes, weights)``, ``ROCCurve(signal, background)``,
    ``ROCCurve(signal, background, signal_weights, background_weights)``, and ``ROCCurve(events)`` of tuples
    (response, weight, is signal). With two lists, truth values or whole numbers 0 and 1, as many as there are
    responses, are classes.

    Raises
    ------
    BookingError
        The arguments are of none of these forms.

    Examples
    --------
    >>> ROCCurve([0.1, 0.9], [False, True]).GetROCIntegral()
    1.0
    >>> round(ROCCurve([0.8, 0.9, 0.3], [0.1, 0.5]).GetROCIntegral(), 4)
    0.8333
    """

    def __init__(self, *arguments: Any) -> None:
        # A std::vector of PyROOT is a sequence, but no buffer that NumPy knows.
        lists = [np.array(list(one)) for one in arguments]
        if len(lists) == 1:
            values, weights, is_signal = _columns(lists[0])
        elif len(lists) == 2 and _are_classes(lists[1], len(lists[0])):
            (values, is_signal), weights = lists, np.ones(len(lists[0]))
        elif len(lists) == 3:
            values, is_signal, weights = lists
        elif len(lists) in (2, 4):
            values = np.concatenate(lists[:2])
            is_signal = np.arange(len(values)) < len(lists[0])
            weights = np.concatenate(lists[2:]) if len(lists) == 4 else np.ones(len(values))
        else:
            message = (
                "ROCCurve takes (values, classes[, weights]), (signal, background[, weights of both]) or "
                f"tuples (response, weight, is signal); got {len(lists)} lists"
            )
            raise BookingError(message)
        if not len(values) == len(is_signal) == len(weights):
            message = (
                f"ROCCurve: lists of different lengths: {', '.join(str(len(one)) for one in lists)}; "
                "as many classes and weights as responses are expected"
            )
            raise BookingError(message)
        self._curve = RocCurve(values.astype(np.float32), is_signal.astype(bool), weights.astype(np.float64))

    def GetROCIntegral(self, points: int = 41) -> float:  # noqa: ARG002 - ROOT's signature
        """Return the area under the unbinned curve; the number of points makes no difference."""
        return self._curve.area

    def GetEffSForEffB(self, background_efficiency: float, num_points: int = 41) -> float:  # noqa: ARG002
        """Return the signal efficiency at a background efficiency."""
        return self._curve.signal_efficiency_at(background_efficiency)

    def GetROCCurve(self, points: int = 100) -> Any:  # noqa: ARG002 - ROOT's signature
        """Return background rejection versus signal efficiency, one point per distinct response."""
        return roc_graph(self._curve)


def _are_classes(values: npt.NDArray[Any], n_events: int) -> bool:
    return len(values) == n_events and values.dtype.kind in "biu" and bool(np.isin(values, (0, 1)).all())


def _columns(events: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    if events.ndim != 2 or events.shape[1] != 3:
        message = "ROCCurve of one list: expected tuples (response, weight, is signal)"
        raise BookingError(message)
    return events[:, 0], events[:, 1], events[:, 2]
