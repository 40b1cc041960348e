"""Files of foams: what is wrong with them, and ROOT's own descriptions of TMVA's classes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from foams import small_foam

from tmva_py.errors import WeightFileError
from tmva_py.methods.pdefoam.foam_file import read_foams, write_foams
from tmva_py.methods.pdefoam.root_classes import CLASSES, check_sums
from tmva_py.methods.pdefoam.root_reading import read_foam
from tmva_py.methods.pdefoam.root_writing import foam_bytes

ORIGIN = 83


@pytest.mark.parametrize("kind", ["Event", "Discriminant", "Target", "MultiTarget", "DecisionTree"])
def test_every_kind(kind: str, tmp_path: Path) -> None:
    foams = [small_foam(kind), small_foam(kind, name="other", selector=0 if kind == "Event" else 1)]
    write_foams(tmp_path / "x_foams.root", foams, compress=True)
    found = read_foams(tmp_path / "x_foams.root", ["other", "DiscrFoam"])
    for seen, expected in zip(found, reversed(foams), strict=True):
        assert (seen.kind, seen.name, seen.selector) == (expected.kind, expected.name, expected.selector)
        assert (seen.growth, seen.variables) == (expected.growth, expected.variables)
        for name in ("axis", "division", "parent", "daughters", "volume", "elements", "minimum"):
            np.testing.assert_array_equal(getattr(seen, name), getattr(expected, name))
    write_foams(tmp_path / "y_foams.root", foams, compress=True)
    with uproot.open(tmp_path / "x_foams.root") as first, uproot.open(tmp_path / "y_foams.root") as second:
        assert first.key("ProcessID0").fTitle == second.key("ProcessID0").fTitle


def test_what_files_say_of_classes(shared: Path, tmp_path: Path) -> None:
    """Check sums are those of TMVA's own files, and uproot reads the descriptions."""
    write_foams(tmp_path / "x_foams.root", [small_foam()], compress=False)
    compared = set()
    for case in ("real_pdefoam_dtlogic", "real_pdefoam_reg"):
        with uproot.open(shared / "golden" / case / "weights_foams.root") as theirs:
            described = theirs.file.streamers
            with uproot.open(tmp_path / "x_foams.root") as ours:
                for one in CLASSES:
                    if one.name not in described:
                        continue
                    expected = described[one.name][one.version]
                    seen = ours.file.streamers[one.name][one.version]
                    assert seen.member("fCheckSum") == expected.member("fCheckSum")
                    assert check_sums()[one.name] == expected.member("fCheckSum") % 2**32
                    assert len(seen.elements) == len(expected.elements)
                    for element, other in zip(seen.elements, expected.elements, strict=True):
                        assert type(element) is type(other)
                        for name in ("fName", "fType", "fSize", "fTypeName", "fArrayLength"):
                            assert element.member(name) == other.member(name)
                    compared.add(one.name.removeprefix("TMVA::PDEFoam"))
    assert compared == {"", "Cell", "Discriminant", "Target", "DecisionTree", "TVectorT<double>"}


