"""How forests and boosted methods grew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tmva_py.booking.pictures.documentation import shares_documentation
from tmva_py.booking.pictures.figures import new_panels
from tmva_py.booking.pictures.output_plots import OutputPlots

_FOREST = (
    ("Boost weights", ("BoostWeight",)),
    ("Boost weights by tree", ("BoostWeightVsTree",)),
    ("Error fractions by tree", ("ErrFractHist",)),
    ("Nodes before/after pruning", ("NodesBeforePruning", "NodesAfterPruning")),
)
_BOOSTED = (
    ("Boost weights", ("BoostWeight",)),
    ("Method weights", ("MethodWeight",)),
    ("Error fractions", ("ErrFraction",)),
    ("S/B of the training sample", ("SoverBtotal",)),
    ("Separation gain", ("SeparationGain",)),
    ("ROC integral of single classifier", ("ROCIntegral_test", "ROCIntegral_train")),
    ("ROC integral of boosted method", ("ROCIntegralBoosted_test", "ROCIntegralBoosted_train")),
)
_Panel = tuple[str, Sequence[tuple[str, Any]]]


@shares_documentation
def BDTControlPlots(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw boost weights, errors and nodes of every forest by tree, and what ``DoBoostMonitor`` shows."""
    with OutputPlots(dataset, fin) as plots:
        _draw(plots, _FOREST, "NodesBeforePruning", _monitor)
        return plots.written("forests")


@shares_documentation
def BoostControlPlots(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw weights and errors of every method with ``Boost_Num`` by boost, and areas where they are known."""
    with OutputPlots(dataset, fin) as plots:
        _draw(plots, _BOOSTED, "MethodWeight", lambda _: [])
        return plots.written("boosted methods")


def _draw(
    plots: OutputPlots,
    wanted: Sequence[tuple[str, Sequence[str]]],
    mark: str,
    others: Callable[[Any], list[_Panel]],
) -> None:
    """Draw what is there for each method that has one histogram."""
    for title, folder in plots.methods():
        # Names begin with that of the data set where TMVA says so.
        stored = {_plain(plots, name): name for name in plots.names(folder)}
        if mark not in stored:
            continue
        panels: list[_Panel] = []
        for heading, names in wanted:
            found = [(name, folder[stored[name]]) for name in names if name in stored]
            if found:
                panels.append((heading, found))
        panels += others(folder)
        figure, places = new_panels(len(panels))
        for axes, (heading, parts) in zip(places, panels, strict=True):
            for label, one in parts:
                values, where = one.values()[::-1] if _is_graph(one) else one.to_numpy()
                if _is_graph(one):
                    axes.plot(where, values, "o-", label=label)
                else:
                    axes.stairs(values, where, baseline=None, label=label)
            axes.set_title(heading)
            if len(parts) > 1:
                axes.legend()
        figure.suptitle(f"{title} control plots")
        plots.save(f"{title}_ControlPlots", figure)


def _plain(plots: OutputPlots, name: str) -> str:
    return name.removeprefix(f"{plots.dataset}_")


def _is_graph(one: Any) -> bool:
    return str(one.classname).startswith("TGraph")


def _monitor(folder: Any) -> list[_Panel]:
    """Return the graph that a forest has with ``DoBoostMonitor``."""
    graphs = [name for name, kind in folder.classnames(recursive=False).items() if kind == "TGraph"]
    return [
        ("ROC integral by trees", [("", folder[name])])
        for name in graphs
        if name.startswith("BoostMonitorGraph")
    ]
