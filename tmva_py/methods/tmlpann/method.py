"""MethodTMlpANN: ROOT's TMultiLayerPerceptron, booked as ``Types.kTMlpANN``."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tmva_py.backends import make_backend
from tmva_py.data import DataSet, Events
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import OptionError, TrainingError
from tmva_py.methods.inputs import Doubles, TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.mlp.network import hidden_layers
from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.methods.tmlpann.model import TMlpANNModel
from tmva_py.methods.tmlpann.network import Layers
from tmva_py.methods.tmlpann.training import LEARNING_METHODS, Sample, Trainer
from tmva_py.network.progress import progress_bar
from tmva_py.options import Option
from tmva_py.plugins import hookimpl

# Every so manieth epoch has a line.
_LINES = 50
# A variable with a smaller spread is not scaled.
_NARROWEST = 1e-15


class MethodTMlpANN(Method):
    """The multilayer perceptron of ROOT's own class TMultiLayerPerceptron.

    Neurons with sigmoids, one linear output that is drawn to 1 for signal and to 0 for background. Variables
    are normalised by their mean and spread; no ``VarTransform`` is needed for that.

    ``LearningMethod``: ``Stochastic`` changes the weights after each event, ``Batch`` after all; the others
    search for the minimum along a line, of which ``BFGS`` learns most in an epoch. A part of the training
    events, ``ValidationFraction``, is left out and shows how good the network is on others: the lines of the
    training have both errors. ``Types.kMLP`` has more to offer.
    """

    names = ("TMlpANN",)
    type_name = "TMlpANN"
    model = TMlpANNModel
    refused_options = ("IgnoreNegWeightsInTraining",)
    options = (
        Option("NCycles", int, 200, doc="epochs"),
        Option("HiddenLayers", str, "N,N-1", doc="neurons of each hidden layer; N: as many as variables"),
        Option("ValidationFraction", float, 0.5, doc="part of the training events that is not trained on"),
        Option(
            "LearningMethod",
            str,
            "Stochastic",
            choices=tuple(LEARNING_METHODS),
            lowered=True,
            doc="how the weights change",
        ),
        Option(
            "RandomSeed",
            int,
            1,
            in_files=False,
            doc="seed of first weights and orders, 0 for a fresh one (not an option of TMVA's)",
        ),
        RELEASE_OPTION,
    )
    check_options = "!H:!V:NCycles=60:HiddenLayers=N:LearningMethod=BFGS"

    _layers: Layers

    def process_options(self, dataset: DataSet | None) -> None:
        """Lay out the network."""
        del dataset
        values, n_variables = self.option_values, len(self.info.variables)
        hidden = hidden_layers(values["HiddenLayers"], n_variables, self.owner)
        for name, is_right, expected in (
            ("NCycles", values["NCycles"] >= 1, "1 or more"),
            ("ValidationFraction", 0 <= values["ValidationFraction"] < 1, "0 or more and less than 1"),
        ):
            if not is_right:
                message = f"{self.owner}: {name}={values[name]:g}: expected {expected}"
                raise OptionError(message)
        self._layers = Layers((n_variables, *hidden, 1))
        self.log.info(f"Use {values['NCycles']} training cycles")
        self.log.info(
            f"Use configuration (nodes per hidden layer): :{':'.join(str(size) for size in hidden)}:"
        )

    def train(self, dataset: TrainingData) -> TMlpANNModel:
        """Return a network; Ctrl-C ends the training with the weights so far."""
        values, events, log = self.option_values, dataset.training, self.log
        trains = self._trains(events)
        x = events.x.astype(np.float64)
        mean, width = _normalisation(x)
        x = np.where(np.isnan(x), 0.0, x)
        sample = Sample(
            (x - mean) / width,
            np.where(events.class_index == self.info.signal_class_index, 1.0, 0.0)[:, None],
            events.weight.astype(np.float32).astype(np.float64),
        )
        training, validation = sample.select(trains), sample.select(~trains)
        log.info(f"Using {len(training)} train and {len(validation)} test entries.")
        log.info("Training the Neural Network")
        random = RootRandom(values["RandomSeed"])
        if values["RandomSeed"] == 0:
            log.info(f"RandomSeed=0: the seed is {random.seed}")
        input_biases, weights = self._layers.first_weights(random)
        trainer = Trainer(
            self._layers, weights, training, make_backend("cpu", registry=self.registry), random
        )
        self._run(trainer, training, validation)
        if not np.isfinite(trainer.weights).all():
            message = f"{self.owner}: weights are not finite; take another LearningMethod or fewer NCycles"
            raise TrainingError(message)
        log.info("Training done.")
        names = tuple(one.internal_name for one in self.info.variables)
        return TMlpANNModel(names, width, mean, self._layers, input_biases, trainer.weights)

    def _trains(self, events: Events) -> np.ndarray:
        """Return which events are trained on, by their places as TMVA has it."""
        is_signal = events.class_index == self.info.signal_class_index
        n_signal = int(is_signal.sum())
        n_background = len(events) - n_signal
        part = 1.0 - self.option_values["ValidationFraction"]
        last = int(n_signal + part * n_background)
        requirement = f"Entry$<{part:.17g}*{n_signal} || (Entry$>{n_signal} && Entry$<{last})"
        self.log.info(f'Requirement for training   events: "{requirement}"')
        self.log.info(f'Requirement for validation events: "!({requirement})"')
        place = np.arange(len(events))
        found: np.ndarray = (place < part * n_signal) | ((place > n_signal) & (place < last))
        return found

    def _run(self, trainer: Trainer, training: Sample, validation: Sample) -> None:
        n_epochs = self.option_values["NCycles"]
        with progress_bar(self.draw_progress_bar, self.title, n_epochs) as advance, np.errstate(all="ignore"):
            try:
                for number in range(n_epochs):
                    goes_on = trainer.epoch(self.option_values["LearningMethod"], number)
                    error = trainer.error(training)
                    if not goes_on:
                        self.log.error("Line search fail")
                    if math.isnan(error):
                        self.log.error("Stop.")
                        goes_on = False
                    if number % _LINES == 0 or number == n_epochs - 1:
                        errors = [
                            math.sqrt(np.float64(value) / len(one)) if len(one) else math.nan
                            for value, one in ((error, training), (trainer.error(validation), validation))
                        ]
                        self.log.info(f"Epoch: {number} learn={errors[0]:g} test={errors[1]:g}")
                    advance()
                    if not goes_on:
                        break
            except KeyboardInterrupt:
                self.log.warning("interrupted: the training ends here")


def _normalisation(x: Doubles) -> tuple[Doubles, Doubles]:
    """Return mean and spread of each variable, as ROOT's histograms have them."""
    total = np.cumsum(x, axis=0)[-1]
    squares = np.cumsum(x * x, axis=0)[-1]
    mean = total / len(x)
    width = np.sqrt(np.abs(squares / len(x) - mean * mean))
    return mean, np.where(width < _NARROWEST, 1.0, width)


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodTMlpANN]
