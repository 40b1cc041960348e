"""Forests for tests: those that TMVA wrote."""

from __future__ import annotations

from pathlib import Path

from weight_files import golden_index

SHARED = Path(__file__).parents[3] / "shared"

BDT_CASES: list[str] = (
    [entry["case"] for entry in golden_index(SHARED) if str(entry["method"]).startswith("BDT::")]
    + [entry["case"] for entry in golden_index(SHARED) if entry["case"].startswith("real_bdt_")]
    if SHARED.is_dir()
    else []
)
"""The golden cases with responses of forests."""
