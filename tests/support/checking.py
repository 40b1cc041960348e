"""The complete check of a class that is registered for a test only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.functions.activations import Activation
from tmva_py.functions.losses import Loss
from tmva_py.functions.optimizers import Optimizer
from tmva_py.layers import VGeneralLayer
from tmva_py.methods import Method
from tmva_py.plugins import Registry, hookimpl
from tmva_py.testing import (
    CheckReport,
    PluginCheckError,
    check_activation,
    check_backend,
    check_layer,
    check_loss,
    check_method,
    check_optimizer,
)

HOOKS = {
    VGeneralLayer: "tmva_py_layers",
    Activation: "tmva_py_activations",
    Loss: "tmva_py_losses",
    Optimizer: "tmva_py_optimizers",
    Method: "tmva_py_methods",
    NumpyBackend: "tmva_py_backends",
}


def registry_of(cls: type) -> Registry:
    """Return a registry that has the package's own classes and `cls`."""
    (hook,) = (hook for base, hook in HOOKS.items() if issubclass(cls, base))

    def offer() -> list[type]:
        return [cls]

    offer.__name__ = hook
    plugin = SimpleNamespace(__name__="wrong", **{hook: hookimpl(offer)})
    return Registry([plugin], load_entry_points=False, environment={"TMVA_PY_STRICT_PLUGINS": "1"})


CHECK = {
    VGeneralLayer: check_layer,
    Activation: check_activation,
    Loss: check_loss,
    Optimizer: check_optimizer,
    Method: check_method,
    NumpyBackend: check_backend,
}


def assert_fails(cls: type, row: str, texts: Sequence[str]) -> PluginCheckError:
    """Assert that the check's `row` fails for a class, with all of the texts; return the error."""
    with pytest.raises(PluginCheckError) as caught:
        check(cls)
    failed = {failure.check: failure.detail for failure in caught.value.report.failures}
    assert row in failed, caught.value
    for text in texts:
        assert re.search(text, failed[row]), f"{text!r} is not in:\n{failed[row]}"
    return caught.value


def check(cls: type, **arguments: Any) -> CheckReport:
    """Check a class by its name, in a registry of its own."""
    (function,) = (function for base, function in CHECK.items() if issubclass(cls, base))
    return function(cls.names[0], registry=registry_of(cls), **arguments)