def test_cells_of_points() -> None:
    foam = small_foam()
    assert foam.box[0].tolist() == [[0, 0], [0, 0], [0.4, 0], [0.4, 0], [0.4, 0.25]]
    assert foam.box[1].tolist() == [[1, 1], [0.4, 1], [0.6, 1], [0.6, 0.25], [0.6, 0.75]]
    assert foam.depth == 2
    assert foam.n_cuts.tolist() == [1, 1]
    order, over, upto = foam.spans
    assert order.tolist() == [1, 3, 4]
    assert over.tolist() == [[-np.inf, -np.inf], [0.4, -np.inf], [0.4, 0.25]]
    assert upto.tolist() == [[0.4, np.inf], [np.inf, 0.25], [np.inf, np.inf]]
    assert foam.inside(np.array([[0.0, 1.0]], np.float32)).tolist() == [[0.5, 0.25]]
    assert foam.outside(np.array([[0.5, 0.25]])).tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"maximum": np.array([1.0, np.inf])}, "its box is not finite"),
        ({"maximum": np.array([1.0, -1.0])}, "dimension 1 goes from 0 to -1"),
        ({"parent": np.array([1, 0, 0, 2, 2])}, "no cell that is the whole space"),
        ({"parent": np.array([-1, 0, 0, 1, 2])}, "cell 2 is not the parent of its daughters"),
        ({"division": np.array([0.4, 0.5, 1.0, 0.5, 0.5])}, "cell 2 is divided at 1, which must be between"),
        ({"axis": np.array([0, 0, 2, 0, 0])}, "cell 2 is divided in dimension 2 of 2"),
        (
            {"daughters": np.array([[1, 2], [-1, -1], [3, 9], [-1, -1], [-1, -1]])},
            "a relative beyond the last one, 4",
        ),
        (
            {"daughters": np.array([[1, 2], [-1, -1], [3, -1], [-1, -1], [-1, -1]])},
            "cell 2 has only one daughter",
        ),
        (
            {"daughters": np.array([[1, 2], [-1, -1], [3, 3], [-1, -1], [-1, -1]])},
            "each cell but the first must be one, and once",
        ),
        ({"elements": np.full((5, 2), np.nan)}, "cell 0 has a value that is not a number"),
    ],
)
def test_what_is_no_foam(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(WeightFileError, match=f"foam DiscrFoam: .*{message}"):
        small_foam(**changes).check()


def test_cells_in_a_circle() -> None:
    foam = small_foam(
        axis=np.zeros(5, np.int32),
        parent=np.array([-1, 2, 1, 2, 1], np.int32),
        daughters=np.array([[-1, -1], [2, 4], [1, 3], [-1, -1], [-1, -1]], np.int32),
    )
    with pytest.raises(WeightFileError, match=r"only 1 of 5 cells are reached"):
        foam.check()


def test_damaged_objects() -> None:
    """Whatever a byte is changed to: a foam, or an error that says what is wrong."""
    data = foam_bytes(small_foam(), ORIGIN, 1)
    assert read_foam(data, "TMVA::PDEFoamDiscriminant", ORIGIN).kind == "Discriminant"
    random = np.random.default_rng(5)
    refused = 0
    for place in range(len(data)):
        for byte in {0, 255, int(random.integers(256)), data[place] ^ 1}:
            damaged = data[:place] + bytes([byte]) + data[place + 1 :]
            with suppress(WeightFileError):
                read_foam(damaged, "TMVA::PDEFoamDiscriminant", ORIGIN)
                continue
            refused += 1
    assert refused > len(data)
    for length in range(0, len(data), 7):
        with pytest.raises(WeightFileError):
            read_foam(data[:length], "TMVA::PDEFoamDiscriminant", ORIGIN)


def test_other_files(tmp_path: Path) -> None:
    path = tmp_path / "x_foams.root"
    path.write_bytes(b"no ROOT file")
    with pytest.raises(WeightFileError, match=r"x_foams.root cannot be read as a ROOT file"):
        read_foams(path, ["DiscrFoam"])
    with uproot.recreate(path) as file:
        file["DiscrFoam"] = "a text"
    with pytest.raises(WeightFileError, match=r"x_foams.root: .*'DiscrFoam': it is a TObjString"):
        read_foams(path, ["DiscrFoam"])
    with pytest.raises(WeightFileError, match="there is no foam 'BgFoam', but DiscrFoam"):
        read_foams(path, ["BgFoam"])
    write_foams(path, [small_foam()], compress=True)
    whole = path.read_bytes()
    for length in (100, 700):
        path.write_bytes(whole[:length])
        with pytest.raises(WeightFileError, match=r"x_foams\.root"):
            read_foams(path, ["DiscrFoam"])
    with pytest.raises(WeightFileError, match=r"a TMVA::PDEFoam, of TMVA before 4.1; train it again"):
        read_foam(b"", "TMVA::PDEFoam", ORIGIN)
