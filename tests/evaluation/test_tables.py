"""The tables as ROOT prints them."""

from __future__ import annotations

import dataclasses

import numpy as np

from tmva_py.evaluation import ClassificationEvaluation, Deviation, RegressionEvaluation, RocCurve, Sample
from tmva_py.evaluation.tables import (
    ClassificationRow,
    MulticlassRow,
    RegressionRow,
    classification_tables,
    multiclass_tables,
    regression_tables,
)

LINE = "-" * 115

# A printed table of ROOT's Higgs tutorial, methods in the order of booking here.
HIGGS = [
    ClassificationRow("dataset", "Fisher", 0.643, 0.643, (0.012, 0.116, 0.502), (0.016, 0.130, 0.511)),
    ClassificationRow("dataset", "BDT", 0.750, 0.750, (0.078, 0.383, 0.668), (0.098, 0.424, 0.689)),
    ClassificationRow("dataset", "DL_CPU", 0.756, 0.756, (0.099, 0.405, 0.652), (0.125, 0.432, 0.683)),
]
PRINTED = f"""\
Evaluation results ranked by best signal efficiency and purity (area)
{LINE}
DataSet       MVA                       \n\
Name:         Method:          ROC-integ
dataset       DL_CPU         : 0.756
dataset       BDT            : 0.750
dataset       Fisher         : 0.643
{LINE}

Testing efficiency compared to training efficiency (overtraining check)
{LINE}
DataSet              MVA              Signal efficiency: from test sample (from training sample) \n\
Name:                Method:          @B=0.01             @B=0.10            @B=0.30   \n\
{LINE}
dataset              DL_CPU         : 0.099 (0.125)       0.405 (0.432)      0.652 (0.683)
dataset              BDT            : 0.078 (0.098)       0.383 (0.424)      0.668 (0.689)
dataset              Fisher         : 0.012 (0.016)       0.116 (0.130)      0.502 (0.511)
{LINE}
"""


def test_two_class_tables_are_roots_to_the_character() -> None:
    assert "\n".join(classification_tables(HIGGS)) == PRINTED


def test_methods_are_ranked_by_the_binned_area_and_show_the_unbinned_one() -> None:
    swapped = [dataclasses.replace(HIGGS[0], ranked_by=0.99), HIGGS[1]]
    lines = classification_tables(swapped)
    assert lines[4:6] == ["dataset       Fisher         : 0.643", "dataset       BDT            : 0.750"]


def test_equal_areas_stay_in_booking_order_and_long_names_push() -> None:
    rows = [
        dataclasses.replace(HIGGS[0], title=title, dataset="a_long_data_set")
        for title in ("second_title_long", "a")
    ]
    lines = classification_tables(rows)
    assert lines[4:6] == [
        "a_long_data_set second_title_long: 0.643",
        "a_long_data_set a              : 0.643",
    ]


def test_input_variables_follow_under_their_heading() -> None:
    lines = classification_tables(HIGGS[1:2], HIGGS[:1])
    assert lines[4:8] == [
        "dataset       BDT            : 0.750",
        LINE,
        "Input Variables: ",
        LINE,
    ]


def test_a_row_holds_the_evaluations_figures() -> None:
    rng = np.random.default_rng(1)
    sample = Sample(rng.normal(size=400) + (np.arange(400) < 200), np.arange(400) < 200, np.ones(400))
    evaluation = ClassificationEvaluation(sample, sample)
    row = ClassificationRow.of("dataset", "LD", evaluation)
    assert row.ranked_by == evaluation.area
    assert row.roc_area == evaluation.roc_area
    assert row.test_efficiencies == tuple(evaluation.signal_efficiency_at(b) for b in (0.01, 0.1, 0.3))
    assert row.training_efficiencies == tuple(
        evaluation.training_signal_efficiency_at(b) for b in (0.01, 0.1, 0.3)
    )


def test_regression_tables() -> None:
    test = RegressionEvaluation(Deviation(0.0123, 0.09, 0.127, 2.7), Deviation(0.00357, 0.07, 0.0958, 2.708))
    training = RegressionEvaluation(
        Deviation(2.85e-08, 0.04, 0.0543, 2.953), Deviation(-0.00108, 0.03, 0.0441, 2.999)
    )
    worse = dataclasses.replace(test, full=dataclasses.replace(test.full, absolute=0.2))
    lines = regression_tables(
        [
            RegressionRow("dataset", "worse", worse, training),
            RegressionRow("dataset", "BDTG_LS", test, training),
        ]
    )
    assert lines[6:11] == [
        "-" * 98,
        "DataSet Name:         MVA Method:        <Bias>   <Bias_T>    RMS    RMS_T  |  MutInf MutInf_T",
        "-" * 98,
        "dataset              BDTG_LS        :   0.0123  0.00357    0.127   0.0958  |  2.700  2.708",
        "dataset              worse          :   0.0123  0.00357    0.127   0.0958  |  2.700  2.708",
    ]
    assert (
        lines[18]
        == "dataset              BDTG_LS        : 2.85e-08 -0.00108   0.0543   0.0441  |  2.953  2.999"
    )


def test_multiclass_tables() -> None:
    curve = RocCurve([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    matrix = np.array([[np.nan, 0.25], [0.5, np.nan]])
    row = MulticlassRow(
        "dataset", "DL", ("Signal", "bg0"), (curve, curve), (curve, curve), (matrix,) * 3, (matrix / 2,) * 3
    )
    lines = multiclass_tables([row])
    assert lines[9:15] == [
        "Dataset        MVA Method     ROC AUC        Sig eff@B=0.01 Sig eff@B=0.10 Sig eff@B=0.30 ",
        "Name:          / Class:       test  (train)  test  (train)  test  (train)  test  (train)  ",
        "",
        "dataset        DL             ",
        "-" * 30,
        "               Signal         0.750 (0.750)  0.500 (0.500)  0.500 (0.500)  0.500 (0.500)  ",
    ]
    start = lines.index("=== Showing confusion matrix for method : DL             ")
    assert lines[start + 1 : start + 8] == [
        "(Signal Efficiency for Background Efficiency 0.01)",
        "-" * 51,
        "                Signal         bg0           ",
        "                 test (train)   test (train) ",
        " Signal         -              0.250 (0.125) ",
        " bg0            0.500 (0.250)  -             ",
        "",
    ]
