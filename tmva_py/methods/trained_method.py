"""A method that answers: all that a weight file holds, in one object that never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tmva_py.data import AnalysisType, DataSetInfo, VariableInfo
from tmva_py.data.transformations import TransformationChain
from tmva_py.errors import ShapeError
from tmva_py.methods.inputs import Doubles, Inputs, Responses
from tmva_py.methods.model import Model
from tmva_py.methods.response_pdfs import ResponsePDFs
from tmva_py.methods.showing import line_of, table_of
from tmva_py.options import OptionValues
from tmva_py.weights.general_info import TRAINING_EVENTS, TRAINING_TIME


@dataclass(frozen=True, kw_only=True, repr=False)
class TrainedMethod:
    """A trained method, or one read from a weight file.

    Several threads may use it at once.

    Parameters
    ----------
    type_name, title : str
        The two sides of ``Method="DL::title"`` in weight files.
    info : DataSetInfo
        Variables, targets, spectators and classes.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        What was learnt.
    option_values : OptionValues
        The options of the booking.
    transformations : TransformationChain
        The variable transformations, fitted.
    model : Model
        What was learnt.
    general_info : mapping of str to str
        ``<GeneralInfo>`` of the weight file: releases, creator, date, number of training events, time.
    response_pdfs : ResponsePDFs, optional
        Densities of the response (``CreateMVAPdfs``).
    """

    type_name: str
    title: str
    info: DataSetInfo
    analysis_type: AnalysisType
    option_values: OptionValues
    transformations: TransformationChain
    model: Model
    general_info: Mapping[str, str]
    response_pdfs: ResponsePDFs | None = None

    def __repr__(self) -> str:
        what = f"TrainedMethod {self.name}"
        return f"<{line_of(what, self.info, self.analysis_type, self.option_values)}>"

    def _repr_html_(self) -> str:
        facts = {
            "analysis": self.analysis_type,
            "classes": ", ".join(self.info.classes),
            "training events": self.n_training_events or "",
        }
        shown = [(name, value) for name, value in facts.items() if value]
        return table_of(f"TrainedMethod {self.name}", self.info, self.option_values, shown)

    @property
    def name(self) -> str:
        """``<type>::<title>``, as in weight files."""
        return f"{self.type_name}::{self.title}"

    @property
    def owner(self) -> str:
        """Type and title, for messages."""
        return f"{self.type_name} {self.title!r}"

    @property
    def spectators(self) -> list[VariableInfo]:
        """The spectators of weight files: those of `info` without the hidden cuts of a Category."""
        return [one for one in self.info.spectators if not one.is_hidden]

    @property
    def n_outputs(self) -> int:
        """How many numbers the response to one event has."""
        return self.info.n_outputs(self.analysis_type)

    @property
    def n_training_events(self) -> int:
        """On how many events the method was trained; 0 where the file does not say."""
        return int(float(self.general_info.get(TRAINING_EVENTS, 0)))

    @property
    def training_time(self) -> float:
        """Seconds that the training took; 0 where the file does not say."""
        return float(self.general_info.get(TRAINING_TIME, 0))

    def evaluate(
        self,
        x: npt.ArrayLike,
        *,
        spectators: npt.ArrayLike | None = None,
        working_point: float | None = None,
    ) -> Doubles:
        """Return the responses to events.

        Parameters
        ----------
        x : array_like, shape (N, n_variables)
            Untransformed variables in the order of ``info.variables``; rounded to float32, as TMVA's events.
        spectators : array_like, shape (N, n_spectators), optional
            Needed where ``model.uses_spectators``.
        working_point : float, optional
            The signal efficiency at which a model without a response (Cuts) selects events.

        Returns
        -------
        ndarray of float64
            Shape (N,) for classification, (N, n_classes) for multiclass, (N, n_targets) for regression.

        Raises
        ------
        ShapeError
            `x` does not have one column per variable, or `spectators` one row per event.
        """
        return self.responses(x, spectators=spectators, working_point=working_point).values

    def responses(
        self,
        x: npt.ArrayLike,
        *,
        spectators: npt.ArrayLike | None = None,
        working_point: float | None = None,
        inverse: bool = True,
    ) -> Responses:
        """Return the responses to events, with their errors if the model estimates them.

        Parameters
        ----------
        x, spectators, working_point
            As for `evaluate`.
        inverse : bool, default True
            Whether the estimates of a regression are transformed back into the targets' own space.

        Raises
        ------
        ShapeError
            As for `evaluate`; or the model's responses are not of the shape that the analysis needs.
        """
        inputs = self._inputs(x, spectators, working_point)
        found = self.model.respond(inputs)
        if not isinstance(found, Responses):
            message = (
                f"{self.owner}: {type(self.model).__name__}.respond returns {type(found).__name__}, "
                "expected Responses(values)"
            )
            raise TypeError(message)
        expected = (len(inputs),) if self.analysis_type == "Classification" else (len(inputs), self.n_outputs)
        if found.values.shape != expected:
            message = (
                f"{self.owner}: {type(self.model).__name__}.respond gives the shape {found.values.shape}, "
                f"expected {expected}"
            )
            raise ShapeError(message)
        if inverse and self.analysis_type == "Regression":
            return replace(found, values=self.transformations.inverse_targets(found.values))
        return found

    def selections(
        self, x: npt.ArrayLike, *, spectators: npt.ArrayLike | None = None
    ) -> Iterable[npt.NDArray[np.bool_]]:
        """Return which events each working point of a model without a response selects.

        Parameters
        ----------
        x, spectators
            As for `evaluate`.
        """
        return self.model.selections(self._inputs(x, spectators, None))

    def _inputs(
        self, x: npt.ArrayLike, spectators: npt.ArrayLike | None, working_point: float | None
    ) -> Inputs:
        values = np.asarray(x, dtype=np.float32)
        expected = len(self.info.variables)
        if values.ndim != 2 or values.shape[1] != expected:
            message = (
                f"{self.owner}: expected events of shape (N, {expected}), one column for each variable, got "
                f"{values.shape}"
            )
            raise ShapeError(message)
        beside = None
        if spectators is not None:
            beside = np.asarray(spectators, dtype=np.float32)
            shape = (len(values), len(self.spectators))
            if beside.shape != shape:
                message = (
                    f"{self.owner}: expected spectators of shape {shape}, one row for each event, got "
                    f"{beside.shape}"
                )
                raise ShapeError(message)
        return Inputs(values, self.transformations, spectators=beside, working_point=working_point)
