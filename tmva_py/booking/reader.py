"""``Reader``: applies methods from weight files, in TMVA's spelling."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from tmva_py.booking.bound_method import BoundMethod
from tmva_py.booking.cuts_method import MethodCuts
from tmva_py.booking.data_views import DataSetInfoView
from tmva_py.booking.loader_arguments import as_text
from tmva_py.booking.read_data import ReadData
from tmva_py.booking.reader_arguments import READER_OPTIONS, constructor_arguments, parse_reader_options
from tmva_py.booking.reader_inputs import ReaderInput, check_inputs
from tmva_py.booking.types import type_name_of
from tmva_py.data import DataSetInfo, VariableInfo
from tmva_py.data.specification import DataSpecification
from tmva_py.errors import BookingError, ShapeError, UnknownNameError, WeightFileError, did_you_mean, warn
from tmva_py.html_tables import html_table
from tmva_py.locks import ForkSafeLock
from tmva_py.message_log import MessageLog
from tmva_py.methods import Responses, TrainedMethod
from tmva_py.methods.application import NO_ERROR, Application, evaluate
from tmva_py.methods.cuts.model import CutsModel
from tmva_py.methods.event_input import events_array, is_table, numbers, spectators_array
from tmva_py.methods.response_pdfs import ResponsePDFs
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.plugins import Registry

Doubles = npt.NDArray[np.float64]
Tag = str | TrainedMethod
# For type checkers: one event, and many; frames and trees have no types of their own.
Event = Sequence[float]
ManyEvents = (
    npt.NDArray[Any]
    | Sequence[Sequence[float]]
    | Sequence[npt.NDArray[Any]]
    | Mapping[str, npt.ArrayLike]
    | str
    | os.PathLike[str]
)
FROM_BUFFERS = -9999999.0
"""TMVA's mark for a response that is to be computed."""

_NO_ERRORS = (NO_ERROR, NO_ERROR)
# EvaluateMVA of what is no classifier; the argument is the function to use.
_NOT_A_CLASSIFIER = "{0} {1!r} is for {2}: EvaluateMVA gives its first raw output, as in TMVA; use {3}"


