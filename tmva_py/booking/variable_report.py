"""What a factory with an output file tells of the input variables before the first training."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tmva_py.booking.config import gConfig
from tmva_py.data import statistics_lines
from tmva_py.errors import TMVAWarning, UnknownNameError
from tmva_py.evaluation import Histogram, variable_histograms, variable_separation
from tmva_py.evaluation.tables import ranking_lines

if TYPE_CHECKING:
    from tmva_py.booking.output_file import OutputFile
    from tmva_py.data import DataSet, DataSetInfo
    from tmva_py.message_log import MessageLog
    from tmva_py.plugins import Registry


def report_variables(
    data_set: DataSet, transformations: str, output: OutputFile, registry: Registry, log: MessageLog
) -> None:
    """Print mean, RMS and range of the variables after each chain of transformations, and file histograms.

    Parameters
    ----------
    data_set : DataSet
        Its training events are shown.
    transformations : str
        The factory's option: chains separated by ``;``. A chain that is not available is left out with a
        warning.
    output : OutputFile
        Gets ``InputVariables_<chain>``.
    registry : Registry
        Where transformations are found.
    log : MessageLog
        The factory's.
    """
    from tmva_py.data.transformations import TransformationChain

    missing = []
    used: set[str] = set()
    for text in filter(None, transformations.split(";")):
        try:
            chain = TransformationChain.from_text(text, data_set.info, registry=registry)
        except UnknownNameError as error:
            missing.append(f"Transformations={text}: {str(error).splitlines()[0]}")
            continue
        chain.fit(data_set.training, data_set.info)
        name, copy = chain.short_name, 0
        while name in used:
            name, copy = f"{chain.short_name}_{copy}", copy + 1
        used.add(name)
        # As in TMVA, only a chain that was asked for as identity is followed by the ranking.
        is_ranked = text.startswith("I") and sorted(data_set.info.classes) == ["Background", "Signal"]
        x = chain.apply_events(data_set.training).x
        histograms = _report_chain(data_set, x, name, output, log)
        if is_ranked:
            _log_ranking(data_set.info, histograms, log)
    if missing:
        message = "variables are not shown after these chains:\n  " + "\n  ".join(missing)
        warnings.warn(message, TMVAWarning, stacklevel=6)


def _report_chain(
    data_set: DataSet, x: npt.NDArray[np.float32], name: str, output: OutputFile, log: MessageLog
) -> list[list[Histogram]]:
    info, events = data_set.info, data_set.training
    header, *lines = statistics_lines(x, events.weight, [one.label for one in info.variables])
    log.for_source("TFHandler_Factory").header(header)
    log.info("\n".join(lines))
    plotting = gConfig().GetVariablePlotting()
    histograms = [
        variable_histograms(
            x[:, index],
            events.weight,
            events.class_index,
            len(info.classes),
            whole_numbers=one.type == "I",
            n_bins=plotting.fNbins1D,
            range_in_rms=plotting.fTimesRMS,
        )
        for index, one in enumerate(info.variables)
    ]
    _file(data_set, histograms, name, output)
    return histograms


def _log_ranking(info: DataSetInfo, histograms: list[list[Histogram]], log: MessageLog) -> None:
    ranking = [
        (one.label, variable_separation(by_class, info.signal_class_index))
        for one, by_class in zip(info.variables, histograms, strict=True)
    ]
    log.for_source("IdTransformation").header("Ranking result (top variable is best ranked)")
    log.info("\n".join(ranking_lines(ranking, "Separation")))


def _file(data_set: DataSet, histograms: list[list[Histogram]], name: str, output: OutputFile) -> None:
    info = data_set.info
    for one, by_class in zip(info.variables, histograms, strict=True):
        unit = f" [{one.unit}]" if one.unit else ""
        title = one.title or one.label
        for class_name, histogram in zip(info.classes, by_class, strict=True):
            output.add_variable(
                f"{info.name}/InputVariables_{name}/{one.internal_name}__{class_name}_{name}",
                histogram,
                title,
                f"{title} ({name}){unit}",
            )
