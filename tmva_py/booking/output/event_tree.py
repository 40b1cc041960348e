"""The content of ``TestTree`` and ``TrainTree``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.recfunctions import unstructured_to_structured

from tmva_py.data import DataSetInfo, Events, VariableInfo
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
    leaf_list = np.dtype([(name, np.float32) for name in output_names])
    for name, values in _values(info, events, responses):
        if name in columns:
            repeated.append(name)
        else:
            has_leaves = values.ndim == 2 and name in responses
            columns[name] = unstructured_to_structured(values, leaf_list) if has_leaves else values
    return Columns(columns, {"className": tuple(info.classes)}), repeated


def _variables(
    infos: Sequence[VariableInfo], values: npt.NDArray[np.float32]
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    """Yield a column for each variable, and one of shape (N, n) for those of an array."""
    index = 0
    while index < len(infos):
        one = infos[index]
        if one.is_from_array:
            name = one.internal_name.removesuffix(f"[{one.array_index}]")
            yield name, values[:, index : index + one.array_size]
        else:
            yield one.internal_name, values[:, index]
        index += one.array_size


def _values(
    info: DataSetInfo, events: Events, responses: Mapping[str, npt.NDArray[np.float32]]
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    yield from _variables(info.variables, events.x)
    yield from ((one.internal_name, events.targets[:, index]) for index, one in enumerate(info.targets))
    for index, one in enumerate(info.spectators):
        yield one.internal_name, events.spectators[:, index].astype(one.whole_type or np.float32)
    yield "weight", events.weight.astype(np.float32)
    # As in a std::map: upper case before lower case.
    yield from ((title, responses[title]) for title in sorted(responses, key=str.encode))
