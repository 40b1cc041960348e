"""Trees in every form that a booking script may hand over, behind one interface."""

from __future__ import annotations

from tmva_py.data.trees.opening import open_tree
from tmva_py.data.trees.source import Column, TreeSource

__all__ = ["Column", "TreeSource", "open_tree"]
