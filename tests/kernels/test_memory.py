"""Work space that is made once per name and shape."""

from __future__ import annotations

import numpy as np

from tmva_py.kernels import Memory


def test_arrays_are_kept_by_name_and_shape() -> None:
    memory = Memory(np.empty)
    first = memory.array("z", (2, 3))
    assert memory.array("z", (2, 3)) is first
    assert memory.array("z", (3, 2)) is not first
    assert memory.array("y", (2, 3)) is not first
    assert memory.array("z", (2, 3)) is first


def test_plans_are_built_once() -> None:
    memory, built = Memory(np.empty), []

    def build() -> object:
        built.append(1)
        return object()

    plan = memory.once("plan", (1, 2), build)
    assert memory.once("plan", (1, 2), build) is plan
    assert memory.once("plan", (2, 2), build) is not plan
    assert len(built) == 2


def test_plan_and_array_of_one_name_do_not_meet() -> None:
    memory = Memory(np.empty)
    array = memory.array("x", (2,))
    assert memory.once("x", (2,), lambda: "plan") == "plan"
    assert memory.array("x", (2,)) is array
