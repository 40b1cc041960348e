"""What a factory with an output file tells of the variables: tables, histograms and a ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmva_py.booking.config import gConfig
from tmva_py.booking.output.variable_plots import VariablePlots
from tmva_py.data import DataSet, DataSetInfo, Events, log_statistics
from tmva_py.errors import UnknownNameError, warn
from tmva_py.evaluation import (
    correlation_ratio,
    correlation_with_target,
    mutual_information,
    variable_separation,
)
from tmva_py.evaluation.tables import ranking_lines

if TYPE_CHECKING:
    from tmva_py.booking.output_file import OutputFile
    from tmva_py.data.transformations import TransformationChain
    from tmva_py.message_log import MessageLog
    from tmva_py.plugins import Registry

Ranking = list[tuple[str, float]]


def report_variables(
    data_set: DataSet, transformations: str, output: OutputFile, registry: Registry, log: MessageLog
) -> None:
    """Show the training events after each chain of transformations, and rank the untransformed variables.

    A chain that is not available is left out with a warning.
    """
    from tmva_py.data.transformations import TransformationChain

    missing: list[str] = []
    used: set[str] = set()
    identity: VariablePlots | None = None
    for text in filter(None, transformations.split(";")):
        try:
            chain = TransformationChain.from_text(text, data_set.info, registry=registry)
        except UnknownNameError as error:
            missing.append(f"Transformations={text}: {str(error).splitlines()[0]}")
            continue
        if not chain.steps:
            continue
        chain.fit(data_set.training, data_set.info)
        name, copy = chain.short_name, 0
        while name in used:
            name, copy = f"{chain.short_name}_{copy}", copy + 1
        used.add(name)
        events = chain.apply_events(data_set.training)
        log_statistics(data_set.info, events, "Factory", log)
        plots = VariablePlots(data_set.info, events, _shown_name(chain), f"_{chain.short_name}")
        _file(plots, f"{data_set.info.name}/InputVariables_{name}", output, log)
        if text.startswith("I"):
            identity = plots
    if identity is not None:
        _log_rankings(identity, log)
    if missing:
        message = "variables are not shown after these chains:\n  " + "\n  ".join(missing)
        warn(message)


def report_method_variables(
    info: DataSetInfo,
    testing: Events,
    chain: TransformationChain,
    title: str,
    directory: str,
    output: OutputFile,
    log: MessageLog,
) -> None:
    """Show the test events as a method sees them."""
    if len(testing) == 0:
        return
    limit = gConfig().GetVariablePlotting().fMaxNumOfAllowedVariables
    if len(info.variables) >= limit:
        log.info(
            f"Dataset[{info.name}] :  variable plots are not produces ! The number of variables is "
            f"{len(info.variables)} , it is larger than {limit}"
        )
        return
    events = chain.apply_events(testing)
    log_statistics(info, events, title, log)
    _file(VariablePlots(info, events, _shown_name(chain)), directory, output, log)


def _shown_name(chain: TransformationChain) -> str:
    """Return what axis titles say of a chain; nothing of one that changes nothing."""
    steps = [step.transformation.short_name for step in chain.steps]
    return "" if steps in ([], ["Id"]) else chain.short_name


def _file(plots: VariablePlots, folder: str, output: OutputFile, log: MessageLog) -> None:
    if not plots.has_scatter_plots:
        info = plots.info
        log.info(
            "<PlotVariables> Will not produce scatter plots ==> \n"
            f"|  The number of {len(info.variables)} input variables and {len(info.targets)} target values "
            f"would require {plots.n_scatter_plots} two-dimensional\n"
            "|  histograms, which would occupy the computer's memory. Note that this\n"
            "|  suppression does not have any consequences for your analysis, other\n"
            "|  than not disposing of these scatter plots. You can modify the maximum\n"
            "|  number of input variables allowed to generate scatter plots in your\n"
            "|  script via the command line:\n"
            '|  "(TMVA::gConfig().GetVariablePlotting()).'
            'fMaxNumOfAllowedVariablesForScatterPlots = <some int>;"'
        )
    output.add(folder, plots.objects())


def _log_rankings(plots: VariablePlots, log: MessageLog) -> None:
    rankings = _rankings(plots)
    if not rankings:
        return
    log.info("Ranking input variables (method unspecific)...")
    for discriminator, ranking in rankings:
        log.for_source("IdTransformation").header("Ranking result (top variable is best ranked)")
        log.info("\n".join(ranking_lines(ranking, discriminator)))


def _rankings(plots: VariablePlots) -> list[tuple[str, Ranking]]:
    """Return TMVA's rankings of variables before any training: by separation, or by ties to the target."""
    info, events = plots.info, plots.events
    n_variables = len(info.variables)
    if len(info.targets) == 1:
        labels = [one.label for one in info.variables]
        target = events.targets[:, 0]
        linear = [correlation_with_target(events.x[:, i], target) for i in range(n_variables)]
        rankings = [("|Correlation with target|", linear)]
        if plots.has_scatter_plots:
            joint = [plots.scatter(n_variables, i, 0) for i in range(n_variables)]
            rankings += [
                ("Mutual information", [mutual_information(one.values) for one in joint]),
                ("Correlation Ratio", [correlation_ratio(one) for one in joint]),
                ("Correlation Ratio (T)", [correlation_ratio(one, transposed=True) for one in joint]),
            ]
        return [(name, list(zip(labels, values, strict=True))) for name, values in rankings]
    if sorted(info.classes) == ["Background", "Signal"]:
        # TMVA ranks by the histograms' titles.
        return [
            (
                "Separation",
                [
                    (one.title, variable_separation(plots.class_histograms(i), info.signal_class_index))
                    for i, one in enumerate(info.variables)
                ],
            )
        ]
    return []
