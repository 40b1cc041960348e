"""CrossValidationModel: the methods of all folds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data import VariableInfo
from tmva_py.errors import BookingError, DataError, ExpressionError, WeightFileError
from tmva_py.lazy import lazy
from tmva_py.methods.cross_validation.split_expression import SplitExpression
from tmva_py.methods.inputs import Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.trained_method import TrainedMethod
from tmva_py.methods.weight_file import method_of, sinks_of
from tmva_py.weights.file import WeightFile
from tmva_py.xml_text import read_integer

_NONE, _AVERAGE = "None", "Avg"


@dataclass(frozen=True, eq=False)
class CrossValidationModel(Model):
    """The methods of all folds; their weight files are beside that of this one.

    Attributes
    ----------
    methods : tuple of TrainedMethod
        Of each fold, in their order; trained without its events.
    job_name : str
        First part of the files' names.
    method_name, method_type : str
        Title and type of the methods, without ``_fold1``.
    expression : str
        The fold of an event; empty where events were shared out at random.
    ensembling : str
        ``Avg`` for the mean of all folds, ``None`` for the fold of each event.
    spectators : tuple of VariableInfo
        The spectators.
    """

    uses_spectators: ClassVar[bool] = True
    has_own_file: ClassVar[bool] = True

    methods: tuple[TrainedMethod, ...]
    job_name: str
    method_name: str
    method_type: str
    expression: str
    ensembling: str
    spectators: tuple[VariableInfo, ...]

    @lazy
    def split(self) -> SplitExpression:
        """The formula for the fold of an event."""
        return SplitExpression(self.expression, self.spectators, len(self.methods))

    def respond(self, inputs: Inputs) -> Responses:
        """Return the response of the method of each event's fold, or the mean of all.

        Raises
        ------
        DataError
            Events were shared out at random, so that the fold of one is not known.
        """
        if self.ensembling == _AVERAGE:
            responses = [self._of(method, inputs, slice(None)) for method in self.methods]
            return Responses(np.mean(responses, axis=0))
        if not self.expression:
            message = (
                "the events of this cross validation were shared out among folds at random, so that the fold "
                "of an event is not known, as in TMVA: train with SplitType=Deterministic, or with "
                "OutputEnsembling=Avg"
            )
            raise DataError(message)
        return self.respond_by(self.split.folds(inputs.spectators), inputs)

    def respond_by(self, fold: npt.NDArray[np.int64], inputs: Inputs) -> Responses:
        """Return the response of the method of the fold that is given for each event."""
        values: Any = None
        for number, method in enumerate(self.methods):
            chosen = fold == number
            if not chosen.any():
                continue
            found = self._of(method, inputs, chosen)
            if values is None:
                values = np.zeros((len(inputs), *found.shape[1:]))
            values[chosen] = found
        return Responses(np.zeros(len(inputs)) if values is None else values)

    def _of(self, method: TrainedMethod, inputs: Inputs, chosen: Any) -> Any:
        beside = inputs.spectators[chosen] if method.model.uses_spectators else None
        return method.evaluate(inputs.variables[chosen], spectators=beside)

    def write(self, weights: Element) -> None:
        """Write what tells where the folds' files are."""
        weights.set("JobName", self.job_name)
        weights.set("SplitExpr", self.expression)
        weights.set("NumFolds", str(len(self.methods)))
        weights.set("EncapsulatedMethodName", self.method_name)
        weights.set("EncapsulatedMethodTypeName", self.method_type)
        weights.set("OutputEnsembling", self.ensembling)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the methods in the folds' files."""
        n_folds = read_integer(weights, "NumFolds", minimum=1)
        texts = {name: weights.get(name) for name in ("JobName", "EncapsulatedMethodName")}
        if missing := [name for name, text in texts.items() if text is None]:
            message = f"<Weights> has no attribute {missing[0]!r}"
            raise WeightFileError(message)
        job_name, method_name = texts["JobName"] or "", texts["EncapsulatedMethodName"] or ""
        ensembling = weights.get("OutputEnsembling", _NONE)
        if ensembling not in (_NONE, _AVERAGE):
            message = f"<Weights>: OutputEnsembling={ensembling!r} is neither {_NONE} nor {_AVERAGE}"
            raise WeightFileError(message)
        expression = weights.get("SplitExpr", "")
        spectators = tuple(one for one in context.info.spectators if not one.is_hidden)
        try:
            SplitExpression(expression or "0", spectators, n_folds)
        except (BookingError, ExpressionError) as error:
            message = f"<Weights>: SplitExpr: {error}"
            raise WeightFileError(message) from error
        if context.source.lstrip().startswith("<") or context.is_member:
            message = "a CrossValidation is read from its file, beside which those of the folds are"
            raise WeightFileError(message)
        folder = Path(context.source).parent
        methods = []
        for fold in range(1, n_folds + 1):
            name = f"{job_name}_{method_name}_fold{fold}.weights.xml"
            if Path(name).name != name:
                message = f"<Weights>: {name!r} is no name of a file beside this one"
                raise WeightFileError(message)
            methods.append(_read_fold(folder / name, context))
        return cls(
            tuple(methods),
            job_name,
            method_name,
            weights.get("EncapsulatedMethodTypeName", methods[0].type_name),
            expression,
            ensembling,
            spectators,
        )

    def summary(self) -> Mapping[str, Any]:
        """Return the folds' methods."""
        return {
            "folds": [method.name for method in self.methods],
            "split_expression": self.expression,
            "ensembling": self.ensembling,
        }


def _read_fold(path: Path, context: ReadContext) -> TrainedMethod:
    found = WeightFile.read(path, sinks=sinks_of(context.registry))
    if found.type_name == context.type_name:  # its folds could be itself
        message = f"{str(path)!r} of a fold is a CrossValidation itself"
        raise WeightFileError(message)
    method = method_of(found, context.registry, context.release, trust=context.trust)
    ours, theirs = context.info, method.info
    same = [one.expression for one in ours.variables] == [one.expression for one in theirs.variables]
    if method.analysis_type != context.analysis_type or not same or not method.model.has_response:
        message = (
            f"{str(path)!r} of a fold is {method.analysis_type} of {len(theirs.variables)} variables, and "
            f"the CrossValidation {context.analysis_type} of {len(ours.variables)}; they must agree, and the "
            "fold must have a response"
        )
        raise WeightFileError(message)
    return method
