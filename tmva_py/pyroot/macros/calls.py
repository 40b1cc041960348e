"""What macros call that Python's classes lack, or have in another form."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tmva_py.booking.booked_method import BookedMethod
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


ADDED: tuple[tuple[type, dict[str, Callable[..., Any]]], ...] = (
    (OptionMap, {"GetValue": lambda one, key: str(one.GetValue(key))}),
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
            "GetInputVar": lambda method, index: method.info.variables[index].expression,
            "GetInputLabel": lambda method, index: method.info.variables[index].label,
            "GetNvar": lambda method: len(method.info.variables),
        },
    ),
    (
        BookedMethod,
        {
            "GetInputVar": lambda method, index: method.method.info.variables[index].expression,
            "GetInputLabel": lambda method, index: method.method.info.variables[index].label,
            "GetNvar": lambda method: len(method.method.info.variables),
            "OptimizeTuningParameters": lambda method, *names: ByName(
                method.OptimizeTuningParameters(*names)
            ),
        },
    ),
)
"""Functions of objects of a class, by their names."""
