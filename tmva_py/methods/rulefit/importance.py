"""What rules, linear terms and variables are worth, and which of them are kept.

J. Friedman and B. Popescu, Ann. Appl. Stat. 2 (2008) 916.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tmva_py.methods.inputs import Doubles
from tmva_py.methods.rulefit.model import LinearTerm, Rule


@dataclass(frozen=True, eq=False)
class Weighed:
    """What is left of an ensemble.

    Attributes
    ----------
    rules : tuple of Rule
        With their coefficients and importances; those of little importance are gone.
    terms : tuple of LinearTerm
        The same; those of little importance are not used.
    reference : float
        The largest importance.
    kept : ndarray of int
        The numbers of the rules that are left.
    """

    rules: tuple[Rule, ...]
    terms: tuple[LinearTerm, ...]
    reference: float
    kept: np.ndarray


def weigh(
    rules: tuple[Rule, ...],
    terms: tuple[LinearTerm, ...],
    coefficients: tuple[Doubles, Doubles],
    sigma: float,
    least: float,
) -> Weighed:
    """Return the ensemble with the coefficients of rules and terms; `sigma` is an average rule's."""
    spreads = np.array([rule.numbers["Sigma"] for rule in rules])
    of_rules, of_terms = np.abs(coefficients[0]) * spreads, sigma * np.abs(coefficients[1])
    # What is not a number is larger than nothing.
    reference = max([-1.0, *(one for one in (*of_rules.tolist(), *of_terms.tolist()) if one == one)])
    with np.errstate(all="ignore"):
        gone = np.divide(of_rules, reference) < least
        used = np.divide(of_terms, reference) > least
    kept = np.arange(len(rules)) if least <= 0 else np.flatnonzero(~gone)
    return Weighed(
        tuple(
            Rule(
                {
                    **rules[number].numbers,
                    "Coeff": float(coefficients[0][number]),
                    "Importance": float(of_rules[number]),
                    "Ref": reference,
                },
                rules[number].cuts,
            )
            for number in kept.tolist()
        ),
        tuple(
            LinearTerm({**term.numbers, "Coeff": coefficient, "Importance": importance}, is_used)
            for term, coefficient, importance, is_used in zip(
                terms, coefficients[1].tolist(), of_terms.tolist(), used.tolist(), strict=True
            )
        ),
        reference,
        kept,
    )


def importance_of_variables(weighed: Weighed, n_variables: int) -> Doubles:
    """Return what each variable is worth, relative to the best: rules share theirs among their variables."""
    total = np.zeros(n_variables)
    for rule in weighed.rules:
        for cut in rule.cuts:
            total[cut.variable] += rule.numbers["Importance"] / len(rule.cuts)
    for number, term in enumerate(weighed.terms):
        if term.used:
            total[number] += term.numbers["Importance"]
    largest = float(np.max(total, initial=0.0, where=total == total))
    if largest > 0:
        total *= 1.0 / largest
    return total
