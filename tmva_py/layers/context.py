"""One pass through a network: mode, random numbers, states and work space, so that no layer keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tmva_py.backends import Array, Backend
from tmva_py.kernels import Memory


@dataclass(slots=True)
class LayerState:
    """The state of a recurrent layer on its way through a pass, by name (``"h"``, ``"c"``), each (B, S).

    Attributes
    ----------
    initial : mapping, optional
        State before the first step; none means zero.
    final : mapping, optional
        State after the last step, filled by the forward pass.
    d_final : mapping, optional
        Gradient of the loss with respect to `final`, given to the backward pass; none means zero.
    d_initial : mapping, optional
        Gradient with respect to `initial`, filled by the backward pass.
    """

    initial: Mapping[str, Array] | None = None
    final: Mapping[str, Array] | None = None
    d_final: Mapping[str, Array] | None = None
    d_initial: Mapping[str, Array] | None = None


class Context:
    """One pass: mode, random numbers, states and work space.

    A context belongs to one thread. Arrays from its memories are overwritten by the next pass that uses the
    same context.

    Parameters
    ----------
    backend : Backend
        The network's backend.
    training : bool
        Whether dropout drops and running statistics move.
    random : numpy.random.Generator, optional
        Source of dropout masks; needed only when something is dropped.
    states_live_on : bool, default True
        Whether the states are needed after the next pass with this context, so that a layer copies them.
        Otherwise only a layer with `remember_state` does.
    parameters_are_fixed : bool, default False
        Whether all passes with this context see the same parameters.

    Attributes
    ----------
    input_gradient : bool
        Whether `backward` is to return the gradient of the layer's input.
    states : dict of layer to LayerState
        The states of the layers that have one.
    kept : int
        Number of values in its work space when it was first kept to be used again, 0 before.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        training: bool = False,
        random: np.random.Generator | None = None,
        states_live_on: bool = True,
        parameters_are_fixed: bool = False,
    ) -> None:
        self.backend = backend
        self.parameters_are_fixed = parameters_are_fixed
        self.training = training
        self.random = random
        self.states_live_on = states_live_on
        self.input_gradient = True
        self.kept = 0
        self.states: dict[object, LayerState] = {}
        self._memories: dict[object, Memory] = {}

    @property
    def values(self) -> int:
        """Number of values in all work space."""
        return sum(memory.values for memory in self._memories.values())

    def memory(self, layer: object) -> Memory:
        """Return the work space of `layer`."""
        found = self._memories.get(layer)
        if found is None:
            found = Memory(self.backend.empty, parameters_are_fixed=self.parameters_are_fixed)
            self._memories[layer] = found
        return found

    def state(self, layer: object) -> LayerState:
        """Return the state of `layer`, an empty one when none was given."""
        found = self.states.get(layer)
        if found is None:
            found = self.states[layer] = LayerState()
        return found
