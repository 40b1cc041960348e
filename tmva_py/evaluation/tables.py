"""TMVA's result tables as lines of text, character for character.

Each analysis type has a row and a function from rows to lines; who prints them adds the log's prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tmva_py.evaluation.classification import ClassificationEvaluation

CLASSIFICATION_LINE = "-" * 115
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
    def of(cls, dataset: str, title: str, evaluation: ClassificationEvaluation) -> ClassificationRow:
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
