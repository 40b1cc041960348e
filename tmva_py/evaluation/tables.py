"""TMVA's result tables as lines of text, character for character.

Each analysis type has a row and a function from rows to lines; who prints them adds the log's prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.evaluation.classification import ClassificationEvaluation
from tmva_py.evaluation.regression import RegressionEvaluation
from tmva_py.evaluation.roc_curve import RocCurve
from tmva_py.evaluation.working_points import WorkingPointEvaluation

CLASSIFICATION_LINE = "-" * 115
REGRESSION_LINE = "-" * 98
MULTICLASS_LINE = "-" * 103
BACKGROUND_EFFICIENCIES = (0.01, 0.10, 0.30)


@dataclass(frozen=True)
class ClassificationRow:
    """One method's figures in the two-class tables.

    Attributes
    ----------
    dataset, title : str
        Names of the data set and of the method.
    ranked_by : float
        The area by which methods are sorted; not printed.
    roc_area : float
        The ``ROC-integ`` column.
    test_efficiencies, training_efficiencies : tuple of float
        Signal efficiency at each of `BACKGROUND_EFFICIENCIES`.
    """

    dataset: str
    title: str
    ranked_by: float
    roc_area: float
    test_efficiencies: tuple[float, float, float]
    training_efficiencies: tuple[float, float, float]

    @classmethod
    def of(
        cls, dataset: str, title: str, evaluation: ClassificationEvaluation | WorkingPointEvaluation
    ) -> ClassificationRow:
        """Return the row of an evaluated method."""
        at_001, at_010, at_030 = BACKGROUND_EFFICIENCIES
        test, training = evaluation.signal_efficiency_at, evaluation.training_signal_efficiency_at
        return cls(
            dataset,
            title,
            evaluation.area,
            evaluation.roc_area,
            (test(at_001), test(at_010), test(at_030)),
            (training(at_001), training(at_010), training(at_030)),
        )


def ranked(rows: Sequence[ClassificationRow]) -> list[ClassificationRow]:
    """Return the rows in the order of the tables: the largest area first, equal ones as booked."""
    return sorted(rows, key=lambda row: row.ranked_by, reverse=True)


def classification_tables(
    methods: Sequence[ClassificationRow], variables: Sequence[ClassificationRow] = ()
) -> list[str]:
    """Return both two-class tables: ROC integrals, and test against training efficiencies.

    Parameters
    ----------
    methods : sequence of ClassificationRow
        The methods, in any order.
    variables : sequence of ClassificationRow, optional
        Input variables that were booked as methods; they follow under a heading of their own.
    """
    blocks = (ranked(methods), ranked(variables))
    return [
        "Evaluation results ranked by best signal efficiency and purity (area)",
        CLASSIFICATION_LINE,
        "DataSet       MVA                       ",
        "Name:         Method:          ROC-integ",
        *_body(blocks, _roc_line),
        CLASSIFICATION_LINE,
        "",
        "Testing efficiency compared to training efficiency (overtraining check)",
        CLASSIFICATION_LINE,
        "DataSet              MVA              Signal efficiency: from test sample (from training sample) ",
        "Name:                Method:          @B=0.01             @B=0.10            @B=0.30   ",
        CLASSIFICATION_LINE,
        *_body(blocks, _efficiency_line),
        CLASSIFICATION_LINE,
        "",
    ]


def _body(
    blocks: tuple[list[ClassificationRow], list[ClassificationRow]], line: Callable[[ClassificationRow], str]
) -> list[str]:
    methods, variables = blocks
    lines = [line(row) for row in methods]
    if variables:
        lines += [CLASSIFICATION_LINE, "Input Variables: ", CLASSIFICATION_LINE]
        lines += [line(row) for row in variables]
    return lines


def _roc_line(row: ClassificationRow) -> str:
    return f"{row.dataset:<13} {row.title:<15}: {row.roc_area:#1.3f}"


def _efficiency_line(row: ClassificationRow) -> str:
    pairs = zip(row.test_efficiencies, row.training_efficiencies, strict=True)
    first, second, third = (f"{test:#1.3f} ({training:#1.3f})" for test, training in pairs)
    return f"{row.dataset:<20} {row.title:<15}: {first}       {second}      {third}"


def ranking_lines(ranking: Sequence[tuple[str, float]], discriminator: str) -> list[str]:
    r"""Return TMVA's table of ranked variables, the best one first.

    Parameters
    ----------
    ranking : sequence of (variable, value)
        In any order.
    discriminator : str
        What the values are.

    Examples
    --------
    >>> print(*ranking_lines([("x", 0.1), ("y", 0.2)], "Separation"), sep="\n")
    --------------------------
    Rank : Variable  : Separation
    --------------------------
       1 : y         : 2.000e-01
       2 : x         : 1.000e-01
    --------------------------
    """
    longest = max((len(variable) for variable, _ in ranking), default=0)
    bar = "-" * (longest + 15 + len(discriminator))
    lines = [bar, f"Rank : {'Variable ':<{longest}} : {discriminator}", bar]
    for place, (variable, value) in enumerate(sorted(ranking, key=lambda row: -row[1]), start=1):
        lines.append(f"{place:>4} : {variable:<{max(longest, 9)}} : {value:3.3e}")
    return [*lines, bar]


@dataclass(frozen=True)
class RegressionRow:
    """One method's figures in the regression tables.

    Attributes
    ----------
    dataset, title : str
        Names of the data set and of the method.
    test, training : RegressionEvaluation
        Deviations of the first target in both samples.
    """

    dataset: str
    title: str
    test: RegressionEvaluation
    training: RegressionEvaluation


def regression_tables(rows: Sequence[RegressionRow]) -> list[str]:
    """Return both regression tables, sorted by the mean absolute deviation on the test sample.

    TMVA's text says "ranked by smallest RMS"; the lines are its own, but for the heading of the first table,
    which TMVA leaves out.
    """
    in_order = sorted(rows, key=lambda row: row.test.full.absolute)
    heading = "DataSet Name:         MVA Method:        <Bias>   <Bias_T>    RMS    RMS_T  |  MutInf MutInf_T"
    return [
        "",
        "Evaluation results ranked by smallest RMS on test sample:",
        '("Bias" quotes the mean deviation of the regression from true target.',
        ' "MutInf" is the "Mutual Information" between regression and target.',
        ' Indicated by "_T" are the corresponding "truncated" quantities ob-',
        " tained when removing events deviating more than 2sigma from average.)",
        REGRESSION_LINE,
        heading,
        REGRESSION_LINE,
        *(_regression_line(row, row.test) for row in in_order),
        REGRESSION_LINE,
        "",
        "Evaluation results ranked by smallest RMS on training sample:",
        "(overtraining check)",
        REGRESSION_LINE,
        heading,
        REGRESSION_LINE,
        *(_regression_line(row, row.training) for row in in_order),
        REGRESSION_LINE,
        "",
    ]


def _regression_line(row: RegressionRow, evaluation: RegressionEvaluation) -> str:
    full, truncated = evaluation.full, evaluation.truncated
    moments = "".join(f"{value:#9.3g}" for value in (full.bias, truncated.bias, full.rms, truncated.rms))
    information = f"{full.mutual_information:#5.3f}  {truncated.mutual_information:#5.3f}"
    return f"{row.dataset:<20} {row.title:<15}:{moments}  |  {information}"


@dataclass(frozen=True)
class MulticlassRow:
    """One method's figures in the multiclass tables.

    Attributes
    ----------
    dataset, title : str
        Names of the data set and of the method.
    classes : tuple of str
        Class names by index.
    test, training : tuple of RocCurve
        One-versus-rest curves by class.
    test_confusion, training_confusion : tuple of ndarray
        Confusion matrices at each of `BACKGROUND_EFFICIENCIES`.
    """

    dataset: str
    title: str
    classes: tuple[str, ...]
    test: tuple[RocCurve, ...]
    training: tuple[RocCurve, ...]
    test_confusion: tuple[npt.NDArray[np.float64], ...]
    training_confusion: tuple[npt.NDArray[np.float64], ...]


def multiclass_tables(rows: Sequence[MulticlassRow]) -> list[str]:
    """Return the multiclass tables: one against the rest by class, and the confusion matrices.

    Cells of the confusion matrices read test (training), as their heading says; TMVA swaps the two.
    """
    lines = [
        "",
        "1-vs-rest performance metrics per class",
        MULTICLASS_LINE,
        "",
        "Considers the listed class as signal and the other classes",
        "as background, reporting the resulting binary performance.",
        "A score of 0.820 (0.850) means 0.820 was acheived on the",
        "test set and 0.850 on the training set.",
        "",
        _cells("Dataset", "MVA Method", "ROC AUC", *(f"Sig eff@B={b:.2f}" for b in BACKGROUND_EFFICIENCIES)),
        _cells("Name:", "/ Class:", *["test  (train)"] * 4),
    ]
    for row in rows:
        lines += ["", _cells(row.dataset, row.title), "-" * 30]
        for name, test, training in zip(row.classes, row.test, row.training, strict=True):
            pairs = [(test.area, training.area)]
            pairs += [
                (test.signal_efficiency_at(b), training.signal_efficiency_at(b))
                for b in BACKGROUND_EFFICIENCIES
            ]
            lines.append(_cells("", name, *(f"{first:5.3f} ({second:5.3f})" for first, second in pairs)))
    lines += [
        *("", MULTICLASS_LINE, "", ""),
        "Confusion matrices for all methods",
        MULTICLASS_LINE,
        "",
        "Does a binary comparison between the two classes given by a ",
        "particular row-column combination. In each case, the class ",
        "given by the row is considered signal while the class given ",
        "by the column index is considered background.",
        "",
    ]
    for row in rows:
        lines.append(f"=== Showing confusion matrix for method : {row.title:<15}")
        matrices = zip(BACKGROUND_EFFICIENCIES, row.test_confusion, row.training_confusion, strict=True)
        for efficiency, test_matrix, training_matrix in matrices:
            lines += [
                # TMVA puts a percent sign behind the fraction.
                f"(Signal Efficiency for Background Efficiency {efficiency:.2f})",
                "-" * 51,
                *_confusion_lines(row.classes, test_matrix, training_matrix),
                "",
            ]
    return [*lines, MULTICLASS_LINE, ""]


def _cells(*texts: str) -> str:
    return "".join(f"{text:<15}" for text in texts)


def _confusion_lines(
    classes: Sequence[str], test: npt.NDArray[np.float64], training: npt.NDArray[np.float64]
) -> list[str]:
    def line(first: str, rest: Sequence[str]) -> str:
        return "".join(f" {text:<14}" for text in (first, *rest))

    lines = [line(" ", classes), line(" ", [" test (train)"] * len(classes))]
    for row, name in enumerate(classes):
        cells = [
            "-" if row == column else f"{test[row, column]:<5.3f} ({training[row, column]:<5.3f})"
            for column in range(len(classes))
        ]
        lines.append(line(name, cells))
    return lines
