"""``TMVA::Experimental::Classification`` for macros: a factory of its own for one data set."""

from __future__ import annotations

from typing import Any

from tmva_py.booking.factory import Factory
from tmva_py.errors import OptionError


class ClassificationResult:
    """What came of one method."""

    def __init__(self, factory: Factory, loader: Any, type_name: str, title: str) -> None:
        self._factory, self._loader = factory, loader
        self._type_name, self._title = type_name, title

    def GetMethodName(self) -> str:
        """Return the method's type."""
        return self._type_name

    def GetMethodTitle(self) -> str:
        """Return the title."""
        return self._title

    def IsCutsMethod(self) -> bool:
        """Return whether there is no response, and no curve of it."""
        return self._type_name == "Cuts"

    def GetROCIntegral(self) -> float:
        """Return the area under the curve of the test sample."""
        return self._factory.GetROCIntegral(self._loader, self._title)

    def GetROCGraph(self) -> Any:
        """Return the curve of the test sample."""
        return self._factory.GetROCCurve(self._loader, self._title)


class Classification:
    """Books methods, and trains, tests and evaluates them in one go.

    Parameters
    ----------
    loader : DataLoader
        The data.
    file : ROOT file or None
        The output file.
    options : str
        Options of a factory, such as ``Jobs=4``.

    Raises
    ------
    OptionError
        An option is none of a factory's.
    """

    def __init__(self, loader: Any, file: Any, options: str) -> None:
        given = "" if not options else f":{options}"
        try:
            self._factory = Factory("Classification", file, f"AnalysisType=Classification{given}")
        except OptionError as error:
            message = f"TMVA::Experimental::Classification: {error}"
            raise OptionError(message) from None
        self._loader = loader
        self._results: list[ClassificationResult] = []

    def BookMethod(self, method: str, title: str, options: str = "") -> None:
        """Book a method."""
        if self._factory.BookMethod(self._loader, method, title, options) is not None:
            self._results.append(ClassificationResult(self._factory, self._loader, method, title))

    def Evaluate(self) -> None:
        """Train, test and evaluate what is booked."""
        self._factory.TrainAllMethods()
        self._factory.TestAllMethods()
        self._factory.EvaluateAllMethods()

    def GetResults(self) -> list[ClassificationResult]:
        """Return what came of each method."""
        return self._results
