"""The order in memory that the kernels of the GPU take."""

from __future__ import annotations

from tmva_py.kernels.numpy.order import contiguous
from tmva_py.kernels.numpy.sequence import gradients_by_feature, inputs_by_time
from tmva_py.kernels.order import in_rows
from tmva_py.kernels.sequence import by_feature, by_time

by_time.override("cupy")(inputs_by_time)
by_feature.override("cupy")(gradients_by_feature)
in_rows.override("cupy")(contiguous)
