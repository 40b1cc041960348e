"""What a data loader has been given, and the data set that is built of it."""

from __future__ import annotations

from tmva_py.booking.config import gConfig
from tmva_py.booking.loader.added_events import AddedEvents
from tmva_py.booking.names import check_data_set_name
from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.events import DataSet
from tmva_py.data.specification import DataSpecification
from tmva_py.errors import warn
from tmva_py.message_log import MessageLog

REGRESSION_CLASS = "Regression"


class LoaderState:
    """What the calls of a data loader fill; `tmva_py.booking.data_loader.DataLoader` has the calls.

    Parameters
    ----------
    name : str
        Name of the data set.
    """

    def __init__(self, name: str = "default") -> None:
        check_data_set_name(str(name))
        self.specification = DataSpecification(DataSetInfo(str(name)))
        self._log = MessageLog("DataSetInfo")
        self._data_set: DataSet | None = None
        self._added_events = AddedEvents()
        self._cut_of_all = ""

    @property
    def log(self) -> MessageLog:
        """Where TMVA's lines go; silent as long as a silent factory was the last one made."""
        return MessageLog("DataSetInfo", silent=True) if gConfig().IsSilent() else self._log

    @log.setter
    def log(self, log: MessageLog) -> None:
        self._log = log

    @property
    def info(self) -> DataSetInfo:
        """Variables, targets, spectators and classes; one object for the loader's whole life."""
        return self.specification.info

    def GetName(self) -> str:
        """Return the loader's name."""
        return self.info.name

    def data_set(self, log: MessageLog | None = None) -> DataSet:
        """Return the data set; built at the first call, and again after a change.

        Parameters
        ----------
        log : MessageLog, optional
            Where TMVA's lines go; by default the loader's own.

        Raises
        ------
        DataError, ExpressionError, OptionError
            See `DataSpecification.build`.
        """
        if self._data_set is None:
            self._take_added_events()
            self._data_set = self.specification.build(self.log if log is None else log)
        return self._data_set

    def _changed(self) -> None:
        self._data_set = None

    def _add_class(self, name: str) -> None:
        if not self.specification.add_class(name):
            return
        self.log.header(f'[{self.GetName()}] : Added class "{name}"')
        if self._cut_of_all:
            text = (
                f"class {name!r} is new, so the cut {self._cut_of_all!r} that was set for all classes does "
                "not apply to it, as in TMVA; add trees before cuts"
            )
            warn(text)

    def _take_added_events(self) -> None:
        """Turn events that were added one by one into trees."""
        for tree, weight_name in self._added_events.take_trees(self.info):
            self.specification.trees.append(tree)
            self.specification.weight_expressions[tree.class_name] = weight_name
