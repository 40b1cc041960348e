"""Which methods can be booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmva_py.booking.types import EMVA
from tmva_py.errors import BookingError, UnknownNameError, did_you_mean
from tmva_py.methods import Method
from tmva_py.methods.weight_file import find_method

if TYPE_CHECKING:
    from tmva_py.plugins import Registry


_OF_R = "a method of the language R, which TMVA reaches through its interface to R"
_REASONS = {
    "BayesClassifier": "it learns nothing in TMVA either, which ends at its weight file; take Likelihood, "
    "which is Bayes's classifier for independent variables",
    "C50": f"{_OF_R}; take BDT",
    "RSNNS": f"{_OF_R}; take MLP or DL",
    "RSVM": f"{_OF_R}; take SVM",
    "RXGB": f"{_OF_R}; take BDT with BoostType=Grad",
    "CrossValidation": "it is no method of a Factory; take TMVA.CrossValidation",
}
"""What a script that names one of these methods of TMVA needs to know."""


def bookable_method(type_name: str, title: str, registry: Registry) -> type[Method]:
    """Return the class of a method that can be trained; the error names those that can."""
    known = registry.names("method")
    if type_name in _REASONS and not (type_name in known and find_method(type_name, registry).trains):
        message = f"{type_name} {title!r}: {_REASONS[type_name]}"
        raise BookingError(message)
    if type_name not in known:
        is_tmvas = f"k{type_name}" in EMVA.__members__
        what = (
            f"method {type_name!r} is not available in this version"
            if is_tmvas
            else f"unknown method {type_name!r}{did_you_mean(type_name, known)}"
        )
        found = {name: find_method(name, registry) for name in known}
        old = [name for name, method in found.items() if name in method.old_types or not method.trains]
        trained = ", ".join(name for name in known if name not in old) or "none"
        read = f"; read from weight files, not trained: {', '.join(old)}" if old else ""
        failures = "".join(f"\n  {failure}" for failure in registry.failures())
        message = f"{what}\n  available: {trained}{read}{failures}"
        raise UnknownNameError(message)
    cls = find_method(type_name, registry)
    if type_name.upper() in (old.upper() for old in cls.old_types):
        message = (
            f"{type_name} {title!r}: this old method is read from weight files and not trained; book "
            f"{cls.type_name} (Types.k{cls.type_name}), which took its place — but "
            "Optimizer, MaxEpochs and ConvergenceSteps of a TrainingStrategy mean something else there: "
            "docs/options.md, 'TrainingStrategy', says what to write"
        )
        raise BookingError(message)
    return cls
