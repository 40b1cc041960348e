"""The hook specifications: what a plugin module may offer, one hook per kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import pluggy

Kind = Literal[
    "layer",
    "backend",
    "method",
    "optimizer",
    "loss",
    "regularization",
    "initializer",
    "activation",
    "transformation",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

PROJECT = "tmva_py"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecifications:
    """Every hook takes no argument and returns a sequence of classes.

    A class has ``names``, a tuple of the names that stand in option strings and the builder.
    """

    @hookspec
    def tmva_py_layers(self) -> Sequence[type]:
        """Return subclasses of `tmva_py.layers.VGeneralLayer`; ``xml_tag`` is the tag in weight files."""
        raise AssertionError  # a specification's body is never run

    @hookspec
    def tmva_py_backends(self) -> Sequence[type]:
        """Return classes that fulfil `tmva_py.backends.Backend`."""
        raise AssertionError

    @hookspec
    def tmva_py_methods(self) -> Sequence[type]:
        """Return subclasses of `tmva_py.methods.MethodBase`."""
        raise AssertionError

    @hookspec
    def tmva_py_optimizers(self) -> Sequence[type]:
        """Return subclasses of `tmva_py.functions.optimizers.Optimizer`."""
        raise AssertionError

    @hookspec
    def tmva_py_losses(self) -> Sequence[type]:
        """Return subclasses of `tmva_py.functions.losses.Loss`."""
        raise AssertionError

    @hookspec
    def tmva_py_regularizations(self) -> Sequence[type]:
        """Return subclasses of `tmva_py.functions.regularizations.Regularization`."""
        raise AssertionError

    @hookspec
    def tmva_py_initializers(self) -> Sequence[type]:
        """Return subclasses of `tmva_py.functions.initializers.Initializer`."""
        raise AssertionError

    @hookspec
    def tmva_py_activations(self) -> Sequence[type]:
        """Return subclasses of `tmva_py.functions.activations.Activation`."""
        raise AssertionError

    @hookspec
    def tmva_py_transformations(self) -> Sequence[type]:
        """Return subclasses of `tmva_py.data.transformations.VariableTransformation`."""
        raise AssertionError


HOOK_OF_KIND: dict[Kind, str] = {
    "layer": "tmva_py_layers",
    "backend": "tmva_py_backends",
    "method": "tmva_py_methods",
    "optimizer": "tmva_py_optimizers",
    "loss": "tmva_py_losses",
    "regularization": "tmva_py_regularizations",
    "initializer": "tmva_py_initializers",
    "activation": "tmva_py_activations",
    "transformation": "tmva_py_transformations",
}
