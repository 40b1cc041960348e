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
from tmva_py.pyroot.macros.running import literal

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


@needs_root
def test_methods_of_every_analysis(run_with_root, tmp_path: Path):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    from tmva_py.methods.weight_file import read_weight_file

    done = run_with_root(macro("methods.C"), "methods.C")
    assert done.returncode == 0, done.stderr
    assert "dropped 1\n" in done.stdout
    assert "single 10\n" in done.stdout
    assert "nan -999\n" in done.stdout
    with uproot.open(tmp_path / "applied.root") as file:
        found = file["applied"].arrays(library="np")
    events = np.stack([found["x"], found["y"]], axis=1)
    assert len(events) == 100

    def method(name: str):
        folder, _, _ = name.partition("_")
        return read_weight_file(tmp_path / f"{folder}/weights/{name}.weights.xml")

    cuts = method("two_Cuts")
    np.testing.assert_array_equal(found["cuts"], cuts.evaluate(events, working_point=0.7))
    assert 0 < found["cuts"].sum() < 100
    point = cuts.model.at(0.7)
    words = re.search(r"^cuts (\S+) 2 2 y 1$", done.stdout, re.MULTILINE)
    assert float(words[1]) == pytest.approx(point.signal_efficiency, rel=1e-5)
    low = re.search(r"^low (\S+) (\S+)$", done.stdout, re.MULTILINE)
    assert [float(low[1]), float(low[2])] == point.low.tolist()
    category = method("two_Category").evaluate(events, spectators=found["t"][:, None])
    np.testing.assert_array_equal(found["category"], category.astype(np.float32))
    classes = method("several_BDTG").evaluate(events).astype(np.float32)
    np.testing.assert_array_equal(found["classes"], classes)
    np.testing.assert_array_equal(found["second"], classes[:, 1])
    estimate = method("regression_LD").evaluate(events)[:, 0]
    np.testing.assert_array_equal(found["estimate"], estimate.astype(np.float32))
    np.testing.assert_allclose(estimate, 3 * events[:, 0] - events[:, 1] + 5, atol=1e-3)
    # Events that were added one by one: the background of the training is what it was given.
    assert method("single_Fisher").n_training_events == 400


@needs_root
def test_estimators_of_macros(run_with_root):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    done = run_with_root(macro("fitting.C"), "fitting.C")
    assert done.returncode == 0, done.stderr
    fitter = re.search(r"^fitter (\S+) (\S+) (\S+) 1$", done.stdout, re.MULTILINE)
    algorithm = re.search(r"^algorithm (\S+) (\S+) (\S+)$", done.stdout, re.MULTILINE)
    for smallest, x, y in (fitter.groups()[:3], algorithm.groups()):
        assert float(smallest) < 1e-3
        assert (float(x), float(y)) == pytest.approx((1, -2), abs=0.04)


@needs_root
def test_tensors_and_data_frames(run_with_root, tmp_path: Path):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    from small_jobs import make_job

    from tmva_py.methods.weight_file import read_weight_file

    job = make_job(tmp_path, n_variables=2)
    job.factory.BookMethod(job.loader, "LD", "LD", "!H:!V")
    job.factory.TrainAllMethods()
    weights = job.factory.GetMethod(job.loader, "LD").weight_file
    random = np.random.default_rng(1)
    events = {f"x{i}": random.normal(size=20).astype(np.float32) for i in range(2)}
    with uproot.recreate(tmp_path / "events.root") as file:
        file["events"] = events
    done = run_with_root(macro("tensors.C"), "tensors.C", (str(weights), "events.root"))
    assert done.returncode == 0, done.stderr
    assert "names x0x1, shape 20 2 1\n" in done.stdout
    expected = read_weight_file(weights).evaluate(np.stack(list(events.values()), axis=1))
    for name in ("tensor", "events", "frame"):
        numbers = re.search(rf"^{name} (.*)$", done.stdout, re.MULTILINE)[1].split()
        np.testing.assert_allclose(np.array(numbers, float), expected, rtol=1e-6, atol=1e-7)


