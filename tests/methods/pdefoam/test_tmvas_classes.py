"""What TMVA's own classes of foams grow on the same events, and answer, as check sums of the bits.

TMVA's foams, densities and kernels (ROOT's source of August 2015 on the libraries of ROOT 6.40) were given
these events, and read the files of foams that are written here, with the same answers as from their own.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from golden import has_tmvas_functions

from tmva_py.backends import Backend, make_backend
from tmva_py.data.random_numbers import RootRandom
from tmva_py.message_log import MessageLog
from tmva_py.methods.pdefoam.answers import KERNELS, SELECTIONS, Answers
from tmva_py.methods.pdefoam.densities import FoamEvents
from tmva_py.methods.pdefoam.foam import Foam, Growth
from tmva_py.methods.pdefoam.foam_file import read_foams, write_foams
from tmva_py.methods.pdefoam.training import Plan, fill, range_of

Array = npt.NDArray[Any]


GROWTH = Growth(5, 200, 10000, 20, 0)


@dataclass(frozen=True)
class Case:
    """A foam, and the check sums of TMVA's cells and of its answers with each kernel."""

    kind: str
    seed: int
    cells: int
    answers: tuple[int, ...]
    separation: str = "None"
    n_dimensions: int = 3
    selector: int = 0
    growth: Growth = GROWTH
    n_cells: int = 79
    part: float = 0.15

    def events(self) -> FoamEvents:
        """Return two classes of events whose sums of uniform numbers are apart."""
        random, n = RootRandom(self.seed), 800
        is_class = random.uniform(n) < 0.5
        x = random.uniform(3 * n * self.n_dimensions).reshape(n, self.n_dimensions, 3).sum(axis=2)
        x[:, 0] += is_class
        target = 5.0 + 2.0 * x[:, 0] - x[:, -1] + random.uniform(n)
        weight = (0.5 + random.uniform(n)).astype(np.float32)
        return FoamEvents(
            x.astype(np.float32), weight.astype(np.float64), is_class, target.astype(np.float32)
        )

    def queries(self) -> Array:
        """Return points in and around the foam; a foam of targets is asked without its last dimension."""
        n_known = self.n_dimensions - (self.kind == "MultiTarget")
        x = (6.0 * RootRandom(self.seed + 1).uniform(300 * n_known) - 1.0).reshape(300, n_known)
        return x.astype(np.float32)

    def plan(self) -> Plan:
        """Return what is to be grown."""
        ends = np.array([range_of(one, np.float32(0.01)) for one in self.events().x.T], np.float32).T
        names = tuple(f"v{number}" for number in range(self.n_dimensions))
        return Plan(
            "Foam",
            self.kind,
            self.selector,
            (ends[0], ends[1]),
            np.float32(self.part),
            self.n_cells,
            self.growth,
            self.separation,
            names,
        )


