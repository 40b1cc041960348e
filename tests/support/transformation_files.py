"""Reading the transformations of real weight files, and comparing elements as text."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.data import DataSetInfo, Events, VariableInfo
from tmva_py.weights.xml_reader import parse_weight_xml


def root_of(shared: Path, case: str) -> Element:
    return parse_weight_xml(shared / "golden" / case / "weights.xml")


def info_of(root: Element) -> DataSetInfo:
    """Return what a weight file says of variables, targets and classes."""

    def infos(path: str) -> list[VariableInfo]:
        return [
            VariableInfo(one.get("Expression", ""), label=one.get("Label", "")) for one in root.iterfind(path)
        ]

    classes = [one.get("Name", "") for one in root.iterfind("Classes/Class")]
    return DataSetInfo(
        variables=infos("Variables/Variable"), targets=infos("Targets/Target"), classes=classes
    )


def differences(first: Element, second: Element, path: str = "") -> list[str]:
    """Return where two elements differ in tags, attributes, their order, children or text."""
    here = f"{path}/{first.tag}"
    if (first.tag, list(first.attrib.items())) != (second.tag, list(second.attrib.items())):
        return [f"{here}: {first.attrib} and <{second.tag}> {second.attrib}"]
    lines, others = (
        [line.strip() for line in (one.text or "").split("\n") if line.strip()] for one in (first, second)
    )
    found = [] if lines == others else [f"{here}: {str(lines)[:200]} and {str(others)[:200]}"]
    if len(first) != len(second):
        found.append(f"{here}: {len(first)} and {len(second)} children")
    for child, other in zip(first, second, strict=False):
        found += differences(child, other, here)
    return found


def events_of(
    x: np.ndarray,
    class_index: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    targets: np.ndarray | None = None,
) -> Events:
    n = len(x)
    weight = np.ones(n) if weight is None else np.asarray(weight, float)
    return Events(
        np.asarray(x, np.float32),
        np.empty((n, 0), np.float32) if targets is None else np.asarray(targets, np.float32),
        np.empty((n, 0), np.float32),
        weight,
        weight,
        np.zeros(n, np.int32) if class_index is None else np.asarray(class_index, np.int32),
    )


def info_with(
    n_variables: int, n_targets: int = 0, classes: tuple[str, ...] = ("Signal", "Background")
) -> DataSetInfo:
    return DataSetInfo(
        variables=[VariableInfo(f"var{i}") for i in range(n_variables)],
        targets=[VariableInfo(f"target{i}") for i in range(n_targets)],
        classes=list(classes),
    )
