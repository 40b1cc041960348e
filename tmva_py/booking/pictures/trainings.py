"""How trainings went."""

from __future__ import annotations

from pathlib import Path

from tmva_py.booking.pictures.documentation import shares_documentation
from tmva_py.booking.pictures.figures import history_figure
from tmva_py.booking.pictures.output_plots import OutputPlots

_HISTORY = "TrainingHistory_"


@shares_documentation
def training_history(
    dataset: object = "dataset",
    fin: object = "TMVA.root",
    useTMVAStyle: bool = True,  # noqa: ARG001 - ROOT's signature
) -> list[Path]:
    """Draw the errors of every network by epoch, those of the training and of the validation sample."""
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
