"""One event in bound buffers gets the bits that it gets among many, whatever the method."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden import SHARED, entry_of
from weight_files import golden_index, golden_weights

import tmva_py.kernels.numba.overrides  # noqa: F401 - registers its overrides
from tmva_py import Reader
from tmva_py.booking.bound_method import BoundMethod
from tmva_py.errors import TMVAWarning
from tmva_py.methods.weight_file import read_weight_file

# Its foams are in no file beside it.
_WITHOUT_FOAMS = "real_pdefoam_boost"
_N_EVENTS = 25
FORMS: dict[str, Callable[[], Any]] = {
    "floats": lambda: array("f", [0.0]),
    "doubles": lambda: array("d", [0.0]),
    "arrays": lambda: np.zeros(1, np.float32),
    "arrays of doubles": lambda: np.zeros(1),
    "lists": lambda: [0.0],
}


def cases() -> list[str]:
    """Return cases that TMVA itself made, of methods with one response to an event.

    Of the many BDTs those whose answers differ in kind are enough.
    """
    if not SHARED.is_dir():
        return []
    found = [str(entry["case"]) for entry in golden_index(SHARED)]
    left_out = ("real_output_", "real_cuts_", _WITHOUT_FOAMS)
    kinds = ("_vt_", "_reg_", "_multi_", "fishercuts", "preselection", "tutorial", "_grad")
    return [
        case
        for case in found
        if case.startswith("real_")
        and not case.startswith(left_out)
        and ("_bdt_" not in case or any(kind in case for kind in kinds))
    ]


def bound(
    shared: Path, case: str, variable: Callable[[], Any], spectator: Callable[[], Any]
) -> tuple[Reader, list[Any], list[Any]]:
    """Return a Reader with the case's method, and its buffers."""
    file = golden_weights(shared, case)
    method = read_weight_file(file)
    reader = Reader("Silent")
    variables = [variable() for _ in method.info.variables]
    spectators = [spectator() for _ in method.spectators]
    for one, buffer in zip(method.info.variables, variables, strict=True):
        reader.AddVariable(one.internal_name if one.is_from_array else one.expression, buffer)
    for one, buffer in zip(method.spectators, spectators, strict=True):
        reader.AddSpectator(one.expression, buffer)
    reader.BookMVA("method", file)
    return reader, variables, spectators


def events_of(shared: Path, case: str) -> tuple[np.ndarray, np.ndarray]:
    """Return variables and spectators of some events, with infinities in the last ones."""
    with np.load(shared / "golden" / case / "events.npz") as stored:
        order = np.argsort(~stored["edge"], kind="stable")
        chosen = np.concatenate([order[: _N_EVENTS // 2], order[-_N_EVENTS // 2 :]])
        x = stored["X"][chosen].astype(np.float32)
        beside = stored["S"][chosen] if "S" in stored else np.zeros((len(x), 0))
    x = x[~np.isnan(x).any(axis=1)]
    return x, beside.astype(np.float32)[: len(x)]


def evaluate(reader: Reader, *given: Any, **beside: Any) -> Any:
    """Return the responses by the function for the analysis of the booked method."""
    analysis = reader.FindMVA("method").analysis_type  # type: ignore[union-attr]
    name = "EvaluateMVA" if analysis == "Classification" else f"Evaluate{analysis}"
    return getattr(reader, name)(*given, "method", **beside)


def one_by_one(
    reader: Reader, buffers: list[Any], spectators: list[Any], x: np.ndarray, beside: np.ndarray
) -> np.ndarray:
    """Return the responses to events in the buffers."""
    found = []
    for row, others in zip(x.tolist(), beside.tolist(), strict=True):
        for buffer, value in zip(buffers, row, strict=True):
            buffer[0] = value
        for buffer, value in zip(spectators, others, strict=True):
            buffer[0] = int(value) if getattr(buffer, "typecode", "") in ("i", "l") else value
        found.append(evaluate(reader))
    return np.array(found)


@pytest.mark.parametrize("case", cases())
def test_every_method_answers_from_buffers_as_from_arrays(
    shared: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, buffers, spectators = bound(shared, case, FORMS["floats"], FORMS["floats"])
    x, beside = events_of(shared, case)
    expected = evaluate(reader, x, spectators=beside)
    errors = reader.GetMVAError(), reader.GetMVAErrorUpper()
    monkeypatch.delattr(Reader, "_from_buffers")  # the general way is closed
    assert one_by_one(reader, buffers, spectators, x, beside).tobytes() == expected.tobytes()
    if reader.FindMVA("method").analysis_type == "Classification":  # type: ignore[union-attr]
        assert (reader.GetMVAError(), reader.GetMVAErrorUpper()) == (errors[0][-1], errors[1][-1])


@pytest.mark.parametrize("spectator", ["i", "l", "f", "d"])
@pytest.mark.parametrize("form", FORMS)
def test_spectators_of_a_category_are_read_from_buffers_of_any_type(
    shared: Path, form: str, spectator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = "real_category_fisher"
    assert entry_of(shared, case)["n_spectators"] == 1
    reader, buffers, spectators = bound(shared, case, FORMS[form], lambda: array(spectator, [0]))
    x, beside = events_of(shared, case)
    if spectator in ("i", "l"):
        beside = beside.round()
    expected = evaluate(reader, x, spectators=beside)
    monkeypatch.delattr(Reader, "_from_buffers")
    assert one_by_one(reader, buffers, spectators, x, beside).tobytes() == expected.tobytes()


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("what", ["variable", "spectator"])
def test_what_is_not_finite_is_answered_as_in_arrays(shared: Path, what: str, value: float) -> None:
    reader, buffers, spectators = bound(shared, "real_category_fisher", FORMS["floats"], FORMS["floats"])
    x, beside = (given[:3].copy() for given in events_of(shared, "real_category_fisher"))
    (x if what == "variable" else beside)[1, 0] = value
    warned = np.isnan(value)
    if warned:
        with pytest.warns(TMVAWarning):
            expected = evaluate(reader, x, spectators=beside)
        with pytest.warns(TMVAWarning):
            found = one_by_one(reader, buffers, spectators, x, beside)
    else:
        expected = evaluate(reader, x, spectators=beside)
        found = one_by_one(reader, buffers, spectators, x, beside)
    assert found.tobytes() == expected.tobytes()


def test_a_reader_whose_buffers_are_missing_has_no_bound_method(shared: Path) -> None:
    method = read_weight_file(golden_weights(shared, "real_category_fisher"))
    reader = Reader([one.expression for one in method.info.variables], "Silent")
    assert BoundMethod(method, reader._variables, []).response() is None
