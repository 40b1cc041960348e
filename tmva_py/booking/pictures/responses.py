"""What methods of two classes respond: responses, cuts on them, and their efficiencies."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tmva_py.booking.pictures.documentation import shares_documentation
from tmva_py.booking.pictures.figures import curve_figure, efficiency_figure, response_figure
from tmva_py.booking.pictures.output_plots import OutputPlots
from tmva_py.errors import BookingError
from tmva_py.expressions import Formula

_PREFIXES = ("mva", "proba", "rarity", "overtrain")
_CURVES = {
    1: ("effBvsS", "Signal eff", "Backgr eff"),
    2: ("rejBvsS", "Signal eff", "Backgr rejection (1-eff)"),
    3: ("invBeffvsSeff", "Signal eff", "Inverse backgr. eff (1/eff)"),
}


@shares_documentation
def mvas(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    htype: int = 0,
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the responses of every two-class method to signal and background.

    Parameters
    ----------
    htype : int, default 0
        0 for the responses, 1 for probabilities, 2 for rarities (with ``CreateMVAPdfs``), 3 for test and
        training sample together, with the probability of Kolmogorov and Smirnov that they are of one kind.
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


@shares_documentation
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
    formula : str, default "S/sqrt(S+B)"
        The significance, of the numbers of events S and B behind the cut.
    nSignal, nBackground : float, default 1000
        Numbers of events before the cut; ROOT asks for them in its window.
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


@shares_documentation
def efficiencies(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    type: int = 2,
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw background efficiency (1), rejection (2) or inverse efficiency (3) versus signal efficiency.

    Parameters
    ----------
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
