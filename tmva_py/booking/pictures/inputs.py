"""What goes into the methods: variables, their correlations, and pairs of them."""

from __future__ import annotations

from pathlib import Path

from tmva_py.booking.pictures.documentation import shares_documentation
from tmva_py.booking.pictures.figures import Doubles, density_figure, matrix_figure, variables_figure
from tmva_py.booking.pictures.output_plots import OutputPlots, pages


@shares_documentation
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


@shares_documentation
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
    isRegression : bool
        As in ROOT; without effect.
    greyScale : bool, default False
        Grey in place of colours.
    """
    with OutputPlots(dataset, fin) as plots:
        folder = plots.folder("")
        for name in plots.names(folder):
            if name.startswith("CorrelationMatrix"):
                plots.save(name, matrix_figure(folder[name], grey=bool(greyScale)))
        return plots.written("correlation matrices")


@shares_documentation
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
