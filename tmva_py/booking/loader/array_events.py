"""Events in arrays, as the columns of a tree for each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.loader.state import REGRESSION_CLASS
from tmva_py.data.data_set_info import SIGNAL_CLASS
from tmva_py.data.specification import BACKGROUND_CLASS
from tmva_py.data.variable_info import VariableInfo
from tmva_py.errors import BookingError
from tmva_py.trees import open_tree

_WEIGHT = "weight"


@dataclass(frozen=True)
class Sample:
    """The columns of one class, and the name of the one with weights; empty without any."""

    class_name: str
    columns: dict[str, Any]
    weight_name: str


def given_columns(x: Any, names: Sequence[str] | None, variables: Sequence[VariableInfo]) -> dict[str, Any]:
    """Return the columns of an array, or of what has columns with names."""
    array = x if isinstance(x, np.ndarray) else None
    if array is None and isinstance(x, (list, tuple)):
        array = np.array(x, dtype=np.float64)
    if array is None or array.dtype.names:
        if names is not None:
            message = "AddArrays: names are for arrays without; the columns of these events have their own"
            raise BookingError(message)
        tree = open_tree(x, name_hint="arrays")
        entries = tree.read(tree.branch_names, 0, tree.n_entries)
        return {name: entries[name].to_array() for name in tree.branch_names}
    if array.ndim != 2:
        message = f"AddArrays: expected an array of shape (N, n) or columns with names, got {array.shape}"
        raise BookingError(message)
    chosen = list(names) if names is not None else [one.expression for one in variables]
    chosen = chosen or [f"var{number}" for number in range(array.shape[1])]
    if len(chosen) != array.shape[1] or len(set(chosen)) != len(chosen):
        message = (
            f"AddArrays: {array.shape[1]} columns and {len(set(chosen))} different names "
            f"({', '.join(chosen[:8])}); give names="
        )
        raise BookingError(message)
    return {str(name): array[:, place] for place, name in enumerate(chosen)}


def samples_of(
    columns: Mapping[str, Any],
    y: Any,
    weight: Any,
    *,
    classes: Sequence[str] | None,
    targets: Sequence[str] | None,
) -> list[Sample]:
    """Return the columns of each class, the first class first."""
    values = np.asarray(y)
    n_events = len(next(iter(columns.values()))) if columns else 0
    if values.ndim == 0 or len(values) != n_events:
        message = f"AddArrays: {n_events} events, but y has the shape {values.shape}"
        raise BookingError(message)
    columns, weight_name = dict(columns), ""
    if weight is not None:
        weights = np.asarray(weight, dtype=np.float64)
        if weights.shape != (n_events,):
            message = f"AddArrays: {n_events} events, but the weights have the shape {weights.shape}"
            raise BookingError(message)
        weight_name = _WEIGHT
        while weight_name in columns:
            weight_name += "_"
        columns[weight_name] = weights
    if targets is not None:
        return [_regression(columns, values, targets, weight_name)]
    if values.ndim != 1:
        message = (
            f"AddArrays: y of classes has one value for each event, got {values.shape}; targets= is missing"
        )
        raise BookingError(message)
    samples = []
    for name, chosen in _classes(values, classes):
        if chosen.any():
            samples.append(Sample(name, {key: one[chosen] for key, one in columns.items()}, weight_name))
    return samples


def _regression(
    columns: dict[str, Any], values: npt.NDArray[Any], targets: Sequence[str], weight_name: str
) -> Sample:
    table = values.reshape(len(values), -1)
    if table.shape[1] != len(targets) or set(targets) & set(columns):
        message = (
            f"AddArrays: y has {table.shape[1]} targets, and targets={list(targets)}; as many names are "
            "expected, and none of a column"
        )
        raise BookingError(message)
    wanted = {name: table[:, place] for place, name in enumerate(targets)}
    return Sample(REGRESSION_CLASS, {**columns, **wanted}, weight_name)


def _classes(
    values: npt.NDArray[Any], classes: Sequence[str] | None
) -> list[tuple[str, npt.NDArray[np.bool_]]]:
    """Return the name of each class with its events; of names the first that is met comes first."""
    if values.dtype.kind in "UOSa" and all(isinstance(one, str) for one in values.tolist()):
        found = list(dict.fromkeys(values.tolist()))
        order = list(classes) if classes is not None else found
        if unknown := [name for name in found if name not in order]:
            message = f"AddArrays: y has the class {unknown[0]!r}, and classes={order}"
            raise BookingError(message)
        return [(name, values == name) for name in order]
    numbers = values.astype(np.int64) if values.dtype.kind in "biuf" else None
    whole = numbers is not None and bool((numbers == values).all())
    limit = 2 if classes is None else len(classes)
    if numbers is None or not whole or (len(numbers) and not 0 <= numbers.min() <= numbers.max() < limit):
        expected = "0 and 1 (or names, or classes=)" if classes is None else f"numbers below {limit}"
        message = f"AddArrays: expected y of {expected}, got {np.unique(values)[:6].tolist()}"
        raise BookingError(message)
    if classes is None:
        return [(SIGNAL_CLASS, numbers == 1), (BACKGROUND_CLASS, numbers == 0)]
    return [(str(name), numbers == place) for place, name in enumerate(classes)]
