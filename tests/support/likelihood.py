"""The likelihood ratio of golden cases from the densities in their weight files, written out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from tmva_py.data import DataSetInfo, VariableInfo
from tmva_py.data.transformations import TransformationChain
from tmva_py.histograms import PDF, has_old_smoothing, read_pdf

SMALLEST_FACTOR = 2.2250738585072014e-305


def likelihood_ratio(
    pdfs: dict[tuple[int, int], PDF], x: tuple[np.ndarray, np.ndarray], *, transform: bool
) -> np.ndarray:
    """Return TMVA's ratio, with its floors, from densities by variable and class and variables by class."""
    products = []
    for class_index, values in enumerate(x):
        product = np.ones(len(values))
        for i in range(values.shape[1]):
            limits = pdfs[i, 0]
            place = np.clip(values[:, i], limits.minimum, limits.maximum - 1e-10)
            product *= pdfs[i, class_index].value(place, SMALLEST_FACTOR)
        products.append(np.maximum(product, SMALLEST_FACTOR))
    ratio = products[0] / (products[0] + products[1])
    ratio[ratio >= 1] = 1 - 1e-15
    return -np.log(1 / np.maximum(ratio, SMALLEST_FACTOR) - 1) / 15 if transform else ratio


@dataclass
class LikelihoodCase:
    """A golden case of method Likelihood."""

    folder: Path

    @cached_property
    def root(self) -> ElementTree.Element:
        return ElementTree.parse(self.folder / "weights.xml").getroot()

    @cached_property
    def entry(self) -> dict[str, Any]:
        index = json.loads((self.folder.parent / "index.json").read_text())
        return next(one for one in index if one["case"] == self.folder.name)

    @cached_property
    def pdfs(self) -> dict[tuple[int, int], PDF]:
        """Densities by variable and class."""
        releases = (
            one.get("value", "") for one in self.root.iter("Info") if one.get("name") == "ROOT Release"
        )
        old = has_old_smoothing(next(releases))
        return {
            (int(one.get("VarIndex", "")), int(one.get("ClassIndex", ""))): read_pdf(
                next(iter(one)), old_smoothing=old
            )
            for one in self.root.iter("PDFDescriptor")
        }

    def transformed(self, x: np.ndarray, class_index: int) -> np.ndarray:
        """Return variables after the transformation of one class."""
        element = self.root.find("Transformations")
        assert element is not None
        if element.get("NTransformations") == "0":
            return x
        info = DataSetInfo(
            variables=[VariableInfo.parse(one.get("Expression", "")) for one in self.root.iter("Variable")],
            classes=["Signal", "Background"],
        )
        chain = TransformationChain.read_xml(element, info)
        for step in chain.steps:
            step.transformation.reference_class = class_index
        return chain.apply(x.astype(np.float32)).astype(np.float64)

    def respond(self, x: np.ndarray) -> np.ndarray:
        """Return TMVA's response."""
        options = {one.get("name"): one.text for one in self.root.iter("Option")}
        both = (self.transformed(x, 0), self.transformed(x, 1))
        return likelihood_ratio(self.pdfs, both, transform=options["TransformOutput"] == "True")
