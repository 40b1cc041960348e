"""A Reader for macros: C++ gathers the values of an event, and calls one function for it."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.reader import Reader
from tmva_py.methods import TrainedMethod
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.pyroot.macros.values import Address

_RESPOND = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_EVALUATE = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)


class MacroReader:
    """What ``TMVA::Reader`` of a macro calls.

    Parameters
    ----------
    arguments : sequence
        Those of `Reader`.
    fail : callable
        Takes an exception that a function called for an event has raised.
    """

    def __init__(self, arguments: Sequence[Any], fail: Callable[[BaseException], None]) -> None:
        self.reader = Reader(*arguments)
        self._fail = fail
        self._functions: dict[str, Any] = {}
        self._responses: dict[str, npt.NDArray[np.float32]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.reader, name)

    def AddVariable(self, expression: str, value: npt.NDArray[np.float32], is_integer: int = 0) -> None:
        """Declare a variable; `value` is the place where C++ puts it."""
        self.reader.AddVariable(expression, np.zeros(1, np.int32) if is_integer else value)

    def AddSpectator(self, expression: str, value: npt.NDArray[np.float32], is_integer: int = 0) -> None:
        """Declare a spectator."""
        del is_integer  # C++ has put an integer into a float, as TMVA does
        self.reader.AddSpectator(expression, value)

    def BookMVA(self, tag: str, file: str, is_text: int = 0) -> TrainedMethod:
        """Read a weight file, or its text."""
        if not is_text:
            return self.reader.BookMVA(tag, file)
        from tmva_py.booking.types import Types

        return self.reader.BookMVA(Types.GetMethodType(tag), file)

    def evaluator(self, tag: str) -> Address:
        """Return the address of a function that responds to the event that C++ has gathered."""
        method = self.reader._method(tag)
        responses = self._responses[tag] = np.zeros(max(method.n_outputs, 1), np.float32)
        function = self._functions[tag] = _EVALUATE(self._respond(tag, method, responses))
        return Address(ctypes.cast(function, ctypes.c_void_p).value or 0)

    def responses_address(self, tag: str) -> Address:
        """Return where the function of `evaluator` puts several responses."""
        return Address(self._responses[tag].ctypes.data)

    def n_responses(self, tag: str) -> int:
        """Return how many there are."""
        return len(self._responses[tag])

    def _respond(
        self, tag: str, method: TrainedMethod, responses: npt.NDArray[np.float32]
    ) -> Callable[[float], float]:
        reader, fail = self.reader, self._fail
        several = {"Regression": reader.EvaluateRegression, "Multiclass": reader.EvaluateMulticlass}.get(
            method.analysis_type
        )

        def respond(aux: float) -> float:
            try:
                if several is None:
                    response = reader.EvaluateMVA(tag, aux) if aux else reader.EvaluateMVA(tag)
                    responses[0] = response
                    return response
                responses[:] = several(tag)
                return float(responses[0])
            except BaseException as error:  # noqa: BLE001 - nothing may leave through C++'s frames
                fail(error)
                return float("nan")

        return respond


class MacroRReader(MacroReader):
    """What ``TMVA::Experimental::RReader`` of a macro calls.

    Parameters
    ----------
    path : str
        The weight file.
    fail : callable
        As for `MacroReader`.
    trust : bool, default False
        As of `Reader.BookMVA`.
    """

    def __init__(self, path: str, fail: Callable[[BaseException], None], *, trust: bool = False) -> None:
        super().__init__(("Silent",), fail)
        self._method = method = read_weight_file(path, trust=trust)
        variables = method.info.variables
        self._values = np.zeros(len(variables), np.float32)
        for place, one in enumerate(variables):
            name = one.internal_name if one.is_from_array else f"{one.label} := {one.expression}"
            self.AddVariable(name, self._values[place : place + 1])
        for one in method.spectators:
            self.AddSpectator(f"{one.label} := {one.expression}", np.zeros(1, np.float32))
        self.reader.BookMVA("", path, trust=trust)
        self.evaluator("")
        self._lock = threading.Lock()
        self._responder = _RESPOND(self._respond_to)

    def GetVariableNames(self) -> list[str]:
        """Return the titles of the variables, as ROOT does; their expressions where they have no other."""
        return [one.title for one in self._method.info.variables]

    def responder(self) -> Address:
        """Return the address of a function that takes where values are and where responses go.

        Threads may call it at the same time, without Python's lock of its interpreter.
        """
        return Address(ctypes.cast(self._responder, ctypes.c_void_p).value or 0)

    def compute(self, values: Sequence[float], n_events: int) -> npt.NDArray[np.float64]:
        """Return the responses to many events, whose variables are in one row."""
        events = np.array(values, np.float32).reshape(n_events, -1)
        return self._method.evaluate(events, spectators=np.zeros((n_events, len(self._method.spectators))))

    def _respond_to(self, values: int, responses: int) -> None:
        answers = self._responses[""]
        with self._lock:  # the values of an event are one thread's until it has its answer
            ctypes.memmove(self._values.ctypes.data, values, self._values.nbytes)
            self._functions[""](0.0)
            ctypes.memmove(responses, answers.ctypes.data, answers.nbytes)
