"""Which tests cover each golden case; as a script, a table of them.

A test covers a case if it is one of its parameters, or if it has none and names the case. Events want a test
of their responses by array, one by one and from eight threads.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from golden import SHARED

TESTS = Path(__file__).parents[1]
ROOMS = ("methods", "booking", "weights", "evaluation", "quality", "data")
# What tests of responses have in their text: the check, or threads of their own.
CHECKS = ("check_responses(", "check_answers(", "ThreadPoolExecutor(8)")
REMARKS = {
    "real_tmlpann": "TMVA's Reader answered NaN to all 536 events: histograms of its 800 test events instead",
    "real_pdefoam_boost": "one of eight files of foams is stored: answers of our own, whose foams are TMVA's",
    "real_mlp_bp_tanh_fast": "read with Release=4.2, the header has another: else 9 of 536 events differ",
}
"""Of cases that are met in another way than the others."""


class Collector:
    """Of a collection: tests by the cases that they cover, and those of responses."""

    def __init__(self, cases: Sequence[str]) -> None:
        self.tests: dict[str, list[str]] = {case: [] for case in cases}
        self.responses: dict[str, list[str]] = {case: [] for case in cases}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Look at what was collected."""
        texts: dict[object, str] = {}
        for item in items:
            function = getattr(item, "function", None)
            if function is None:
                continue
            if function not in texts:
                texts[function] = inspect.getsource(function)
            text = texts[function]
            parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
            covered = {value for value in parameters if isinstance(value, str) and value in self.tests}
            for case in covered or [case for case in self.tests if f'"{case}"' in text]:
                self.tests[case].append(item.nodeid)
                if any(check in text for check in CHECKS):
                    self.responses[case].append(item.nodeid)


def collect(entries: Sequence[Mapping[str, object]]) -> Collector:
    """Collect the tests, and run none."""
    found = Collector([str(entry["case"]) for entry in entries])
    options = ["--collect-only", "-qq", "-p", "no:cacheprovider"]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        code = pytest.main([*options, *(str(TESTS / room) for room in ROOMS)], plugins=[found])
    if code != pytest.ExitCode.OK:
        raise SystemExit(f"pytest ended with {code!r}\n{said.getvalue()}")
    return found


def main() -> None:
    """Print each case with the number of its tests and the one of its responses, and what is not covered."""
    entries = json.loads((SHARED / "golden" / "index.json").read_text())
    found = collect(entries)
    missing, lines = [], []
    for entry in entries:
        case, tests = entry["case"], found.tests[entry["case"]]
        answers = found.responses[case] if "events.npz" in entry["files"] else tests
        lines.append(f"{case:40} {len(tests):3}  {answers[0] if answers else 'NOT COVERED'}")
        if case in REMARKS:
            lines.append(" " * 45 + REMARKS[case])
        if not answers:
            missing.append(case)
    lines.append(f"{len(entries)} cases, {len(missing)} not covered: {', '.join(missing) or 'none'}")
    sys.stdout.write("\n".join([*lines, ""]))
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
