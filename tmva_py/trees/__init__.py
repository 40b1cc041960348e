"""Trees of every form, read by ranges of entries into columns."""

from __future__ import annotations

from tmva_py.trees.columns import Column, Entries
from tmva_py.trees.opening import open_tree
from tmva_py.trees.source import TreeSource

__all__ = ["Column", "Entries", "TreeSource", "open_tree"]
