"""Densities beside what they were made of: those of Likelihood, and those of responses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tmva_py.booking.pictures.documentation import shares_documentation
from tmva_py.booking.pictures.figures import BACKGROUND, SIGNAL, density_panel, new_figure
from tmva_py.booking.pictures.output_plots import OutputPlots

_DENSITY = "_smoothed_hist_from_"


@shares_documentation
def likelihoodrefs(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw each variable of every Likelihood, and the densities that it takes, a picture for each."""
    end = "_sig_nice"
    with OutputPlots(dataset, fin) as plots:
        for title, folder in plots.methods():
            names = plots.names(folder)
            found = [name.removesuffix(end) for name in names if name.endswith(end)]
            for number, variable in enumerate(found, start=1):
                figure, places = new_figure(1, 2)
                for axes, mark, label, colour in zip(
                    places, ("sig", "bgd"), ("signal", "background"), (SIGNAL, BACKGROUND), strict=True
                ):
                    density = _density(folder, names, f"{variable}_{mark}")
                    density_panel(axes, folder[f"{variable}_{mark}_nice"], density, label, colour)
                figure.suptitle(f"{title} reference for variable: {variable}")
                plots.save(f"{title}_refs_c{number}", figure)
        return plots.written("densities of Likelihood")


@shares_documentation
def probas(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the training responses of every method with ``CreateMVAPdfs``, and the densities of them."""
    with OutputPlots(dataset, fin) as plots:
        number = 0
        for title, folder in plots.methods():
            names = plots.names(folder)
            # Their names begin with the method's type.
            start = next((name.removesuffix("S") for name in names if name.endswith("_tr_S")), None)
            if start is None:
                continue
            pair = [f"{start}{letter}" for letter in "SB"]
            number += 1
            figure, (axes,) = new_figure()
            for name, label, colour in zip(pair, ("signal", "background"), (SIGNAL, BACKGROUND), strict=True):
                density_panel(axes, folder[name], _density(folder, names, name), label, colour)
            axes.set(title=f"TMVA output for classifier: {title}", xlabel=title, ylabel="Normalized")
            plots.save(f"mva_pdf_{title}_c{number}", figure)
        return plots.written("densities of responses; book with CreateMVAPdfs")


def _density(folder: Any, names: Sequence[str], of: str) -> Any | None:
    """Return the histogram of a density, of splines of any degree or of kernels."""
    name = next((name for name in names if name.startswith(of + _DENSITY)), None)
    return None if name is None else folder[name]
