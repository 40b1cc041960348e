"""The macros for methods of two classes and for variables."""

from __future__ import annotations

from pathlib import Path

from tmva_py.booking.pictures.figures import (
    Doubles,
    curve_figure,
    matrix_figure,
    response_figure,
    variables_figure,
)
from tmva_py.booking.pictures.output_plots import OutputPlots, pages
from tmva_py.errors import BookingError

_PREFIXES = ("mva", "proba", "rarity", "overtrain")
_CURVES = {
    1: ("effBvsS", "Signal eff", "Backgr eff"),
    2: ("rejBvsS", "Signal eff", "Backgr rejection (1-eff)"),
    3: ("invBeffvsSeff", "Signal eff", "Inverse backgr. eff (1/eff)"),
}


def mvas(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    htype: int = 0,
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the responses of every two-class method to signal and background.

    Parameters
    ----------
    dataset : str
        The data set.
    fin : path
        The output file of a factory.
    htype : int, default 0
        0 for the responses, 1 for probabilities, 2 for rarities (with ``CreateMVAPdfs``), 3 for test and
        training sample together, with the probability of Kolmogorov and Smirnov that they are of one kind.
    useTMVAStyle : bool
        As in ROOT; without effect.

    Returns
    -------
    list of Path
        The pictures.

    Raises
    ------
    DataError
        The file cannot be read, or holds no such histograms.
    MissingExtraError
        matplotlib is not installed.
    """
    if htype not in range(4):
        message = f"mvas: expected 0 to 3 (responses, probabilities, rarities, overtraining), got {htype}"
        raise BookingError(message)
    with OutputPlots(dataset, fin) as plots:
        for title, folder in plots.methods():
            parts = plots.responses(folder, title, int(htype))
            if parts:
                figure = response_figure(title, parts, overtraining=htype == 3)
                plots.save(f"{_PREFIXES[htype]}_{title}", figure)
        return plots.written("responses of two-class methods")


def efficiencies(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    type: int = 2,
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw background efficiency (1), rejection (2) or inverse efficiency (3) versus signal efficiency.

    Parameters
    ----------
    dataset, fin, useTMVAStyle
        As of `mvas`.
    type : int, default 2
        Which curve.
    """
    if type not in _CURVES:
        message = f"efficiencies: expected 1, 2 or 3 (efficiency, rejection, inverse efficiency), got {type}"
        raise BookingError(message)
    name, x_title, y_title = _CURVES[type]
    with OutputPlots(dataset, fin) as plots:
        curves = [
            (title, plots.histogram(folder, f"MVA_{title}_{name}"))
            for title, folder in plots.methods()
            if f"MVA_{title}_{name}" in plots.names(folder)
        ]
        if curves:
            # TMVA's legend has the best method first.
            curves.sort(key=lambda one: -float(one[1][0].mean()) if type == 2 else float(one[1][0].mean()))
            plots.save(name, curve_figure(curves, x_title, y_title))
        return plots.written(f"curves {name}")


def variables(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    dirName: object = "InputVariables_Id",
    title: object = "TMVA Input Variables",
    isRegression: bool = False,  # noqa: ARG001 - ROOT's signature
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the input variables of each class after a chain of transformations, six in a picture.

    Parameters
    ----------
    dataset, fin, useTMVAStyle
        As of `mvas`.
    dirName : str, default "InputVariables_Id"
        The folder in the output file, one for each chain of the factory's ``Transformations``.
    title : str
        Above the pictures.
    isRegression : bool
        As in ROOT; without effect.
    """
    with OutputPlots(dataset, fin) as plots:
        folder = plots.folder(str(dirName))
        by_variable: dict[str, list[tuple[str, tuple[Doubles, Doubles]]]] = {}
        suffix = str(dirName).removeprefix("InputVariables")
        for name in plots.names(folder):
            variable, mark, rest = name.partition("__")
            if mark:
                class_name = rest.removesuffix(suffix)
                by_variable.setdefault(variable, []).append((class_name, plots.histogram(folder, name)))
        listed = list(by_variable.items())
        short = str(dirName).removeprefix("InputVariables_").lower()
        for number, part in pages(listed):
            figure = variables_figure(part, str(title))
            plots.save(f"variables_{short}_c{number}", figure)
        return plots.written(f"variables in {dirName}")


def correlations(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    isRegression: bool = False,  # noqa: ARG001 - ROOT's signature
    greyScale: bool = False,
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the correlation matrices of the variables, one picture for each class.

    Parameters
    ----------
    dataset, fin, isRegression, useTMVAStyle
        As of `mvas` and `variables`.
    greyScale : bool, default False
        Grey in place of colours.
    """
    with OutputPlots(dataset, fin) as plots:
        folder = plots.folder("")
        for name in plots.names(folder):
            if name.startswith("CorrelationMatrix"):
                plots.save(name, matrix_figure(folder[name], grey=bool(greyScale)))
        return plots.written("correlation matrices")
