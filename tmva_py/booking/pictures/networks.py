"""Perceptrons: their weights, and how they converged."""

from __future__ import annotations

from pathlib import Path

from tmva_py.booking.pictures.documentation import shares_documentation
from tmva_py.booking.pictures.figures import network_figure, new_figure
from tmva_py.booking.pictures.output_plots import OutputPlots

_WEIGHTS = "weights_hist"


@shares_documentation
def draw_network(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the layers and weights of every MLP, a picture for each title, as ROOT's ``TMVA::network``."""
    # In Python tmva_py.network is the package of networks.
    with OutputPlots(dataset, fin) as plots:
        for title, folder in plots.methods():
            names = plots.names(folder)
            matrices = [folder[name].values() for name in names if name.startswith(_WEIGHTS)]
            if matrices:
                variables = [name.partition("__")[0] for name in names if "__" in name]
                inputs = list(dict.fromkeys(variables))[: len(matrices[0]) - 1]
                plots.save(f"network_{title}", network_figure(title, matrices, [*inputs, "Bias node"]))
        return plots.written("weights of MLP")


@shares_documentation
def annconvergencetest(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the estimators of every MLP by epoch, a picture for each title, where ROOT keeps the last one."""
    with OutputPlots(dataset, fin) as plots:
        for title, folder in plots.methods():
            names = ("estimatorHistTrain", "estimatorHistTest")
            if not {*names} <= {*plots.names(folder)}:
                continue
            figure, (axes,) = new_figure()
            for name, label, colour in zip(
                names, ("Training sample", "Test sample"), ("red", "blue"), strict=True
            ):
                axes.stairs(*plots.histogram(folder, name), baseline=None, color=colour, label=label)
            axes.set(title=f"MLP convergence test: {title}", xlabel="Epochs", ylabel="Estimator")
            axes.legend()
            plots.save(f"annconvergencetest_{title}", figure)
        return plots.written("estimators of MLP")
