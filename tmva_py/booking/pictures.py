"""TMVA's macros that draw what an output file holds: ``mvas``, ``efficiencies``, ``variables`` and others.

Each writes pictures into ``<data set>/plots`` under TMVA's names.
"""

from __future__ import annotations

import io
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.config import gConfig
from tmva_py.errors import BookingError, DataError, did_you_mean, missing_extra
from tmva_py.files import write_atomically
from tmva_py.message_log import MessageLog

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Doubles = npt.NDArray[np.float64]
SIGNAL, BACKGROUND = "blue", "red"
_PREFIXES = ("mva", "proba", "rarity", "overtrain")
_CURVES = {
    1: ("effBvsS", "Signal eff", "Backgr eff"),
    2: ("rejBvsS", "Signal eff", "Backgr rejection (1-eff)"),
    3: ("invBeffvsSeff", "Signal eff", "Inverse backgr. eff (1/eff)"),
}
_PER_PICTURE = 6
# By the number of ``fPlotFormat``.
_FORMATS = ("png", "eps", "pdf")
_KOLMOGOROV_TERMS = 100


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
    with _Plots(dataset, fin) as plots:
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
    with _Plots(dataset, fin) as plots:
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
    with _Plots(dataset, fin) as plots:
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
        for number, start in enumerate(range(0, len(listed), _PER_PICTURE), start=1):
            figure = variables_figure(listed[start : start + _PER_PICTURE], str(title))
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
    with _Plots(dataset, fin) as plots:
        folder = plots.folder("")
        for name in plots.names(folder):
            if name.startswith("CorrelationMatrix"):
                plots.save(name, matrix_figure(folder[name], grey=bool(greyScale)))
        return plots.written("correlation matrices")


class _Plots:
    """An output file, and the pictures that are made of it."""

    def __init__(self, dataset: object, fin: object) -> None:
        self._dataset, self._path = str(dataset), os.fspath(fin) if isinstance(fin, os.PathLike) else str(fin)
        self._pictures: list[Path] = []

    def __enter__(self) -> _Plots:
        import uproot

        try:
            self._file: Any = uproot.open(self._path)
        except Exception as error:  # whatever is wrong with the file
            message = f"cannot read the output file {self._path!r}: {str(error).strip().splitlines()[0]}"
            raise DataError(message) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def folder(self, name: str) -> Any:
        """Return a folder of the data set."""
        place = "/".join(one for one in (self._dataset.strip("/"), name) if one)
        kinds = self._file.classnames(cycle=False)
        known = [key for key, kind in kinds.items() if kind == "TDirectory"]
        if place not in known:
            message = f"{self._path!r} has no folder {place!r}{did_you_mean(place, known)}"
            raise DataError(message)
        return self._file[place]

    def names(self, folder: Any) -> list[str]:
        """Return the names of histograms in a folder, in their order."""
        found = folder.classnames(recursive=False)
        return [name.partition(";")[0] for name, kind in found.items() if kind.startswith("TH")]

    def methods(self) -> Iterator[tuple[str, Any]]:
        """Yield title and folder of each method."""
        for name, kind in self.folder("").classnames(recursive=True, cycle=False).items():
            parts = name.split("/")
            if kind == "TDirectory" and len(parts) == 2 and parts[0].startswith("Method_"):
                yield parts[1], self.folder(name)

    def histogram(self, folder: Any, name: str) -> tuple[Doubles, Doubles]:
        """Return contents and edges."""
        found = folder[name]
        return found.values().astype(np.float64), found.axis().edges()

    def responses(self, folder: Any, title: str, kind: int) -> dict[str, tuple[Doubles, ...]]:
        """Return the histograms of a method by their role; nothing where one is missing."""
        middle = ("", "Proba_", "Rarity_", "")[kind]
        wanted = {"signal": f"MVA_{title}_{middle}S", "background": f"MVA_{title}_{middle}B"}
        if kind == 3:
            wanted["training signal"] = f"MVA_{title}_Train_S"
            wanted["training background"] = f"MVA_{title}_Train_B"
        there = self.names(folder)
        if any(name not in there for name in wanted.values()):
            return {}
        return {role: (*self.histogram(folder, name), folder[name].errors()) for role, name in wanted.items()}

    def save(self, name: str, figure: Figure) -> None:
        """Write a picture in the format of ``gConfig``."""
        target = Path(self._dataset) / "plots"
        target.mkdir(parents=True, exist_ok=True)
        number = int(gConfig().GetVariablePlotting().fPlotFormat)
        suffix = _FORMATS[number] if number in range(len(_FORMATS)) else _FORMATS[0]
        picture = io.BytesIO()
        figure.savefig(picture, format=suffix)
        path = target / f"{name}.{suffix}"
        write_atomically(path, lambda file: file.write(picture.getvalue()))
        self._pictures.append(path)

    def written(self, what: str) -> list[Path]:
        """Return the pictures, which are named on the way."""
        if not self._pictures:
            message = f"{self._path!r} holds no {what} for data set {self._dataset!r}"
            raise DataError(message)
        MessageLog("plots").info(f"wrote {', '.join(map(str, self._pictures))}")
        return self._pictures


