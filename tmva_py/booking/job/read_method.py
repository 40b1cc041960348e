"""A method that was not booked with options: it comes from a weight file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from tmva_py.errors import BookingError
from tmva_py.methods import Method, TrainedMethod
from tmva_py.methods.model import Model
from tmva_py.methods.weight_file import find_method

if TYPE_CHECKING:
    from tmva_py.message_log import MessageLog
    from tmva_py.methods.inputs import TrainingData
    from tmva_py.plugins import Registry


class ReadMethod(Method):
    """In place of a booking's method: what a weight file says of one; it cannot be trained."""

    names = ()
    model = Model
    analyses = ()

    def __init__(self, trained: TrainedMethod, log: MessageLog, registry: Registry) -> None:
        # There are no options to parse.
        self.title = trained.title
        self.info = trained.info
        self.analysis_type = trained.analysis_type
        self.option_values = trained.option_values
        self.transformations = trained.transformations
        self.response_pdf_settings = None
        self.log = log
        self.registry = registry

    @classmethod
    def of(cls, trained: TrainedMethod, log: MessageLog, registry: Registry) -> ReadMethod:
        """Return the method in place of one of the file's type."""
        about = find_method(trained.type_name, registry).__doc__
        names = {"type_name": trained.type_name, "__doc__": about}
        kind: type[ReadMethod] = type(cls.__name__, (cls,), names)
        return kind(trained, log, registry)

    def train(self, data: TrainingData) -> NoReturn:
        """Refuse."""
        del data
        message = f"{self.title!r} comes from a weight file and is not trained"
        raise BookingError(message)