CASES: tuple[Case, ...] = (
    Case(
        "Event",
        11,
        0x1E68DE65,
        (0xB0F3DCAF, 0xF9CF1162, 0x46E745E5),
    ),
    Case(
        "Event",
        12,
        0x1E8A2AA6,
        (0x0E0DFB33, 0x3C5AB537, 0x80609DB2),
        n_dimensions=2,
        growth=Growth(8, 100, 10000, 0, 0),
        n_cells=159,
        part=0.05,
    ),
    Case(
        "Discriminant",
        13,
        0xCE5FDC68,
        (0x2F50EC42, 0x897865BB, 0x9685E7B6),
    ),
    Case(
        "Discriminant",
        14,
        0x9BFB89DA,
        (0xDE8B2C3C, 0xE9D00E0C, 0xCBDBFF0D),
        n_dimensions=5,
        selector=1,
        growth=Growth(4, 150, 10000, 10, 7),
        n_cells=119,
        part=0.3,
    ),
    Case(
        "Target",
        15,
        0xD679EB90,
        (0x0F116F4A, 0x67D483E2, 0x9A81B0B4),
    ),
    Case(
        "Target",
        16,
        0x66C91FDD,
        (0x73562E01, 0xE43D0DFC, 0xBB6CD2F4),
        n_dimensions=2,
        growth=Growth(6, 100, 10000, 0, 0),
        n_cells=199,
        part=0.04,
    ),
    Case(
        "MultiTarget",
        17,
        0x04143909,
        (0x52043233,),
    ),
    Case("MultiTarget", 18, 0xA7AB32FA, (0x6E3B9DB0,), selector=1, growth=Growth(5, 300, 10000, 5, 0)),
    Case(
        "DecisionTree",
        20,
        0xF4CFD4E5,
        (0xC0577FEC, 0xA32C2B8C, 0x03026403),
        separation="GiniIndex",
        growth=Growth(12, 200, 10000, 15, 0),
    ),
    Case(
        "DecisionTree",
        21,
        0x8D084C4D,
        (0x77FD591F, 0x1EC5FBD7, 0x5ACA283A),
        separation="MisClassificationError",
        growth=Growth(13, 200, 10000, 15, 0),
    ),
    Case(
        "DecisionTree",
        22,
        0x5BE343A2,
        (0x943F3302, 0x6B765C85, 0x7649252B),
        separation="CrossEntropy",
        growth=Growth(14, 200, 10000, 15, 0),
    ),
    Case(
        "DecisionTree",
        23,
        0xEAC090D0,
        (0x743B7B2D, 0x70AB9AEE, 0x197DBB40),
        separation="GiniIndexWithLaplace",
        growth=Growth(15, 200, 10000, 15, 0),
    ),
    Case(
        "DecisionTree",
        24,
        0x8301F4CD,
        (0xDCD4F144, 0x7289B3D4, 0x6B37C6CA),
        separation="SdivSqrtSplusB",
        growth=Growth(16, 200, 10000, 15, 0),
    ),
)


def sum_of_cells(foam: Foam) -> int:
    """Return the check sum of all that a foam holds."""
    total = 0
    for name in ("axis", "parent", "daughters", "n_elements"):
        total = zlib.crc32(getattr(foam, name).astype("<i4").tobytes(), total)
    for name in ("minimum", "maximum", "division", "volume", "integral", "drive", "elements"):
        total = zlib.crc32(getattr(foam, name).astype("<f8").tobytes(), total)
    return total


def sum_of_answers(values: Array) -> int:
    """Return the check sum of single precision values; there is one zero."""
    return zlib.crc32((values.astype("<f4") + np.float32(0.0)).tobytes())


@pytest.mark.parametrize("backend_name", ["cpu", "numpy"])
@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.kind} {one.separation} {one.seed}")
def test_cells_and_answers(case: Case, backend_name: str, tmp_path: Path) -> None:
    backend, events = make_backend(backend_name), case.events()
    empty = case.plan().grow(events, backend, lambda: None)
    weight = events.weight.astype(np.float32)
    foam = fill(empty, events, weight, backend, MessageLog("mine", silent=True))
    if case.separation != "CrossEntropy" or has_tmvas_functions():
        assert sum_of_cells(foam) == case.cells
    write_foams(tmp_path / "x_foams.root", [foam], compress=True)
    (again,) = read_foams(tmp_path / "x_foams.root", ["Foam"])
    assert sum_of_cells(again) == sum_of_cells(foam)
    for kernel, expected in zip(KERNELS, case.answers, strict=False):
        if kernel == "Gauss" and not has_tmvas_functions():
            continue
        assert sum_of_answers(answers_of(foam, case, kernel, backend)) == expected, kernel


def answers_of(foam: Foam, case: Case, kernel: str, backend: Backend) -> Array:
    """Return values, errors and densities; of targets the values alone."""
    answers = Answers(foam, backend, kernel, float(np.float32(np.float32(case.part) / 2.0)))
    if case.kind == "MultiTarget":
        return answers.targets(case.queries(), SELECTIONS[case.selector])
    values = np.stack([foam.values[:, 0], foam.values[:, 1], foam.densities], axis=1)
    columns = values[:, :1] if case.kind == "Target" else values
    return answers.of(case.queries(), np.ascontiguousarray(columns))
