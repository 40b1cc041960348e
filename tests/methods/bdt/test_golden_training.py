"""Trained on TMVA's events in TMVA's order, forests are TMVA's own, tree by tree and bit by bit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from forests import BDT_CASES, agreeing_trees
from golden import SHARED, trained_as_golden
from weight_files import golden_index

# The generator of the first randomised tree is seeded by the clock.
FROM_THE_CLOCK = {
    entry["case"]
    for entry in (golden_index(SHARED) if SHARED.is_dir() else [])
    if entry.get("deterministic") is False
}
CASES = [case for case in BDT_CASES if case.startswith("real_bdt_") and case not in FROM_THE_CLOCK]


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("case", CASES)
def test_trees_are_tmvas(shared: Path, case: str) -> None:
    golden, trained, method = trained_as_golden(shared, case)
    theirs, ours = golden.model.forest, trained.model.forest
    agreeing, difference = agreeing_trees(ours, theirs)
    assert len(ours) == len(theirs)
    assert (agreeing, difference) == (len(theirs), "")
    seen_objects = method.monitoring()
    with np.load(shared / "golden" / case / "histograms.npz") as stored_histograms:
        for name in (
            "BoostWeight",
            "BoostWeightVsTree",
            "ErrFractHist",
            "NodesBeforePruning",
            "NodesAfterPruning",
        ):
            keys = [key for key in stored_histograms if key.startswith("hist|") and key.endswith(f"|{name}")]
            if keys:
                own = next(one for key, one in seen_objects.items() if key.endswith(name))
                np.testing.assert_allclose(own.contents, stored_histograms[keys[0]], rtol=1e-6, err_msg=name)
    stored = next(iter(json.loads((shared / "golden" / case / "methods.json").read_text()).values()))
    if stored.get("ranking"):
        printed = {name: float(value) for _, name, value in stored["ranking"]}
        seen = {name: float(f"{value:.3e}") for name, value in method.ranking() or []}
        assert seen == pytest.approx(printed, rel=2e-3)
    with np.load(shared / "golden" / case / "train.npz") as events:
        if len(events.get("boost_errorFraction", ())):
            np.testing.assert_allclose(
                method.course.errors, events["boost_errorFraction"], rtol=1e-6, atol=1e-9
            )
