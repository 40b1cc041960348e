"""The ROC curves of a factory's methods, in TMVA's spelling."""

from __future__ import annotations

from typing import Any, overload

from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory_arguments import name_of
from tmva_py.booking.graphs import (
    CURVE_TITLE,
    Canvas,
    Graph,
    MultiGraph,
    roc_canvas,
    roc_graph,
    roc_multigraph,
)
from tmva_py.booking.job import Job
from tmva_py.booking.loader_arguments import tree_type_of
from tmva_py.booking.types import ETreeType
from tmva_py.data.event_reading import TreeType
from tmva_py.errors import BookingError
from tmva_py.evaluation import RocPoints


class RocCalls:
    """The calls of `tmva_py.booking.factory.Factory` for ROC curves."""

    _job: Job

    def GetROCIntegral(self, loader: Any, title: Any, iClass: int = 0, type: Any = TreeType.TESTING) -> float:
        """Return the area under a ROC curve.

        Parameters
        ----------
        loader : DataLoader or str
            The data set or its name.
        title : str
            The method.
        iClass : int, default 0
            Multiclass: the class that is taken against all others.
        type : tree type, default kTesting
            The sample: ``Types.kTraining`` or ``Types.kTesting``.

        Raises
        ------
        UnknownNameError
            There is no such data set or method. (ROOT prints an error and returns 0.)
        BookingError
            The method has not been tested, or is a regression.
        """
        booked = self._job.methods.get(name_of(loader), str(title))
        return booked.roc_curve(iClass, training=_is_training(type)).area

    @overload
    def GetROCCurve(
        self,
        loader: DataLoader | str,
        theMethodName: str,
        setTitles: bool = True,
        iClass: int = 0,
        type: ETreeType | TreeType | str = ...,
    ) -> Graph: ...
    @overload
    def GetROCCurve(
        self, loader: DataLoader | str, iClass: int = 0, type: ETreeType | TreeType | str = ...
    ) -> Canvas: ...
    def GetROCCurve(self, loader: Any, *arguments: Any, **keywords: Any) -> Any:
        """Return a ROC curve, of the test sample by default.

        Forms: ``(loader, title, setTitles=True, iClass=0, type=Types.kTesting)`` gives the graph of one
        method, x signal efficiency and y background rejection; ``(loader, iClass=0, type=Types.kTesting)`` a
        canvas with all methods. The loader may be given by its data set's name. Where the script has imported
        ROOT, these are a TGraph and a TCanvas.
        """
        if "theMethodName" in keywords:
            arguments = (keywords.pop("theMethodName"), *arguments)
        if arguments and not isinstance(arguments[0], int):
            return self._roc_graph(loader, *arguments, **keywords)
        return self._roc_canvas(loader, *arguments, **keywords)

    def GetROCCurveAsMultiGraph(
        self, loader: Any, iClass: int = 0, type: Any = TreeType.TESTING
    ) -> MultiGraph:
        """Return the ROC curves of all trained methods of a data set; with ROOT imported, a TMultiGraph."""
        graphs: MultiGraph = roc_multigraph(self._curves(loader, iClass, type))
        return graphs

    def _curves(self, loader: Any, class_index: int, type: Any) -> list[tuple[str, RocPoints]]:
        methods = self._job.methods.of(name_of(loader))
        is_training = _is_training(type)
        return [
            (one.title, one.roc_curve(class_index, training=is_training))
            for one in methods
            if one.is_trained and one.trained.model.has_response
        ]

    def _roc_graph(
        self,
        loader: Any,
        title: Any,
        setTitles: bool = True,
        iClass: int = 0,
        type: Any = TreeType.TESTING,
    ) -> Any:
        booked = self._job.methods.get(name_of(loader), str(title))
        curve = booked.roc_curve(iClass, training=_is_training(type))
        shown = f"{CURVE_TITLE} ({title})" if setTitles else ""
        return roc_graph(curve, shown, axis_titles=bool(setTitles))

    def _roc_canvas(self, loader: Any, iClass: int = 0, type: Any = TreeType.TESTING) -> Any:
        title = CURVE_TITLE + (f" (Class={iClass})" if self._job.analysis_type == "Multiclass" else "")
        name = f"ROCCurve {name_of(loader)} class {iClass}"
        return roc_canvas(name, self._curves(loader, iClass, type), title)


def _is_training(kind: Any) -> bool:
    chosen = tree_type_of(kind)
    if chosen is TreeType.UNASSIGNED:
        message = f"a ROC curve is of Types.kTesting or Types.kTraining, got {kind!r}"
        raise BookingError(message)
    return chosen is TreeType.TRAINING
