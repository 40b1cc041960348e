"""MethodDL: deep neural networks, booked as ``Types.kDL``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data import AnalysisType, DataSet
from tmva_py.errors import ShapeError, TrainingError
from tmva_py.message_log import MessageLog
from tmva_py.methods.base import BASE_OPTIONS, MethodBase
from tmva_py.methods.dl.options import DL_OPTIONS, dl_options
from tmva_py.methods.dl.training import NetworkPlan, train_network
from tmva_py.methods.dl.weights_attributes import WeightsAttributes
from tmva_py.network import History, Network
from tmva_py.options import Option
from tmva_py.plugins import hookimpl
from tmva_py.weights import ANY_TAG, Numbers, Sinks

NOT_A_RESPONSE = -999.0
"""What TMVA answers when the network gives no number."""


class MethodDL(MethodBase):
    """Deep neural networks of dense, recurrent and convolution layers.

    The network is described by ``InputLayout`` (shape of one event), ``Layout`` (its layers) and
    ``TrainingStrategy`` (one or more phases of training). A part of the training events (``ValidationSize``)
    is not trained on: its loss decides when to stop, and which weights are kept.
    """

    names = ("DL",)
    type_name = "DL"
    options = DL_OPTIONS
    sinks: ClassVar[Sinks] = {ANY_TAG: Numbers("f4")}

    _plan: NetworkPlan | None = None
    _network: Network | None = None
    _booked_network: Network | None = None
    _attributes: WeightsAttributes | None = None
    _history: History | None = None

    def declared_options(self) -> tuple[Option, ...]:
        """Return the options, with the names of plugins' losses, initialisers and backends allowed."""
        return (*BASE_OPTIONS, *dl_options(self.registry))

    @classmethod
    def can_handle(cls, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> bool:
        """Return whether there are two classes, several, or a target, as the analysis needs."""
        if analysis_type == "Classification":
            return n_classes == 2
        return n_classes >= 2 if analysis_type == "Multiclass" else n_targets >= 1

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
        self._booked_network = self._plan.make_network(self.registry)
        self._check_outputs(self._booked_network)
        # What goes into the weight file: ROOT refuses an architecture that it does not know.
        self.option_values = self.option_values.updated({"Architecture": self._plan.architecture})

    def _check_outputs(self, network: Network) -> None:
        """Refuse a network whose outputs are not what the analysis needs."""
        shape, needed = network.output_shape, self.n_outputs
        if len(shape) != 1:
            message = (
                f"DL {self.title!r}: Layout: the last layer ({network.layers[-1].describe()}) gives the "
                f"shape {shape}, expected a flat one; put RESHAPE|FLAT and a dense layer behind it"
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

    def train(self, dataset: DataSet) -> None:
        """Train the network of the booking.

        If the training fails, `network` has the best weights so far.
        """
        if self._plan is None:
            message = (
                f"DL {self.title!r} was read from a weight file, which holds no training; book it to train"
            )
            raise TrainingError(message)
        plan, first = self._plan, self._plan.phases[0]
        # The network that was tried out when booking is trained first; another training starts anew.
        network, self._booked_network = self._booked_network or plan.make_network(self.registry), None
        self._network, self._history = network, None
        find = self.registry.find
        self._attributes = WeightsAttributes(
            input_layout=plan.input_layout,
            batch_size=1,
            batch_layout=plan.batch_layout,
            loss=find("loss", plan.loss).code,  # type: ignore[attr-defined]
            initialization=network.initializer.code,
            regularization=str(find("regularization", first.regularization).code),  # type: ignore[attr-defined]
            output=network.output_function.code,
            weight_decay=first.weight_decay,
        )
        self._history = train_network(
            network,
            plan,
            dataset.training,
            dataset.info,
            log=self._log_of_training(),
            draw_progress_bar=self.draw_progress_bar,
            verbose=self.option_values["V"],
        )

    def _log_of_training(self) -> MessageLog:
        """Return the method's log, silent if the level leaves out information; V overrides the level."""
        log = self.log.for_source(self.log.source)
        too_low = self.option_values["VerbosityLevel"] in ("Warning", "Error", "Fatal")
        log.silent = log.silent or (too_low and not self.option_values["V"])
        return log

    @property
    def network(self) -> Network:
        """The trained network.

        Raises
        ------
        TrainingError
            There is none yet.
        """
        if self._network is None:
            message = f"DL {self.title!r} is neither trained nor read from a weight file"
            raise TrainingError(message)
        return self._network

    def respond(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the network's outputs; a class's probability for classification.

        An output that is not a number becomes −999 in classification, as in TMVA.
        """
        outputs = np.asarray(self.network.predict(x), np.float64)
        if self.analysis_type != "Classification":
            return outputs[:, : self.n_outputs]
        # More than one output in a two-class net: TMVA gives the first.
        first = outputs[:, 0].copy()
        first[np.isnan(first)] = NOT_A_RESPONSE
        return first

    def training_history(self) -> Mapping[str, npt.NDArray[np.float64]]:
        """Return the errors of the epochs that were validated, as ROOT keeps them."""
        if self._history is None:
            return {}
        validated = [record for record in self._history.epochs if record.validation_loss is not None]
        return {
            "trainingError": np.array([record.training_loss for record in validated]),
            "valError": np.array([record.validation_loss for record in validated]),
        }

    def write_weights(self, weights: Element) -> None:
        """Write attributes and layers."""
        from tmva_py.methods.dl.weights_xml import write_network

        if self._attributes is None:
            message = f"DL {self.title!r} is neither trained nor read from a weight file"
            raise TrainingError(message)
        write_network(weights, self.network, self._attributes)

    def read_weights(self, weights: Element) -> None:
        """Make the network that the element describes.

        Raises
        ------
        WeightFileError
            It is damaged, does not fit the number of variables, or has too few outputs.
        """
        from tmva_py.methods.dl.weights_xml import read_network

        self._network, self._attributes = read_network(
            weights,
            n_variables=len(self.info.variables),
            n_outputs=self.n_outputs,
            registry=self.registry,
            owner=f"DL {self.title!r}",
        )


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodDL]