def _figure(rows: int = 1, columns: int = 1) -> tuple[Figure, list[Any]]:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        error = missing_extra("matplotlib", "plot", "to draw histograms")
        raise error from None
    # A figure of its own instead of pyplot's: no window, no global state, any thread.
    figure = Figure(figsize=(3.5 * columns + 3.5, 2.5 * rows + 2.5), layout="constrained")
    return figure, list(np.ravel(figure.subplots(rows, columns, squeeze=False)))


def response_figure(
    title: str, parts: dict[str, tuple[Doubles, ...]], *, overtraining: bool = False
) -> Figure:
    """Return the picture of a method's responses, those of the training sample as points."""
    figure, (axes,) = _figure()
    for role, colour in (("signal", SIGNAL), ("background", BACKGROUND)):
        values, edges, _ = parts[role]
        label = f"{role} (test sample)" if overtraining else role
        axes.stairs(values, edges, fill=True, alpha=0.3, color=colour, label=label)
        axes.stairs(values, edges, color=colour)
        if overtraining:
            values, edges, errors = parts[f"training {role}"]
            middles = (edges[1:] + edges[:-1]) / 2
            axes.errorbar(middles, values, errors, fmt=".", color=colour, label=f"{role} (training sample)")
    if overtraining:
        signal, background = (
            kolmogorov_probability(parts[one], parts[f"training {one}"]) for one in ("signal", "background")
        )
        axes.set_title(f"Kolmogorov-Smirnov: signal (background) probability {signal:.3g} ({background:.3g})")
    else:
        axes.set_title(f"TMVA response for classifier: {title}")
    axes.set(xlabel=f"{title} response", ylabel="(1/N) dN / dx")
    axes.legend()
    return figure


def curve_figure(curves: Sequence[tuple[str, tuple[Doubles, Doubles]]], x_title: str, y_title: str) -> Figure:
    """Return the picture of curves in bins."""
    figure, (axes,) = _figure()
    for title, (values, edges) in curves:
        axes.plot((edges[1:] + edges[:-1]) / 2, values, label=title)
    axes.set(title=f"{y_title} versus {x_title}", xlabel=x_title, ylabel=y_title, xlim=(0, 1))
    axes.grid(visible=True)
    axes.legend(title="MVA Method")
    return figure


def variables_figure(
    listed: Sequence[tuple[str, Sequence[tuple[str, tuple[Doubles, Doubles]]]]], title: str
) -> Figure:
    """Return the picture of some variables, each class normalised to the same area."""
    columns = min(3, len(listed))
    figure, places = _figure(math.ceil(len(listed) / columns), columns)
    for axes in places[len(listed) :]:
        axes.set_visible(False)
    for axes, (variable, classes) in zip(places, listed, strict=False):
        for class_name, (values, edges) in classes:
            area = float((values * np.diff(edges)).sum())
            axes.stairs(values / area if area > 0 else values, edges, label=class_name)
        axes.set(title=f"Input variable: {variable}", xlabel=variable, ylabel="(1/N) dN / dx")
        axes.legend()
    figure.suptitle(title)
    return figure


def matrix_figure(matrix: Any, *, grey: bool) -> Figure:
    """Return the picture of a correlation matrix with its whole percents."""
    figure, (axes,) = _figure()
    values = matrix.values().T
    labels = [list(matrix.axis(place).labels() or range(len(values))) for place in (0, 1)]
    axes.imshow(values, vmin=-100, vmax=100, cmap="gray" if grey else "coolwarm", origin="lower")
    for row, column in np.ndindex(values.shape):
        if values[row, column]:
            axes.text(column, row, f"{values[row, column]:.0f}", ha="center", va="center")
    axes.set_xticks(range(len(labels[0])), labels[0], rotation=45, ha="right")
    axes.set_yticks(range(len(labels[1])), labels[1])
    axes.set_title(str(matrix.title))
    return figure


def kolmogorov_probability(first: tuple[Doubles, ...], second: tuple[Doubles, ...]) -> float:
    """Return how probable a distance as that of two histograms is if they are of one kind.

    As ``TH1::KolmogorovTest`` without pseudo-experiments, which ROOT's picture has and draws anew each time.
    """
    cumulative, numbers = [], []
    for values, _, errors in (first, second):
        total = float(values.sum())
        if not total > 0:
            return 0.0
        cumulative.append(np.cumsum(values) / total)
        # How many events without weights would have such errors.
        squares = float((errors**2).sum())
        numbers.append(total**2 / squares if squares > 0 else math.inf)
    distance = float(np.abs(cumulative[0] - cumulative[1]).max())
    effective = 1 / (1 / numbers[0] + 1 / numbers[1])
    z = distance * math.sqrt(effective)
    if z < 0.2:
        return 1.0
    terms = np.arange(1, _KOLMOGOROV_TERMS)
    return float(np.clip(2 * ((-1.0) ** (terms - 1) * np.exp(-2 * terms**2 * z**2)).sum(), 0, 1))
