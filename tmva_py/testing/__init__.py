"""The kit for authors of plugins: complete checks, from pytest or the command line, and a pretend device.

Each ``check_…`` function makes every check of its kind, raises `PluginCheckError` with all failures, and
returns a `CheckReport`; ``tmva-py check-plugin NAME`` prints the same as a table. `StrictBackend` computes
on the host but behaves as a device: arrays of NumPy are refused, transfers and launches are counted.
"""

from __future__ import annotations

from tmva_py.testing.activation_checks import check_activation
from tmva_py.testing.backend_checks import check_backend
from tmva_py.testing.function_checks import check_initializer, check_output, check_regularization
from tmva_py.testing.layer_case import ReferenceBackend
from tmva_py.testing.layer_checks import check_layer
from tmva_py.testing.loss_checks import check_loss
from tmva_py.testing.method_checks import check_method
from tmva_py.testing.optimizer_checks import check_optimizer
from tmva_py.testing.plugin_checks import check_plugin
from tmva_py.testing.report import CheckReport, CheckRow, PluginCheckError
from tmva_py.testing.transformation_checks import check_transformation

__all__ = [
    "CheckReport",
    "CheckRow",
    "PluginCheckError",
    "ReferenceBackend",
    "check_activation",
    "check_backend",
    "check_initializer",
    "check_layer",
    "check_loss",
    "check_method",
    "check_optimizer",
    "check_output",
    "check_plugin",
    "check_regularization",
    "check_transformation",
]
