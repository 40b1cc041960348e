"""Pictures by matplotlib."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import missing_extra

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Doubles = npt.NDArray[np.float64]
SIGNAL, BACKGROUND = "blue", "red"
_KOLMOGOROV_TERMS = 100


def new_figure(rows: int = 1, columns: int = 1) -> tuple[Figure, list[Any]]:
    """Return an empty picture and its axes."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        error = missing_extra("matplotlib", "plot", "to draw histograms")
        raise error from None
    # A figure of its own instead of pyplot's: no window, no global state, any thread.
    figure = Figure(figsize=(3.5 * columns + 3.5, 2.5 * rows + 2.5), layout="constrained")
    return figure, list(np.ravel(figure.subplots(rows, columns, squeeze=False)))


def new_panels(number: int) -> tuple[Figure, list[Any]]:
    """Return an empty picture and the axes of its panels, three in a row."""
    columns = min(3, number)
    figure, places = new_figure(math.ceil(number / columns), columns)
    for axes in places[number:]:
        axes.set_visible(False)
    return figure, places[:number]


def response_figure(
    title: str, parts: dict[str, tuple[Doubles, ...]], *, overtraining: bool = False
) -> Figure:
    """Return the picture of a method's responses, those of the training sample as points."""
    figure, (axes,) = new_figure()
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
    figure, (axes,) = new_figure()
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
    figure, places = new_panels(len(listed))
    for axes, (variable, classes) in zip(places, listed, strict=True):
        for class_name, (values, edges) in classes:
            area = float((values * np.diff(edges)).sum())
            axes.stairs(values / area if area > 0 else values, edges, label=class_name)
        axes.set(title=f"Input variable: {variable}", xlabel=variable, ylabel="(1/N) dN / dx")
        axes.legend()
    figure.suptitle(title)
    return figure


def matrix_figure(matrix: Any, *, grey: bool) -> Figure:
    """Return the picture of a correlation matrix with its whole percents."""
    figure, (axes,) = new_figure()
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


def efficiency_figure(
    title: str, cuts: Doubles, curves: Sequence[tuple[str, Doubles]], significance: tuple[str, Doubles]
) -> Figure:
    """Return the picture of what a cut on a response keeps, with the significance on an axis of its own."""
    figure, (axes,) = new_figure()
    for (label, values), colour in zip(curves, (SIGNAL, BACKGROUND, "grey", "orange"), strict=False):
        axes.plot(cuts, values, label=label, color=colour)
    label, values = significance
    beside = axes.twinx()
    beside.plot(cuts, values, label=label, color="green")
    beside.set_ylabel(label)
    best = int(np.argmax(values))
    axes.set(
        title=f"{title}: {label} is {values[best]:.4g} at a cut of {cuts[best]:.4g}",
        xlabel=f"Cut value applied on {title} output",
        ylabel="Efficiency (Purity)",
        ylim=(0, 1.05),
    )
    lines = [*axes.get_lines(), *beside.get_lines()]
    axes.legend(lines, [line.get_label() for line in lines])
    return figure


def density_figure(histograms: Sequence[Any]) -> Figure:
    """Return the picture of histograms in two dimensions."""
    figure, places = new_panels(len(histograms))
    for axes, histogram in zip(places, histograms, strict=True):
        values, x, y = histogram.to_numpy()
        axes.pcolormesh(x, y, np.ma.masked_equal(values.T, 0))
        members = (histogram.axis(place).member("fTitle") for place in (0, 1))
        x_title, y_title = members
        axes.set(title=str(histogram.title), xlabel=x_title, ylabel=y_title)
    return figure


def density_panel(axes: Any, filled: Any, density: Any | None, label: str, colour: str) -> None:
    """Draw a histogram as points, and the density that was made of it as a line of the same area."""
    values, edges = _contents(filled)
    errors = filled.errors()
    axes.errorbar((edges[1:] + edges[:-1]) / 2, values, errors, fmt="o", color=colour, label=f"{label}: data")
    if density is not None:
        heights, places = _contents(density)
        area = float((heights * np.diff(places)).sum())
        scale = float((values * np.diff(edges)).sum()) / area if area > 0 else 1.0
        axes.stairs(heights * scale, places, color=colour, label=f"{label}: density")
    axes.set_ylim(bottom=0)
    axes.legend()


