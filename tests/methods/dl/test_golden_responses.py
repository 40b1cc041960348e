"""Deep networks that TMVA wrote answer as TMVA does: at once, event by event, from threads."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden import cases_of, check_responses


@pytest.mark.parametrize("case", [*cases_of("DL"), *cases_of("DNN")])
def test_golden_responses(shared: Path, case: str) -> None:
    check_responses(shared, case)
