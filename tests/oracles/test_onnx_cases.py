"""The cases that the package `onnx` holds for each operator that we have: passed, or listed as missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is not installed (make test-oracles installs it)")
pytestmark = pytest.mark.oracle

PAGE = "docs/oracles.md"
BEGIN, END = "<!-- cases of onnx: begin -->", "<!-- cases of onnx: end -->"


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, str]]:
    """For each operator its cases, and the feature that is missing ("" when the case passed)."""
    # Imported here: making the cases takes seconds, also where these tests are not selected.
    from onnx_cases import MissingFeatureError, node_cases, run

    found: dict[str, dict[str, str]] = {}
    for case in node_cases():
        missing = ""
        try:
            seen = run(case)
        except MissingFeatureError as error:
            missing = str(error)
        else:
            compare(case, seen)
        found.setdefault(case.operator, {})[case.name] = missing
    return found


def compare(case: Any, seen: list[Any]) -> None:
    compared = 0
    for number, expected in enumerate(case.outputs):
        if expected is not None:
            assert np.shape(seen[number]) == expected.shape, case.name
            np.testing.assert_allclose(
                seen[number], expected, rtol=2e-5, atol=2e-6, err_msg=f"{case.name}, output {number}"
            )
            compared += 1
    assert compared, case.name


def test_every_operator_has_cases_that_pass(results: dict[str, dict[str, str]]) -> None:
    passed = {operator: sum(not m for m in cases.values()) for operator, cases in results.items()}
    least = {
        "RNN": 4, "LSTM": 3, "GRU": 4, "Conv": 6, "MaxPool": 3, "BatchNormalization": 4, "Softmax": 7,
        "Gemm": 10, "SoftmaxCrossEntropyLoss": 3, "Relu": 1, "Sigmoid": 2, "Tanh": 2, "Softsign": 2,
    }  # fmt: skip
    assert {operator: count for operator, count in least.items() if passed.get(operator, 0) < count} == {}


def table(results: dict[str, dict[str, str]]) -> str:
    lines = ["| operator | cases | pass | lacking | the cases that lack it |", "|---|---:|---:|---|---|"]
    for operator, cases in sorted(results.items()):
        passed = sum(not missing for missing in cases.values())
        features: dict[str, list[str]] = {}
        for name, missing in sorted(cases.items()):
            if missing:
                features.setdefault(missing, []).append(name.removeprefix("test_"))
        head = f"| {operator} | {len(cases)} | {passed} |"
        if not features:
            lines.append(f"{head} | |")
        for feature, names in sorted(features.items()):
            shown = (
                ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:3])} and {len(names) - 3} more"
            )
            lines.append(f"{head} {feature} | {shown} |")
            head = "| | | |"
    return "\n".join(lines)


def test_the_page_lists_what_is_missing(results: dict[str, dict[str, str]], project: Path) -> None:
    text = (project / PAGE).read_text(encoding="utf-8")
    shown = text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip()
    assert shown == table(results), f"the table in {PAGE} should be:\n{table(results)}"
