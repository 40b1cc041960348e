"""What a loss can be trained on: its targets, and the sums of the event weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, OptionError, warn
from tmva_py.functions.losses import Loss

Numbers = npt.NDArray[Any]
_SHOWN = 6
_MOST_CLASSES = 100


def check_targets(loss: Loss, targets: Numbers) -> None:
    """Refuse targets, (N, n_outputs), that the loss is not made for; warn if they all are the same class.

    Raises
    ------
    DataError
        A target is outside the loss's range, or the targets of an event do not add up to 1 for a loss of
        exclusive classes.
    OptionError
        Exclusive classes with one output.
    """
    if loss.exclusive and targets.shape[1] == 1:
        message = (
            f"loss {loss.names[0]} has an output for each class, and the network has one; take CROSSENTROPY "
            "for two classes, or a last layer as wide as there are classes"
        )
        raise OptionError(message)
    if loss.target_range is None:
        return
    low, high = loss.target_range
    if targets.min() < low or targets.max() > high:
        message = (
            f"y: {_found(targets)}; the loss {loss.names[0]} is for targets from {low:g} to {high:g}: "
            f"{_advice(targets)}"
        )
        raise DataError(message)
    if loss.exclusive:
        off = np.abs(targets.sum(axis=1, dtype=np.float64) - 1) > 1e-3
        if off.any():
            event = int(np.argmax(off))
            total = targets[event].sum(dtype=np.float64)
            message = (
                f"y: the targets of event {event} add up to {total:g}; {loss.names[0]} is for classes "
                "of which one is right: give class numbers, or rows that add up to 1"
            )
            raise DataError(message)
    if len(targets) > 1 and (targets == targets[0]).all():
        shown = ", ".join(f"{value:g}" for value in targets[0][:_SHOWN].tolist())
        text = f"all {len(targets)} events have the same target {shown}: there is nothing to tell apart"
        warn(text)


def check_weight_sums(loss: Loss, targets: Numbers, weight: Numbers | None) -> None:
    """Refuse weights whose sum is not above 0, of all events or of a class: the loss has no minimum then.

    Raises
    ------
    DataError
        The message has the sum and what to do.
    """
    if weight is None:
        return
    flat = weight.reshape(-1)
    groups: list[tuple[str, Any]] = [("", slice(None))]
    if loss.target_range is not None and np.isin(targets, (0, 1)).all():
        if targets.shape[1] == 1:
            groups += [(f" of the events with y = {number}", targets[:, 0] == number) for number in (0, 1)]
        else:
            groups += [(f" of class {n}", column == 1) for n, column in enumerate(targets.T)]
    for name, chosen in groups:
        part = flat[chosen]
        total = float(part.sum(dtype=np.float64))
        if len(part) and not total > 0:
            negative = int((part < 0).sum())
            what = (
                f"add up to {total:g} ({negative} of {len(part)} are negative)" if part.any() else "are all 0"
            )
            message = (
                f"event_weight: the weights{name} {what}, so that the loss has no minimum; leave out events "
                "of negative weight (IgnoreNegWeightsInTraining of a booking), or take absolute values"
            )
            raise DataError(message)


def _found(targets: Numbers) -> str:
    values = np.unique(targets)
    if len(values) <= _SHOWN:
        return f"found the values {', '.join(f'{value:g}' for value in values.tolist())}"
    return f"found {len(values)} different values from {values[0]:g} to {values[-1]:g}"


def _advice(targets: Numbers) -> str:
    values = np.unique(targets)
    count = len(values)
    if count == 2:
        return f"for two classes write y == {values[1]:g}, which is 0 or 1"
    if targets.shape[1] == 1 and count <= _MOST_CLASSES and (values == np.round(values)).all():
        counted = np.array_equal(values, np.arange(count))
        numbers = "" if counted else f" and class numbers from 0 to {count - 1}"
        return (
            f"{count} classes take a last layer of width {count}{numbers}; numbers to be estimated take "
            "loss='SUMOFSQUARES'"
        )
    return "numbers to be estimated take loss='SUMOFSQUARES'"
