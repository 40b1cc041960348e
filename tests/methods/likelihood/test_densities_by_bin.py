"""Densities that are their bins' contents (Spline0): the kernel's are those of the PDF, at every edge."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.data import DataSetInfo, VariableInfo
from tmva_py.data.transformations import TransformationChain
from tmva_py.histograms import PDF, Axis, Histogram, PDFSettings
from tmva_py.methods.inputs import Inputs
from tmva_py.methods.likelihood.model import LikelihoodModel


def density(axis: Axis, seed: int, interpolation: str = "Spline0") -> PDF:
    contents = np.random.default_rng(seed).integers(0, 9, axis.n_bins).astype(np.float64)
    return PDF(Histogram.of_values(axis, contents), PDFSettings(interpolation=interpolation))


@pytest.mark.parametrize("axis", [Axis(7, -0.7, 1.3), Axis(100, 0.1, 0.3), Axis(1, 0.0, 3.0)])
@pytest.mark.parametrize("second", ["Spline0", "Spline2"])
def test_ratios_at_edges_and_beside_them(axis: Axis, second: str) -> None:
    densities = (density(axis, 1), density(axis, 2)), (density(axis, 3, second), density(axis, 4, second))
    model = LikelihoodModel(densities, transforms_output=False)
    edges = axis.edges.astype(np.float32)
    places = [edges, np.nextafter(edges, np.float32(9)), np.nextafter(edges, np.float32(-9))]
    first = np.concatenate([*places, [-np.inf, np.inf, np.nan, -1e30, 1e30]]).astype(np.float32)
    x = np.stack([first, first[::-1]], axis=1)
    info = DataSetInfo(variables=[VariableInfo("x"), VariableInfo("y")])
    found = model.respond(Inputs(x, TransformationChain((), info))).values
    of_signal, of_background = (np.prod(list(factors), axis=0) for factors in model.factors(x, x))
    assert found.tobytes() == model.ratio(of_signal, of_background).tobytes()
