"""Where events come from: arrays and columns in memory, beyond TMVA."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.booking.loader.array_events import given_columns, samples_of
from tmva_py.booking.loader.trees import TreeCalls
from tmva_py.booking.loader.variables import VariableCalls
from tmva_py.booking.loader.weights_and_cuts import WeightAndCutCalls
from tmva_py.data.event_reading import TreeType


class ArrayCalls(VariableCalls, TreeCalls, WeightAndCutCalls):
    """The call that adds events in arrays: their variables, a tree for each class, and weights."""

    def AddArrays(
        self,
        x: Any,
        y: Any,
        weight: Any = None,
        *,
        names: Sequence[str] | None = None,
        classes: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
        treetype: Any = TreeType.UNASSIGNED,
    ) -> None:
        """Add events that are in arrays; beyond TMVA.

        Where the loader has no variables yet, each column of `x` becomes one.

        Parameters
        ----------
        x : array_like, shape (N, n), or a frame, dict, structured or awkward array of columns
            The values. Formulas of variables, spectators, cuts and weights see the columns by their names.
        y : array_like, shape (N,), or (N, n_targets) with `targets`
            Names of classes; or truth values or 0 and 1, where 1 is Signal and 0 Background; or, with
            `classes`, numbers of these; or, with `targets`, what a regression is to learn.
        weight : array_like, shape (N,), optional
            Event weights.
        names : sequence of str, optional
            Names of the columns of an array; by default the expressions of the variables, or ``var0``, ….
        classes : sequence of str, optional
            The classes' names by number.
        targets : sequence of str, optional
            Names of a regression's targets.
        treetype : tree type or str, default unassigned
            As of `AddTree`.

        Raises
        ------
        BookingError
            `y` cannot be understood, or lengths differ.

        Examples
        --------
        >>> from tmva_py import DataLoader
        >>> loader = DataLoader("dataset")
        >>> loader.log.silent = True
        >>> loader.AddArrays([[0.5, 1.0], [1.5, 2.0], [0.1, 3.0]], [1, 0, 1])
        >>> loader
        <DataLoader 'dataset': 2 variables, classes Signal, Background>
        """
        columns = given_columns(x, names, self.info.variables)
        samples = samples_of(columns, y, weight, classes=classes, targets=targets)
        if not self.info.variables:
            for name in columns:
                self.AddVariable(name)
        if targets is not None and not self.info.targets:
            for name in targets:
                self.AddTarget(name)
        for sample in samples:
            self.AddTree(sample.columns, sample.class_name, 1.0, "", treetype)
            if sample.weight_name:
                self.SetWeightExpression(sample.weight_name, sample.class_name)
