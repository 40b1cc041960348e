"""What is used of numba beyond its documented interface still works in the installed version."""

from __future__ import annotations

import pickle
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
from packaging.requirements import Requirement

from tmva_py.kernels.numba import internals
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.store import LOGGER, open_store
from tmva_py.kernels.numba.views import At

VERSION = f"numba {numba.__version__}"


class Pair(NamedTuple):
    array: Any
    number: int


def test_the_version_is_one_that_was_tried(project: Path) -> None:
    extras = tomllib.loads((project / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (requirement,) = (Requirement(text) for text in extras["fast"])
    assert any(part.operator == "<" for part in requirement.specifier), "the extra has no upper bound"
    assert numba.__version__ in requirement.specifier, f"{VERSION} is not one of {requirement}"


def test_results_are_kept_and_loaded(tmp_path: Path) -> None:
    def twice(x: float) -> float:
        return 2.0 * x

    store = open_store(tmp_path / "kernels")
    for stamp, hits in (("one", 0), ("one", 1), ("two", 0)):
        dispatcher = numba.njit(twice)
        internals.keep(dispatcher, twice, store, stamp)
        assert dispatcher(2.0) == 4.0
        found = sum(dispatcher.stats.cache_hits.values())
        assert found == hits, f"{VERSION}: stamp {stamp!r}: {found} results loaded, expected {hits}"
    assert len(list((tmp_path / "kernels").iterdir())) == 2, f"{VERSION}: nothing is kept"


def test_each_combination_of_types_and_values_is_kept_apart(tmp_path: Path) -> None:
    def plus(number: int) -> Any:
        def shifted(x: float) -> float:
            return x + number

        return shifted

    store = open_store(tmp_path)
    for round_ in range(2):
        for number in (1, 2):
            function = plus(number)
            dispatcher = numba.njit(function)
            internals.keep(dispatcher, function, store, "stamp")
            assert [dispatcher(2.0), dispatcher(2), dispatcher(np.float32(2))] == [2 + number] * 3
            assert sum(dispatcher.stats.cache_hits.values()) == 3 * round_, VERSION
    assert len(list(tmp_path.iterdir())) == 6


def test_what_cannot_be_rebuilt_is_compiled_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOGGER, "propagate", True)

    def half(x: float) -> float:
        return x / 2

    store = open_store(tmp_path)
    for content in (None, b"no pickle", pickle.dumps((1, 2))):
        for kept in tmp_path.iterdir() if content is not None else ():
            store.write(kept.stem, content or b"")
        dispatcher = numba.njit(half)
        internals.keep(dispatcher, half, store, "stamp")
        assert dispatcher(3.0) == 1.5
        assert sum(dispatcher.stats.cache_hits.values()) == 0
    assert len({one.message for one in caplog.records if "cannot be used" in one.message}) == 1
    dispatcher = numba.njit(half)
    internals.keep(dispatcher, half, store, "stamp")
    assert dispatcher(3.0) == 1.5
    assert sum(dispatcher.stats.cache_hits.values()) == 1, f"{VERSION}: what was damaged is not replaced"


def test_numbers_in_the_source_are_compiled_for_once() -> None:
    @numba.njit
    def inner(x: int) -> int:
        return x + 1

    internals.call_for_any_number(inner)

    @numba.njit
    def outer() -> int:
        return int(inner(1) + inner(2) + inner(3))

    assert outer() == 9
    assert len(inner.signatures) == 1, f"{VERSION}: compiled for each number: {inner.signatures}"


@pytest.mark.parametrize("counting", [False, True])
def test_a_flat_tuple_is_grouped(counting: bool) -> None:
    group = internals.grouped(Pair, None, Pair)

    @numba.njit(**internals.count_references(counting))
    def total(*values: Any) -> float:
        first, number, second = group(values)
        return float(first.array[first.number] + number + second.array[second.number])

    x = np.arange(5.0)
    assert total(x, 1, 100.0, x[2:], 2) == 1.0 + 100.0 + 4.0, f"{VERSION}: values are mixed up"


def test_views_begin_where_they_say() -> None:
    def shifted(e: Any, values: Any, scalars: Any) -> list[Any]:
        return [values[0] + scalars[0]]

    copied = elementwise(shifted)

    @numba.njit
    def run(x: Any, out: Any) -> None:
        copied(3, (At(x, 2),), (At(out, 1),), (10.0,))

    x, out = np.arange(6, dtype=np.float32), np.zeros(6, np.float32)
    run(x, out)
    assert out.tolist() == [0, 12, 13, 14, 0, 0], f"{VERSION}: {out}"


@pytest.mark.parametrize("counting", [False, True])
def test_references_are_counted_where_wanted(counting: bool) -> None:
    @numba.njit(**internals.count_references(counting))
    def total(x: Any, times: int) -> float:
        sum_ = 0.0
        for number in range(times):
            view = At(x[number:], number) if number % 2 else At(x, number)
            sum_ += view.array[0]
        return sum_

    x = np.arange(10.0)
    assert total(x, 4) == 0.0 + 1.0 + 0.0 + 3.0
    code = total.inspect_asm(total.signatures[0])
    counts = "NRT_incref" in code or "NRT_decref" in code
    assert counts == counting, f"{VERSION}: references are counted: {counts}, expected {counting}"


def test_an_array_made_without_counting_is_refused() -> None:
    @numba.njit(**internals.count_references(False))
    def make(n: int) -> float:
        return float(np.zeros(n)[0])

    with pytest.raises(numba.TypingError, match="array"):
        make(3)


def test_compiling_is_announced() -> None:
    seen: list[Any] = []
    internals.on_compiling(seen.append)
    dispatcher = numba.njit(lambda x: x - 1)
    dispatcher(2)
    assert dispatcher in seen, f"{VERSION}: no event when a function is compiled"


@pytest.mark.parametrize("name", ["CACHE_DIR", "CPU_FEATURES"])
def test_settings_are_there(name: str) -> None:
    assert hasattr(numba.core.config, name), f"{VERSION}: no setting {name}"
