"""What a method has learnt: it responds to events and is the ``<Weights>`` of a weight file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data import AnalysisType, DataSetInfo
from tmva_py.lazy import lazy
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import Doubles, Inputs, Responses
from tmva_py.methods.releases import Release
from tmva_py.options import OptionValues
from tmva_py.plugins import Registry
from tmva_py.weights import Sinks


@dataclass(frozen=True)
class ReadContext:
    """What a weight file says beside ``<Weights>``, for a model that is read from it.

    Parameters
    ----------
    source : str
        Path of the file, for messages and for files beside it.
    type_name, title : str
        The two sides of ``Method="DL::title"``.
    info : DataSetInfo
        Variables, spectators, targets and classes.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        What was learnt.
    option_values : OptionValues
        The options in the file.
    general_info : mapping of str to str
        ``TMVA Release``, ``ROOT Release`` and what else the file says of its origin.
    registry : Registry
        Where names in the file are looked up.
    release : Release, optional
        Whose ways to answer are wanted where the file does not tell.
    trust : bool, default False
        Whether the user trusts the model file beside it, so that code in it may run.
    is_member : bool, default False
        Whether the method is one of several in the weight file of another (Boost, Category).
    """

    source: str
    type_name: str
    title: str
    info: DataSetInfo
    analysis_type: AnalysisType
    option_values: OptionValues
    general_info: Mapping[str, str]
    registry: Registry
    release: Release | None = None
    trust: bool = False
    is_member: bool = False

    @property
    def n_outputs(self) -> int:
        """How many numbers the response to one event has."""
        return self.info.n_outputs(self.analysis_type)


class Model(ABC):
    """What a method has learnt.

    A model never changes after it was made, so that several threads can use it at once, and it knows neither
    the booking's options nor its log: what a response depends on is given to its constructor, by
    `Method.train` or by `read`. A weight file needs nothing but the model.
    """

    has_response: ClassVar[bool] = True
    """Whether an event has a response of its own; false for a model that only selects events at a given
    working point (Cuts), which then has `selections`."""

    weights_tag: ClassVar[str] = "Weights"
    """The element of weight files that `write` fills; a single decision tree has ``BinaryTree``."""

    needs_weights: ClassVar[bool] = True
    """Whether a weight file must have ``<Weights>``; those of TMVA's Python methods lack it, and `read` gets
    an empty element then."""

    has_own_file: ClassVar[bool] = False
    """Whether it is stored in a file beside the weight file, so that it cannot be one of many (Boost)."""

    sinks: ClassVar[Sinks] = {}
    """What becomes rows or numbers while ``<Weights>`` is read (`tmva_py.weights`)."""

    uses_spectators: ClassVar[bool] = False
    """Whether responses depend on spectators; only then are their values read."""

    def __getstate__(self) -> dict[str, Any]:
        # What was computed from the rest belongs to a process, and is computed again.
        kind = type(self)
        return {
            name: value
            for name, value in vars(self).items()
            if not isinstance(getattr(kind, name, None), lazy)
        }

    @abstractmethod
    def respond(self, inputs: Inputs) -> Responses:
        """Return the responses to events.

        Parameters
        ----------
        inputs : Inputs
            ``inputs.x`` are the transformed variables, float32 of shape (N, n_variables).

        Returns
        -------
        Responses
            Float64 values: (N,) for classification, (N, n_classes) for multiclass, (N, n_targets) for
            regression.
        """

    @classmethod
    def respond_together(cls, models: Sequence[Any], inputs: Inputs) -> Doubles:
        """Return the values of several classifiers' responses to the same events, (n_models, N).

        Boost asks for them. A class whose models answer faster together than one by one may replace it; the
        numbers are those of `respond`.

        Parameters
        ----------
        models : sequence of Model
            Some of this class.
        inputs : Inputs
            N events.
        """
        return np.array([model.respond(inputs).values for model in models])

    def selections(self, inputs: Inputs) -> Iterable[npt.NDArray[np.bool_]]:
        """Return which events each working point selects, for a model without a response.

        Parameters
        ----------
        inputs : Inputs
            N events.

        Returns
        -------
        iterable of ndarray of bool, shape (N,)
            One for each working point, by rising signal efficiency: number i of n is meant for signal
            efficiencies between i/n and (i+1)/n. Efficiencies are measured with them.
        """
        del inputs
        message = f"{type(self).__name__} has a response and no working points"
        raise TypeError(message)

    @abstractmethod
    def write(self, weights: Element) -> None:
        """Fill the empty ``<Weights>`` element with attributes and children."""

    def write_files(self, weights: Element, path: Path, log: MessageLog) -> None:  # noqa: B027 - a hook, empty on purpose
        """Write what belongs into files of its own beside a weight file; by default nothing.

        Parameters
        ----------
        weights : Element
            As `write` filled it; what goes into a file may be taken out of it again.
        path : Path
            Where the weight file will be.
        log : MessageLog
            Where the method writes its lines.
        """

    @classmethod
    @abstractmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the model that `write`, or ROOT, wrote.

        Parameters
        ----------
        weights : Element
            The ``<Weights>`` element.
        context : ReadContext
            What the file says beside it.

        Raises
        ------
        WeightFileError
            The element is damaged or does not fit variables and classes.
        """

    def summary(self) -> Mapping[str, Any]:
        """Return what ``tmva-py inspect`` shows of the model, as values that JSON can hold."""
        return {}
