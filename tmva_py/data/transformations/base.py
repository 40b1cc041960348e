"""What a variable transformation is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from typing import ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.errors import TrainingError

Floats = npt.NDArray[np.float32]


class VariableTransformation(ABC):
    """One step of a chain, such as ``N`` in ``VarTransform=N``.

    A step is fitted for the events of each class and for all events together; each set is kept, because
    weight files hold them all. It sees only the values that its selection picks, as columns. A plugin's hook
    ``tmva_py_transformations`` returns classes of this kind.

    Parameters
    ----------
    reference_class : int or None
        The class whose set is used (``N_Signal``); None for the set of all events.
    """

    names: ClassVar[tuple[str, ...]] = ()
    """Names in ``VarTransform``; the name in weight files is among them."""

    xml_name: ClassVar[str] = ""
    """``Name`` of the ``<Transform>`` element; empty for a step that weight files only count."""

    short_name: ClassVar[str] = ""
    """The name that folders and histograms of the output file carry."""

    default_selection: ClassVar[str] = "_V_"
    """What is transformed if ``VarTransform`` names nothing: ``_V_`` variables, ``_T_`` targets."""

    mixes_values: ClassVar[bool] = False
    """Whether each result depends on all selected values, which then must all be there: only variables, or
    only targets, or only spectators can be selected."""

    preparation: ClassVar[str] = ""
    """The log line of TMVA when the transformation is fitted; empty for none."""

    value_names: tuple[str, ...] = ()
    """What the columns are, such as ``variable 'var1'``; the chain sets it, for messages."""

    class_names: tuple[str, ...] = ()
    """The classes; the chain sets it, for messages."""

    def __init__(self, reference_class: int | None = None) -> None:
        self.reference_class = reference_class

    @abstractmethod
    def fit(
        self,
        values: Floats,
        weight: npt.NDArray[np.float64],
        class_index: npt.NDArray[np.int32],
        n_classes: int,
    ) -> None:
        """Learn from training events.

        Parameters
        ----------
        values : ndarray of float32, shape (N, k)
            The selected values, as the steps before leave them.
        weight : ndarray of float64, shape (N,)
            Event weights.
        class_index : ndarray of int32, shape (N,)
            Class of each event.
        n_classes : int
            Number of classes; with one class the set of all events is that of the class.
        """

    @abstractmethod
    def transform(self, values: Floats) -> Floats:
        """Return the transformed values; events may come in blocks, and each is transformed for itself.

        Parameters
        ----------
        values : ndarray of float32, shape (N, k)
            Not to be changed. Columns that an event lacks, such as targets when predicting, hold 0; what
            is returned for them is not used.
        """

    @abstractmethod
    def inverse(self, values: Floats) -> Floats:
        """Return the values before `transform`, in the same shape."""

    @abstractmethod
    def write_xml(self, element: Element) -> None:
        """Add to a ``<Transform>`` element what was learnt; name and selection are there already."""

    @abstractmethod
    def read_xml(self, element: Element, n_values: int) -> None:
        """Take over what `write_xml` or ROOT wrote.

        Parameters
        ----------
        element : Element
            ``<Transform>``.
        n_values : int
            Number k of selected values.

        Raises
        ------
        WeightFileError
            The element is damaged or does not fit.
        """

    @classmethod
    def class_for(cls, element: Element) -> type[VariableTransformation]:  # noqa: ARG003 - for subclasses
        """Return the class that reads a ``<Transform>`` with this class's `xml_name`.

        TMVA writes two of its transformations under one name.
        """
        return cls

    def for_class(self, class_index: int) -> Self:
        """Return this step with the constants of one class in place of those that it uses."""
        other = copy(self)
        other.reference_class = class_index
        return other

    def set_index(self, n_sets: int) -> int:
        """Return which of the learnt sets is used: that of the reference class, else the last."""
        if self.reference_class is None or not 0 <= self.reference_class < n_sets:
            return n_sets - 1
        return self.reference_class

    def value_name(self, column: int) -> str:
        """Return what a column is, for messages."""
        return self.value_names[column] if column < len(self.value_names) else f"value number {column}"

    def set_name(self, index: int, n_sets: int) -> str:
        """Return which events a set is of, for messages."""
        if n_sets == 1 or index == n_sets - 1:
            return "the events of all classes"
        name = repr(self.class_names[index]) if index < len(self.class_names) else f"number {index}"
        return f"the events of class {name}"

    def learnable_sets(
        self, values: Floats, class_index: npt.NDArray[np.int32], n_classes: int
    ) -> list[npt.NDArray[np.bool_]]:
        """Return the events of each set; all events for a class without any that is not the reference.

        Raises
        ------
        TrainingError
            There are fewer than two events, none of the reference class, or a value is not finite.
        """
        what = self.names[0]
        if len(values) < 2:
            message = (
                f"not enough events to fit the transformation {what}: {len(values)}, at least 2 are needed"
            )
            raise TrainingError(message)
        finite = np.isfinite(values)
        if not finite.all():
            column = int(np.argmin(finite.all(axis=0)))
            count = np.count_nonzero(~finite[:, column])
            message = (
                f"transformation {what}: {self.value_name(column)} is not a finite number in {count} of "
                f"{len(values)} training events; cut them away or leave it out, as in {what}(other,names)"
            )
            raise TrainingError(message)
        masks = class_masks(class_index, n_classes)
        used = self.set_index(len(masks))
        if not masks[used].any():
            message = (
                f"transformation {what}: {self.set_name(used, len(masks))} are to fit it, but there are none"
            )
            raise TrainingError(message)
        return [mask if mask.any() else masks[-1] for mask in masks]


def class_masks(class_index: npt.NDArray[np.int32], n_classes: int) -> list[npt.NDArray[np.bool_]]:
    """Return which events belong to each set: every class, then, with more than one class, all."""
    masks = [class_index == index for index in range(max(1, n_classes))]
    if n_classes <= 1:
        return [np.ones(len(class_index), dtype=bool)]
    return [*masks, np.ones(len(class_index), dtype=bool)]
