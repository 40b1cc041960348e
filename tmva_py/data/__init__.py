"""Events, the split into training and test samples, and variable transformations."""

from __future__ import annotations

from tmva_py.data.data_set_info import AnalysisType, DataSetInfo
from tmva_py.data.event_reading import TreeEntry, TreeType
from tmva_py.data.events import DataSet, Events
from tmva_py.data.log_lines import correlation_lines, log_statistics, statistics_lines
from tmva_py.data.specification import DataSpecification
from tmva_py.data.split_options import SplitOptions
from tmva_py.data.variable_info import VariableInfo

__all__ = [
    "AnalysisType",
    "DataSet",
    "DataSetInfo",
    "DataSpecification",
    "Events",
    "SplitOptions",
    "TreeEntry",
    "TreeType",
    "VariableInfo",
    "correlation_lines",
    "log_statistics",
    "statistics_lines",
]
