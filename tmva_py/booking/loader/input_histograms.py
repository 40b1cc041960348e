"""Histograms of a data set's variables, as TMVA's notebook functions make them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tmva_py.booking.histogram_view import HistogramView
from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.events import DataSet, Events
from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import UnknownNameError, did_you_mean
from tmva_py.histograms import Axis, Histogram


def input_histograms(
    data_set: DataSet, variable: str, n_bins: int, transformations: str
) -> dict[str, HistogramView]:
    """Return a variable's histogram of each class, weighted, of training and test events together.

    Raises
    ------
    UnknownNameError
        There is no such variable.
    """
    info = data_set.info
    place = _place_of(info, variable)
    training, testing = data_set.training, data_set.testing
    chain = TransformationChain.from_text(transformations, info)
    if chain.steps:
        chain.fit(training)
        training, testing = chain.apply_events(training), chain.apply_events(testing)
    events = Events.concatenate([training, testing])
    values = events.x[:, place]
    one = info.variables[place]
    unit = f" [{one.unit}]" if one.unit else ""
    low, high = float(values.min()), float(values.max())
    # A value at the upper end lies above the axis.
    axis = Axis.around(
        n_bins, low, float(np.nextafter(np.float32(high), np.float32(np.inf))), one.title + unit
    )
    found = {}
    for number, name in enumerate(info.classes):
        chosen = events.class_index == number
        filled = Histogram.fill(axis, values[chosen], events.weight[chosen], title=name, y_title="weight")
        found[name] = HistogramView(f"{one.internal_name}__{name}", filled)
    return found


def chain_text(transformations: Iterable[str] | str) -> str:
    """Return the text of a chain that is given as one, or as a list of steps."""
    steps = [transformations] if isinstance(transformations, str) else [str(one) for one in transformations]
    return ",".join(one for one in steps if one) or "I"


def _place_of(info: DataSetInfo, name: str) -> int:
    for place, one in enumerate(info.variables):
        if name in (one.label, one.internal_name, one.expression):
            return place
    labels = [one.label for one in info.variables]
    message = (
        f"data set {info.name!r} has no variable {name!r}{did_you_mean(name, labels)}; {', '.join(labels)}"
    )
    raise UnknownNameError(message)
