"""Where events come from: trees, each of one class."""

from __future__ import annotations

from typing import Any

from tmva_py.booking.loader.state import REGRESSION_CLASS, LoaderState
from tmva_py.booking.loader_arguments import number_of, text_of, tree_type_of
from tmva_py.data.data_set_info import SIGNAL_CLASS
from tmva_py.data.event_reading import TreeEntry, TreeType
from tmva_py.data.specification import BACKGROUND_CLASS
from tmva_py.trees import open_tree


class TreeCalls(LoaderState):
    """The calls that add trees."""

    def AddTree(
        self,
        tree: Any,
        className: Any,
        weight: float = 1.0,
        cut: Any = "",
        treetype: Any = TreeType.UNASSIGNED,
    ) -> None:
        """Add a tree of a class.

        Parameters
        ----------
        tree : any form that `tmva_py.trees.open_tree` takes
            The tree.
        className : str
            The class of all its events.
        weight : float, default 1
            Weight of the tree.
        cut : str or TCut, default ""
            Only entries that pass make up the tree.
        treetype : tree type or str, default unassigned
            ``"Training"``, ``"Test"``, or both in one text for events that are to be split.
        """
        name = str(className)
        source = open_tree(tree, name_hint=name)
        kind = tree_type_of(treetype)
        self._add_class(name)
        self.log.info(f"Add Tree {source.name} of type {name} with {source.n_entries} events")
        self.specification.trees.append(
            TreeEntry(source, name, number_of(weight, "weight"), text_of(cut), kind)
        )
        self._changed()

    def SetTree(self, tree: Any, className: Any, weight: float = 1.0) -> None:
        """Add a tree of a class, with the older name."""
        self.AddTree(tree, className, weight)

    def AddSignalTree(self, signal: Any, weight: float = 1.0, treetype: Any = TreeType.UNASSIGNED) -> None:
        """Add a tree, or a text file, of class Signal."""
        self.AddTree(signal, SIGNAL_CLASS, weight, "", treetype)

    def AddBackgroundTree(
        self, background: Any, weight: float = 1.0, treetype: Any = TreeType.UNASSIGNED
    ) -> None:
        """Add a tree, or a text file, of class Background."""
        self.AddTree(background, BACKGROUND_CLASS, weight, "", treetype)

    def AddRegressionTree(self, tree: Any, weight: float = 1.0, treetype: Any = TreeType.UNASSIGNED) -> None:
        """Add a tree of class Regression."""
        self.AddTree(tree, REGRESSION_CLASS, weight, "", treetype)

    def SetSignalTree(self, signal: Any, weight: float = 1.0) -> None:
        """Add a tree of class Signal."""
        self.AddSignalTree(signal, weight)

    def SetBackgroundTree(self, background: Any, weight: float = 1.0) -> None:
        """Add a tree of class Background."""
        self.AddBackgroundTree(background, weight)

    def SetInputTrees(self, first: Any, second: Any, third: Any = 1.0, fourth: float = 1.0) -> None:
        """Add ``(signal, background, weight, weight)`` or ``(tree, signal cut, background cut)``."""
        if isinstance(third, str) or hasattr(third, "GetTitle"):
            self.AddTree(first, SIGNAL_CLASS, 1.0, second)
            self.AddTree(first, BACKGROUND_CLASS, 1.0, third)
        else:
            self.AddSignalTree(first, third)
            self.AddBackgroundTree(second, fourth)
