"""One step of a training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tmva_py.backends import Array
from tmva_py.functions.losses import Loss
from tmva_py.functions.optimizers import Optimizer
from tmva_py.kernels import Memory
from tmva_py.layers import Context, LayerState
from tmva_py.network.loss_sum import LossSum
from tmva_py.network.penalty import Penalty

if TYPE_CHECKING:
    from tmva_py.network.network import Network


class TrainingStep:
    """Forward, loss, backward, penalty and optimiser for one batch after another.

    Parameters
    ----------
    network : Network
        What is trained.
    loss, optimizer, penalty
        Those of the phase.
    context : Context
        The context of every pass.
    memory : Memory
        Where the gradient of the output stands.

    Attributes
    ----------
    losses : LossSum
        The sum of the losses since the epoch began.
    x, output : Array
        Input and raw output of the last step.
    """

    x: Array
    output: Array

    def __init__(
        self,
        network: Network,
        loss: Loss,
        optimizer: Optimizer,
        penalty: Penalty,
        context: Context,
        memory: Memory,
    ) -> None:
        self.losses = LossSum(network.backend)
        self.optimizer = optimizer
        self.context = context
        self._network = network
        self._loss = loss
        self._penalty = penalty
        self._memory = memory
        self._carried: dict[Any, LayerState] = {}

    def start_epoch(self) -> None:
        """Forget the losses and the states of the epoch before."""
        self.losses.restart()
        self._carried = {}
        for layer in self._network.layers:
            layer.start_epoch()

    def run(self, x: Array, y: Array, weight: Array | None) -> float | None:
        """Do the step and return its loss where reading it costs nothing, else None.

        A loss that is read and not finite ends the step before the weights change.
        """
        network, context = self._network, self.context
        context.states.clear()
        context.states.update(self._carried)
        output, saved = network.run_forward(x, context)
        self.x, self.output = x, output
        gradient = self._memory.array("d_output", y.shape)
        value = self.losses.add(
            self._loss.total(
                network.backend, output=output.reshape(y.shape), target=y, weight=weight, gradient=gradient
            )
        )
        if value is not None and not math.isfinite(value):
            return value
        self._carried = {
            layer: LayerState(initial=context.state(layer).final)
            for layer in network.layers
            if layer.remember_state
        }
        network.run_backward(gradient.reshape(output.shape), saved, context, input_gradient=False)
        self._penalty.add_gradient()
        self.optimizer.step(network.parameters, network.gradients)
        return value
