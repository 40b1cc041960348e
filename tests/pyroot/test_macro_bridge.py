"""What goes between a macro and Python, without ROOT: calls by the functions that C++ has."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from small_jobs import make_job

import tmva_py
from tmva_py.errors import UnknownNameError
from tmva_py.pyroot.macros.bridge import Bridge, Functions
from tmva_py.pyroot.macros.installation import SOURCES, make_folder
from tmva_py.pyroot.macros.values import Address, Kind, Value, read_value, write_value


class Caller:
    """What a macro's C++ does: it knows the addresses of two functions."""

    def __init__(self):
        self.functions = Functions()
        self.bridge = Bridge(tmva_py, ctypes.addressof(self.functions))

    def __call__(self, handle: int, name: str, *arguments):
        values = (Value * max(len(arguments), 1))()
        kept = [write_value(one, value, lambda _: 0) for one, value in zip(arguments, values, strict=False)]
        result = Value()
        failed = self.functions.call(handle, name.encode(), values, len(arguments), ctypes.byref(result))
        del kept
        if failed:
            raise RuntimeError(result.text.decode())
        return result


@pytest.fixture
def call() -> Iterator[Caller]:
    """Call Python, as long as the test lasts."""
    caller = Caller()
    yield caller
    caller.bridge.disconnect()
    assert not caller.functions.call


@pytest.mark.parametrize("one", [None, 3, -(2**40), 0.25, "text", "", "é", [1.0, 2.5], ["a", "b"]])
def test_values_there_and_back(one):
    value = Value()
    kept = write_value(one, value, lambda _: 0)
    found = read_value(value, {})
    assert found == one
    assert type(found) is type(one)
    del kept


def test_numbers_of_nested_lists_are_one_row():
    value = Value()
    kept = write_value((0.7, [1, 2], np.array([3.0, 4.0])), value, lambda _: 0)
    assert read_value(value, {}) == [0.7, 1, 2, 3, 4]
    assert write_value({0: 0.5, 1: 0.25}, value, lambda _: 0)
    assert value.integer == 2
    del kept
    write_value(Address(4096), value, lambda _: 0)
    assert (value.kind, value.address) == (Kind.POINTER, 4096)


def test_paths_are_texts():
    value = Value()
    kept = write_value([Path("dataset") / "plots", Path("b.png")], value, lambda _: 0)
    assert read_value(value, {}) == [str(Path("dataset", "plots")), "b.png"]
    del kept


def test_floats_are_a_view():
    memory = np.array([1, 2, 3], np.float32)
    view = read_value(Value(kind=Kind.FLOATS, integer=3, address=memory.ctypes.data), {})
    memory[1] = 7
    assert view.tolist() == [1, 7, 3]


def test_the_structures_are_those_of_the_header():
    text = (SOURCES / "bridge.h").read_text()
    kinds = re.search(r"enum Kind \{ (.*?) \}", text)[1].split(", ")
    names = [re.sub(r"(?<!^)(?=[A-Z])", "_", one.removeprefix("k")).upper() for one in kinds]
    assert names == [kind.name for kind in Kind]
    assert [kind.value for kind in Kind] == list(range(len(kinds)))
    for structure in (Value, Functions):
        body = re.search(rf"struct {structure.__name__} \{{(.*?)\n\}}", text, re.DOTALL)[1]
        members = [one for one, _ in structure._fields_]
        places = [re.search(rf"\b{one}\b\)?[^;]*;", body).start() for one in members]
        assert places == sorted(places)


def test_objects_have_handles(call):
    loader = call(0, "DataLoader", "data")
    assert loader.text == b"DataLoader"
    call(loader.integer, "AddVariable", "x+y", "F")
    info = call(loader.integer, "GetDataSetInfo")
    assert read_value(call(info.integer, "GetListOfVariables"), {}) == ["x_P_y"]
    call.functions.release(loader.integer)
    with pytest.raises(RuntimeError, match="KeyError"):
        call(loader.integer, "GetName")


def test_settings_are_read_and_set(call):
    names = call(call(0, "gConfig").integer, "GetIONames")
    before = call(names.integer, "fWeightFileDir").text
    try:
        call(names.integer, "=fWeightFileDir", "elsewhere")
        assert tmva_py.gConfig().GetIONames().fWeightFileDir == "elsewhere"
    finally:
        call(names.integer, "=fWeightFileDir", before.decode())


def test_errors_have_a_text_and_stay_what_they_are(call):
    with pytest.raises(RuntimeError, match="UnknownNameError: unknown method type 'BTD'; did you mean"):
        call(0, "method_number", "BTD")
    assert isinstance(call.bridge.error, UnknownNameError)
    assert call(0, "method_number", "BDT").integer == tmva_py.Types.kBDT


def test_a_reader_evaluates_without_names(call, tmp_path):
    job = make_job(tmp_path, n_variables=2)
    job.factory.BookMethod(job.loader, "LD", "LD", "!H:!V")
    job.factory.TrainAllMethods()
    booked = job.factory.GetMethod(job.loader, "LD")
    reader = call(0, "Reader", "Silent").integer
    block = np.zeros(2, np.float32)
    for i in range(2):
        memory = Value(kind=Kind.FLOATS, integer=1, address=block.ctypes.data + 4 * i)
        arguments = (Value * 3)(
            Value(kind=Kind.TEXT, text=f"x{i}".encode()), memory, Value(kind=Kind.INTEGER)
        )
        assert call.functions.call(reader, b"AddVariable", arguments, 3, ctypes.byref(Value())) == 0
    assert call(reader, "BookMVA", "tag", str(booked.weight_file)).text == b"LD"
    address = call(reader, "evaluator", "tag").address
    evaluate = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(address)
    events = np.random.default_rng(1).normal(size=(20, 2)).astype(np.float32)
    expected = booked.trained.evaluate(events)
    for event, response in zip(events, expected, strict=True):
        block[:] = event
        assert evaluate(0.0) == response
    block[0] = np.nan
    with pytest.warns(UserWarning, match="not a number"):
        assert evaluate(0.0) == -999
    assert call.functions.failed == 0


def test_a_function_that_evaluates_notes_its_error(call):
    call.bridge.fail(ValueError("of an event"))
    assert call.functions.failed == 1
    with pytest.raises(RuntimeError, match="ValueError: of an event"):
        call(0, "raise_failure")
    assert call.functions.failed == 0


def test_the_folder_has_headers_and_a_program(tmp_path):
    import subprocess

    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libCore.so").touch()
    folder = make_folder(tmp_path)
    header = (folder / "include" / "TMVA" / "Factory.h").read_text()
    assert header == f'#include "{SOURCES / "tmva.h"}"\n'
    assert (folder / "lib" / "libTMVA.so").resolve() == tmp_path / "lib" / "libCore.so"
    for question, answer in (("--has-tmva-cpu", "yes"), ("--has-tmva-gpu", "no")):
        done = subprocess.run(
            [folder / "bin" / "root-config", question], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == answer