@needs_root
def test_macros_without_a_function_of_their_name(run_with_root):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    text = """#include "TMVA/Tools.h"
int main(int argc, char **argv) { std::cout << argc << argv[1] << argv[2] << std::endl; return 0; }
"""
    done = run_with_root(text, "program.C", ("a b", 'c"d'))
    assert done.returncode == 0, done.stderr
    assert done.stdout == '3a bc"d\n'
    done = run_with_root("{ std::cout << TMVA::Types::kBDT << std::endl; }", "unnamed.C")
    assert done.stdout == "9\n", done.stderr


@needs_root
def test_a_macro_to_be_compiled_is_interpreted(run_with_root):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    text = "void macro(int n = 1) { std::cout << n << TMVA::Types::kBDT << std::endl; }"
    for call, expected in (("+", "19\n"), ("++g(2)", "29\n")):
        done = run_with_root(text, "macro.C", call=call)
        assert done.returncode == 0, done.stderr
        assert done.stdout == expected
        assert done.stderr.count("is not compiled") == 1


@needs_root
def test_macros_that_a_script_loads(run_with_root, tmp_path: Path):
    """What names TMVA is interpreted; what does not remains ROOT's own affair."""
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    inside = (
        '#include "TMVA/Reader.h"\nint one_{0}(int n) {{ TMVA::Reader reader("Silent"); return n + {0}; }}'
    )
    for number in range(4):
        (tmp_path / f"m{number}.C").write_text(inside.format(number))
    (tmp_path / "m4.C").write_text(inside.format(4).replace("one_4", "m4"))
    (tmp_path / "plain.C").write_text("int plain() { return 7; }")
    script = """
import ROOT
assert ROOT.gROOT.LoadMacro("m0.C+") == 0
ROOT.gROOT.ProcessLine(".L m1.C++g")
ROOT.gInterpreter.ProcessLine(".L m2.C+")
assert ROOT.gSystem.CompileMacro("m3.C", "k") == 1
ROOT.gROOT.LoadMacro("plain.C")
called = [getattr(ROOT, f"one_{n}")(10) for n in range(4)]
print(*called, ROOT.gROOT.ProcessLine(".x m4.C+(20)"), ROOT.plain())
"""
    done = run_with_root(script)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "(int) 24\n10 11 12 13 24 7\n"
    assert done.stderr.count("is not compiled") == 5
    assert not list(tmp_path.glob("*.so"))


@needs_root
def test_cross_validation_and_factories_of_old(run_with_root, tmp_path: Path):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    done = run_with_root(macro("folds.C"), "folds.C")
    assert done.returncode == 0, done.stderr
    found = re.search(r"^LD my title (\S+) (\S+) (\S+) 2 1$", done.stdout, re.MULTILINE)
    first, second, average = (float(one) for one in found.groups())
    assert min(first, second) > 0.9
    assert average == pytest.approx((first + second) / 2, abs=1e-5)
    for name in ("fold1", "fold2"):
        assert (tmp_path / f"folds/weights/cv_my title_{name}.weights.xml").is_file()
    assert re.search(r"^classification Fisher 0 TGraph \d", done.stdout, re.MULTILINE)
    # A factory that is its own loader, as before ROOT 6.08.
    assert re.search(r"^old Fisher$", done.stdout, re.MULTILINE)
    assert list(tmp_path.glob("**/old_Fisher.weights.xml"))


@needs_root
def test_tuning(run_with_root, tmp_path: Path):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    done = run_with_root(macro("tuning.C"), "tuning.C")
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^(alone|other) (C|Gamma) (\S+)$", done.stdout, re.MULTILINE)
    assert [one[:2] for one in found] == [
        (who, what) for who in ("alone", "other") for what in ("C", "Gamma")
    ]
    values = [float(one[2]) for one in found]
    assert values[:2] == values[2:]
    assert set(values) <= {0.1, 0.5, 1.0}
    for number in (1, 2):
        assert f": Optimisation for SVM fold {number}\n" in done.stdout
    assert len(re.findall(r"^fold (0.5|1) (0.1|1)$", done.stdout, re.MULTILINE)) == 2


@needs_root
def test_what_python_raises_is_one_message(run_with_root):
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    text = 'void macro() { TMVA::DataLoader loader("a"); loader.AddVariable("x", "y", "z", "v", "w"); }'
    done = run_with_root(text, "macro.C")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
