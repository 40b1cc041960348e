"""The lines that TMVA prints of an ensemble."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tmva_py.message_log import MessageLog
from tmva_py.methods.rulefit.importance import Weighed
from tmva_py.methods.rulefit.model import LINEAR, RULES, Rule
from tmva_py.methods.rulefit.rules import cut_counts
from tmva_py.methods.rulefit.sample import in_order, variance

# Rules that are shown.
_MOST = 10
_BAR = "=" * 64
_LINE = "-" * 64
_SHORT = "-" * 36


def show_generation(
    log: MessageLog, rules: Sequence[Rule], *, kind: str, n_events: int, n_trees: int, n_generated: int
) -> None:
    """Say what became of the trees."""
    counts = np.array([float(count) for count in cut_counts(rules)])
    mean = spread = 0.0
    if len(counts):
        total = in_order(counts)
        mean = total / len(counts)
        with np.errstate(invalid="ignore"):
            spread = float(np.sqrt(variance(in_order(counts * counts), total, len(counts))))
    log.header("-------------------RULE ENSEMBLE SUMMARY------------------------")
    log.info(f"Tree training method               : {kind}")
    log.info(f"Number of events per tree          : {n_events}")
    log.info(f"Number of trees                    : {n_trees}")
    log.info(f"Number of generated rules          : {n_generated}")
    log.info(f"Idem, after cleanup                : {len(rules)}")
    log.info(f"Average number of cuts per rule    : {mean:8.2f}")
    log.info(f"Spread in number of cuts per rules : {spread:8.2f}")
    log.info(_LINE)
    log.info()


def show_model(log: MessageLog, weighed: Weighed, *, kind: int, offset: float, labels: Sequence[str]) -> None:
    """Say what the model has."""
    log.info()
    log.info(_BAR)
    log.info("                          M o d e l                             ")
    log.info(_BAR)
    log.info(f"Offset (a0) = {offset:g}")
    width = max(len(label) for label in labels)
    if kind == RULES:
        log.info("Linear terms were disabled")
    else:
        log.info(_SHORT)
        log.info("Linear model (weights unnormalised)")
        log.info(_SHORT)
        log.info(f"{'Variable':>{width}} : {' Weights':>11} : Importance")
        log.info(_SHORT)
        for label, term in zip(labels, weighed.terms, strict=True):
            numbers = term.numbers
            with np.errstate(all="ignore"):
                importance = float(np.float64(numbers["Importance"]) / weighed.reference)
            text = f" :  {numbers['Coeff'] * numbers['Norm']:10.3e} :  {importance:3.3f}"
            if not term.used:
                text = f"-> importance below threshhold =  {importance:3.3f}"
            log.info(f"{label:>{max(width, 8)}}{text}")
        log.info(_SHORT)
    if kind == LINEAR:
        log.info("Rule terms were disabled")
    elif not weighed.rules:
        log.info("Eventhough rules were included in the model, none passed! 0")
    else:
        _show_rules(log, weighed, labels)
    log.info(_BAR)
    log.info()


def _show_rules(log: MessageLog, weighed: Weighed, labels: Sequence[str]) -> None:
    n_rules = len(weighed.rules)
    shown = min(_MOST, n_rules)
    log.info(f"Number of rules = {n_rules}")
    log.info(f"Printing the first {shown} rules, ordered in importance.")
    numbered = [(rule.numbers["Importance"], number) for number, rule in enumerate(weighed.rules)]
    for place, (importance, number) in enumerate(sorted(numbered, reverse=True)[:shown], start=1):
        with np.errstate(all="ignore"):
            relative = float(np.float64(importance) / weighed.reference)
        log.info(f"Rule {place:4d} : Importance  = {relative:1.4f}")
        for count, cut in enumerate(weighed.rules[number].cuts, start=1):
            low = f"{cut.ends[0]:10.3g} < " if cut.used[0] else " " * 13
            high = f" < {cut.ends[1]:10.3g}" if cut.used[1] else " " * 13
            log.info(f"            Cut {count:2d} : {low}{labels[cut.variable]}{high}")
    log.info("All rules printed" if shown == n_rules else f"Skipping the next {n_rules - shown} rules")
