"""How far regressions are from their targets."""

from __future__ import annotations

from pathlib import Path

from tmva_py.booking.pictures.documentation import shares_documentation
from tmva_py.booking.pictures.figures import density_figure
from tmva_py.booking.pictures.output_plots import OutputPlots, pages


@shares_documentation
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
