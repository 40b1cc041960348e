"""Events that a script adds one by one, until they become trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.event_reading import TreeEntry, TreeType
from tmva_py.trees import open_tree

_TREE_NAMES = {TreeType.TRAINING: "TrainAssignTree", TreeType.TESTING: "TestAssignTree"}


class AddedEvents:
    """Rows of values (variables, then targets, then spectators) by class and sample."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, TreeType], list[tuple[list[float], float]]] = {}

    def add(self, class_name: str, kind: TreeType, values: list[float], weight: float) -> None:
        """Add one event."""
        self._rows.setdefault((class_name, kind), []).append((values, weight))

    def take_trees(self, info: DataSetInfo) -> Iterator[tuple[TreeEntry, str]]:
        """Yield each tree with the name of its weights; the events are gone from here then."""
        taken, self._rows = self._rows, {}
        for (name, kind), rows in taken.items():
            values = np.array([row for row, _ in rows], dtype=np.float32)
            columns: dict[str, Any] = {}
            for position, variable in enumerate([*info.variables, *info.targets, *info.spectators]):
                size = variable.array_size
                if variable.array_index in (None, 0):
                    block = values[:, position : position + size]
                    columns[variable.expression] = block if variable.is_from_array else block[:, 0]
            weight_name = "weight"
            while weight_name in columns:
                weight_name += "_"
            columns[weight_name] = np.array([weight for _, weight in rows], dtype=np.float32)
            tree = open_tree(columns, name_hint=f"{_TREE_NAMES[kind]}_{name}")
            yield TreeEntry(tree, name, tree_type=kind), weight_name
