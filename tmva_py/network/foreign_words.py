"""The words of other libraries: an argument that is not there is answered by the one that is meant."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from tmva_py.errors import UnknownArgumentError, did_you_mean

P = ParamSpec("P")
R = TypeVar("R")

OF_TRAINING = {
    **dict.fromkeys(("epochs", "n_epochs", "nb_epoch", "num_epochs", "max_iter"), "max_epochs"),
    **dict.fromkeys(("sample_weight", "sample_weights", "weight", "weights"), "event_weight"),
    **dict.fromkeys(("validation_split", "validation_data", "validation_fraction", "eval_set"), "validation"),
    **dict.fromkeys(("lr", "learning_rate_init", "eta"), "learning_rate"),
    **dict.fromkeys(("patience", "n_iter_no_change"), "convergence_steps"),
    **dict.fromkeys(("verbose", "verbosity", "show_progress"), "progress"),
    **dict.fromkeys(("criterion", "loss_function", "objective"), "loss"),
    **dict.fromkeys(("solver", "optim"), "optimizer"),
    **dict.fromkeys(("l2", "alpha", "l1"), "regularization='L2' (or 'L1') and weight_decay"),
    "class_weight": "event_weight, multiplied by the weight of each event's class",
    "shuffle": "nothing: the events are mixed in every epoch, from the network's seed",
    "random_state": "seed= of NetworkBuilder or Network",
    "seed": "seed= of NetworkBuilder or Network",
    "X": "x",
    "target": "y",
    "labels": "y",
}
OF_PREDICTION = {
    "verbose": "nothing: a prediction shows no progress",
    "X": "x",
    "initial_state": "state",
    "training": "forward(x, training=True)",
}
OF_LAYERS = {
    **dict.fromkeys(
        ("units", "n_units", "n_neurons", "size", "hidden_size"), "width (dense) or state (recurrent)"
    ),
    **dict.fromkeys(("filters", "out_channels"), "depth"),
    **dict.fromkeys(("kernel_size", "pool_size", "kernel"), "filter_size"),
    **dict.fromkeys(("strides",), "stride"),
    **dict.fromkeys(("return_sequences",), "return_sequence"),
    **dict.fromkeys(("stateful",), "remember_state"),
    **dict.fromkeys(("rate", "p", "dropout"), "probability, in .dropout(probability) before .dense(…)"),
    **dict.fromkeys(("eps",), "epsilon"),
    "kernel_initializer": "initializer= of NetworkBuilder",
    "use_bias": "nothing: every layer has biases",
    "name": "nothing: layers are numbered",
}
OF_NETWORKS = {
    **dict.fromkeys(("shape", "input_dim", "in_features", "n_inputs"), "input_shape"),
    **dict.fromkeys(("random_state", "random_seed"), "seed"),
    "device": "backend",
    "precision": "dtype",
}


def with_hints(words: Mapping[str, str]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that names the argument which is meant by another library's `words`."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        known = tuple(name for name in inspect.signature(function).parameters if name != "self")

        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            for name in kwargs:
                if name not in known:
                    _refuse(function.__qualname__, name, known, words)
            return function(*args, **kwargs)

        return checked

    return decorate


def _refuse(owner: str, name: str, known: tuple[str, ...], words: Mapping[str, str]) -> None:
    meant = words.get(name)
    if meant is None:
        advice = did_you_mean(name, known)
    elif meant.startswith("nothing: "):
        advice = f"; {meant.removeprefix('nothing: ')}"
    else:
        advice = f"; it is {meant} here"
    owner = owner.removesuffix(".__init__")
    message = f"{owner}: unknown argument {name!r}{advice}\n  known: {', '.join(known)}"
    raise UnknownArgumentError(message)
