"""A method of cuts as scripts know it: ``GetCuts`` and ``PrintCuts`` in TMVA's spelling."""

from __future__ import annotations

import dataclasses
from typing import Any, Self

from tmva_py.errors import BookingError
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.cuts.model import CutsModel
from tmva_py.methods.cuts.table import cut_lines


class MethodCuts(TrainedMethod):
    """What `Reader.FindCutsMVA` gives: a trained method that tells its cuts."""

    model: CutsModel

    @classmethod
    def of(cls, method: TrainedMethod) -> Self:
        """Return a method of cuts with TMVA's functions."""
        return cls(**{field.name: getattr(method, field.name) for field in dataclasses.fields(method)})

    def GetCuts(self, effS: float, cutMin: Any = None, cutMax: Any = None) -> Any:
        """Return the cuts for a signal efficiency.

        Parameters
        ----------
        effS : float
            The signal efficiency.
        cutMin, cutMax : list or std::vector, or array with a place for each variable; optional
            Are filled with lower and upper cuts.

        Returns
        -------
        float
            The signal efficiency for which the cuts were chosen: the lower edge of its bin. Without the
            last two arguments, a tuple of it and two lists.
        """
        point = self.model.at(effS)
        low, high = point.low.tolist(), point.high.tolist()
        if cutMin is None and cutMax is None:
            return point.signal_efficiency, low, high
        _fill("cutMin", cutMin, low)
        _fill("cutMax", cutMax, high)
        return point.signal_efficiency

    def GetInputVar(self, index: int) -> str:
        """Return a variable's internal name, that of branches and histograms."""
        return self.info.variables[index].internal_name

    def GetNvar(self) -> int:
        """Return the number of variables."""
        return len(self.info.variables)

    def PrintCuts(self, effS: float) -> None:
        """Print the cuts for a signal efficiency as TMVA does."""
        log = MessageLog(self.title)
        for line in cut_lines(self.model, effS, self.info, self.transformations):
            log.info(line)


def _fill(name: str, container: Any, values: list[float]) -> None:
    """Put numbers into a list, a vector of C++ or an array."""
    add = getattr(container, "push_back", None) or getattr(container, "append", None)
    clear = getattr(container, "clear", None)
    if add is not None and clear is not None:
        clear()
        for value in values:
            add(value)
        return
    try:
        for place, value in enumerate(values):
            container[place] = value
    except (TypeError, IndexError) as error:
        message = (
            f"GetCuts: {name} must be a list, a std::vector or an array of {len(values)} numbers, got "
            f"{type(container).__name__} ({error})"
        )
        raise BookingError(message) from None
