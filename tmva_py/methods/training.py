"""Training a booked method: transformations are fitted, events transformed, and a model is learnt."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet, Events, log_statistics
from tmva_py.errors import TrainingError, warn
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.response_pdfs import ResponsePDFs
from tmva_py.methods.trained_method import TrainedMethod
from tmva_py.weights.general_info import new_general_info


def train_method(method: Method, dataset: DataSet) -> TrainedMethod:
    """Return a booked method after its training.

    Parameters
    ----------
    method : Method
        As booked; it can be trained again.
    dataset : DataSet
        Untransformed.

    Raises
    ------
    TrainingError
        No training event is left, or the method cannot learn from them.
    """
    kept = training = _without_negative_weights(method, dataset.training)
    if method.sees_ignored_events:
        training = dataset.training
    if len(kept) == 0:
        message = f"{method.owner}: no events left to train on"
        raise TrainingError(message)
    check_weights(method, kept, dataset.testing)
    chain = method.transformations.copy()
    chain.fit(_for_transformations(method, dataset.training), dataset.info, log=method.log)
    transformed = TrainingData.of(DataSet(dataset.info, training, dataset.testing), chain)
    if chain.steps:
        log_statistics(dataset.info, transformed.training, method.title, method.log)
    start = time.perf_counter()
    model = method.train(transformed)
    duration = time.perf_counter() - start
    if not isinstance(model, method.model):
        message = f"{method.owner}: train gives {type(model).__name__}, expected {method.model.__name__}"
        raise TrainingError(message)
    return TrainedMethod(
        type_name=method.type_name,
        title=method.title,
        info=dataset.info,
        analysis_type=method.analysis_type,
        option_values=method.option_values,
        transformations=chain,
        model=model,
        general_info=new_general_info(len(dataset.training), duration, method.analysis_type),
    )


def fit_response_pdfs(
    method: Method,
    trained: TrainedMethod,
    events: Events,
    response: npt.NDArray[np.float32],
    log: MessageLog,
) -> TrainedMethod:
    """Return a trained method with the densities of its training responses, if its booking requests them.

    Parameters
    ----------
    method, trained : Method, TrainedMethod
        As booked, and after the training.
    events : Events
        What it was trained on.
    response : ndarray of float32, shape (N,)
        Its responses to them.
    log : MessageLog
        Where remarks go.
    """
    settings = method.response_pdf_settings
    if settings is None or not trained.model.has_response:
        return trained
    is_signal = events.class_index == trained.info.signal_class_index
    names = {"type_name": method.type_name, "title": method.title}
    pdfs = ResponsePDFs.fit(response, is_signal, events.weight, settings, **names)
    if pdfs is None:
        log.warning("<CreateMVAPdfs> no finite response to signal or to background: no PDFs")
        return trained
    for line in [*pdfs.signal.remarks(), *pdfs.background.remarks()]:
        log.warning(line)
    of_histograms, of_pdfs = pdfs.separations
    log.info(
        f"Dataset[{trained.info.name}] : <CreateMVAPdfs> Separation from histogram (PDF): "
        f"{of_histograms:1.3f} ({of_pdfs:1.3f})"
    )
    return replace(trained, response_pdfs=pdfs)


def check_weights(method: Method, training: Events, testing: Events) -> None:
    """Refuse a class whose training weights do not add up to more than 0; warn of such a class in the test.

    Raises
    ------
    TrainingError
        The message has the class, the sum and what to do.
    """
    info = method.info
    for sample, events in (("training", training), ("test", testing)):
        groups: list[tuple[str, Any]] = [(f"class {name!r}", i) for i, name in enumerate(info.classes)]
        if method.analysis_type == "Regression" or not groups:
            groups = [("the sample", None)]
        for name, index in groups:
            weight = events.weight if index is None else events.weight[events.class_index == index]
            total = float(weight.sum())
            if not len(weight) or total > 0:
                continue
            negative = np.count_nonzero(weight < 0)
            found = f"add up to {total:g}, {negative} of them are negative" if weight.any() else "are all 0"
            text = f"{method.owner}: the weights of the {len(weight)} {sample} events of {name} {found}"
            if sample == "test":
                warn(f"{text}; efficiencies of them mean nothing")
                continue
            choice = "" if method.refused_options else ", book with IgnoreNegWeightsInTraining"
            message = (
                f"{text}: nothing can be learnt from them; check the weight expression{choice}, or cut "
                "them away"
            )
            raise TrainingError(message)


def _for_transformations(method: Method, events: Events) -> Events:
    """Return what transformations are fitted on: ignored events have no weight, but their values are seen."""
    if not method.option_values["IgnoreNegWeightsInTraining"]:
        return events
    return replace(events, weight=np.maximum(events.weight, 0.0))


def _without_negative_weights(method: Method, events: Events) -> Events:
    if not method.option_values["IgnoreNegWeightsInTraining"]:
        return events
    keep = events.weight >= 0
    if keep.all():
        return events
    method.log.info(f"Ignoring {np.count_nonzero(~keep)} training events of negative weight")
    return events.select(keep)