def classes_figure(title: str, parts: Sequence[tuple[str, Any, Any | None]]) -> Figure:
    """Return the picture of responses to several classes, those of the training sample as points."""
    figure, (axes,) = new_figure()
    for number, (name, test, train) in enumerate(parts):
        colour = f"C{number}"
        axes.stairs(*_of_area_one(test)[:2], color=colour, label=f"{name} (test sample)")
        if train is not None:
            values, edges, errors = _of_area_one(train)
            middles = (edges[1:] + edges[:-1]) / 2
            axes.errorbar(middles, values, errors, fmt=".", color=colour, label=f"{name} (training sample)")
    axes.set(title=title, xlabel=title, ylabel="(1/N) dN / dx")
    axes.legend()
    return figure


def _contents(histogram: Any) -> tuple[Doubles, Doubles]:
    """Return contents in double precision, and edges."""
    return histogram.values().astype(np.float64), histogram.axis().edges()


def _of_area_one(histogram: Any) -> tuple[Doubles, Doubles, Doubles]:
    values, edges = _contents(histogram)
    area = float((values * np.diff(edges)).sum())
    scale = 1 / area if area > 0 else 1.0
    return values * scale, edges, histogram.errors() * scale


def graphs_figure(title: str, graphs: Sequence[tuple[str, Any]], y_title: str) -> Figure:
    """Return the picture of curves that are made of points."""
    figure, (axes,) = new_figure()
    for label, (x, y) in graphs:
        axes.plot(x, y, label=label)
    axes.set(title=title, xlabel="Signal eff", ylabel=y_title, xlim=(0, 1))
    axes.grid(visible=True)
    axes.legend(title="MVA Method")
    return figure


def network_figure(title: str, matrices: Sequence[Doubles], inputs: Sequence[str]) -> Figure:
    """Return the picture of a network: a neuron is a circle, a weight a line by colour and width."""
    from matplotlib.collections import LineCollection

    figure, (axes,) = new_figure()
    sizes = [len(matrices[0]), *(one.shape[1] for one in matrices)]
    layers = [_spread(size) for size in sizes]
    largest = max(float(np.abs(one).max()) for one in matrices) or 1.0
    for number, matrix in enumerate(matrices):
        before, after = layers[number], layers[number + 1]
        lines = [[(number, y), (number + 1, z)] for y in before for z in after]
        weights = matrix.ravel() / largest
        drawn = LineCollection(lines, array=weights, cmap="coolwarm", linewidths=4 * np.abs(weights))
        drawn.set_clim(-1, 1)
        axes.add_collection(drawn)
    for number, places in enumerate(layers):
        axes.plot([number] * len(places), places, "o", color="white", markeredgecolor="black", markersize=12)
    for name, y in zip(inputs, layers[0], strict=False):
        axes.text(-0.1, y, name, ha="right", va="center")
    labels = [*(f"Layer {number}" for number in range(len(sizes) - 1)), "Output layer"]
    axes.set_xticks(range(len(sizes)), labels)
    axes.set(title=f"Neural network layout for: {title}", yticks=[], xlim=(-1, len(sizes) - 0.7))
    return figure


def _spread(number: int) -> Doubles:
    """Return the heights of a layer's neurons, the first one on top."""
    return 1 - (np.arange(number) + 0.5) / number


def history_figure(curves: Sequence[tuple[str, Doubles]]) -> Figure:
    """Return the picture of errors by epoch."""
    figure, (axes,) = new_figure()
    for label, values in curves:
        axes.plot(np.arange(1, len(values) + 1), values, label=label)
    axes.set(title="Training history", xlabel="Epoch", ylabel="Error")
    axes.legend()
    return figure
