"""MethodDL: deep neural networks, booked as ``Types.kDL``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet
from tmva_py.errors import ShapeError
from tmva_py.message_log import MessageLog
from tmva_py.methods.dl.dnn_dialect import DNN_OPTIONS, DNNModel
from tmva_py.methods.dl.model import DLModel
from tmva_py.methods.dl.network_file import read_network_file, write_network_file
from tmva_py.methods.dl.options import DL_OPTIONS, dl_options
from tmva_py.methods.dl.training import NetworkPlan, train_network
from tmva_py.methods.inputs import TrainingData
from tmva_py.methods.method import Method, OldType
from tmva_py.methods.options import BASE_OPTIONS
from tmva_py.network import History, Network
from tmva_py.network.layer_stack import LayerStack
from tmva_py.options import Option
from tmva_py.plugins import Registry, hookimpl


class MethodDL(Method):
    """Deep neural networks of dense, recurrent and convolution layers.

    The network is described by ``InputLayout`` (shape of one event), ``Layout`` (its layers) and
    ``TrainingStrategy`` (one or more phases of training). A part of the training events (``ValidationSize``)
    is not trained on: its loss decides when to stop, and which weights are kept.
    """

    names = ("DL", "DNN")
    type_name = "DL"
    model = DLModel
    analyses = ("Classification", "Multiclass", "Regression")
    options = DL_OPTIONS
    old_types: ClassVar[Mapping[str, OldType]] = {"DNN": OldType(DNNModel, DNN_OPTIONS)}
    check_options = (
        "!H:!V:Layout=DENSE|8|TANH,LINEAR:RandomSeed=1:TrainingStrategy="
        "LearningRate=1e-2,BatchSize=50,MaxEpochs=15,TestRepetitions=1,Optimizer=ADAM"
    )

    network: Network
    """The network of the last training; of one that failed, with its best weights so far."""

    _plan: NetworkPlan
    _untrained: Network | None
    _history: History | None = None

    @classmethod
    def declared_options(cls, registry: Registry) -> tuple[Option, ...]:
        """Return the options, with the names of plugins' losses, initialisers and backends allowed."""
        return (*BASE_OPTIONS, *dl_options(registry))

    @property
    def can_be_forked(self) -> bool:
        """Whether the network is trained on the host."""
        return str(self.option_values["Architecture"]).upper() in ("CPU", "STANDARD")

    def process_options(self, dataset: DataSet | None) -> None:
        """Read layouts and training strategy, and try out whether the layers fit."""
        del dataset
        self._plan = NetworkPlan.from_options(
            self.option_values,
            n_variables=len(self.info.variables),
            n_outputs=self.n_outputs,
            analysis_type=self.analysis_type,
            registry=self.registry,
        )
        self._untrained = self._plan.make_network(self.registry)
        self._check_outputs(self._untrained)
        # What goes into the weight file: ROOT refuses an architecture that it does not know.
        self.option_values = self.option_values.updated({"Architecture": self._plan.architecture})

    def _check_outputs(self, network: Network) -> None:
        """Refuse a network whose outputs are not what the analysis needs."""
        shape, needed = network.output_shape, self.n_outputs
        if len(shape) != 1:
            message = (
                f"DL {self.title!r}: Layout: the last layer ({network.layers[-1].describe()}) gives the "
                f"shape {shape}, expected a flat one; put RESHAPE|FLAT and a dense layer after it"
            )
            raise ShapeError(message)
        # A two-class net may have any number of outputs: the first one answers, as in TMVA.
        if self.analysis_type == "Classification" or shape[0] == needed:
            return
        several = self.analysis_type == "Multiclass"
        names = self.info.classes if several else [target.label for target in self.info.targets]
        found = f"{shape[0]} output{'s' if shape[0] != 1 else ''}"
        message = (
            f"DL {self.title!r}: Layout: the last layer gives {found}, expected {needed}, one for each "
            f"{'class' if several else 'target'} ({', '.join(names)}); end the layout with LINEAR, which has "
            f"{needed}"
        )
        raise ShapeError(message)

    def train(self, dataset: TrainingData) -> DLModel:
        """Return the trained network; if the training fails, `network` has the best weights so far."""
        plan = self._plan
        # The network that was tried out when booking is trained first; another training starts anew.
        self.network, self._untrained = self._untrained or plan.make_network(self.registry), None
        self._history = None
        self._history = train_network(
            self.network,
            plan,
            dataset.training,
            dataset.info,
            log=self._log_of_training(),
            draw_progress_bar=self.draw_progress_bar,
            verbose=self.option_values["V"],
        )
        attributes = plan.stored_attributes(self.network, self.registry)
        return DLModel(self.network, self.analysis_type, self.n_outputs, attributes)

    @staticmethod
    def write_network_file(network: Network, path: str | os.PathLike[str], **names: Any) -> None:
        """Write a network that was made in Python as a weight file of this method."""
        write_network_file(network, path, MethodDL.declared_options(network.registry), **names)

    @staticmethod
    def read_network_file(path: str | os.PathLike[str], registry: Registry) -> LayerStack:
        """Return the network of a weight file."""
        return read_network_file(path, registry)

    def _log_of_training(self) -> MessageLog:
        """Return the method's log, silent if the level leaves out information; V overrides the level."""
        log = self.log.for_source(self.log.source)
        too_low = self.option_values["VerbosityLevel"] in ("Warning", "Error", "Fatal")
        log.silent = log.silent or (too_low and not self.option_values["V"])
        return log

    def training_history(self) -> Mapping[str, npt.NDArray[np.float64]]:
        """Return the errors of the epochs that were validated, as ROOT keeps them."""
        if self._history is None:
            return {}
        validated = [record for record in self._history.epochs if record.validation_loss is not None]
        return {
            "trainingError": np.array([record.training_loss for record in validated]),
            "valError": np.array([record.validation_loss for record in validated]),
        }


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodDL]
