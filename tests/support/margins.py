"""How much of its bound each comparison of numbers uses.

``TMVA_PY_MARGINS=file`` adds a line of JSON for every place that calls `numpy.testing.assert_allclose` or
`pytest.approx`: the largest error, in units of what is allowed. A bound that one processor nearly exhausts is
exceeded by another one; it should follow from the arithmetic instead.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from _pytest.approx import ApproxScalar

VARIABLE = "TMVA_PY_MARGINS"
TESTS = Path(__file__).resolve().parents[1]


class Margins:
    """The largest used share by place, and the test in which it was seen."""

    def __init__(self) -> None:
        self.used: dict[str, tuple[float, str]] = {}

    def note(self, actual: Any, expected: Any, *, relative: Any = 0.0, absolute: Any = 0.0) -> None:
        """Remember the largest error in units of what is allowed."""
        with np.errstate(all="ignore"):
            a, e = np.asarray(actual, float), np.asarray(expected, float)
            shares = np.abs(a - e) / (absolute + relative * np.abs(e))
        shares = shares[np.isfinite(shares)]
        place, share = self._place(), float(shares.max(initial=0.0))
        if share > self.used.get(place, (-1.0, ""))[0]:
            self.used[place] = (share, os.environ.get("PYTEST_CURRENT_TEST", ""))

    def _place(self) -> str:
        frame: Any = sys._getframe(2)
        while frame and (
            TESTS not in Path(frame.f_code.co_filename).parents or "margins" in frame.f_code.co_filename
        ):
            frame = frame.f_back
        return f"{Path(frame.f_code.co_filename).relative_to(TESTS)}:{frame.f_lineno}" if frame else "?"


@pytest.fixture(scope="session", autouse=True)
def _margins() -> Iterator[None]:
    """Note every comparison, if asked to."""
    path = os.environ.get(VARIABLE)
    if not path:
        yield
        return
    margins, whole = Margins(), np.testing.assert_allclose
    equal = ApproxScalar.__eq__

    def assert_allclose(actual: Any, desired: Any, rtol: float = 1e-7, atol: float = 0, **more: Any) -> None:
        with contextlib.suppress(TypeError, ValueError):  # the assertion says what is wrong
            margins.note(actual, desired, relative=rtol, absolute=atol)
        whole(actual, desired, rtol, atol, **more)

    def approximately(self: Any, actual: Any) -> bool:
        if isinstance(actual, int | float | np.number) and isinstance(self.expected, int | float | np.number):
            margins.note(actual, self.expected, absolute=self.tolerance)
        return equal(self, actual)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np.testing, "assert_allclose", assert_allclose)
        patch.setattr(ApproxScalar, "__eq__", approximately)
        yield
    with open(path, "a", encoding="utf-8") as file:
        file.writelines(json.dumps([place, *seen]) + "\n" for place, seen in sorted(margins.used.items()))
