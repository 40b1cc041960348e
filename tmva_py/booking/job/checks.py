"""What a method needs of its data set, said before hours are spent."""

from __future__ import annotations

import os
from pathlib import Path

from tmva_py.booking.booked_method import BookedMethod
from tmva_py.booking.reader_inputs import ReaderInput, check_inputs
from tmva_py.data import DataSetInfo
from tmva_py.errors import BookingError, DataError, warn
from tmva_py.message_log import MessageLog
from tmva_py.methods import AnalysisType, Method, TrainedMethod

MINIMUM_TRAINING_EVENTS = 10


def check_classes(analysis_type: AnalysisType, title: str, info: DataSetInfo) -> None:
    """Refuse what no method could learn; TMVA says so only when it trains."""
    classes = info.classes
    if analysis_type != "Regression" and len(classes) < 2:
        there = f"only {classes[0]!r}" if classes else "none"
        message = (
            f"{title!r}: {analysis_type.lower()} needs two classes or more, and data set {info.name!r} "
            f"has {there}; add trees of each class before booking"
        )
        raise BookingError(message)
    if analysis_type == "Regression" and not info.targets:
        message = (
            f"{title!r}: regression needs a target, and data set {info.name!r} has none; call AddTarget "
            "before booking"
        )
        raise BookingError(message)


def check_trainable(info: DataSetInfo, analysis_type: AnalysisType | None) -> None:
    """Refuse a data set that has changed, since the booking, to one that nothing can be learnt from."""
    if analysis_type == "Regression" and not info.targets:
        message = f"Dataset[{info.name}] : regression without a target; call AddTarget on the loader"
        raise DataError(message)
    if analysis_type != "Regression" and len(info.classes) < 2:
        message = (
            f"Dataset[{info.name}] : classification with {len(info.classes)} class(es) "
            f"({', '.join(info.classes)}); add trees of two classes or more"
        )
        raise DataError(message)


def can_do(
    cls: type[Method], title: str, analysis_type: AnalysisType, info: DataSetInfo, log: MessageLog
) -> bool:
    """Return whether a method can do an analysis; if not, TMVA's warning says so, and the way to go."""
    n_classes, n_targets = len(info.classes), len(info.targets)
    if cls.can_handle(analysis_type, n_classes, n_targets):
        return True
    task = {
        "Regression": f"regression with {n_targets} targets.",
        "Multiclass": f"multiclass classification with {n_classes} classes.",
        "Classification": f"classification with {n_classes} classes.",
    }[analysis_type]
    text = f"Method {cls.type_name} is not capable of handling {task}"
    log.warning(text)
    advice = ""
    if analysis_type == "Classification" and n_classes > 2:
        advice = f" With AnalysisType=Multiclass the factory takes the classes {', '.join(info.classes)}."
    warn(f"{text} {title!r} is not booked.{advice}")
    return False


def check_same_inputs(trained: TrainedMethod, info: DataSetInfo, path: Path) -> None:
    """Refuse a weight file of other variables, spectators or classes than a data loader's."""
    where = f"BookMethodWeightfile({os.fspath(path)!r})"
    for what, ours, theirs in (
        ("variables", info.variables, trained.info.variables),
        ("spectators", info.spectators, trained.spectators),
    ):
        declared = [ReaderInput(one, None) for one in ours if not one.is_hidden]
        check_inputs(what, declared, theirs, where, owner="data loader")
    if info.classes != trained.info.classes:
        message = (
            f"{where}: the data loader's classes are {', '.join(info.classes)}, in this order, "
            f"those of the weight file {', '.join(trained.info.classes)}"
        )
        raise BookingError(message)


def has_enough_events(booked: BookedMethod, log: MessageLog) -> bool:
    """Return whether there are events enough to train; TMVA's warning says so if not."""
    n_events = len(booked.data_set.training)
    if n_events < MINIMUM_TRAINING_EVENTS:
        text = (
            f"Method {booked.title} not trained (training tree has less entries "
            f"[{n_events}] than required [{MINIMUM_TRAINING_EVENTS}])"
        )
        log.warning(text)
        warn(text)
    return n_events >= MINIMUM_TRAINING_EVENTS
