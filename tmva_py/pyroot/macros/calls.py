"""What macros call that Python's classes lack, or have in another form."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tmva_py.booking.booked_method import BookedMethod
from tmva_py.booking.data_set_view import DataSetView
from tmva_py.booking.factory import Factory
from tmva_py.booking.hyper_parameters import HyperParameterOptimisationResult
from tmva_py.booking.option_map import OptionMap
from tmva_py.booking.root_stubs import Tools
from tmva_py.booking.types import EMVA, Types
from tmva_py.methods import TrainedMethod
from tmva_py.pyroot.macros.envelope import Classification
from tmva_py.pyroot.macros.fitting import fit, genetic_algorithm
from tmva_py.pyroot.macros.reader import MacroReader, MacroRReader

Fail = Callable[[BaseException], None]

NAMESPACE: dict[str, Callable[[Fail], Callable[..., Any]]] = {
    "Reader": lambda fail: lambda *arguments: MacroReader(arguments, fail),
    "RReader": lambda fail: lambda path: MacroRReader(path, fail),
    "Classification": lambda _: Classification,
    "fit": lambda _: fit,
    "genetic_algorithm": lambda _: genetic_algorithm,
    "method_name": lambda _: lambda number: EMVA(number).type_name,
    "method_number": lambda _: lambda name: int(Types.GetMethodType(name)),
    "python_executable": lambda _: lambda: sys.executable,
    "split_string": lambda _: Tools.SplitString,
}
"""Functions of the namespace by their names, made from what takes exceptions of functions that evaluate."""


@dataclass(frozen=True)
class ByName:
    """Numbers by name, as C++ reads them."""

    numbers: dict[str, float]

    def GetNames(self) -> list[str]:
        """Return the names."""
        return list(self.numbers)

    def GetNumbers(self) -> list[float]:
        """Return the numbers in the same order."""
        return list(self.numbers.values())


def event_row(data_set: DataSetView, index: int, sample: int | None) -> list[float]:
    """Return an event of a data set as the numbers that C++ makes one of."""
    event = data_set.GetEvent(index, sample)
    return [
        event.GetNVariables(),
        event.GetNTargets(),
        event.GetClass(),
        event.GetOriginalWeight(),
        event.GetBoostWeight(),
        *event.GetValues(),
        *event.GetTargets(),
        *event.GetSpectators(),
    ]


def efficiency_error(method: BookedMethod, what: str) -> float:
    """Return the error of a signal efficiency, which C++ gives by a reference."""
    error = [0.0]
    method.GetEfficiency(what, err=error)
    return error[0]


def responses_to(method: TrainedMethod, values: list[float], spectators: list[float]) -> list[float]:
    """Return the responses to one event."""
    rows = [np.array([one], np.float32) for one in (values, spectators)]
    found: list[float] = np.ravel(method.evaluate(rows[0], spectators=rows[1])).tolist()
    return found


ADDED: tuple[tuple[type, dict[str, Callable[..., Any]]], ...] = (
    (OptionMap, {"GetValue": lambda one, key: str(one.GetValue(key))}),
    (DataSetView, {"event": event_row}),
    (Factory, {"OptimizeAllMethods": lambda factory, *names: ByName(factory.OptimizeAllMethods(*names))}),
    (
        HyperParameterOptimisationResult,
        {"GetFolds": lambda result: [ByName(one) for one in result.fFoldParameters]},
    ),
    (
        TrainedMethod,
        {
            "GetMethodName": lambda method: method.title,
            "GetName": lambda method: method.title,
            "GetMethodTypeName": lambda method: method.type_name,
            "GetInputVar": lambda method, index: method.info.variables[index].internal_name,
            "GetInputLabel": lambda method, index: method.info.variables[index].label,
            "GetInputTitle": lambda method, index: method.info.variables[index].title,
            "GetNvar": lambda method: len(method.info.variables),
            "responses_to": responses_to,
        },
    ),
    (
        BookedMethod,
        {
            "DataInfo": lambda method: method.loader.GetDataSetInfo(),
            "efficiency_error": efficiency_error,
            "responses_to": lambda method, *event: responses_to(method.trained, *event),
            "OptimizeTuningParameters": lambda method, *names: ByName(
                method.OptimizeTuningParameters(*names)
            ),
        },
    ),
)
"""Functions of objects of a class, by their names."""
