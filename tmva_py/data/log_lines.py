"""The lines and tables that TMVA writes about a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.event_reading import EventCounts
from tmva_py.data.events import Events
from tmva_py.data.split_options import SplitOptions
from tmva_py.data.statistics import weighted_moments
from tmva_py.message_log import MessageLog

Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def log_start(info: DataSetInfo, options: SplitOptions, log: MessageLog) -> None:
    """Write that the data set is built, and that mixing differs from splitting."""
    log.info(f"Rebuilding Dataset {info.name}")
    if options.mix_mode != options.split_mode:
        log.info(
            f"Dataset[{info.name}] : DataSet splitmode={options.split_mode.upper()} "
            f"differs from mixmode={options.mix_mode.upper()}"
        )


def log_cuts(info: DataSetInfo, cuts: Mapping[str, str], counts: list[EventCounts], log: MessageLog) -> None:
    """Write how many events pass each class's cut, if any class has one."""
    log.header(f"[{info.name}] : Number of events in input trees")
    if not any(cuts.values()):
        return
    width = _name_width(info)
    for name, count in zip(info.classes, counts, strict=True):
        prefix = f"Dataset[{info.name}] :     {name:<{width}}"
        efficiency = count.weight_after / count.weight_before if count.weight_before else 0.0
        log.info(f'{prefix} requirement: "{cuts.get(name, "")}"')
        passed = f"{count.after:<5}  / sum of weights: {count.weight_after:<5g}"
        log.info(f"{prefix}      -- number of events passed: {passed}")
        log.info(f"{prefix}      -- efficiency             : {efficiency:<6g}")


def log_preselection(
    info: DataSetInfo, counts: list[EventCounts], options: SplitOptions, log: MessageLog
) -> None:
    """Write what requested numbers mean for each class that a cut reduces."""
    for count in counts:
        if count.efficiency < 1:
            how = (
                "scaling the number of requested training/testing events\n"
                " to be scaled by the preselection efficiency"
                if options.scale_with_preselection
                else "interpreting the requested number of training/testing events\n"
                " to be the number of events AFTER your preselection cuts"
            )
            log.info(f"Dataset[{info.name}] :  you have opted for {how}")
        log.info()


def log_counts(
    info: DataSetInfo,
    classes: list[tuple[Indices, Indices]],
    counts: list[EventCounts],
    options: SplitOptions,
    log: MessageLog,
) -> None:
    """Write the table of events; with ``NormMode=None`` TMVA writes one line in its place."""
    prefix = f"Dataset[{info.name}] : "
    if options.norm_mode == "None":
        log.info(f"{prefix}No weight renormalisation applied: use original global and event weights")
        return
    if options.norm_mode == "EqualNumEvents":
        for line in (
            'Weight renormalisation mode: "EqualNumEvents": renormalises all event classes ...',
            " such that the effective (weighted) number of events in each class is the same ",
            " (and equals the number of events (entries) given for class=0 )",
            "... i.e. such that Sum[i=1..N_j]{w_i} = N_classA, j=classA, classB, ...",
            "... (note that N_j is the sum of TRAINING events",
            " ..... Testing events are not renormalised nor included in the renormalisation factor!)",
        ):
            log.info(prefix + line)
    log.info("Number of training and testing events")
    log.info("-" * 75)
    width = _name_width(info)
    for name, (training, testing), count in zip(info.classes, classes, counts, strict=True):
        log.info(f"{name:<{width}} -- training events            : {len(training)}")
        log.info(f"{name:<{width}} -- testing events             : {len(testing)}")
        log.info(f"{name:<{width}} -- training and testing events: {len(training) + len(testing)}")
        if count.after < count.before:
            log.info(
                f"{prefix}{name:<{width}} -- due to the preselection a scaling factor has been applied to "
                f"the numbers of requested events: {count.efficiency:g}"
            )
    log.info()


def log_correlations(info: DataSetInfo, log: MessageLog) -> None:
    """Write the classes' correlation matrices."""
    info_log = log.for_source("DataSetInfo")
    labels = [variable.label for variable in info.variables]
    for name, matrix in info.correlation_matrices.items():
        info_log.header(f"Correlation matrix ({name}):")
        for line in correlation_lines(matrix, labels):
            info_log.info(line)


def correlation_lines(matrix: Doubles, names: Sequence[str]) -> list[str]:
    r"""Return TMVA's printed form of a correlation matrix.

    Examples
    --------
    >>> print(*correlation_lines(np.array([[1, -0.5], [-0.5, 1]]), ["x", "y"]), sep="\n")
    ------------------------
                   x       y
          x:  +1.000  -0.500
          y:  -0.500  +1.000
    ------------------------
    """
    widths = [max(7, len(name)) for name in names]
    longest = max(widths, default=7)
    bar = "-" * (longest + 1 + sum(width + 1 for width in widths))
    lines = [
        bar,
        " " * (longest + 1) + "".join(f"{name:>{w + 1}}" for name, w in zip(names, widths, strict=True)),
    ]
    for name, row in zip(names, matrix, strict=True):
        cells = (f"{value:+1.3f}".rjust(width + 1) for value, width in zip(row, widths, strict=True))
        lines.append(f"{name:>{longest}}:{''.join(cells)}")
    return [*lines, bar]


def statistics_lines(x: npt.NDArray[np.float32], weight: Doubles, labels: Sequence[str]) -> list[str]:
    """Return TMVA's table of weighted mean and RMS, minimum and maximum of the columns of `x`."""
    longest = max([8, *map(len, labels)])
    width = longest + 2
    bar = "-" * (longest + 4 * width + 11)
    heads = (f"{text:>{width}}" for text in ("Mean", "RMS", "[        Min ", "    Max ]"))
    lines = ["{:>{}}  {} {}   {}  {}".format("Variable", longest, *heads), bar]
    mean, rms = weighted_moments(x, weight)
    for i, label in enumerate(labels):
        cells = [f"{value:#11.5g}".rjust(width) for value in (mean[i], rms[i], x[:, i].min(), x[:, i].max())]
        lines.append(f"{label:>{longest}}:{cells[0]}{cells[1]}   [{cells[2]}{cells[3]} ]")
    return [*lines, bar]


def log_statistics(info: DataSetInfo, events: Events, source: str, log: MessageLog) -> None:
    """Write `statistics_lines` of variables and targets, all classes together, as ``TFHandler_<source>``."""
    labels = [one.label for one in (*info.variables, *info.targets)]
    values = np.concatenate([events.x, events.targets], axis=1)
    header, *lines = statistics_lines(values, events.weight, labels)
    log.for_source(f"TFHandler_{source}").header(header)
    log.info("\n".join(lines))


def _name_width(info: DataSetInfo) -> int:
    return max(map(len, info.classes))
