"""``tmva-py run``: which scripts, as what, and their exit status."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from tmva_py.cli import main
from tmva_py.pyroot.installing import is_installed


def run(path, *arguments, options=("--no-root",)):
    """Run a script by the command, in a process of its own."""
    line = [sys.executable, "-c", "from tmva_py.cli import main; main()", "run"]
    return subprocess.run(
        [*line, *options, str(path), *arguments], capture_output=True, text=True, check=False, cwd=path.parent
    )


@pytest.fixture
def script(tmp_path):
    def write(text, name="script.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_a_script_is_main_with_its_own_arguments(script):
    path = script(
        "import sys\nif __name__ == '__main__':\n    print(sys.argv[1:], __file__)\n    sys.exit(3)\n"
    )
    done = run(path, "-b", "--help", "x.root")
    assert done.stdout == f"['-b', '--help', 'x.root'] {path}\n"
    assert done.returncode == 3


def test_modules_beside_the_script_are_found(script):
    script("VALUE = 7\n", "beside.py")
    done = run(script("import beside\nimport __main__\nprint(beside.VALUE, __main__.beside.VALUE)\n"))
    assert done.stdout == "7 7\n", done.stderr


def test_tmva_is_this_package(script):
    text = (
        "import ROOT\nfrom ROOT import TMVA\nimport ROOT.TMVA as again\nimport tmva_py\n"
        "assert ROOT.TMVA is TMVA is again is tmva_py\n"
    )
    done = run(script(text))
    assert done.returncode == 0, done.stderr


def test_what_is_missing_says_what_to_install(script):
    done = run(script("import ROOT\n\nROOT.TEfficiency()\n"))
    assert done.returncode == 1
    assert 'script.py", line 3' in done.stderr
    assert "ROOT.TEfficiency needs ROOT itself: pip install root" in done.stderr
    assert "tmva_py" not in done.stderr.replace("tmva_py.cli", "")


def test_an_error_of_the_script_has_pythons_traceback(script):
    done = run(script("def f():\n    return 1 / 0\n\nf()\n"))
    assert done.returncode == 1
    assert done.stderr.startswith("Traceback (most recent call last):")
    assert done.stderr.endswith("ZeroDivisionError: division by zero\n")
    assert "running.py" not in done.stderr


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("ROOT.TMVA.Reader('!V').BookMVA('BDT', 'missing.xml')", "WeightFileNotFoundError"),
        ("ROOT.TTree('t', 't').GetEntries('x > (1')", "ExpressionError"),
        ("ROOT.TMVA.NoSuchMacro('dataset')", "AttributeError"),
        (f"ROOT.TFile('{'long' * 100}.root', 'RECREATE')", "OSError"),
        ("import beside", "ModuleNotFoundError"),
    ],
)
def test_a_traceback_has_lines_of_scripts_alone(script, line, error):
    script("import not_installed_at_all\n", "beside.py")
    done = run(script(f"import ROOT\n\n{line}\n"))
    assert done.returncode == 1
    places = [one for one in done.stderr.splitlines() if one.startswith("  File")]
    assert [one.split('"')[1].rpartition("/")[2] for one in places] == [
        "script.py",
        *(["beside.py"] if "beside" in line else []),
    ], done.stderr
    assert f"\n{error}: " in done.stderr, done.stderr


def test_lines_of_a_script_that_is_called_back_are_shown(script):
    text = "import ROOT\n\ndef f(x, p):\n    return ROOT.TEfficiency()\n\nROOT.TF1('f', f, 0, 1, 0).Eval(0)\n"
    done = run(script(text))
    lines = [one for one in done.stderr.splitlines() if one.startswith("  File")]
    assert [one.rpartition("line ")[2] for one in lines] == ["6, in <module>", "4, in f"], done.stderr


def test_sys_exit_with_a_text(script):
    done = run(script("import sys\nsys.exit('no such file')\n"))
    assert (done.returncode, done.stderr) == (1, "no such file\n")


def test_a_script_that_is_not_there():
    result = CliRunner().invoke(main, ["run", "nothing.py"])
    assert result.exit_code == 2
    assert "no script 'nothing.py'" in result.stderr


def test_another_kind_of_file(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    result = CliRunner().invoke(main, ["run", str(tmp_path / "notes.txt")])
    assert result.exit_code == 2
    assert "expected a script in Python (.py) or a macro in C++" in result.stderr


def test_a_macro_without_root(tmp_path):
    (tmp_path / "train.C").write_text("void train() {}\n")
    result = CliRunner().invoke(main, ["run", "--no-root", str(tmp_path / "train.C")])
    assert result.exit_code == 2
    assert "C++ macros need ROOT" in result.stderr


def test_a_macro_has_no_changes_to_show(tmp_path):
    (tmp_path / "train.C").write_text("void train() {}\n")
    result = CliRunner().invoke(main, ["run", "--show-changes", str(tmp_path / "train.C")])
    assert result.exit_code == 2
    assert "is for scripts in Python" in result.stderr


@pytest.mark.skipif(is_installed(), reason="ROOT is installed")
def test_root_is_requested_and_not_installed(script):
    done = run(script(""), options=("--root",))
    assert done.returncode == 2
    assert "pip install root" in done.stderr


def test_importing_the_room_gives_a_script_its_root(script):
    path = script("import tmva_py.pyroot\nfrom ROOT import TMVA\nprint(TMVA.__name__)\n")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("tmva_py\n")
