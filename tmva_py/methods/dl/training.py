"""Training a network as it is booked: from options to a network, from events to samples, and log lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.data import AnalysisType, DataSetInfo, Events
from tmva_py.errors import OptionError, ShapeError, warn, with_caret
from tmva_py.layers import VGeneralLayer
from tmva_py.layouts import (
    LayerSpec,
    check_event_counts,
    network_input_shape,
    parse_batch_layout,
    parse_input_layout,
    parse_layout,
)
from tmva_py.message_log import MessageLog
from tmva_py.methods.dl.options import resolve_architecture, validation_events
from tmva_py.methods.dl.training_log import TrainingLog
from tmva_py.methods.dl.training_strategy import check_drop_config, parse_training_strategy
from tmva_py.methods.dl.weights_attributes import WeightsAttributes
from tmva_py.network import History, Network, TrainingPhase
from tmva_py.network.progress import make_progress
from tmva_py.network.sample import TrainingSample
from tmva_py.network.training import Trainer
from tmva_py.options import OptionValues
from tmva_py.plugins import Registry

Shape3 = tuple[int, int, int]
# Output function by analysis, as TMVA chooses it whatever the loss.
OUTPUTS: dict[AnalysisType, str] = {
    "Classification": "SIGMOID",
    "Multiclass": "SOFTMAX",
    "Regression": "IDENTITY",
}


@dataclass(frozen=True)
class NetworkPlan:
    """What the options of a booking say, read and checked before any event is needed."""

    input_layout: Shape3
    batch_layout: Shape3
    specs: tuple[LayerSpec, ...]
    phases: tuple[TrainingPhase, ...]
    loss: str
    initializer: str
    architecture: str
    backend: str
    validation_size: str
    seed: int
    output: str

    @classmethod
    def from_options(
        cls,
        options: OptionValues,
        *,
        n_variables: int,
        n_outputs: int,
        analysis_type: AnalysisType,
        registry: Registry,
    ) -> NetworkPlan:
        """Return the plan."""
        loss = _loss(options, analysis_type)
        input_layout = parse_input_layout(options["InputLayout"], n_variables)
        specs = parse_layout(
            options["Layout"], n_variables=n_variables, n_outputs=n_outputs, registry=registry
        )
        phases = [
            dataclasses.replace(phase, drop_config=check_drop_config(phase, specs))
            for phase in parse_training_strategy(options["TrainingStrategy"], registry=registry)
        ]
        architecture, backend = resolve_architecture(options["Architecture"], registry)
        return cls(
            input_layout=input_layout,
            batch_layout=parse_batch_layout(options["BatchLayout"], phases[0].batch_size, input_layout),
            specs=tuple(specs),
            phases=tuple(phases),
            loss=loss,
            initializer=options["WeightInitialization"],
            architecture=architecture,
            backend=backend,
            validation_size=options["ValidationSize"],
            seed=options["RandomSeed"],
            output=OUTPUTS[analysis_type],
        )

    def make_network(self, registry: Registry) -> Network:
        """Return the network with its first weights."""
        layers: list[VGeneralLayer] = [spec.create(registry=registry) for spec in self.specs]
        try:
            return Network(
                layers,
                network_input_shape(self.input_layout, layers[0]),
                backend=self.backend,
                seed=self.seed,
                initializer=self.initializer,
                output=self.output,
                registry=registry,
            )
        except ShapeError as error:
            if error.layer_number is None:
                raise
            spec = self.specs[error.layer_number]
            message = f"Layout: {error}\n{with_caret(spec.layout, spec.offset, len(spec.text))}"
            raise ShapeError(message) from None

    def stored_attributes(self, network: Network, registry: Registry) -> WeightsAttributes:
        """Return what a weight file says of a network beside its layers."""
        first = self.phases[0]
        return WeightsAttributes(
            input_layout=self.input_layout,
            batch_size=1,
            batch_layout=self.batch_layout,
            loss=registry.find("loss", self.loss).code,  # type: ignore[attr-defined]
            initialization=network.initializer.code,
            regularization=str(registry.find("regularization", first.regularization).code),  # type: ignore[attr-defined]
            output=network.output_function.code,
            weight_decay=first.weight_decay,
        )


def train_network(
    network: Network,
    plan: NetworkPlan,
    training: Events,
    info: DataSetInfo,
    *,
    log: MessageLog,
    draw_progress_bar: bool,
    verbose: bool = False,
) -> History:
    """Train as the plan says on transformed training events; the last of them validate.

    The network ends with its best weights, also when the training fails.
    """
    n_validation = validation_events(plan.validation_size, len(training))
    n_training = len(training) - n_validation
    for phase in plan.phases:
        check_event_counts(n_training, n_validation, phase.batch_size)
    targets = event_targets(training, info, network.n_outputs)
    if not info.targets:
        _warn_if_one_class(training.class_index, n_training, info.classes)
    lines = TrainingLog(
        log,
        network,
        architecture=plan.architecture,
        input_layout=plan.input_layout,
        n_training=n_training,
        n_validation=n_validation,
        loss=plan.loss,
        verbose=verbose,
    )
    lines.start(seed_is_fresh=plan.seed == 0)
    # Sums of ones need no multiplication: most trainings have no event weights.
    weight = None if bool((training.weight == 1).all()) else training.weight
    trainer = Trainer(
        network,
        plan.loss,
        plan.phases,
        progress=make_progress(draw_progress_bar, title=log.source),
        phase_callback=lines.start_phase,
        callbacks=(lines.epoch_done,),
    )
    sample = TrainingSample.checked(network, training.x, targets, weight, loss=trainer.loss)
    history = trainer.run(sample.part(slice(0, n_training)), sample.part(slice(n_training, None)))
    lines.end(history)
    return history


def _loss(options: OptionValues, analysis_type: AnalysisType) -> str:
    loss: str = options["ErrorStrategy"]
    if analysis_type == "Classification" and loss == "MUTUALEXCLUSIVE":
        message = (
            "ErrorStrategy=MUTUALEXCLUSIVE needs several classes; for two classes take CROSSENTROPY "
            "(or SUMOFSQUARES)"
        )
        raise OptionError(message)
    if analysis_type == "Regression" and loss in ("CROSSENTROPY", "MUTUALEXCLUSIVE"):
        if "ErrorStrategy" in options.given:
            warn(f"ErrorStrategy={loss} is for classes; regression is trained with SUMOFSQUARES")
        return "SUMOFSQUARES"
    return loss


def event_targets(events: Events, info: DataSetInfo, n_outputs: int) -> npt.NDArray[np.float32]:
    """Return what the network is to give for each event, (N, n_outputs).

    Regression targets as they are; one output is 1 for the signal class and 0 else; several are the class
    index, one-hot.
    """
    if info.targets:
        return events.targets
    if n_outputs == 1:
        signal: npt.NDArray[np.float32] = (events.class_index == info.signal_class_index).astype(np.float32)
        return signal[:, None]
    one_hot = np.zeros((len(events), n_outputs), np.float32)
    known = events.class_index < n_outputs
    one_hot[np.flatnonzero(known), events.class_index[known]] = 1
    return one_hot


def _warn_if_one_class(class_index: npt.NDArray[np.int32], n_training: int, classes: Sequence[str]) -> None:
    for name, part in (("validation", class_index[n_training:]), ("training", class_index[:n_training])):
        present = np.unique(part)
        if len(classes) > 1 and len(present) == 1:
            warn(
                f"all events of the {name} part of the training sample are of class "
                f"{classes[present[0]]!r}: the last training events validate, and MixMode=Block leaves the "
                "classes one after the other; take MixMode=Random"
            )
