"""Histograms of input variables, against NumPy and against the ranking that ROOT printed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.evaluation import variable_axis, variable_separation
from tmva_py.histograms import Axis, Histogram, separation
from tmva_py.message_log import MessageLog

# Printed by ROOT for its Higgs tutorial (lmoneta/tmva-tutorial, TMVA_Higgs_Classification.ipynb).
PRINTED = {
    "m_bb": "1.011e-01",
    "m_wwbb": "4.794e-02",
    "m_wbb": "4.142e-02",
    "m_jjj": "2.601e-02",
    "m_jlv": "2.048e-02",
    "m_lv": "3.023e-03",
    "m_jj": "2.709e-03",
}


def histograms(
    values: np.ndarray,
    weight: np.ndarray,
    classes: np.ndarray,
    n_classes: int,
    *,
    whole_numbers: bool = False,
) -> list[Histogram]:
    axis = variable_axis(values, weight, whole_numbers=whole_numbers)
    return [Histogram.fill(axis, values[classes == i], weight[classes == i]) for i in range(n_classes)]


def test_roots_ranking_of_the_higgs_variables(shared: Path) -> None:
    """Seven figures to four digits: reading, ROOT's split of those days, range, bins and separation."""
    loader = DataLoader("dataset")
    loader.log = MessageLog("DataSetInfo", silent=True)
    for name in PRINTED:
        loader.AddVariable(name, "F")
    path = shared / "data" / "Higgs_data_tmva_tutorial.root"
    loader.AddSignalTree(f"{path}:sig_tree", 1.0)
    loader.AddBackgroundTree(f"{path}:bkg_tree", 1.0)
    loader.PrepareTrainingAndTestTree(
        "",
        "nTrain_Signal=7000:nTrain_Background=7000:SplitMode=Random:NormMode=NumEvents:!V:SplitLibrary=libstdc++-10",
    )
    events = loader.data_set().training
    for index, (name, printed) in enumerate(PRINTED.items()):
        pair = histograms(events.x[:, index], events.weight, events.class_index, 2)
        assert f"{variable_separation(pair, 0):.3e}" == printed, name


def test_the_range_is_drawn_in_and_the_largest_value_is_inside() -> None:
    rng = np.random.default_rng(1)
    values, classes = rng.normal(size=5000), rng.integers(0, 2, 5000)
    first, second = histograms(values, np.ones(5000), classes, 2)
    width = values.max() - values.min()
    assert (first.axis.minimum, first.axis.maximum) == pytest.approx(
        (values.min(), values.max() + width / 40)
    )
    assert first.values.sum() + second.values.sum() == 5000
    values[0] = 1e4
    drawn_in, _ = histograms(values, np.ones(5000), classes, 2)
    assert drawn_in.axis.maximum < 1e4


def test_whole_numbers_get_a_bin_each() -> None:
    (histogram,) = histograms(np.array([2.0, 2, 3, 5]), np.ones(4), np.zeros(4, int), 1, whole_numbers=True)
    assert (histogram.axis, histogram.values.tolist()) == (Axis(4, 2, 6), [2, 1, 0, 1])


def test_all_other_classes_are_background() -> None:
    a, b, c = (Histogram.of_values(Axis(3, 0, 1), np.eye(3)[i] + 0.1) for i in range(3))
    together = Histogram.of_values(Axis(3, 0, 1), a.values + c.values)
    assert variable_separation([a, b, c], 1) == separation(b, together)
