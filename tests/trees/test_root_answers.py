"""Trees that ROOT wrote, and what TTreeFormula answers on them: `write_root_files.py` made both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import uproot

from tmva_py.errors import DataError, ExpressionError, MissingBranchError
from tmva_py.expressions import Formula
from tmva_py.trees import TreeSource, open_tree

FOLDER = Path(__file__).with_name("root")
ANSWERS: dict[str, dict[str, Any]] = json.loads((FOLDER / "answers.json").read_text())
LEAVES, OBJECTS = (f"{FOLDER}/{name}.root:T" for name in ("leaves", "objects"))
# Roundings on the way to a value, at most; ROOT computes a LorentzVector of floats in floats.
STEPS = 12
CANCELLING = [
    f".{name}()" for name in ("M", "M2", "Mt", "Mt2", "mass", "mag", "mag2", "mt", "mt2", "Mag", "Mag2")
]
EPSILON = {True: 2.0**-24, False: 2.0**-53}


@pytest.mark.parametrize("place", ANSWERS)
def test_root_answers(place: str) -> None:
    name, _, tree_name = place.partition(":")
    wrong = []
    with uproot.open(FOLDER / name) as file:
        tree = open_tree(file[tree_name])
        for text, rows in ANSWERS[place].items():
            if rows is None:
                with pytest.raises((DataError, ExpressionError)):
                    Formula(text).on(tree)
            elif not _agrees(tree, text, rows):
                wrong.append(text)
    assert not wrong


def _agrees(tree: TreeSource, text: str, rows: list[Any]) -> bool:
    expected = [[float(value) for value in values] for _, *values in rows]
    counts = [count for count, *_ in rows]
    formula = Formula(text).on(tree)
    entries = tree.read(formula.branches)
    found = formula.instances(entries)
    ours = [1] * len(counts) if found.counts is None else found.counts.tolist()
    several = [value for count, values in zip(counts, expected, strict=True) for value in values[:count]]
    return (
        _close(text, formula.first_instance(entries), [values[0] for values in expected])
        and ours == counts
        and _close(text, found.values, several)
    )


def _close(text: str, ours: npt.NDArray[np.float64], expected: list[float]) -> bool:
    wanted = np.array(expected)
    tolerance = STEPS * EPSILON["ptm" in text] * np.maximum(np.abs(wanted), 1)
    if text.endswith(".Gamma()"):  # 1/sqrt(1 - P2/E2): a relative error of P2/E2 is multiplied by Gamma^2
        tolerance = tolerance * np.maximum(wanted**2, 1)
    elif text.endswith(tuple(CANCELLING)):  # differences of squares that are some 100 times as large, or 1000
        tolerance = tolerance * 1000
    with np.errstate(invalid="ignore"):
        return bool(
            np.all(
                (np.abs(ours - wanted) <= tolerance) | (ours == wanted) | np.isnan(ours) & np.isnan(wanted)
            )
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("text", r"leaves.root:T, branch 'text' of type std::string holds texts; numbers are expected"),
        ("cc+1", r"branch 'cc' of type char\* holds texts"),
        ("names", r"branch 'names' of type std::vector<std::string> holds texts"),
        ("map", r"branch 'map' is an object of class pair<int,float>, .*its members: map.first, map.second"),
        ("aa.c", r"has no branch 'aa.c'; did you mean 'aa.\w'\?"),
        ("friend.q", r"has no branch 'friend.q'.*; its friends: friend \(.*leaves.root:B\)"),
    ],
)
def test_what_is_no_number_is_named(text: str, message: str) -> None:
    with pytest.raises(MissingBranchError, match=message):
        Formula(text)(LEAVES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p4", r"'p4' is an object of class TLorentzVector.*p4.fP.fX, .*its methods: p4.X\(\), "),
        (
            "p4.Foo()",
            r"method 'Foo' of 'p4' \(class TLorentzVector\) is not known here; its members: p4.fP.fX",
        ),
        ("vl[0]", r"'vl' is an object of class TLorentzVector"),
        ("p4.DeltaR(p5)", "'p4.DeltaR' is a method with arguments, which is not supported"),
        (
            "p4.Vect().X()",
            "what a method returns is asked for nothing more; name the member, as in 'p4.fP.fX'",
        ),
        ("nothing.Pt()", r"has no branch 'nothing.Pt\(\)'"),
    ],
)
def test_objects_and_methods_that_are_not_read(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        Formula(text)(OBJECTS)


def test_bytes_that_are_not_those_of_the_records_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # What uproot makes of an unsplit vector of ROOT::Math, unless it is told.
    monkeypatch.setattr("tmva_py.trees.fields._vector_of", lambda _: None)
    for name in ("pxe", "vpxe"):
        with pytest.raises(
            DataError, match=f"cannot read branch '{name}.*its bytes are not those of records"
        ):
            open_tree(OBJECTS).read([f"{name}.fCoordinates.fX"])


def test_ntuple() -> None:
    tree = open_tree(f"{FOLDER}/ntuple.root")
    np.testing.assert_array_equal(tree.read(["x"])["x"].content, np.arange(6))
    np.testing.assert_array_equal(Formula("Sum$(v)+x")(tree), [0, 1, 3, 3, 4, 6])
    with pytest.raises(MissingBranchError, match="branch 'text' of type std::string holds texts"):
        Formula("text")(tree)


def test_a_friend_that_is_not_there_is_named_only_when_it_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "alone.root"
    content = (FOLDER / "leaves.root").read_bytes()
    path.write_bytes(content)
    with uproot.open(path) as file:
        tree = open_tree(file["T"])  # uproot has left the friends out
        np.testing.assert_array_equal(Formula("friend.y-x")(tree), np.full(6, 100.0))
    np.testing.assert_array_equal(Formula("y")(str(path) + ":T"), np.arange(100.0, 106.0))
    assert tree.largest_basket(["friend.y", "x"]) == 6
    assert list(tree.arrays(["friend.x", "x"], 1, 3)["friend.x"]) == [101, 102]
