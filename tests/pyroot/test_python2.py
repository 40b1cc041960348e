"""Scripts in Python 2: what is translated, and what it means."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tmva_py.errors import BookingError, MissingExtraError
from tmva_py.pyroot.python2 import NAMES, divide, read_source
from tmva_py.pyroot.running import run_script


@pytest.fixture
def write(tmp_path):
    def write(text, name="script.py"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def result_of(path):
    """Run a script's translation and return its names."""
    names = dict(NAMES)
    exec(read_source(path).compiled(str(path)), names)
    return names


def test_a_script_that_compiles_is_left_alone(write):
    path = write("value = 7 / 2\nprint('a %d' % value)\n")
    source = read_source(path)
    assert not source.is_python2
    assert source.changes("script.py") == ""
    assert result_of(path)["value"] == 3.5


def test_tabs_are_mended_without_a_translation(write):
    text = "if True:\n\tx = 1\n        y = x / 2\n"
    path = write(text)
    source = read_source(path)
    assert not source.is_python2
    assert "+        x = 1" in source.changes("script.py")
    assert result_of(path)["y"] == 0.5
    assert path.read_text() == text


PYTHON2 = """
import sys
print "two", 7 / 2
n = 7
n /= 2
f = 7.0 / 2
d = {"a": 1, "b": 2}
keys = [k for k, v in sorted(d.iteritems())]
doubled = map(lambda x: 2 * x, [1, 2])[1]
if d.has_key("a") and 1 <> 2:
\tlast = xrange(3)[-1]
        other = 0777
try:
    raise ValueError, "text"
except ValueError, error:
    said = str(error)
"""


def test_python_2_keeps_its_meaning(write, capsys):
    path = write(PYTHON2)
    names = result_of(path)
    assert capsys.readouterr().out == "two 3\n"
    wanted = {"n": 3, "f": 3.5, "keys": ["a", "b"], "doubled": 4, "last": 2, "other": 511, "said": "text"}
    assert {name: names[name] for name in wanted} == wanted
    assert path.read_text() == PYTHON2


@pytest.mark.parametrize(
    "text",
    [
        "found = [i / 2 for i in xrange(4)]",
        "found = [value / 2 for key, value in {'a': 0, 'b': 1, 'c': 2, 'd': 3}.iteritems()]",
        "def f():\n    return 3 if {}.has_key('a') else [i / 2 for i in range(4)]\nfound = f()",
        "import StringIO, sys\nprint >> sys.stderr, 'x'\nfound = [i / 2 for i in range(4)]",
        "found = map(lambda i: i / 2, filter(lambda i: isinstance('a', basestring), range(4)))",
    ],
)
def test_words_of_python_2_in_what_python_3_compiles(write, text):
    path = write(text + "\n")
    assert read_source(path).is_python2
    assert list(result_of(path)["found"]) == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    xrange\nexcept NameError:\n    xrange = range\nvalue = 7 / 2",
        "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle\nvalue = 7 / 2",
        "from functools import reduce\nvalue = reduce(lambda a, b: a + b, [3, 4]) / 2",
        "def f(unicode, file=7):\n    return file / unicode\nvalue = f(2)",
        "class S:\n    @staticmethod\n    def iteritems(d):\n        return d\nsix = S\n"
        "value = six.iteritems(7) / 2",
        "from math import *\ncmp = 7\nvalue = cmp / 2",
        "print('a', end='')\nvalue = 7 / 2 if False else 3.5  # xrange(3)",
    ],
)
def test_what_is_a_scripts_own_is_no_word_of_python_2(write, text):
    path = write(text + "\n")
    assert not read_source(path).is_python2
    assert result_of(path)["value"] == 3.5


@pytest.mark.parametrize(
    "text",
    [
        "def f(a, *, b):\n    pass",
        "def f(a: int):\n    pass",
        "def f() -> None:\n    pass",
        "x: int = 1",
        "text = f'{7}'",
        "print('a', end='')",
        "first, *rest = 1, 2",
        "if (n := 7) > 5: pass",
    ],
)
def test_what_only_python_3_can_read_stays_as_it_is(write, text):
    path = write(f"{text}\n\ndef never():\n    return xrange(3)\n\nvalue = 7 / 2\n")
    assert not read_source(path).is_python2
    assert result_of(path)["value"] == 3.5


def test_words_of_python_2_without_fissix(write, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "fissix", None)
    assert not read_source(write("for i in xrange(3): pass\n")).is_python2
    assert "(line 1: xrange is of Python 2)" in capsys.readouterr().err


def test_true_division_where_the_script_asks_for_it(write):
    assert result_of(write("from __future__ import division\nprint 1\nx = 7 / 2\n"))["x"] == 3.5


def test_arrays_and_objects_divide_by_themselves():
    np = pytest.importorskip("numpy")
    assert divide(np.int32(7), 2) == 3
    assert divide(np.array([7.0]), 2)[0] == 3.5
    assert divide(Path("a"), "b") == Path("a/b")


def test_letters_of_old_files(write):
    path = write(b"# caf\xe9\nprint 'x'\nvalue = 1\n")
    assert result_of(path)["value"] == 1


def test_neither_python_3_nor_python_2(write):
    with pytest.raises(BookingError, match=r"script.py, line 1: neither Python 3 \(.*\) nor Python 2"):
        read_source(write("def (:\n"))


def test_without_fissix(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "fissix", None)
    with pytest.raises(MissingExtraError, match=r"tmva-py\[scripts\]"):
        read_source(write("print 'x'\n"))


def test_changes_are_shown_and_nothing_is_run(write, capsys):
    path = write("print 'x'\n")
    assert run_script(path, show_changes=True, root=False) == 0
    shown = capsys.readouterr().out
    assert "-print 'x'" in shown
    assert "+print('x')" in shown
    assert run_script(write("print('x')\n", "new.py"), show_changes=True, root=False) == 0
    assert capsys.readouterr().out.endswith("new.py is run as it is\n")


def test_modules_beside_it_are_translated_too(write, capsys):
    write("def half(x):\n    print 'half of', x\n    return x / 2\n", "in_python_2.py")
    path = write("import in_python_2\nprint in_python_2.half(5)\n")
    assert run_script(path, root=False) == 0
    assert capsys.readouterr().out == "half of 5\n2\n"
    assert not (path.parent / "__pycache__").exists()
    sys.modules.pop("in_python_2")


def test_everything_of_root_leaves_the_scripts_own_names(write):
    text = "import getopt\nfrom ROOT import *\nTMath = 5\n\ndef TFile(Form):\n    return Form\n\n"
    path = write(f"{text}chain, other = TCut('x > 1') + TCut('y'), kRed\n")
    assert (
        run_script(
            write(f"{path.read_text()}assert other == 632 and TMath == 5 and TFile(1) == 1\n"), root=False
        )
        == 0
    )
    assert (
        run_script(
            write(f"{path.read_text()}assert getopt.getopt and str(chain) == '(x > 1)&&(y)'\n"), root=False
        )
        == 0
    )
    assert run_script(write(f"{path.read_text()}NoSuchName\n"), root=False) == 1
