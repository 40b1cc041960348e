"""The options of MethodDL, and what their texts mean where it is more than a value."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from tmva_py.backends import why_unavailable
from tmva_py.errors import OptionError, TrainingError, warn, with_caret
from tmva_py.methods.dl.training_strategy import DEFAULT_STRATEGY
from tmva_py.options import Option
from tmva_py.plugins import Registry

LOSSES = ("CROSSENTROPY", "SUMOFSQUARES", "MUTUALEXCLUSIVE")
INITIALIZERS = ("XAVIER", "XAVIERUNIFORM", "GAUSS", "UNIFORM", "IDENTITY", "ZERO")
# What ROOT knows; a weight file must hold one of these, or ROOT refuses to read it.
ROOT_ARCHITECTURES = ("STANDARD", "CPU", "GPU", "OPENCL", "CUDNN")
OWN_ARCHITECTURES = ("NUMPY", "NUMBA")
GPU_BACKENDS = ("cupy", "gpu", "cudnn")

DL_OPTIONS: tuple[Option, ...] = (
    Option("InputLayout", str, "0|0|0", doc="shape of one event: D|H|W, T|W or W"),
    Option("BatchLayout", str, "0|0|0", doc="shape of one batch: depth|height|width"),
    Option("Layout", str, "DENSE|(N+100)*2|SOFTSIGN,DENSE|0|LINEAR", doc="the layers"),
    Option("ErrorStrategy", str, "CROSSENTROPY", doc="loss", choices=LOSSES),
    Option("WeightInitialization", str, "XAVIER", doc="rule for the first weights", choices=INITIALIZERS),
    Option("RandomSeed", int, 0, doc="seed of first weights and shuffling; 0 is a fresh one", minimum=0),
    Option("ValidationSize", str, "20%", doc="part of the training events that validates: 20%, 0.2 or 100"),
    Option(
        "Architecture",
        str,
        "CPU",
        doc="where to compute",
        choices=(*ROOT_ARCHITECTURES, *OWN_ARCHITECTURES),
    ),
    Option("TrainingStrategy", str, DEFAULT_STRATEGY, doc="phases of the training"),
)
"""MethodDL's own options in the order of weight files, after `tmva_py.methods.options.BASE_OPTIONS`."""

_CHOICES_FROM: dict[str, str] = {
    "ErrorStrategy": "loss",
    "WeightInitialization": "initializer",
    "Architecture": "backend",
}
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


def dl_options(registry: Registry) -> tuple[Option, ...]:
    """Return `DL_OPTIONS` with the names of plugins' losses, initialisers and backends allowed too."""
    return tuple(
        _with_choices(option, registry.names(_CHOICES_FROM[option.name]))
        if option.name in _CHOICES_FROM
        else option
        for option in DL_OPTIONS
    )


def validation_events(text: str, n_events: int) -> int:
    """Return how many training events validate: ``20%``, a fraction, or a number; cut as in ROOT."""
    number = text.removesuffix("%")
    if not _NUMBER.fullmatch(number):
        message = (
            f"ValidationSize: expected a percentage (20%), a fraction (0.2) or a number of events (100), "
            f"got {text!r}\n{with_caret(text, 0, max(1, len(text)))}"
        )
        raise OptionError(message)
    value = float(number)
    fraction = value / 100.0 if text.endswith("%") else value
    size = n_events * fraction if text.endswith("%") or value < 1.0 else value
    if not 1 <= size < n_events:
        message = (
            f"ValidationSize={text} means {size:g} of {n_events} training events; expected at least 1 and "
            f"fewer than {n_events}"
        )
        raise TrainingError(message)
    return int(size)


def resolve_architecture(architecture: str, registry: Registry) -> tuple[str, str]:
    """Return the architecture that weight files name, one of ROOT's, and the name of an installed backend."""
    name = architecture.upper()
    if name == "STANDARD":
        _replaced("STANDARD is no longer supported; CPU is used")
        return "CPU", "cpu"
    if name == "OPENCL":
        _replaced("OPENCL does not exist; GPU is used")
        name = "GPU"
    if name in ("GPU", "CUDNN", "CUPY"):
        backend = next((known for known in GPU_BACKENDS if registry.knows("backend", known)), None)
        reason = "no GPU backend is registered" if backend is None else why_unavailable(backend, registry)
        if backend is not None and reason is None:
            return "GPU" if name == "CUPY" else name, backend
        _replaced(f"{name} cannot be had: {reason}; CPU is used")
        return "CPU", "cpu"
    return "CPU", name.lower()


def _with_choices(option: Option, names: Iterable[str]) -> Option:
    known = {choice.upper() for choice in option.choices}
    further = tuple(name.upper() for name in names if name.upper() not in known)
    return dataclasses.replace(option, choices=option.choices + further)


def _replaced(message: str) -> None:
    warn(f"Architecture: {message}")
