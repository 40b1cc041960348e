"""``DataLoader``: which trees, variables, weights and cuts make up a data set, in TMVA's spelling."""

from __future__ import annotations

from typing import Any

from tmva_py.booking.data_views import DataSetInfoView
from tmva_py.booking.loader.arrays import ArrayCalls
from tmva_py.booking.loader.events import EventCalls
from tmva_py.booking.loader.folds import FoldCalls
from tmva_py.booking.loader.splitting import SplittingCalls
from tmva_py.booking.loader.variable_selection import NAME as VARIANCE_NAME
from tmva_py.booking.loader.variable_selection import selected, threshold_of
from tmva_py.booking.loader.views import ViewCalls
from tmva_py.html_tables import html_table


class DataLoader(ArrayCalls, EventCalls, SplittingCalls, FoldCalls, ViewCalls):
    """Collects trees, variables, targets, spectators, weights, cuts and the way of splitting.

    Nothing is read before the data set is requested, so the calls may come in any order.

    Parameters
    ----------
    name : str, default "default"
        Name of the data set, of its folder in the output file, and of the folder that gets
        ``weights/``; may be a path.

    Raises
    ------
    BookingError
        The name cannot be a folder.

    Examples
    --------
    >>> loader = DataLoader("dataset")
    >>> loader.AddVariable("myvar1 := var1+var2", "F")
    >>> loader.GetDataSetInfo().GetListOfVariables()
    ['myvar1']
    """

    def __repr__(self) -> str:
        info = self.specification.info
        parts = [f"{len(info.variables)} variables"]
        parts += [f"{len(info.targets)} targets"] if info.targets else []
        parts += [f"{len(info.spectators)} spectators"] if info.spectators else []
        classes = ", ".join(info.classes) or "none yet"
        return f"<DataLoader {info.name!r}: {', '.join(parts)}, classes {classes}>"

    def _repr_html_(self) -> str:
        info = self.specification.info
        rows = [
            (kind, one.label, one.expression, one.unit)
            for kind, listed in (
                ("variable", info.variables),
                ("target", info.targets),
                ("spectator", info.spectators),
            )
            for one in listed
        ]
        return html_table(repr(self).strip("<>"), ("", "label", "expression", "unit"), rows)

    def GetDataSetInfo(self) -> DataSetInfoView:
        """Return what is known of the data set, in TMVA's spelling."""
        return DataSetInfoView(self)

    GetDefaultDataSetInfo = GetDataSetInfo
    DefaultDataSetInfo = GetDataSetInfo

    def MakeCopy(self, name: Any) -> DataLoader:
        """Return a new loader with the same trees; as in TMVA variables, cuts and options are not copied."""
        other = DataLoader(name)
        other.log = self.log
        self._take_added_events()
        for class_name in self.info.classes:
            other.specification.add_class(class_name)
        other.specification.trees = list(self.specification.trees)
        return other

    def VarTransform(self, definition: Any) -> DataLoader:
        """Return a loader of the variables whose variance is above a threshold.

        Beside variables it has all that this one has: trees, weights, cuts, spectators, options. Its name is
        TMVA's, ``vt_transformed_dataset``.

        Parameters
        ----------
        definition : str
            ``"VT(1.5)"``; ``"VT"`` is a threshold of 0.

        Raises
        ------
        BookingError
            It is another text, or no variable varies so much.
        """
        threshold = threshold_of(str(definition))
        loader = DataLoader(VARIANCE_NAME)
        loader.log = self.log
        log = self.log.for_source("VarTransformHandler")
        loader.specification = selected(self.specification, self.data_set(), threshold, log)
        return loader
