"""The macros for cuts on responses, regressions, pairs of variables and trainings."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tmva_py.booking.pictures.figures import density_figure, efficiency_figure, history_figure
from tmva_py.booking.pictures.output_plots import OutputPlots, pages
from tmva_py.expressions import Formula

_HISTORY = "TrainingHistory_"


def mvaeffs(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
    formula: object = "S/sqrt(S+B)",
    nSignal: float = 1000,
    nBackground: float = 1000,
) -> list[Path]:
    """Draw what a cut on each two-class method keeps, and the best cut.

    Parameters
    ----------
    dataset : str
        The data set.
    fin : path
        The output file of a factory.
    useTMVAStyle : bool
        As in ROOT; without effect.
    formula : str, default "S/sqrt(S+B)"
        The significance, of the numbers of events S and B behind the cut.
    nSignal, nBackground : float, default 1000
        Numbers of events before the cut; ROOT asks for them in its window.

    Returns
    -------
    list of Path
        The pictures.

    Raises
    ------
    DataError
        The file cannot be read, or holds no such histograms.
    """
    with OutputPlots(dataset, fin) as plots:
        for title, folder in plots.methods():
            names = [f"MVA_{title}_eff{letter}" for letter in "SB"]
            if any(name not in plots.names(folder) for name in names):
                continue
            (signal, edges), (background, _) = (plots.histogram(folder, name) for name in names)
            s, b = nSignal * signal, nBackground * background
            total = s + b
            purity = np.divide(s, total, out=np.zeros_like(s), where=total > 0)
            significance = np.zeros_like(s)
            kept = total > 0
            significance[kept] = Formula(str(formula))({"S": s[kept], "B": b[kept]})
            curves = [
                ("Signal efficiency", signal),
                ("Background efficiency", background),
                ("Signal purity", purity),
                ("Signal efficiency*purity", signal * purity),
            ]
            cuts = (edges[1:] + edges[:-1]) / 2
            plots.save(
                f"mvaeffs_{title}", efficiency_figure(title, cuts, curves, (str(formula), significance))
            )
        return plots.written("efficiencies of two-class methods")


def deviations(
    dataset: object = "dataset",
    fin: object = "TMVAReg.root",
    htype: int = 0,  # noqa: ARG001 - ROOT's signature
    showTarget: bool = True,
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the deviations of every regression from its targets, in the test and in the training sample.

    Parameters
    ----------
    dataset, fin, useTMVAStyle
        As of `mvaeffs`.
    htype : int
        As in ROOT; without effect.
    showTarget : bool, default True
        Deviations against the targets; otherwise against the variables.
    """
    kind = "tgt" if showTarget else "var"
    with OutputPlots(dataset, fin) as plots:
        for title, folder in plots.methods():
            for sample in ("test", "train"):
                wanted = f"MVA_{title}{sample}_reg_{kind}"
                found = [folder[name] for name in plots.names(folder) if name.startswith(wanted)]
                for number, part in pages(found):
                    name = f"deviation_{title}_{'target' if showTarget else 'variable'}_{sample}_c{number}"
                    plots.save(name, density_figure(part))
        return plots.written("deviations of regressions")


def correlationscatters(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    var: object = "var3",
    dirName: object = "InputVariables_Id",
    title: object = "TMVA Input Variable",  # noqa: ARG001 - ROOT's signature
    isRegression: bool = False,  # noqa: ARG001 - ROOT's signature
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw one variable against each of the others, for each class.

    Parameters
    ----------
    dataset, fin, useTMVAStyle
        As of `mvaeffs`.
    var : str
        The variable.
    dirName : str, default "InputVariables_Id"
        The folder in the output file, one for each chain of the factory's ``Transformations``.
    title, isRegression
        As in ROOT; without effect.
    """
    name, suffix = str(var), str(dirName).removeprefix("InputVariables")
    by_class: dict[str, list[object]] = {}
    with OutputPlots(dataset, fin) as plots:
        folder = plots.folder(f"{dirName}/CorrelationPlots")
        for key in plots.names(folder):
            # scat_<y>_vs_<x>_<class>_<chain>, where names may hold underscores too.
            pair, _, class_name = key.removesuffix(suffix).removeprefix("scat_").rpartition("_")
            if key.startswith("scat_") and name in pair.split("_vs_"):
                by_class.setdefault(class_name, []).append(folder[key])
        for class_name, found in by_class.items():
            for number, part in pages(found):
                figure = density_figure(part)
                plots.save(f"correlationscatter_{name}_{class_name}_c{number}", figure)
        return plots.written(f"pairs with the variable {name!r}")


def training_history(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    useTMVAStyle: bool = True,  # noqa: ARG001
) -> list[Path]:
    """Draw the errors of every network by epoch, those of the training and of the validation sample.

    Parameters
    ----------
    dataset, fin, useTMVAStyle
        As of `mvaeffs`.
    """
    with OutputPlots(dataset, fin) as plots:
        curves = [
            (name.removeprefix(_HISTORY), plots.histogram(folder, name)[0])
            for _, folder in plots.methods()
            for name in plots.names(folder)
            if name.startswith(_HISTORY)
        ]
        if curves:
            plots.save("TrainingHistory", history_figure(curves))
        return plots.written("training histories")
