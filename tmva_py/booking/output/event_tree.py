"""The content of ``TestTree`` and ``TrainTree``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSetInfo, Events
from tmva_py.histograms import Columns


def event_columns(
    info: DataSetInfo,
    events: Events,
    responses: Mapping[str, npt.NDArray[np.float32]],
    output_names: Sequence[str] = (),
) -> tuple[Columns, list[str]]:
    """Return the columns of a sample, and names that came twice; only the first of each is a column.

    Parameters
    ----------
    info : DataSetInfo
        Names of the branches.
    events : Events
        Untransformed events in TMVA's order.
    responses : mapping of str to ndarray
        Response by method title, shape (N,) or (N, n_outputs).
    output_names : sequence of str
        Names of the outputs of methods with shape (N, n_outputs): the leaves of their branches.
    """
    columns: dict[str, npt.NDArray[Any]] = {
        "classID": events.class_index.astype(np.int32),
        "className": events.class_index,
    }
    repeated = []
    for name, values in _values(info, events, responses):
        if name in columns:
            repeated.append(name)
        else:
            columns[name] = values
    leaves = {name: tuple(output_names) for name, values in columns.items() if values.ndim == 2}
    return Columns(columns, {"className": tuple(info.classes)}, leaves), repeated


def _values(
    info: DataSetInfo, events: Events, responses: Mapping[str, npt.NDArray[np.float32]]
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    blocks = (
        (info.variables, events.x),
        (info.targets, events.targets),
        (info.spectators, events.spectators),
    )
    for infos, values in blocks:
        yield from ((one.internal_name, values[:, index]) for index, one in enumerate(infos))
    yield "weight", events.weight.astype(np.float32)
    # As in a std::map: upper case before lower case.
    yield from ((title, responses[title]) for title in sorted(responses, key=str.encode))
