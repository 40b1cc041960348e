"""MethodCFMlpANN: the network of Clermont-Ferrand, booked as ``Types.kCFMlpANN``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tmva_py.backends import make_backend
from tmva_py.data import DataSet
from tmva_py.errors import OptionError, TrainingError
from tmva_py.methods.cfmlpann.model import N_OUTPUTS, CFMlpANNModel, check_ranges, normalised
from tmva_py.methods.cfmlpann.training import train
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.mlp.network import hidden_layers
from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.network.progress import progress_bar
from tmva_py.options import Option
from tmva_py.plugins import hookimpl

MOST_LAYERS, MOST_NEURONS = 6, 200
"""What TMVA's arrays hold."""


class MethodCFMlpANN(Method):
    """The first neural network of TMVA, written in Fortran at Clermont-Ferrand; kept for comparison.

    Two outputs, +1 for their own class and −1 for the other; neurons with tanh. Events are shown at random,
    one after the other, and each changes the weights a little, with momentum. Event weights have no effect:
    take ``Types.kMLP`` where they matter, which learns better and faster in any case.

    ``NCycles`` is the number of times that as many events are shown as there are; some thousand are needed,
    and the learning rate goes down to 0 until the last. ``HiddenLayers`` are four layers at most.
    """

    names = ("CFMlpANN",)
    type_name = "CFMlpANN"
    model = CFMlpANNModel
    refused_options = ("IgnoreNegWeightsInTraining",)
    options = (
        Option("NCycles", int, 3000, doc="how often as many events are shown as there are"),
        Option(
            "HiddenLayers", str, "N,N-1", doc="neurons of each hidden layer; N is the number of variables"
        ),
        RELEASE_OPTION,
    )
    check_options = "!H:!V:NCycles=600:HiddenLayers=N"

    _sizes: tuple[int, ...]

    def process_options(self, dataset: DataSet | None) -> None:
        """Lay out the network."""
        del dataset
        values, n_variables = self.option_values, len(self.info.variables)
        text = values["HiddenLayers"]
        hidden = hidden_layers(text, n_variables, self.owner) if text else ()
        # TMVA's layers have two neurons at least, the first one too, for which it needs a variable each.
        sizes = (n_variables, *(max(2, size) for size in hidden), N_OUTPUTS)
        if len(sizes) > MOST_LAYERS or max(sizes) > MOST_NEURONS:
            message = (
                f"{self.owner}: HiddenLayers={text} has {len(hidden)} hidden layers, {max(sizes)} neurons in "
                f"one: TMVA's network has {MOST_LAYERS - 2} with {MOST_NEURONS} neurons at most; take MLP"
            )
            raise OptionError(message)
        if n_variables < 2:
            message = f"{self.owner}: TMVA's network needs two variables at least; take MLP"
            raise OptionError(message)
        if values["NCycles"] < 1:
            message = f"{self.owner}: NCycles={values['NCycles']}: expected 1 or more"
            raise OptionError(message)
        self._sizes = sizes
        self.log.info(f"Use configuration (nodes per layer): in={':'.join(map(str, sizes))}=out")
        self.log.info(f"Use {values['NCycles']} training cycles")

    def train(self, dataset: TrainingData) -> CFMlpANNModel:
        """Return the network that the training events give."""
        events, n_cycles = dataset.training, self.option_values["NCycles"]
        if len(np.unique(events.weight)) > 1:
            self.log.warning("event weights have no effect on the training, as in TMVA; take MLP for them")
        self.log.info(f"Total number of events for training: {len(events)}")
        self.log.info(f"Total number of training cycles    : {n_cycles}")
        for number, size in enumerate(self._sizes, start=1):
            self.log.info(f"Number of layers for neuron({number}): {size}")
        self.log.info("New training will be performed")
        x = events.x.astype(np.float64)
        low, high = x.min(axis=0), x.max(axis=0)
        check_ranges(low, high, [one.label for one in self.info.variables], TrainingError)
        with progress_bar(self.draw_progress_bar, self.title, n_cycles) as advance:
            weights = train(
                np.ascontiguousarray(normalised(x, low, high)),
                events.class_index == self.info.signal_class_index,
                np.array(self._sizes, np.int64),
                n_cycles,
                make_backend("cpu", registry=self.registry),
                advance,
                self.log,
            )
        if not np.isfinite(weights).all():
            message = f"{self.owner}: weights are not finite after the training"
            raise TrainingError(message)
        return CFMlpANNModel(low, high, self._sizes, weights, np.ones(len(self._sizes)))


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodCFMlpANN]
