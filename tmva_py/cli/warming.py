"""Uses the kernels that a weight file, a layout or everything needs, so that they are compiled and kept."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tmva_py.errors import MissingExtraError, TMVAWarning

if TYPE_CHECKING:
    from tmva_py.data import AnalysisType
    from tmva_py.kernels.numba.store import Store
    from tmva_py.methods import TrainedMethod

# One event, some, and enough for blocks and threads: kernels choose their way by the number.
NUMBERS_OF_EVENTS = (1, 2, 9, 700)
BATCH = 16
# Between them all layers of TMVA, in the forms that have kernels of their own.
LAYOUTS = (
    ("DENSE|4|TANH,DENSE|3|RELU,LINEAR", "3"),
    ("LSTM|3|2|4|0|1,RESHAPE|FLAT,DENSE|3|SIGMOID,LINEAR", "4|2"),
    ("LSTM|3|2|4,DENSE|3|SYMMRELU,LINEAR", "4|2"),
    ("GRU|3|2|4|0|1,RESHAPE|FLAT,DENSE|3|SOFTSIGN,LINEAR", "4|2"),
    ("GRU|3|2|4|0|1|1,RESHAPE|FLAT,DENSE|3|GAUSS,LINEAR", "4|2"),
    ("RNN|3|2|4|0|1,RESHAPE|FLAT,DENSE|3|TANH,LINEAR", "4|2"),
    (
        "CONV|2|3|3|1|1|1|1|RELU,BNORM,CONV|2|2|2|1|1|0|0|TANH,MAXPOOL|2|2|1|1,RESHAPE|FLAT,BNORM,LINEAR",
        "1|4|4",
    ),
    ("MAXPOOL|2|2|1|1,CONV|2|2|2|1|1|0|0|RELU,RESHAPE|FLAT,LINEAR", "2|4|4"),
)
_FOREST = "NTrees=3:MinNodeSize=1%"
_TREES = ("MaxDepth=3", "MaxDepth=8:UseRandomisedTrees:UseNvars=2")
_BOOSTS: tuple[tuple[AnalysisType, str], ...] = (
    ("Classification", "BoostType=AdaBoost"),
    ("Classification", "BoostType=Grad:UseBaggedBoost"),
    ("Multiclass", "BoostType=Grad"),
    ("Regression", "BoostType=AdaBoostR2"),
    ("Regression", "BoostType=Grad"),
)
_PERCEPTRON = "NCycles=3:HiddenLayers=2:TestRate=1"
_FOAM, _TARGETS = "nSampl=50:nActiveCells=4:Nmin=0", ("Mean", "Mpv")
BOOKINGS: tuple[tuple[str, AnalysisType, str], ...] = (
    *(("BDT", analysis, f"{_FOREST}:{tree}:{boost}") for analysis, boost in _BOOSTS for tree in _TREES),
    ("MLP", "Classification", f"{_PERCEPTRON}:TrainingMethod=BP"),
    ("MLP", "Classification", f"{_PERCEPTRON}:TrainingMethod=BFGS:UseRegulator:CalculateErrors"),
    ("CFMlpANN", "Classification", "NCycles=2"),
    ("TMlpANN", "Classification", "NCycles=2:HiddenLayers=2:LearningMethod=Stochastic"),
    ("TMlpANN", "Classification", "NCycles=2:HiddenLayers=2:LearningMethod=BFGS"),
    ("Cuts", "Classification", "FitMethod=MC:SampleSize=50"),
    ("KNN", "Classification", ""),
    ("PDERS", "Classification", ""),
    ("PDEFoam", "Classification", f"{_FOAM}:Kernel=Gauss"),
    *(("PDEFoam", "Regression", f"{_FOAM}:MultiTargetRegression:TargetSelection={one}") for one in _TARGETS),
    ("SVM", "Classification", ""),
    ("Likelihood", "Classification", ""),
    ("RuleFit", "Classification", "RuleFitModule=RFTMVA:NTrees=3:GDNSteps=5"),
)
"""Methods with kernels of their own, as they are trained and evaluated."""
OPTIMIZERS = ("ADAM", "SGD", "ADAGRAD", "RMSPROP", "ADADELTA")


@dataclass(frozen=True)
class Warmed:
    """What was compiled, what was on the disk already, and where it is."""

    compiled: int
    found: int
    folder: Path


@contextmanager
def counted() -> Iterator[list[Warmed]]:
    """Yield a list that holds, at the end of the block, what its kernels were.

    Raises
    ------
    MissingExtraError
        Kernels are not compiled here at all, or cannot be kept.
    """
    kept = _store()
    before, result = (kept.written, kept.found), list[Warmed]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TMVAWarning)  # of events that are zeros and noise
        yield result
    if kept.folder is None or kept.failed:
        message = f"kernels were compiled and could not be kept: {kept.problem or kept.failed}"
        raise MissingExtraError(message)
    result.append(Warmed(kept.written - before[0], kept.found - before[1], kept.folder))


def warm_weight_file(method: TrainedMethod) -> None:
    """Evaluate a method on events of any kind."""
    random = np.random.default_rng(1)
    n_spectators = len(method.spectators) if method.model.uses_spectators else 0
    for number in NUMBERS_OF_EVENTS:
        x = random.normal(size=(number, len(method.info.variables))).astype(np.float32)
        beside = np.zeros((number, n_spectators), np.float32) if n_spectators else None
        with np.errstate(all="ignore"):
            if method.model.has_response:
                method.evaluate(x, spectators=beside)
            else:
                list(method.selections(x, spectators=beside))


def warm_layout(layout: str, input_layout: str) -> None:
    """Train networks of a layout on noise, and evaluate them.

    Every optimiser and every loss is used, events with weights and without, dropout and regularisation.
    """
    from tmva_py import Network
    from tmva_py.network.layer_stack import PREDICTION_BATCH

    random = np.random.default_rng(1)
    shapes: set[tuple[int, ...]] = set()
    for n_outputs in (1, 3):
        network = Network.from_layout(layout, input_layout=input_layout, n_outputs=n_outputs, seed=1)
        if network.output_shape in shapes:
            continue
        shapes.add(network.output_shape)
        losses = ["CROSSENTROPY", "SUMOFSQUARES"]
        if network.output_shape[0] > 1:
            losses.append("MUTUALEXCLUSIVE")
        x = random.normal(size=(4 * BATCH, *network.input_shape)).astype(np.float32)
        y = np.zeros((len(x), network.output_shape[0]), np.float32)
        y[np.arange(len(x)), np.arange(len(x)) % y.shape[1]] = 1
        y[::2] = 1 - y[::2] if y.shape[1] == 1 else y[::2]
        for number, (optimizer, loss) in enumerate(zip(OPTIMIZERS, itertools.cycle(losses), strict=False)):
            network.fit(
                x,
                y,
                event_weight=None if number % 2 else np.linspace(0.5, 1.5, len(x)),
                loss=loss,
                optimizer=optimizer,
                batch_size=BATCH,
                max_epochs=1,
                validation=BATCH,
                regularization=("NONE", "L2", "L1")[number % 3],
                weight_decay=1e-4,
                progress=False,
            )
        for n_events in (*NUMBERS_OF_EVENTS, PREDICTION_BATCH + 1):
            network.predict(np.resize(x, (n_events, *network.input_shape)))


def warm_methods() -> None:
    """Train methods other than networks on noise, and evaluate them."""
    from tmva_py.message_log import MessageLog
    from tmva_py.methods.training import train_method
    from tmva_py.methods.weight_file import find_method
    from tmva_py.plugins import default_registry
    from tmva_py.testing.method_checks import data_set

    log = MessageLog("warm-up", silent=True)
    for name, analysis, options in BOOKINGS:
        data = data_set(analysis)
        method = find_method(name, default_registry())("warm-up", data.info, analysis, options, log=log)
        warm_weight_file(train_method(method, data))


def warm_everything() -> None:
    """Use all kernels of networks in single precision, and those of the other methods."""
    for layout, input_layout in LAYOUTS:
        warm_layout(layout, input_layout)
    warm_methods()


def _store() -> Store:
    from tmva_py.backends import make_backend

    make_backend("numba")  # explains itself where kernels cannot be compiled
    from tmva_py.kernels.numba.compiling import store

    return store()


def warm(weights: Sequence[str], layout: str | None, input_layout: str | None) -> Warmed:
    """Compile what weight files, a layout, or, without both, everything needs."""
    from tmva_py.methods.weight_file import read_weight_file

    methods = [read_weight_file(path) for path in weights]
    with counted() as result:
        for method in methods:
            warm_weight_file(method)
        if layout is not None and input_layout is not None:
            warm_layout(layout, input_layout)
        if not methods and layout is None:
            warm_everything()
    return result[0]
