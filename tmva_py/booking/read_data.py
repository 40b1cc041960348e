"""What a Reader tells of its data: variables, spectators, targets and classes, without events."""

from __future__ import annotations

from typing import Any, NoReturn

from tmva_py.data.specification import DataSpecification
from tmva_py.errors import BookingError
from tmva_py.message_log import MessageLog


class ReadData:
    """What `DataSetInfoView` asks of a loader.

    Parameters
    ----------
    specification : DataSpecification
        Without trees.
    """

    def __init__(self, specification: DataSpecification) -> None:
        self.specification = specification

    @property
    def log(self) -> MessageLog:
        """The lines of ``PrintClasses``."""
        return MessageLog("Reader")

    def data_set(self) -> NoReturn:
        """Refuse: events are the user's.

        Raises
        ------
        BookingError
            Always.
        """
        message = "a Reader has no events of its own: a DataLoader's GetDataSetInfo().GetDataSet() has some"
        raise BookingError(message)

    def GetCorrelationMatrix(self, class_name: Any, /) -> NoReturn:
        """Refuse, as `data_set` does."""
        del class_name
        self.data_set()
