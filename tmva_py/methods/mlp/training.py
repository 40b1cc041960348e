"""Training a network, epoch by epoch: what all ways of training have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from tmva_py.backends import Backend
from tmva_py.data import AnalysisType
from tmva_py.errors import TrainingError
from tmva_py.kernels import Kernel
from tmva_py.kernels import perceptron as kernels
from tmva_py.kernels.inverse import inverse_matrix
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.mlp.estimator import Convergence, estimator
from tmva_py.methods.mlp.network import NetworkShape
from tmva_py.methods.mlp.sample import Sample, Sampling
from tmva_py.options import OptionValues


@dataclass(frozen=True)
class Look:
    """The network at a test: its weights, and the last output for training and test sample."""

    epoch: int
    weights: Doubles
    samples: tuple[Sample, Sample]
    outputs: tuple[Doubles, Doubles]


@dataclass
class Course:
    """How a training went: tests, their estimators, and with ``EpochMonitoring`` looks at the network."""

    epochs: list[int] = field(default_factory=list)
    training: list[float] = field(default_factory=list)
    testing: list[float] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


class Network:
    """A network in training: its weights, and what kernels compute of it.

    Attributes
    ----------
    weights : ndarray of float64
        After the last epoch that was completed.
    """

    def __init__(
        self,
        shape: NetworkShape,
        weights: Doubles,
        analysis_type: AnalysisType,
        options: OptionValues,
        backend: Backend,
    ) -> None:
        self.shape, self.weights, self.analysis_type = shape, weights, analysis_type
        self.options = options
        self.is_cross_entropy = shape.estimator == "CE"
        self.error = kernels.CROSS_ENTROPY if self.is_cross_entropy else kernels.SQUARED
        self._backend = backend

    def call(self, kernel: Kernel[..., Any], sample: Sample | None = None, **further: Any) -> Any:
        """Call a kernel with the network, and with the events of a sample."""
        if sample is not None:
            further |= {"x": sample.x, "target": sample.target, "weight": sample.weight}
        return kernel.on(self._backend)(self._backend.xp, net=self.shape.net, **further)

    def shuffled(self, draws: Doubles) -> Any:
        """Return the order of events that random numbers give."""
        return kernels.shuffle_events.on(self._backend)(self._backend.xp, draws=draws)

    def inverse(self, matrix: Doubles) -> Doubles:
        """Return the inverse of a matrix; without any row if it is singular."""
        found: Doubles = inverse_matrix.on(self._backend)(self._backend.xp, matrix=matrix)
        return found

    def outputs(self, sample: Sample) -> Doubles:
        """Return the outputs, (N, n_outputs)."""
        found: Doubles = self.call(kernels.perceptron_outputs, x=sample.x, weights=self.weights)
        return found

    def look(self, epoch: int, samples: tuple[Sample, Sample]) -> Look:
        """Return what there is to see now."""
        first, second = (self.outputs(sample)[:, -1].copy() for sample in samples)
        return Look(epoch, self.weights.copy(), samples, (first, second))

    def estimator(self, sample: Sample, outputs: Doubles | None = None) -> float:
        """Return how far the outputs are from what they should be; `sample` has no ignored events."""
        return estimator(
            self.outputs(sample) if outputs is None else outputs,
            sample,
            self.analysis_type,
            cross_entropy=self.is_cross_entropy,
            weight_range=self.options["WeightRange"],
        )


class Step(Protocol):
    """A way of training."""

    def run(self, epoch: int, sample: Sample) -> None:
        """Change the network's weights in an epoch."""
        ...

    def ends(self, epoch: int) -> bool:
        """Return whether the training ends now that nothing gets better."""
        ...


def run_epochs(
    network: Network,
    step: Step,
    sampling: Sampling,
    *,
    log: MessageLog,
    after_epoch: Callable[[], None],
) -> Course:
    """Train, and return how it went; a `KeyboardInterrupt` ends the training with the weights so far.

    Raises
    ------
    TrainingError
        A weight is no longer a finite number.
    """
    options, course = network.options, Course()
    convergence = Convergence(options["ConvergenceImprove"], options["ConvergenceTests"])
    epoch = done = 0
    try:
        while epoch < options["NCycles"]:
            sampling.begin(epoch)
            step.run(epoch, sampling.training)
            done += 1
            _check_finite(network, done, options)
            after_epoch()
            if (epoch + 1) % options["TestRate"] == 0:
                value = _test(network, epoch, sampling, course)
                if convergence.has_converged(value):
                    if sampling.is_early(epoch):
                        epoch = sampling.first_late_epoch()
                        convergence.reset()
                    elif step.ends(epoch):
                        break
            epoch += 1
    except KeyboardInterrupt:
        if not done:
            raise
        log.warning(f"interrupted: the training ends after {done} epochs")
    return course


def _test(network: Network, epoch: int, sampling: Sampling, course: Course) -> float:
    """Measure the network and note what came out; return the estimator of the test sample."""
    samples = sampling.training.used, sampling.testing.used
    of_training, of_testing = (network.outputs(sample) for sample in samples)
    course.epochs.append(epoch)
    course.training.append(network.estimator(samples[0], of_training))
    course.testing.append(network.estimator(samples[1], of_testing))
    if network.options["EpochMonitoring"]:
        course.looks.append(network.look(epoch, samples))
    return course.testing[-1]


def _check_finite(network: Network, epochs: int, options: OptionValues) -> None:
    if np.isfinite(network.weights).all():
        return
    smaller = (
        f"a smaller LearningRate (it is {options['LearningRate']:g})"
        if options["TrainingMethod"] == "BP"
        else "another RandomSeed or TrainingMethod=BP"
    )
    transformed = "" if options["VarTransform"] != "None" else "VarTransform=N, "
    message = (
        f"the weights are no longer finite after {epochs} epochs: the training diverges; try "
        f"{transformed}{smaller}"
    )
    raise TrainingError(message)
