"""The checks of methods."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.errors import BookingError, MissingExtraError, OptionError, TMVAError, TMVAWarning
from tmva_py.evaluation import WorkingPointEvaluation, WorkingPoints
from tmva_py.message_log import MessageLog
from tmva_py.methods import AnalysisType, Method, TrainedMethod
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.plugins import Registry
from tmva_py.testing.comparing import expect_same
from tmva_py.testing.report import Check, Checklist, MismatchError, describe_error, expect
from tmva_py.testing.subject import Subject
from tmva_py.testing.threads import in_threads

Array = npt.NDArray[Any]

EVENTS = 600
VARIABLES = ("a", "b", "c")
ANALYSES: dict[AnalysisType, tuple[tuple[str, ...], int]] = {
    "Classification": (("Signal", "Background"), 0),
    "Multiclass": (("Signal", "First", "Second"), 0),
    "Regression": (("Regression",), 1),
}
# Of responses after a weight file, relative to the largest: files have nine digits.
FILE_TOLERANCE = 1e-5


class _MethodCase:
    """One method, trained once for one analysis."""

    def __init__(
        self,
        cls: type[Method],
        options: str,
        analysis: AnalysisType,
        registry: Registry,
    ) -> None:
        self.cls, self.options, self.analysis, self.registry = cls, options, analysis, registry
        self.data = data_set(analysis)
        self.trained: TrainedMethod | None = None

    def make(self, options: str | None = None) -> Method:
        """Return a method that is booked."""
        return self.cls(
            "mine",
            self.data.info,
            self.analysis,
            self.options if options is None else options,
            dataset=self.data if self.cls.reads_data_when_booked else None,
            log=MessageLog("mine", silent=True),
            registry=self.registry,
        )

    @property
    def method(self) -> TrainedMethod:
        """The trained method."""
        if self.trained is None:
            message = "the method is not trained"
            raise MismatchError(message)
        return self.trained

    @property
    def working_point(self) -> float | None:
        """The signal efficiency at which a method without a response answers."""
        return None if self.method.model.has_response else 0.5

    def answers(self, x: Array, method: TrainedMethod | None = None) -> Array:
        """Return responses of the trained method, or of another."""
        method = self.method if method is None else method
        return method.evaluate(x, working_point=self.working_point)


def data_set(analysis: AnalysisType, *, other: bool = False) -> DataSet:
    """Return a small sample that can be learnt: classes are apart, the target is a sum.

    With `other` the variables mean something else, so that other weights are learnt.
    """
    classes, n_targets = ANALYSES[analysis]
    variables = [VariableInfo.parse(name) for name in VARIABLES]
    targets = [VariableInfo.parse(f"t{number}") for number in range(n_targets)]
    info = DataSetInfo("dataset", variables, targets, classes=list(classes))

    def events(seed: int) -> Events:
        random = np.random.default_rng(seed)
        class_index = random.integers(0, len(classes), EVENTS).astype(np.int32)
        x = random.normal(size=(EVENTS, len(VARIABLES)))
        if len(classes) > 1:
            x[:, 0] += 1.5 * (class_index == 0)
            x[:, 1] += 1.5 * (class_index == 2)
        target = (x[:, :1] - 0.5 * x[:, 1:2] + 3) if n_targets else np.empty((EVENTS, 0))
        if other:
            x = 0.5 - 2.0 * x[:, ::-1]
        weight = random.uniform(0.5, 1.5, EVENTS)
        return Events(
            x.astype(np.float32),
            target.astype(np.float32),
            np.empty((EVENTS, 0), np.float32),
            weight,
            weight,
            class_index,
        )

    return DataSet(info, *((events(41), events(42)) if other else (events(31), events(32))))


def _handled(cls: type[Method]) -> list[AnalysisType]:
    return [
        analysis
        for analysis, (classes, targets) in ANALYSES.items()
        if cls.can_handle(analysis, len(classes), targets)
    ]


def _check_names(cls: type[Method]) -> str:
    expect(cls.type_name, "type_name is empty: weight files have it before '::'")
    expect(
        cls.type_name.casefold() in {name.casefold() for name in cls.names},
        f"type_name {cls.type_name!r} is not among names {cls.names}: weight files would not be read",
    )
    handled = _handled(cls)
    expect(handled, "can_handle refuses classification, multiclass and regression alike")
    return f"{'|'.join(cls.names)}; {', '.join(handled)}"


def _check_options(case: _MethodCase) -> str:
    try:
        case.make(f"{case.options}{':' if case.options else ''}NoSuchOption=1")
    except OptionError:
        pass
    except Exception as error:  # noqa: BLE001 - this is what the check looks for
        message = f"an unknown option: expected an OptionError, got {describe_error(error)}"
        raise MismatchError(message) from None
    else:
        message = "an unknown option 'NoSuchOption' is taken without a word"
        raise MismatchError(message)
    numbers = [option for option in case.cls.options if option.type in (int, float) and not option.is_array]
    for option in numbers:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", TMVAWarning)
                case.make(f"{option.name}=wrong")
        except TMVAError:
            continue
        except Exception as error:  # noqa: BLE001 - as above
            message = f"{option.name}=wrong: expected an OptionError, got {describe_error(error)}"
            raise MismatchError(message) from None
    names = ", ".join(option.name for option in case.cls.options)
    return f"own options: {names or 'none'}"


def _check_training(case: _MethodCase) -> str:
    before = data_set(case.analysis)
    method = train_method(case.make(), case.data)
    for sample in ("training", "testing"):
        for name in ("x", "targets", "weight", "class_index"):
            expect_same(
                f"train changes {name} of the {sample} events in place",
                getattr(getattr(before, sample), name),
                getattr(getattr(case.data, sample), name),
            )
    case.trained = method
    return f"{EVENTS} events in {method.training_time:.2f} s"


def _check_learning(case: _MethodCase) -> str:
    events = case.data.testing
    if not case.method.model.has_response:
        return _check_working_points(case)
    found = case.answers(events.x)
    if case.analysis == "Regression":
        error = float(np.std(found[:, 0] - events.targets[:, 0]) / np.std(events.targets[:, 0]))
        expect(error < 0.9, f"the error is {error:.3g} of the target's spread: nothing is learnt")
        return f"error {error:.3f} of the target's spread"
    if case.analysis == "Multiclass":
        right = float((found.argmax(axis=1) == events.class_index).mean())
        expect(right > 0.45, f"{right:.1%} of the events get their class; 33% is chance")
        return f"{right:.0%} right"
    signal = found[events.class_index == 0]
    background = found[events.class_index == 1]
    area = float((signal[:, None] > background).mean() + 0.5 * (signal[:, None] == background).mean())
    expect(area > 0.35, f"the area under the ROC curve is {area:.3f}: signal lies below background")
    expect(area > 0.65, f"the area under the ROC curve is {area:.3f} (0.5 is chance, 0.86 the best)")
    return f"area under the ROC curve {area:.3f}"


def _check_working_points(case: _MethodCase) -> str:
    points = [
        WorkingPoints.measured(case.method.selections(events.x), events.class_index == 0, events.weight)
        for events in (case.data.testing, case.data.training)
    ]
    area = WorkingPointEvaluation(*points).area
    expect(area > 0.65, f"the area under the ROC curve is {area:.3f} (0.5 is chance, 0.86 the best)")
    return f"{len(points[0].signal)} working points, area under the ROC curve {area:.3f}"


def _check_responses(case: _MethodCase) -> str:
    x = case.data.testing.x
    expected = {
        "Classification": (len(x),),
        "Multiclass": (len(x), 3),
        "Regression": (len(x), 1),
    }[case.analysis]
    given = x.copy()
    raw = case.method.responses(given, inverse=False, working_point=case.working_point).values
    expect(raw.shape == expected, f"respond gives shape {raw.shape}, expected {expected}")
    expect(raw.dtype == np.float64, f"respond gives {raw.dtype}, expected float64")
    expect(np.isfinite(raw).all(), "respond gives values that are not finite")
    found = case.answers(given)
    expect_same("respond changes its input in place", x, given)
    expect_same("a second call gives another response", found, case.answers(given))
    for event in range(5):
        alone = case.answers(x[event : event + 1])[0]
        if not np.allclose(alone, found[event], rtol=1e-5, atol=1e-7):
            message = (
                f"event {event}: {found[event]} together with others, {alone} alone\n"
                "  likely cause: respond uses a mean or a rank over the events"
            )
            raise MismatchError(message)
    expect(len(case.answers(x[:0])) == 0, "no events give responses")
    return f"shape {expected}, events independent"


def _check_threads(case: _MethodCase) -> str:
    parts = [case.data.testing.x[number::8] for number in range(4)]
    expected = [case.answers(part) for part in parts]
    answers = in_threads(lambda number: case.answers(parts[number]), rounds=4)
    for number, found in answers:
        expect_same(f"thread {number} gets another response while others run", expected[number], found)
    return "4 threads"


def _check_file(case: _MethodCase) -> str:
    name = case.cls.type_name
    expect(
        case.registry.knows("method", name),
        f"method {name!r} is not registered; a plugin's hook tmva_py_methods returns the class",
    )
    text = weight_text(case.method)
    x = case.data.testing.x
    before = case.answers(x)
    # A second one learns something else in between: what is kept on the class is no longer the first one's.
    train_method(case.make(), data_set(case.analysis, other=True))
    _expect_same_responses(
        before,
        case.answers(x),
        "before and after another object of the class was trained",
        "what is learnt is kept on the class or in the module; keep it in the model that train returns",
    )
    again = read_weight_file(text, case.registry)
    found = type(again.model)
    expect(issubclass(found, case.cls.model), f"the weight file is read by {found.__qualname__}")
    after = case.answers(x, again)
    error = _expect_same_responses(
        before,
        after,
        "before and after the weight file",
        "write leaves something out or writes too few digits (17 keep a double), or read does not take it "
        "over",
    )
    for option in case.cls.options:
        kept, back = case.method.option_values.text(option.name), again.option_values.text(option.name)
        expect(kept == back, f"option {option.name} was {kept!r} and comes back as {back!r}")
    _expect_damage_refused(case)
    return f"{len(text)} characters, responses within {error:.0e}"


def _expect_same_responses(before: Array, after: Array, where: str, cause: str) -> float:
    """Compare responses and return the largest difference, relative to the largest response."""
    first, second = where.split(" and ", 1)
    expect(
        before.shape == after.shape, f"responses have shape {before.shape} {first}, {after.shape} {second}"
    )
    error = np.abs(before - after) / max(float(np.abs(before).max()), 1e-3)
    error = np.where(np.isfinite(after), error, np.inf)
    if error.max() > FILE_TOLERANCE:
        index = tuple(int(axis) for axis in np.unravel_index(int(np.argmax(error)), error.shape))
        message = (
            f"response{list(index)}: {before[index]:.9g} {first} and {after[index]:.9g} {second}\n"
            f"  likely cause: {cause}"
        )
        raise MismatchError(message)
    return float(error.max())


def _read_empty_weights(case: _MethodCase) -> None:
    """Read a weight file whose ``<Weights>`` is empty."""
    head, _, _ = weight_text(case.method).rpartition("\n  <Weights")
    read_weight_file(f"{head}\n  <Weights/>\n</MethodSetup>\n", case.registry)


def _expect_damage_refused(case: _MethodCase) -> None:
    """Read an empty element: whatever error that gives, silence is wrong."""
    try:
        _read_empty_weights(case)
    except Exception:  # noqa: BLE001 - a note says when it should be of another type
        return
    message = (
        "an empty <Weights> is read without a word\n  likely cause: what is learnt is not in the file, or "
        "read takes whatever is there; raise a WeightFileError for what is missing"
    )
    raise MismatchError(message)


def _note_damage(case: _MethodCase) -> str:
    try:
        _read_empty_weights(case)
    except TMVAError:
        return ""
    except Exception as error:  # noqa: BLE001 - this is what the note is about
        return f"an empty <Weights>: expected a WeightFileError, got {describe_error(error)}"
    return ""


CHECKS = (
    Check("options and their errors", _check_options),
    Check("training", _check_training, needed=True),
    Check("learns", _check_learning),
    Check("responses", _check_responses),
    Check("threads", _check_threads),
    Check("weight file (XML)", _check_file),
    Check("damaged weight file", _note_damage, note=True),
)


def _is_never_booked(case: _MethodCase) -> bool:
    """Return whether a booking is refused that lacks what the method needs, be it a library."""
    try:
        case.make()
    except (BookingError, MissingExtraError):
        return True
    except OptionError:
        pass
    return False


def run_checks(checklist: Checklist, subject: Subject[Method], options: str | None = None) -> None:
    """Run the table for each analysis that the method handles, trained on a small sample."""
    cls = subject.cls
    checklist.check("names", lambda: _check_names(cls))
    if not cls.trains:
        checklist.skip("training", "read from weight files, not trained")
        return
    is_trained = not cls.needs or options is not None
    for analysis in (handled := _handled(cls)):
        case = _MethodCase(cls, cls.check_options if options is None else options, analysis, subject.registry)
        checks = CHECKS if is_trained else CHECKS[:1]
        if not is_trained and _is_never_booked(case):
            break
        checklist.run(checks, case, f" ({analysis})" if len(handled) > 1 else "")
    if not is_trained:
        checklist.skip("training", f"a booking needs {cls.needs}")
