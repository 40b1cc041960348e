"""``VarTransform=N``: each value's range becomes [-1, 1]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.data.transformations.base import Floats, VariableTransformation, class_masks
from tmva_py.errors import TrainingError, WeightFileError, warn
from tmva_py.kernels.linear import denormalized, normalized
from tmva_py.plugins import hookimpl
from tmva_py.xml_text import read_integer

_FLOAT_MAX = np.finfo(np.float32).max


class NormalizeTransformation(VariableTransformation):
    r"""Linear map of the range in the training events to [-1, 1].

    .. math:: y = 2 \frac{x - \min}{\max - \min} - 1

    Values outside the range are not clipped. By default regression targets are normalised as well.

    Attributes
    ----------
    minimum, maximum : ndarray of float32, shape (n_sets, k)
        The ranges for each class and, last, for all classes; unweighted.

    Notes
    -----
    Every step is taken in float32 as in TMVA: :math:`s = 1/(\max-\min)`, then
    :math:`((x - \min) s) 2 - 1`. A range of no width in a file divides by zero, as it does there; training
    refuses it.
    """

    names: ClassVar[tuple[str, ...]] = ("N", "Norm", "Normalise", "Normalize")
    xml_name: ClassVar[str] = "Normalize"
    short_name: ClassVar[str] = "Norm"
    default_selection: ClassVar[str] = "_V_,_T_"

    def __init__(self, reference_class: int | None = None) -> None:
        super().__init__(reference_class)
        self.minimum: Floats = np.empty((0, 0), np.float32)
        self._constants: tuple[int, Floats, Floats, Floats, Floats] | None = None
        self.maximum: Floats = np.empty((0, 0), np.float32)

    def fit(
        self,
        values: Floats,
        weight: npt.NDArray[np.float64],  # noqa: ARG002 - ranges are unweighted
        class_index: npt.NDArray[np.int32],
        n_classes: int,
    ) -> None:
        """Take the ranges."""
        if len(values) < 2:
            message = f"not enough events to normalise variables: {len(values)}, at least 2 are needed"
            raise TrainingError(message)
        chosen = [values[mask] for mask in class_masks(class_index, n_classes)]
        width = values.shape[1]
        # A class without events keeps the open range with which TMVA starts.
        self.minimum = np.array(
            [part.min(axis=0) if len(part) else np.full(width, _FLOAT_MAX) for part in chosen], np.float32
        )
        self.maximum = np.array(
            [part.max(axis=0) if len(part) else np.full(width, -_FLOAT_MAX) for part in chosen], np.float32
        )
        used = self.set_index(len(chosen))
        flat = np.flatnonzero(self.minimum[used] == self.maximum[used])
        if len(flat):
            constant = ", ".join(f"{self.value_name(i)} = {self.minimum[used, i]:g}" for i in flat.tolist())
            message = (
                f"transformation N: {constant} in all of {self.set_name(used, len(chosen))}; a range of no "
                f"width cannot become [-1, 1]. Leave it out, as in N(other,names)"
            )
            raise TrainingError(message)

    def transform(self, values: Floats) -> Floats:
        """Return the normalised values."""
        offset, scale = self._offset_and_scale()
        result: Floats = normalized.at_hand(np, values=values, offset=offset, scale=scale)
        return result

    def inverse(self, values: Floats) -> Floats:
        """Return the values in their own range."""
        offset, scale = self._offset_and_scale()
        result: Floats = denormalized.at_hand(np, values=values, offset=offset, scale=scale)
        return result

    def _offset_and_scale(self) -> tuple[Floats, Floats]:
        # One event at a time would compute them as often as there are events. A copy for another class
        # has the same ranges and takes another set of them.
        known, index = self._constants, self.set_index(len(self.minimum))
        if known is not None and known[0] == index and known[1] is self.minimum and known[2] is self.maximum:
            return known[3:]
        offset = self.minimum[index]
        with np.errstate(divide="ignore", over="ignore"):
            scale: Floats = np.float32(1) / (self.maximum[index] - offset)
        self._constants = index, self.minimum, self.maximum, offset, scale
        return offset, scale

    def write_xml(self, element: Element) -> None:
        """Add a ``<Class>`` with ``<Ranges>`` for each set."""
        for class_index, (lows, highs) in enumerate(zip(self.minimum, self.maximum, strict=True)):
            ranges = SubElement(SubElement(element, "Class", ClassIndex=str(class_index)), "Ranges")
            for index, (low, high) in enumerate(zip(lows, highs, strict=True)):
                SubElement(ranges, "Range", Index=str(index), Min=f"{low:.16e}", Max=f"{high:.16e}")

    def read_xml(self, element: Element, n_values: int) -> None:
        """Read the ranges."""
        classes = sorted(element.findall("Class"), key=lambda one: read_integer(one, "ClassIndex"))
        if not classes:
            message = "<Transform Name='Normalize'>: expected a <Class> with <Ranges>, found none"
            raise WeightFileError(message)
        _check_indices(classes, "ClassIndex")
        lows, highs = [], []
        for one in classes:
            ranges = _ranges(one)
            if len(ranges) != n_values:
                message = (
                    f"<Transform Name='Normalize'><Class ClassIndex={one.get('ClassIndex')!r}>: expected "
                    f"{n_values} ranges, one for each selected value, found {len(ranges)}"
                )
                raise WeightFileError(message)
            lows.append([_number(item, "Min") for item in ranges])
            highs.append([_number(item, "Max") for item in ranges])
        self.minimum, self.maximum = np.array(lows, np.float32), np.array(highs, np.float32)
        if self.class_names and len(lows) not in (1, len(self.class_names), len(self.class_names) + 1):
            message = (
                f"<Transform Name='Normalize'>: {len(lows)} sets of ranges for {len(self.class_names)} "
                "classes; expected one, or one for each class and one for all"
            )
            raise WeightFileError(message)
        self._check_used()

    def _check_used(self) -> None:
        """Refuse ranges of the set in use that make no sense, and others that are not finite.

        One of no width is a warning.
        """
        finite = np.isfinite(self.minimum) & np.isfinite(self.maximum)
        if not finite.all():
            number, column = np.argwhere(~finite)[0].tolist()
            message = (
                f"<Transform Name='Normalize'><Class ClassIndex='{number}'>: the range of "
                f"{self.value_name(column)} is {self.minimum[number, column]:g} to "
                f"{self.maximum[number, column]:g}, expected finite numbers"
            )
            raise WeightFileError(message)
        used = self.set_index(len(self.minimum))
        for column, (low, high) in enumerate(zip(self.minimum[used], self.maximum[used], strict=True)):
            place = (
                f"<Transform Name='Normalize'>: the range of {self.value_name(column)} is {low:g} to {high:g}"
            )
            if low > high:
                message = f"{place}, expected Min below Max"
                raise WeightFileError(message)
            if low == high:
                text = f"{place}; a range of no width divides by zero, as in TMVA"
                warn(text)


def _check_indices(elements: list[Element], attribute: str) -> None:
    """Refuse elements whose numbers do not go from 0 without gaps."""
    found = [read_integer(one, attribute) for one in elements]
    if found != list(range(len(found))):
        shown = ", ".join(map(str, found[:10]))
        message = (
            f"<Transform Name='Normalize'><{elements[0].tag}>: {attribute} is {shown}; expected 0 to "
            f"{len(found) - 1}, each once"
        )
        raise WeightFileError(message)


def _ranges(element: Element) -> list[Element]:
    """Return the ranges in their order: of all values, or, before TMVA 4.1.1, of variables and targets."""
    sources = (
        ("Ranges/Range", "Index"),
        ("Variables/Variable", "VarIndex"),
        ("Targets/Target", "TargetIndex"),
    )
    found: list[Element] = []
    for path, attribute in sources:
        part = sorted(element.iterfind(path), key=lambda item: read_integer(item, attribute))
        if part:
            _check_indices(part, attribute)
        found += part
    return found


def _number(element: Element, attribute: str) -> float:
    text = element.get(attribute)
    try:
        return float(text or "")
    except ValueError as error:
        message = f"<Transform Name='Normalize'><{element.tag}>: {attribute}={text!r} is not a number"
        raise WeightFileError(message) from error


@hookimpl
def tmva_py_transformations() -> Sequence[type]:
    """Offer the transformation."""
    return [NormalizeTransformation]
