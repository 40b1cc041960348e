"""Cuts as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.data import DataSetInfo
from tmva_py.data.transformations import TransformationChain
from tmva_py.methods.cuts.model import CutsModel


def cut_lines(
    model: CutsModel, signal_efficiency: float, info: DataSetInfo, chain: TransformationChain
) -> list[str]:
    """Return what ``MethodCuts::PrintCuts`` prints of the cuts at a signal efficiency."""
    point = model.at(signal_efficiency)
    n_steps = len(chain.steps)
    if n_steps == 0:
        applied = "Transformation applied to input variables : None"
    elif n_steps == 1:
        name = chain.steps[0].transformation.names[-1]
        applied = f'Transformation applied to input variables : "{name}"'
    else:
        applied = (
            f"[ More than one (={n_steps})  transformations applied in transformation chain; cuts applied on "
            "transformed quantities ] "
        )
    labels = [one.label + (" [transformed]" if n_steps else "") for one in info.variables]
    longest = max(map(len, labels))
    dashes = "-" * (20 + longest + 16)
    return [
        dashes,
        f"Cut values for requested signal efficiency: {point.signal_efficiency:g}",
        f"Corresponding background efficiency       : {point.background_efficiency:g}",
        applied,
        dashes,
        *_rows(labels, longest, point.low.tolist(), point.high.tolist()),
        dashes,
    ]


def _rows(labels: Sequence[str], longest: int, low: Sequence[float], high: Sequence[float]) -> list[str]:
    return [
        f"Cut[{number:2d}]: {below:10g} < {label:>{longest}} <= {above:10g}"
        for number, (label, below, above) in enumerate(zip(labels, low, high, strict=True))
    ]
