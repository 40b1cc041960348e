"""TMVA's classification example, method LD: every histogram that ROOT stored, computed again.

The responses come from the discriminant's coefficients in ROOT's weight file and the example's events; the
1000 + 1000 events that ROOT trained on are the training sample, the other 5000 + 5000 the test sample.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pytest
import uproot

from tmva_py.evaluation import ClassificationEvaluation, Sample

Array = npt.NDArray[Any]


def variables_and_weight(tree: Any) -> tuple[Array, Array]:
    columns = tree.arrays(library="np")
    var1, var2 = columns["var1"].astype(np.float64), columns["var2"].astype(np.float64)
    x = np.stack([var1 + var2, var1 - var2, columns["var3"], columns["var4"]], axis=1).astype(np.float32)
    return x, columns.get("weight", np.ones(len(x), np.float32))


@pytest.fixture(scope="module")
def evaluation(shared: Path) -> ClassificationEvaluation:
    weights = ElementTree.parse(shared / "golden" / "ld_stored" / "weights.xml")
    constant, *slopes = (float(node.get("Value", "nan")) for node in weights.iter("Coefficient"))
    with np.load(shared / "golden" / "train_class_example_ld_bdt" / "train.npz") as stored:
        trained_on = {tuple(row) for row in stored["X_train"].astype(np.float32)}
        training = Sample(
            stored["resp_train_LD"].astype(np.float32), stored["y_train"] == 0, stored["w_train"]
        )
    parts = []
    with uproot.open(shared / "data" / "tmva_class_example.root") as file:
        for name in ("TreeS", "TreeB"):
            x, weight = variables_and_weight(file[name])
            left = np.array([tuple(row) not in trained_on for row in x])
            assert left.sum() == 5000
            parts.append((x[left], weight[left]))
    x = np.concatenate([part[0] for part in parts]).astype(np.float64)
    response = (constant + x @ np.array(slopes)).astype(np.float32)
    weight = np.concatenate([part[1] for part in parts])
    return ClassificationEvaluation(Sample(response, np.arange(10_000) < 5000, weight), training)


@pytest.fixture(scope="module")
def stored() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(__file__).with_name("root_ld_histograms.json").read_text())
    return content


def test_published_roc_integrals(evaluation: ClassificationEvaluation) -> None:
    assert round(evaluation.roc_area, 4) == 0.9190
    assert round(evaluation.training_roc_area, 4) == 0.9287


def test_axis(evaluation: ClassificationEvaluation, stored: dict[str, Any]) -> None:
    found = (evaluation.summary.minimum, evaluation.summary.upper_edge)
    # The response itself differs from ROOT's in float32's last bit.
    assert found == pytest.approx(tuple(stored["axis"]), abs=3e-7)


def test_background_versus_signal_efficiency(
    evaluation: ClassificationEvaluation, stored: dict[str, Any]
) -> None:
    np.testing.assert_allclose(
        evaluation.curve.background_efficiency.values, stored["effBvsS"], rtol=0, atol=1e-12
    )


def test_training_curve_with_the_test_samples_cuts(
    evaluation: ClassificationEvaluation, stored: dict[str, Any]
) -> None:
    # Stored training weights are float32 roundings of those that ROOT filled with.
    np.testing.assert_allclose(
        evaluation.training_curve.background_efficiency.values, stored["trainingEffBvsS"], rtol=0, atol=1e-8
    )


def test_response_histograms(evaluation: ClassificationEvaluation, stored: dict[str, Any]) -> None:
    np.testing.assert_allclose(evaluation.response_histograms()[0].values, stored["S"], rtol=0, atol=1e-6)
    training, _ = evaluation.response_histograms(training=True)
    np.testing.assert_allclose(training.values, stored["Train_S"], rtol=0, atol=1e-6)
