"""Responses and curves of methods of several classes."""

from __future__ import annotations

from pathlib import Path

from tmva_py.booking.pictures.documentation import shares_documentation
from tmva_py.booking.pictures.figures import classes_figure, graphs_figure
from tmva_py.booking.pictures.inputs import correlations, correlationscatters, variables
from tmva_py.booking.pictures.output_plots import OutputPlots
from tmva_py.errors import BookingError

_PREFIXES = {0: "mva", 3: "overtrain"}


@shares_documentation
def variablesMultiClass(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    dirName: object = "InputVariables_Id",
    title: object = "TMVA Input Variables",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw what `variables` draws, which knows several classes; ROOT has a macro of its own for them.

    Parameters
    ----------
    dirName : str, default "InputVariables_Id"
        The folder in the output file, one for each chain of the factory's ``Transformations``.
    title : str
        Above the pictures.
    """
    return variables(dataset, fin, dirName, title)


@shares_documentation
def correlationsMultiClass(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    isRegression: bool = False,  # noqa: ARG001 - ROOT's signature
    greyScale: bool = False,
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw what `correlations` draws, which knows several classes; ROOT has a macro of its own for them.

    Parameters
    ----------
    isRegression : bool
        As in ROOT; without effect.
    greyScale : bool, default False
        Grey in place of colours.
    """
    return correlations(dataset, fin, greyScale=greyScale)


@shares_documentation
def correlationscattersMultiClass(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    var: object = "var3",
    dirName: object = "InputVariables_Id",
    title: object = "TMVA Input Variable",  # noqa: ARG001 - ROOT's signature
    isRegression: bool = False,  # noqa: ARG001 - ROOT's signature
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw what `correlationscatters` draws, which knows several classes, for ROOT's macro of its own.

    Parameters
    ----------
    var : str
        The variable.
    dirName : str, default "InputVariables_Id"
        The folder in the output file, one for each chain of the factory's ``Transformations``.
    title, isRegression
        As in ROOT; without effect.
    """
    return correlationscatters(dataset, fin, var, dirName)


@shares_documentation
def mvasMulticlass(
    dataset: object = "dataset",
    fin: object = "TMVAMulticlass.root",
    htype: int = 0,
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the responses of every method of several classes, a picture for each method and response.

    Parameters
    ----------
    htype : int, default 0
        0 for the responses, 3 for test and training sample together.
    """
    if htype not in _PREFIXES:
        message = f"mvasMulticlass: expected 0 or 3 (responses, overtraining), got {htype}"
        raise BookingError(message)
    with OutputPlots(dataset, fin) as plots:
        for title, folder in plots.methods():
            names = plots.names(folder)
            start, middle = f"MVA_{title}_Test_", "_prob_for_"
            pairs = [
                name.removeprefix(start).split(middle)
                for name in names
                if name.startswith(start) and middle in name
            ]
            for answered in dict.fromkeys(response for _, response in pairs):
                parts = []
                for of_class in (one for one, response in pairs if response == answered):
                    train = f"MVA_{title}_Train_{of_class}{middle}{answered}"
                    with_train = htype == 3 and train in names
                    test = folder[f"{start}{of_class}{middle}{answered}"]
                    parts.append((of_class, test, folder[train] if with_train else None))
                figure = classes_figure(f"{title} response for {answered}", parts)
                plots.save(f"{_PREFIXES[htype]}_{answered}_{title}", figure)
        return plots.written("responses of methods of several classes")


@shares_documentation
def efficienciesMulticlass1vsRest(
    dataset: object = "dataset",
    fin: object = "TMVAMulticlass.root",
    plotType: int = 1,
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw what is kept of a class against what is rejected of all others, a picture for each class.

    Parameters
    ----------
    plotType : int, default 1
        0 for the background that is kept, 1 for what is rejected.
    """
    if int(plotType) not in (0, 1):
        message = f"efficienciesMulticlass1vsRest: expected 0 or 1 (efficiency, rejection), got {plotType}"
        raise BookingError(message)
    name, y_title = (("effBvsS", "Backgr eff"), ("rejBvsS", "Backgr rejection (1-eff)"))[int(plotType)]
    with OutputPlots(dataset, fin) as plots:
        _draw_graphs(plots, "rejBvsS_", f"roc_{name}_1vsRest_", y_title, is_kept=int(plotType) == 0)
        return plots.written("curves of one class against the rest")


@shares_documentation
def efficienciesMulticlass1vs1(
    dataset: object = "dataset",
    fin: object = "TMVAMulticlass.root",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT has no such style here
) -> list[Path]:
    """Draw what is kept of a class against what is rejected of another, a picture for each pair."""
    with OutputPlots(dataset, fin) as plots:
        _draw_graphs(plots, "1v1rejBvsS_", "roc_1vs1_", "Backgr rejection (1-eff)")
        return plots.written("curves of one class against another")


def _draw_graphs(plots: OutputPlots, kind: str, prefix: str, y_title: str, *, is_kept: bool = False) -> None:
    """Draw the graphs of one kind, those of all methods in one picture for each class or pair."""
    found: dict[str, list[tuple[str, object]]] = {}
    for title, folder in plots.methods():
        start = f"MVA_{title}_Test_{kind}"
        for name, one in folder.classnames(recursive=False, cycle=False).items():
            if one == "TGraph" and name.startswith(start):
                x, y = folder[name].values()
                found.setdefault(name.removeprefix(start), []).append((title, (x, 1 - y if is_kept else y)))
    for name, graphs in found.items():
        plots.save(f"{prefix}{name}", graphs_figure(name.replace("_vs_", " versus "), graphs, y_title))
