"""With ``TMVA_PY_NO_SKIPS=1`` a test that is skipped has failed, unless its reason is listed here.

Continuous integration sets it: a compiler or a package that is missing there would otherwise take tests away
without a word. Tests of a GPU (the mark ``gpu``) may be skipped everywhere.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

VARIABLE = "TMVA_PY_NO_SKIPS"

ALLOWED = {
    r"root may (read|write) every": "permissions do not bind root, who runs many containers",
    r"cannot mount here": "a right that containers rarely have",
    r"reference material is not at": "lies beside the project, not in its checkout",
    r"make test-root installs it": "PyROOT is in an environment of its own",
    r"Keras on JAX is not installed": "the benchmarks alone compare with it",
}


def complaint(reason: str, *, gpu: bool = False) -> str:
    """Return why a skip is a failure, or an empty text when it is none."""
    if os.environ.get(VARIABLE, "0") in ("", "0") or gpu:
        return ""
    if any(re.search(pattern, reason) for pattern in ALLOWED):
        return ""
    return (
        f"skipped, and {VARIABLE} is set: {reason}\n"
        "Install what is missing, or list the reason in tests/support/no_skips.py."
    )


def _fail_for_skip(report: Any, *, gpu: bool = False) -> None:
    # An expected failure is reported as skipped as well.
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if text := complaint(reason.removeprefix("Skipped: "), gpu=gpu):
        report.outcome, report.longrepr = "failed", text


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Look at the report of a test."""
    report = yield
    _fail_for_skip(report, gpu=item.get_closest_marker("gpu") is not None)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Look at the report of a module that could not be imported for want of another."""
    report = yield
    _fail_for_skip(report)
    return report


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the folder of oracles alone where their mark is deselected: importing PyTorch takes seconds."""
    if collection_path.name == "oracles" and "not oracle" in (config.getoption("markexpr") or ""):
        return True
    return None
