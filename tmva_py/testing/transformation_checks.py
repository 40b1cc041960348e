"""The checks of variable transformations."""

from __future__ import annotations

from typing import Any, cast
from xml.etree.ElementTree import Element, fromstring, tostring

import numpy as np
import numpy.typing as npt

from tmva_py.data.transformations import VariableTransformation
from tmva_py.errors import WeightFileError
from tmva_py.testing.comparing import expect_same
from tmva_py.testing.report import Check, MismatchError, describe_error, expect
from tmva_py.testing.subject import Subject, on_class
from tmva_py.testing.threads import in_threads

Array = npt.NDArray[Any]

EVENTS, VALUES = 600, 3
# Share of the spread that an inverse may miss: those with tables are not exact.
INVERSE_TOLERANCE = 0.02


def _sample() -> tuple[Array, Array, Array]:
    random = np.random.default_rng(21)
    mixed = random.normal(size=(EVENTS, VALUES)) @ random.normal(size=(VALUES, VALUES)) + [1.0, 0.0, -2.0]
    return (
        mixed.astype(np.float32),
        random.uniform(0.5, 2.0, EVENTS),
        random.integers(0, 2, EVENTS).astype(np.int32),
    )


def _fitted(cls: type[VariableTransformation]) -> VariableTransformation:
    values, weight, class_index = _sample()
    made = cls()
    made.fit(values, weight, class_index, 2)
    return made


def _check_names(subject: Subject[VariableTransformation]) -> str:
    cls, registry = subject.cls, subject.registry
    if cls.xml_name and cls.xml_name.casefold() not in {name.casefold() for name in cls.names}:
        # Two transformations may share a name in files; the class that has it tells them apart.
        shared = registry.knows("transformation", cls.xml_name)
        owner = cast(
            type[VariableTransformation],
            registry.find("transformation", cls.xml_name) if shared else VariableTransformation,
        )
        element = Element("Transform", Name=cls.xml_name)
        _fitted(cls).write_xml(element)
        expect(
            owner.class_for(element) is cls,
            f"xml_name {cls.xml_name!r} is not among the names {', '.join(cls.names)}: "
            "files would not be read",
        )
    return f"{'|'.join(cls.names)}, {cls.xml_name or 'not written'}"


def _check_shapes(cls: type[VariableTransformation]) -> str:
    values = _sample()[0]
    made = _fitted(cls)
    for what, function in (("transform", made.transform), ("inverse", made.inverse)):
        for rows in (values, values[:1]):
            found = function(rows)
            expect(
                isinstance(found, np.ndarray) and found.shape == rows.shape,
                f"{what} gives {getattr(found, 'shape', type(found).__name__)} for values of shape "
                f"{rows.shape}",
            )
            expect(found.dtype == np.float32, f"{what} gives {found.dtype}, expected float32, as events are")
            expect(np.isfinite(found).all(), f"{what} gives values that are not finite")
    return f"{VALUES} columns in float32"


def _check_inverse(cls: type[VariableTransformation]) -> str:
    values = _sample()[0]
    made = _fitted(cls)
    back = made.inverse(made.transform(values))
    error = np.abs(back - values) / values.std(axis=0)
    column = int(np.argmax(np.median(error, axis=0)))
    middle = float(np.median(error[:, column]))
    if middle > INVERSE_TOLERANCE:
        event = int(np.argmax(error[:, column]))
        message = (
            f"event {event}, column {column}: {values[event, column]:.6g} comes back as "
            f"{back[event, column]:.6g} (the middle error is {middle:.2g} of the spread)"
        )
        raise MismatchError(message)
    return f"middle error {middle:.1e} of the spread"


def _check_unchanged(cls: type[VariableTransformation]) -> str:
    sample = _sample()
    given = [array.copy() for array in sample]
    made = cls()
    made.fit(given[0], given[1], given[2], 2)
    for name, before, after in zip(("values", "weights", "classes"), sample, given, strict=True):
        expect_same(f"fit changes the {name} in place", before, after)
    values = sample[0].copy()
    first = made.transform(values).copy()
    made.inverse(values)
    expect_same("transform or inverse changes the values in place", sample[0], values)
    expect_same("a second call gives another result", first, made.transform(values))
    return "values, weights, classes"


def _check_independence(cls: type[VariableTransformation]) -> str:
    values = _sample()[0]
    made = _fitted(cls)
    # Not the sample of the fit: what is learnt anew from it would be the same.
    values = values[: EVENTS // 20]
    together = made.transform(values)
    for event in range(5):
        alone = made.transform(values[event : event + 1])
        if not np.allclose(alone[0], together[event], rtol=1e-5, atol=1e-6):
            column = int(np.argmax(np.abs(alone[0] - together[event])))
            message = (
                f"event {event}, column {column}: {together[event, column]:.6g} together with others, "
                f"{alone[0, column]:.6g} alone\n  likely cause: transform learns from what it transforms; "
                "only fit "
                "may"
            )
            raise MismatchError(message)
    return "alone and together"


def _check_threads(cls: type[VariableTransformation]) -> str:
    values = _sample()[0]
    made = _fitted(cls)
    parts = [values[number::4].copy() for number in range(4)]
    expected = [made.transform(part).copy() for part in parts]
    for number, found in in_threads(lambda number: made.transform(parts[number])):
        expect_same(f"thread {number} gets another result while others run", expected[number], found)
    return "4 threads"


def _check_xml(cls: type[VariableTransformation]) -> str:
    if not cls.xml_name:
        return "not written"
    values = _sample()[0]
    made = _fitted(cls)
    element = Element("Transform", Name=cls.xml_name)
    made.write_xml(element)
    read = fromstring(tostring(element))
    again = cls.class_for(read)()
    again.read_xml(read, VALUES)
    for what in ("transform", "inverse"):
        before, after = getattr(made, what)(values), getattr(again, what)(values)
        if not np.allclose(before, after, rtol=1e-6, atol=1e-7):
            event, column = (int(axis) for axis in np.argwhere(~np.isclose(before, after, rtol=1e-6))[0])
            message = (
                f"{what}, event {event}, column {column}: {before[event, column]:.9g} before and "
                f"{after[event, column]:.9g} after the weight file\n  likely cause: write_xml leaves "
                "something out "
                "or writes too few digits"
            )
            raise MismatchError(message)
    return f"{len(tostring(element))} characters"


def _note_damage(cls: type[VariableTransformation]) -> str:
    if not cls.xml_name:
        return ""
    try:
        cls().read_xml(Element("Transform", Name=cls.xml_name), VALUES)
    except WeightFileError:
        return ""
    except Exception as error:  # noqa: BLE001 - this is what the note is about
        return f"an empty element: expected a WeightFileError, got {describe_error(error)}"
    return "an empty element is read without a word"


CHECKS = (
    Check("names", _check_names),
    Check("shapes and precision", on_class(_check_shapes), needed=True),
    Check("inverse", on_class(_check_inverse)),
    Check("nothing is changed", on_class(_check_unchanged)),
    Check("events are independent", on_class(_check_independence)),
    Check("threads", on_class(_check_threads)),
    Check("weight file (XML)", on_class(_check_xml)),
    Check("damaged weight file", on_class(_note_damage), note=True),
)
