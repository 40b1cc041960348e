"""What is known of the data set: correlations, and histograms of its variables."""

from __future__ import annotations

from typing import Any

from tmva_py.booking.data_views import CorrelationMatrix
from tmva_py.booking.histogram_view import HistogramCanvas, HistogramView
from tmva_py.booking.loader.input_histograms import chain_text, input_histograms
from tmva_py.booking.loader.state import LoaderState
from tmva_py.errors import DataError


class ViewCalls(LoaderState):
    """The calls that look at the events."""

    def GetCorrelationMatrix(self, className: Any) -> CorrelationMatrix:
        """Return the linear correlations of the variables in the training events of a class.

        Raises
        ------
        UnknownNameError
            There is no such class.
        DataError
            The data set was prepared without correlations, or cannot be built.
        """
        name = str(className)
        self.info.class_index(name)
        matrices = self.data_set().info.correlation_matrices
        if name not in matrices:
            message = f"no correlations of class {name!r}: the data set was prepared with !CalcCorrelations"
            raise DataError(message)
        return CorrelationMatrix(name, matrices[name], [one.title for one in self.info.variables])

    def GetInputVariableHist(
        self, className: Any, variableName: Any, numBin: int = 100, processTrfs: Any = ()
    ) -> HistogramView:
        """Return the histogram of a variable of one class, of all events with their weights.

        Parameters
        ----------
        className, variableName : str
            The class, and the variable's label.
        numBin : int, default 100
            Number of bins from the smallest to the largest value.
        processTrfs : str or list of str, optional
            Transformations before, as in ``VarTransform``.
        """
        name = str(className)
        self.info.class_index(name)
        return self._input_histograms(variableName, numBin, processTrfs)[name]

    def DrawInputVariable(
        self, variableName: Any, numBin: int = 100, processTrfs: Any = ()
    ) -> HistogramCanvas:
        """Return a picture of a variable of every class; it shows itself in a notebook, and has ``SaveAs``.

        The arguments are those of `GetInputVariableHist`.
        """
        histograms = self._input_histograms(variableName, numBin, processTrfs)
        return HistogramCanvas(str(variableName), list(histograms.values()), str(variableName))

    def _input_histograms(self, variable: Any, n_bins: int, transformations: Any) -> dict[str, HistogramView]:
        text = chain_text(transformations)
        return input_histograms(self.data_set(), str(variable), int(n_bins), text)
