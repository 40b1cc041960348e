"""Weight files: their XML, safely read and written as TMVA does, and what they say of any method."""

from __future__ import annotations

from tmva_py.weights.file import WeightFile
from tmva_py.weights.header import StoredOption
from tmva_py.weights.rows import tables
from tmva_py.weights.sinks import ANY_TAG, Column, Nested, Numbers, Rows, Series, SinkLookup, Sinks
from tmva_py.weights.source import naming_the_file
from tmva_py.weights.table import Table

__all__ = [
    "ANY_TAG",
    "Column",
    "Nested",
    "Numbers",
    "Rows",
    "Series",
    "SinkLookup",
    "Sinks",
    "StoredOption",
    "Table",
    "WeightFile",
    "naming_the_file",
    "tables",
]
