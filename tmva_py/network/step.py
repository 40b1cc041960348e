"""The steps of a training: forward, loss, backward, penalty and optimiser, batch after batch."""

from __future__ import annotations

import math

from tmva_py.backends import Array, Backend
from tmva_py.errors import TrainingError
from tmva_py.functions.losses import Loss
from tmva_py.functions.optimizers import Optimizer
from tmva_py.functions.regularizations import Regularization
from tmva_py.kernels import Memory
from tmva_py.layers import Context, LayerState
from tmva_py.network.diagnosis import broken_parameter, explain_loss
from tmva_py.network.layer_stack import LayerStack
from tmva_py.network.phase import TrainingPhase
from tmva_py.network.sample import Batches, TrainingSample


class LossSum:
    """A sum of losses, on the host or on the device.

    Reading a value of a device waits for everything before it: there the sum stays on the device and is read
    once, by `value`.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._sum: Array | float = 0.0

    def add(self, loss: Array) -> float | None:
        """Add a scalar of the backend; return its value where reading it costs nothing, else None."""
        if self._backend.asynchronous:
            self._sum = loss + self._sum
            return None
        value = float(self._backend.to_numpy(loss))
        self._sum += value
        return value

    def value(self) -> float:
        """Return the sum."""
        return self._sum if isinstance(self._sum, float) else float(self._backend.to_numpy(self._sum))


class Penalty:
    """The regularisation of one phase, times the weight decay, on the weights that it applies to."""

    def __init__(self, stack: LayerStack, regularization: Regularization, weight_decay: float) -> None:
        self.active = regularization.code != 0 and weight_decay != 0
        self._backend = stack.backend
        self._regularization = regularization
        self._weight_decay = weight_decay
        self._weights = stack.regularized_views(stack.parameters)
        self._gradients = stack.regularized_views(stack.gradients)

    def value(self) -> float:
        """Return λ times the penalty."""
        if not self.active:
            return 0.0
        backend = self._backend
        return self._weight_decay * sum(
            float(backend.to_numpy(self._regularization.penalty(backend.xp, weights)))
            for weights in self._weights
        )

    def add_gradient(self) -> None:
        """Add the penalty's gradient to the network's."""
        if not self.active:
            return
        for weights, gradient in zip(self._weights, self._gradients, strict=True):
            self._regularization.add_gradient(
                self._backend.xp, weights=weights, weight_decay=self._weight_decay, gradient=gradient
            )


class TrainingStep:
    """The step of a phase, for one batch after another; `x` and `output` are those of the last one."""

    x: Array
    output: Array

    def __init__(
        self, stack: LayerStack, loss: Loss, optimizer: Optimizer, penalty: Penalty, context: Context
    ) -> None:
        self.losses = LossSum(stack.backend)
        self._stack = stack
        self._loss = loss
        self._optimizer = optimizer
        self._penalty = penalty
        self._context = context
        self._memory = Memory(stack.backend.empty)
        self._remembering = [layer for layer in stack.layers if layer.remember_state]
        self._carried: dict[object, LayerState] = {}

    def start_epoch(self) -> None:
        """Forget the losses and the states of the epoch before."""
        self.losses = LossSum(self._stack.backend)
        self._carried = {}
        for layer in self._stack.layers:
            layer.start_epoch()

    def run(self, x: Array, y: Array, weight: Array | None) -> float | None:
        """Do the step and return its loss where reading it costs nothing, else None.

        A loss that is read and not finite ends the step before the weights change.
        """
        stack, context = self._stack, self._context
        context.states.clear()
        context.states.update(self._carried)
        output, saved = stack.run_forward(x, context)
        self.x, self.output = x, output
        gradient = self._memory.array("d_output", y.shape)
        total = self._loss.total(
            stack.backend,
            output=stack.backend.reshape(output, y.shape),
            target=y,
            weight=weight,
            gradient=gradient,
        )
        value = self.losses.add(total)
        if value is not None and not math.isfinite(value):
            return value
        self._carried = {layer: LayerState(initial=context.state(layer).final) for layer in self._remembering}
        gradient = stack.backend.reshape(gradient, output.shape)
        stack.run_backward(gradient, saved, context, input_gradient=False)
        self._penalty.add_gradient()
        self._optimizer.step(stack.parameters, stack.gradients)
        return value


class Epochs:
    """The epochs of one phase: its batches, its step and its random numbers."""

    def __init__(
        self, stack: LayerStack, loss: Loss, number: int, phase: TrainingPhase, sample: TrainingSample
    ) -> None:
        self.number = number
        self.phase = phase
        self.batches = Batches(sample, phase.batch_size)
        self.penalty = Penalty(stack, make_regularization(stack, phase), phase.weight_decay)
        self._stack = stack
        self._shuffle = stack.random("shuffle", number)
        optimizer = make_optimizer(stack, phase)
        optimizer.start(stack.backend, stack.n_parameters)
        random = stack.random("dropout", number)
        context = Context(stack.backend, training=True, random=random, states_live_on=False)
        self._step = TrainingStep(stack, loss, optimizer, self.penalty, context)

    def run(self, epoch: int) -> float:
        """Train on all batches; return the mean loss, penalty included.

        Raises
        ------
        TrainingError
            A loss or a parameter is not finite; the message says where.
        """
        batches, step, place = self.batches, self._step, f"phase {self.number}, epoch {epoch}"
        step.start_epoch()
        order, size = batches.shuffled(self._shuffle), batches.batch_size
        for start in range(0, batches.events_per_epoch, size):
            value = step.run(*batches.take(order[start : start + size]))
            if value is not None and not math.isfinite(value):
                self._fail(value, f"{place}, step {start // size + 1} of {batches.count}")
        # On a device the losses of an epoch are read here, all at once.
        if not math.isfinite(total := step.losses.value()):
            self._fail(total, f"{place}, found at its end")
        if (broken := broken_parameter(self._stack)) is not None:
            message = f"{broken} ({place}, after the last step)"
            raise TrainingError(message)
        return total / batches.events_per_epoch + self.penalty.value()

    def _fail(self, loss: float, place: str) -> None:
        message = f"{explain_loss(loss, self._stack, self._step.x, self._step.output)} ({place})"
        raise TrainingError(message)


def make_optimizer(stack: LayerStack, phase: TrainingPhase) -> Optimizer:
    """Return the optimiser of a phase, not yet started."""
    found: type[Optimizer] = stack.registry.find("optimizer", phase.optimizer)
    return found(learning_rate=phase.learning_rate, momentum=phase.momentum, **dict(phase.optimizer_options))


def make_regularization(stack: LayerStack, phase: TrainingPhase) -> Regularization:
    """Return the regularisation of a phase."""
    found: type[Regularization] = stack.registry.find("regularization", phase.regularization)
    return found()