class Reader:
    """Reads weight files and evaluates their methods.

    Forms, as in TMVA: ``Reader(options)``, ``Reader(["var1", "var2"], options)`` and
    ``Reader("var1:var2", options)``, each also with a last argument `verbose`. A single text is the option
    string, not a list of variables.

    Evaluating is safe from several threads at once; the variables' buffers, where they are used, are shared.

    Parameters
    ----------
    *arguments : str or list of str, str, bool
        Variables (second and third form), options, verbose.
    registry : Registry, optional
        Where methods and layers are looked up; default `tmva_py.plugins.default_registry`.

    Raises
    ------
    BookingError
        The arguments are of none of the three forms.

    Warns
    -----
    TMVAWarning
        An option is unknown; it has no effect, as in TMVA.

    Examples
    --------
    >>> from array import array
    >>> reader = Reader("Silent")
    >>> value = array("f", [0.0])
    >>> reader.AddVariable("myvar1 := var1+var2", value)
    >>> [one.GetExpression() for one in reader.DataInfo().GetVariableInfos()]
    ['var1+var2']
    """

    @overload
    def __init__(
        self, theOption: str = "", verbose: bool = False, *, registry: Registry | None = None
    ) -> None: ...
    @overload
    def __init__(
        self,
        variables: Sequence[str],
        theOption: str = "",
        verbose: bool = False,
        /,
        *,
        registry: Registry | None = None,
    ) -> None: ...
    def __init__(self, *arguments: Any, registry: Registry | None = None, **keywords: Any) -> None:
        names, options, verbose = constructor_arguments(arguments, keywords)
        values = parse_reader_options(options)
        self._registry = registry
        self._release: str = values["Release"]
        self._log = MessageLog("Reader", silent=values["Silent"], colour=values["Color"])
        self._verbose = bool(verbose or values["V"])
        self._variables: list[ReaderInput] = [
            ReaderInput(VariableInfo.parse(name), None) for name in names if name.strip()
        ]
        self._spectators: list[ReaderInput] = []
        self._methods: dict[str, TrainedMethod] = {}
        self._bound: dict[str, BoundMethod] = {}
        self._lock = ForkSafeLock()
        # Each thread has the errors of its own last evaluation; most readers never give any.
        self._last = threading.local()
        self._gave_errors = False

    def __repr__(self) -> str:
        methods = ", ".join(f"{tag!r} ({one.name})" for tag, one in self._methods.items()) or "none"
        return f"<Reader of {len(self._variables)} variables, methods: {methods}>"

    def _repr_html_(self) -> str:
        rows = [(one.info.label, one.info.expression) for one in self._variables]
        return html_table(repr(self).strip("<>"), ("variable", "expression"), rows)

    def __getstate__(self) -> dict[str, Any]:
        # What belongs to this process; a copy has buffers of its own.
        left_out = ("_lock", "_last", "_bound")
        return {name: value for name, value in vars(self).items() if name not in left_out}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=ForkSafeLock(), _last=threading.local())
        self._bound = {tag: self._bind(one) for tag, one in self._methods.items()}

    def _bind(self, method: TrainedMethod) -> BoundMethod:
        return BoundMethod(method, self._variables, self._spectators)

    # --- variables ------------------------------------------------------------------------------------

    def AddVariable(self, expression: str, buffer: Any) -> None:
        """Declare the next variable.

        Parameters
        ----------
        expression : str
            As in the training: ``"var1"`` or ``"myvar1 := var1+var2"``.
        buffer : array("f"), ndarray, or anything with an item 0
            Holds the value at each evaluation.

        Raises
        ------
        BookingError
            The buffer holds integers, as TMVA refuses them, or has no item 0; or a method is booked already.
        """
        self._check_still_open("AddVariable", expression)
        self._variables.append(ReaderInput.of(expression, buffer, integers=False))

    def AddSpectator(self, expression: str, buffer: Any) -> None:
        """Declare the next spectator; the buffer may hold integers.

        Parameters
        ----------
        expression : str
            As in the training.
        buffer : array, ndarray, or anything with an item 0
            Its value plays no part in most responses.
        """
        self._check_still_open("AddSpectator", expression)
        self._spectators.append(ReaderInput.of(expression, buffer, integers=True))

    def DataInfo(self) -> DataSetInfoView:
        """Return the variables and spectators, and, once a method is booked, its classes and targets."""
        info = DataSetInfo(
            variables=[one.info for one in self._variables],
            spectators=[one.info for one in self._spectators],
        )
        for method in self._methods.values():
            info.classes, info.targets = list(method.info.classes), list(method.info.targets)
            break
        return DataSetInfoView(ReadData(DataSpecification(info)))

    def GetName(self) -> str:
        """Return ``"Reader"``, as in TMVA."""
        return "Reader"

    def Verbose(self) -> bool:
        """Return whether the reader is verbose; what is printed does not depend on it."""
        return self._verbose

    def SetVerbose(self, v: bool = True) -> None:
        """Accept TMVA's call."""
        self._verbose = bool(v)

    # --- methods --------------------------------------------------------------------------------------

    def BookMVA(self, tag: Any, weight_file: str | os.PathLike[str], *, trust: bool = False) -> TrainedMethod:
        """Read a weight file.

        Parameters
        ----------
        tag : str
            The name by which the method is called in evaluations. Or, as TMVA's other form, a method's type
            (``Types.kDL``) with the XML text in place of the file; that method has no name and is evaluated
            through the object returned.
        weight_file : path
            The file.
        trust : bool, default False
            Beyond TMVA: whether code in a model file beside the weight file may run. Pickles of scikit-learn,
            models of PyTorch, and models of Keras with more than plain layers are refused without it.

        Returns
        -------
        TrainedMethod
            The method.

        Raises
        ------
        BookingError
            The tag is taken, or variables or spectators are not those of the file, in its order.
        WeightFileError, UnknownNameError
            The file cannot be read, or its method is not available.
        """
        if as_text(tag) is None and _is_method_type(tag):
            return self._book_text(type_name_of(tag), str(weight_file), trust=trust)
        name = str(tag)
        path = weight_file if isinstance(weight_file, (str, os.PathLike)) else str(weight_file)
        with self._lock:
            if name in self._methods:
                message = f"BookMVA: method tag {name!r} is used already; choose another name"
                raise BookingError(message)
            method = _named(read_weight_file(path, self._registry, release=self._release, trust=trust))
            self._log.info(f'Booking "{name}" of type "{method.type_name}" from {os.fspath(path)}.')
            self._check(method, f"BookMVA({name!r}, {os.fspath(path)!r})")
            self._methods[name] = method
            self._bound[name] = self._bind(method)
        self._log.info(f'Booked classifier "{method.title}" of type: "{method.type_name}"')
        return method

    def FindMVA(self, tag: str) -> TrainedMethod | None:
        """Return the method with this tag, or None."""
        return self._methods.get(str(tag))

    def FindCutsMVA(self, tag: str) -> MethodCuts | None:
        """Return the method with this tag if it is one of cuts, else None; it has ``GetCuts``."""
        method = self.FindMVA(tag)
        return method if isinstance(method, MethodCuts) else None

    # --- responses ------------------------------------------------------------------------------------

    @overload
    def EvaluateMVA(self, tag: Tag, aux: float = ..., /) -> float: ...
    @overload
    def EvaluateMVA(
        self, values: Event, tag: Tag, aux: float = ..., /, *, spectators: npt.ArrayLike | None = None
    ) -> float: ...
    @overload
    def EvaluateMVA(
        self, events: ManyEvents, tag: Tag, aux: float = ..., /, *, spectators: npt.ArrayLike | None = None
    ) -> Doubles: ...
    def EvaluateMVA(self, first: Any = None, *more: Any, spectators: npt.ArrayLike | None = None) -> Any:
        """Return a classifier's response.

        Forms: ``EvaluateMVA(tag)`` from the buffers, ``EvaluateMVA(values, tag)`` from one event's values —
        both also with a last argument `aux`, the signal efficiency at which a method of cuts selects — and,
        beyond TMVA, ``EvaluateMVA(events, tag)`` for many events. The tag may be the method itself.

        Parameters
        ----------
        values : sequence of float, shape (n_variables,)
            One event.
        events : ndarray (N, n_variables), mapping, frame or tree
            Many events; see `tmva_py.evaluate`.
        tag : str
            As in `BookMVA`.
        spectators : array_like, shape (N, n_spectators), optional
            For many events without named columns, where responses depend on spectators; one event takes them
            from the buffers.

        Returns
        -------
        float, or ndarray of float64, shape (N,)
            −999 where a variable is not a number.

        Raises
        ------
        UnknownNameError
            No method has this tag.
        ShapeError, DataError
            The events do not fit.

        Warns
        -----
        TMVAWarning
            A variable is not a number; or the method is no classifier, and its first raw output is given.
        """
        # In a loop over events this is most of what a response costs: nothing is done twice.
        bound = self._bound.get(first) if first.__class__ is str else None
        if bound is not None and not more and spectators is None:
            known = bound.known_response()
            if known is not None:
                if self._gave_errors:
                    self._last.errors = _NO_ERRORS
                return known
        if bound is not None and len(more) <= 1 and spectators is None:
            response = bound.response(*more)
            if response is not None:
                if response.errors is not None:
                    self._last.errors = _error_range(response, single=True)
                    self._gave_errors = True
                elif self._gave_errors:
                    self._last.errors = _NO_ERRORS
                return float(response.values[0])
        given, method, working_point = self._evaluation_arguments(
            "EvaluateMVA", () if first is None else (first, *more)
        )
        x, single = self._events(given, method)
        beside = self._spectator_values(given, spectators, method, single)
        applied = Application(method)
        if method.analysis_type != "Classification":
            instead = f"Evaluate{method.analysis_type}"
            text = _NOT_A_CLASSIFIER.format(method.type_name, method.title, method.analysis_type, instead)
            warn(text)
            found = applied.first_raw_outputs(x, spectators=beside, working_point=working_point)
        else:
            found = applied.responses(x, spectators=beside, working_point=working_point)
            applied.warn()
        self._last.errors = _error_range(found, single=single)
        self._gave_errors = True
        return float(found.values[0]) if single else found.values

    @overload
    def EvaluateMulticlass(self, tag: Tag, /) -> list[float]: ...
    @overload
    def EvaluateMulticlass(self, number: int, tag: Tag, /) -> float: ...
    @overload
    def EvaluateMulticlass(
        self, values: Event, tag: Tag, /, *, spectators: npt.ArrayLike | None = None
    ) -> list[float]: ...
    @overload
    def EvaluateMulticlass(
        self, events: ManyEvents, tag: Tag, /, *, spectators: npt.ArrayLike | None = None
    ) -> Doubles: ...
    def EvaluateMulticlass(self, *arguments: Any, spectators: npt.ArrayLike | None = None) -> Any:
        """Return the responses for several classes, in the order of the file's classes.

        Forms: ``EvaluateMulticlass(tag)`` gives a list, ``EvaluateMulticlass(class_number, tag)`` one value,
        ``EvaluateMulticlass(values, tag)`` a list, and, beyond TMVA, ``EvaluateMulticlass(events, tag)`` an
        array (N, n_classes). A class number out of range gives 0 and a warning, as in TMVA.
        """
        return self._several("EvaluateMulticlass", "Multiclass", arguments, spectators)

    @overload
    def EvaluateRegression(self, tag: Tag, /) -> list[float]: ...
    @overload
    def EvaluateRegression(self, number: int, tag: Tag, /) -> float: ...
    @overload
    def EvaluateRegression(
        self, values: Event, tag: Tag, /, *, spectators: npt.ArrayLike | None = None
    ) -> list[float]: ...
    @overload
    def EvaluateRegression(
        self, events: ManyEvents, tag: Tag, /, *, spectators: npt.ArrayLike | None = None
    ) -> Doubles: ...
    def EvaluateRegression(self, *arguments: Any, spectators: npt.ArrayLike | None = None) -> Any:
        """Return the regression's estimates of the targets, in the order of the file's targets.

        Forms: ``EvaluateRegression(tag)`` gives a list, ``EvaluateRegression(target_number, tag)`` one value,
        ``EvaluateRegression(values, tag)`` a list, and, beyond TMVA, ``EvaluateRegression(events, tag)`` an
        array (N, n_targets). A target number out of range gives 0 and a warning, as in TMVA.
        """
        return self._several("EvaluateRegression", "Regression", arguments, spectators)

    def GetMVAError(self) -> float | Doubles:
        """Return the error of the last response of `EvaluateMVA`, −1 if its method estimates none.

        A float after one event, an array (N,) after many; each thread has its own. It is the lower one where
        the method tells lower and upper errors apart.
        """
        return self._errors()[0]

    GetMVAErrorLower = GetMVAError

    def GetMVAErrorUpper(self) -> float | Doubles:
        """Return the upper error of the last response of `EvaluateMVA`, as `GetMVAError`."""
        return self._errors()[1]

    @overload
    def GetProba(self, tag: Tag, ap_sig: float = 0.5, mvaVal: float = FROM_BUFFERS) -> float: ...
    @overload
    def GetProba(
        self, tag: Tag, ap_sig: float = 0.5, *, mvaVal: Sequence[float] | npt.NDArray[Any]
    ) -> Doubles: ...
    @overload
    def GetProba(self, tag: Tag, ap_sig: float, mvaVal: Sequence[float] | npt.NDArray[Any]) -> Doubles: ...
    def GetProba(self, tag: Any, ap_sig: float = 0.5, mvaVal: npt.ArrayLike = FROM_BUFFERS) -> Any:
        r"""Return the probability that an event with a response is signal.

        .. math:: f p_S(y) / (f p_S(y) + (1 - f) p_B(y))

        Parameters
        ----------
        tag : str
            As in `BookMVA`.
        ap_sig : float, default 0.5
            The fraction f of signal among the events.
        mvaVal : float, optional
            The response y; by default that to the buffers. Beyond TMVA, an array of responses.

        Returns
        -------
        float, or ndarray of float64 for an array
            Not a number where a variable or the response is not.

        Warns
        -----
        TMVAWarning
            The weight file has no densities of the response (``CreateMVAPdfs``): −1, as in TMVA.
        """
        return self._from_pdfs("GetProba", tag, mvaVal, -1.0, lambda pdfs, y: pdfs.probability(y, ap_sig))

    @overload
    def GetRarity(self, tag: Tag, mvaVal: float = FROM_BUFFERS) -> float: ...
    @overload
    def GetRarity(self, tag: Tag, mvaVal: Sequence[float] | npt.NDArray[Any]) -> Doubles: ...
    def GetRarity(self, tag: Any, mvaVal: npt.ArrayLike = FROM_BUFFERS) -> Any:
        """Return the part of the background with a smaller response; it is flat for background events.

        Parameters
        ----------
        tag, mvaVal
            As for `GetProba`.

        Returns
        -------
        float, or ndarray of float64 for an array
            Not a number where a variable or the response is not.

        Warns
        -----
        TMVAWarning
            The weight file has no densities of the response (``CreateMVAPdfs``): 0, as in TMVA.
        """
        return self._from_pdfs("GetRarity", tag, mvaVal, 0.0, lambda pdfs, y: pdfs.rarity(y))

    # --- inside ---------------------------------------------------------------------------------------

    def _errors(self) -> tuple[float | Doubles, float | Doubles]:
        errors: tuple[float | Doubles, float | Doubles] = getattr(self._last, "errors", (NO_ERROR, NO_ERROR))
        return errors

    def _from_pdfs(
        self,
        function: str,
        tag: Any,
        given: npt.ArrayLike,
        without: float,
        compute: Callable[[ResponsePDFs, Doubles], Doubles],
    ) -> Any:
        """Return what densities of a response say of responses, or `without` if there are none."""
        method = self._method(tag)
        pdfs = method.response_pdfs
        values = np.asarray(given, dtype=np.float64)
        if pdfs is None:
            text = (
                f"{function}: the weight file of {method.owner} has no densities of the response; "
                f"{without:g} is given, as in TMVA. Train it with CreateMVAPdfs"
            )
            warn(text)
            found = np.full(values.shape, without)
        else:
            if values.ndim == 0 and values == FROM_BUFFERS:
                x = self._from_buffers()
                beside = self._spectator_values(None, None, method, True)
                response = Application(method).responses(x, spectators=beside).values[0]
                values = np.asarray(np.nan if np.isnan(x).any() else response)
            found = compute(pdfs, values.reshape(-1)).reshape(values.shape)
        return float(found) if found.ndim == 0 else found

    def _check_still_open(self, function: str, expression: str) -> None:
        if self._methods:
            booked = ", ".join(self._methods)
            message = (
                f"{function}({expression!r}) comes after BookMVA ({booked}): declare all variables and "
                "spectators before the first method"
            )
            raise BookingError(message)

    def _check(self, method: TrainedMethod, where: str) -> None:
        check_inputs("variables", self._variables, method.info.variables, where)
        check_inputs("spectators", self._spectators, method.spectators, where)

    def _book_text(self, type_name: str, text: str, *, trust: bool) -> TrainedMethod:
        method = _named(read_weight_file(text, self._registry, release=self._release, trust=trust))
        if method.type_name != type_name:
            message = f"BookMVA({type_name}): the XML text holds a method of type {method.type_name!r}"
            raise WeightFileError(message)
        self._check(method, f"BookMVA({type_name})")
        return method

    def _method(self, tag: Any) -> TrainedMethod:
        if isinstance(tag, TrainedMethod):
            return tag
        method = self._methods.get(str(tag))
        if method is None:
            known = ", ".join(map(repr, self._methods)) or "none yet"
            message = (
                f"no method {str(tag)!r} is booked{did_you_mean(str(tag), self._methods)}; booked: {known}"
            )
            raise UnknownNameError(message)
        return method

    def _evaluation_arguments(
        self, function: str, arguments: tuple[Any, ...]
    ) -> tuple[Any, TrainedMethod, float | None]:
        """Return (events or None for the buffers, method, aux)."""
        first_is_tag = arguments and (
            isinstance(arguments[0], TrainedMethod)
            or len(arguments) == 1
            or (isinstance(arguments[1], (int, float)) and not isinstance(arguments[0], (int, float)))
        )
        rest = (None, *arguments) if first_is_tag else arguments
        if not 2 <= len(rest) <= 3:
            message = (
                f"{function} takes (tag), (values, tag) or (events, tag), got {len(arguments)} arguments"
            )
            raise BookingError(message)
        return rest[0], self._method(rest[1]), float(rest[2]) if len(rest) == 3 else None

    def _events(self, given: Any, method: TrainedMethod) -> tuple[npt.NDArray[np.float32], bool]:
        """Return the events as an array, and whether it is one event given as such."""
        if given is None:
            return self._from_buffers(), True
        if is_table(given):
            return events_array(given, method.info.variables), False
        values = numbers(given)
        if values.ndim != 1:
            return events_array(values, method.info.variables), False
        if len(values) != len(method.info.variables):
            names = [variable.label for variable in method.info.variables]
            message = (
                f"expected the {len(names)} values of one event ({', '.join(names[:8])}"
                f"{', …' if len(names) > 8 else ''}), got {len(values)}; many events are an array of shape "
                f"(N, {len(names)})"
            )
            raise ShapeError(message)
        return values[None, :], True

    def _from_buffers(self) -> npt.NDArray[np.float32]:
        try:
            return np.array([[one.buffer[0] for one in self._variables]], dtype=np.float32)
        except TypeError:
            without = next((one.info.expression for one in self._variables if one.buffer is None), None)
            if without is None:
                raise
            message = (
                f"variable {without!r} was declared by name only and has no buffer; "
                "give the values: EvaluateMVA(values, tag)"
            )
            raise BookingError(message) from None

    def _spectator_values(
        self, given: Any, spectators: npt.ArrayLike | None, method: TrainedMethod, single: bool
    ) -> npt.ArrayLike | None:
        if not single or spectators is not None or not method.model.uses_spectators:
            return spectators_array(given, spectators, method)
        return np.array([[one.buffer[0] for one in self._spectators]], dtype=np.float32)

    def _several(
        self,
        function: str,
        analysis_type: str,
        arguments: tuple[Any, ...],
        spectators: npt.ArrayLike | None,
    ) -> Any:
        if len(arguments) == 1 and spectators is None and isinstance(arguments[0], str):
            bound = self._bound.get(arguments[0])
            if bound is not None and bound.analysis_type == analysis_type:
                responses = bound.responses()
                if responses is not None:
                    return responses
        number: int | None = None
        if len(arguments) == 2 and isinstance(arguments[0], (int, np.integer)):
            number, arguments = int(arguments[0]), arguments[1:]
        given, method, _ = self._evaluation_arguments(function, arguments)
        if method.analysis_type != analysis_type:
            kind = method.analysis_type
            instead = "EvaluateMVA" if kind == "Classification" else f"Evaluate{kind}"
            message = f"{function}: {method.type_name} {method.title!r} is for {kind}; use {instead}"
            raise BookingError(message)
        x, single = self._events(given, method)
        applied = Application(method)
        beside = self._spectator_values(given, spectators, method, single)
        found = applied.responses(x, spectators=beside).values
        applied.warn()
        if number is None:
            return found[0].tolist() if single else found
        if not 0 <= number < found.shape[1]:
            warn(
                f"{function}: number {number} is out of range, there are {found.shape[1]}, counted from 0; "
                "0 is given, as in TMVA"
            )
            return 0.0
        return float(found[0, number])


def _error_range(found: Responses, *, single: bool) -> tuple[Any, Any]:
    """Return lower and upper errors as `Reader.GetMVAError` gives them."""
    errors = np.full(len(found.values), NO_ERROR) if found.errors is None else found.errors
    lower, upper = (errors, errors) if errors.ndim == 1 else (errors[:, 0], errors[:, 1])
    return (float(lower[0]), float(upper[0])) if single else (lower, upper)


def _named(method: TrainedMethod) -> TrainedMethod:
    """Return a method with the functions that TMVA's class has for scripts."""
    return MethodCuts.of(method) if isinstance(method.model, CutsModel) else method


def _is_method_type(tag: object) -> bool:
    try:
        type_name_of(tag)
    except UnknownNameError:
        return False
    return True


__all__ = ["READER_OPTIONS", "Reader", "evaluate"]
