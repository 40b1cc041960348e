"""C++ macros with ROOT's interpreter: what they call of TMVA is this package."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import uproot

from tmva_py.booking.types import EMVA, EAnalysisType, ESBType, ETreeType
from tmva_py.errors import BookingError
from tmva_py.pyroot.macros.installation import SOURCES
from tmva_py.pyroot.macros.running import literal, split_arguments

needs_root = pytest.mark.root


def macro(name: str) -> str:
    """Return the text of a macro beside this file."""
    return Path(__file__).with_name(name).read_text()


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("3", "3"),
        ("-1.5e3", "-1.5e3"),
        ("true", "true"),
        ('"x"', '"x"'),
        ("BDT,LD", '"BDT,LD"'),
        ('a"b', '"a\\"b"'),
    ],
)
def test_arguments_as_cpp_writes_them(argument, expected):
    assert literal(argument) == expected


def test_a_path_with_arguments_in_parentheses():
    assert split_arguments('a/b.C("x", 3)') == ("a/b.C", '"x", 3')
    assert split_arguments("a (1)/b.C") == ("a (1)/b.C", "")
    assert split_arguments("b.C()") == ("b.C", "")


def test_enumerators_have_the_same_numbers():
    text = (SOURCES / "types.h").read_text()
    for kind in (EMVA, EAnalysisType, ETreeType, ESBType):
        body = re.search(rf"enum {kind.__name__} \{{(.*?)\}}", text, re.DOTALL)[1]
        names = [one.split("=")[0].strip() for one in body.split(",")]
        assert names == list(kind.__members__)
        assert [kind[name] for name in names] == list(range(len(names)))


def test_no_such_macro(tmp_path):
    from tmva_py.pyroot.macros import run_macro

    with pytest.raises(BookingError, match="no macro"):
        run_macro(tmp_path / "none.C")


@needs_root
def test_booking_and_application(run_with_root, tmp_path: Path):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    done = run_with_root(macro("booking.C"), "booking.C", ("BDT,LD",))
    assert done.returncode == 0, done.stderr
    assert "methods: BDT LD\n" in done.stdout
    assert "booked Fisher Fisher\n" in done.stdout
    assert "bins 20, variables sum x\n" in done.stdout
    area = float(re.search(r"^area (.*)$", done.stdout, re.MULTILINE)[1])
    assert area > 0.88
    assert done.stdout.index("methods:") < done.stdout.index("Booking method") < done.stdout.index("bins 20")
    with uproot.open(tmp_path / "out.root") as file:
        assert {"mine;1", "data;1"} == set(file.keys(recursive=False))
        assert file["data/TrainTree"].num_entries == 800
    with uproot.open(tmp_path / "roc.root") as file:
        assert any(name.startswith("TCanvas") for name in file.classnames().values())

    done = run_with_root(macro("application.C"), "application.C")
    assert done.returncode == 0, done.stderr
    assert "LD 1\n" in done.stdout
    with uproot.open(tmp_path / "answers.root") as file:
        found = file["answers"].arrays(library="np")
    from tmva_py.methods.weight_file import read_weight_file

    events = np.stack([found["sum"], found["x"]], axis=1)
    assert len(events) == 200
    for name, title in (("fisher", "Fisher"), ("again", "Fisher"), ("ld", "LD")):
        method = read_weight_file(tmp_path / f"data/mine/job_{title}.weights.xml")
        np.testing.assert_array_equal(found[name], method.evaluate(events).astype(np.float32))
    method = read_weight_file(tmp_path / "data/mine/job_Fisher.weights.xml")
    expected = method.response_pdfs.probability(method.evaluate(events), 0.5)
    np.testing.assert_allclose(found["proba"], expected, rtol=1e-6)


@needs_root
def test_errors_of_macros(run_with_root):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    done = run_with_root('void macro() { TMVA::Reader r("Silent"); r.BookMVA("a", "none.xml"); }', "macro.C")
    assert done.returncode == 2
    assert "none.xml" in done.stderr
    assert "Traceback" not in done.stderr
    done = run_with_root("void macro() { nonsense; }", "macro.C")
    assert done.returncode == 2
    assert "ROOT could not run the macro" in done.stderr
    text = """void macro() {
   TMVA::Reader reader("Silent");
   float x = 1;
   reader.AddVariable("x", &x);
   std::cout << (reader.FindMVA("a") == nullptr) << std::endl;
   reader.EvaluateMVA("a");
}"""
    done = run_with_root(text, "macro.C")
    assert done.returncode == 2
    assert "no method 'a' is booked" in done.stderr
