"""What output files show of a training: each rule, and how far apart rules of one kind are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tmva_py.histograms import Columns
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.rulefit.importance import Weighed
from tmva_py.methods.rulefit.model import Rule
from tmva_py.methods.rulefit.rules import cut_counts, distance, kind_of
from tmva_py.methods.rulefit.sample import Sample


def rule_columns(weighed: Weighed, passes: np.ndarray, sample: Sample) -> Columns:
    """Return TMVA's tree ``MonitorNtuple_RuleFit``; the events are counted without their weights."""
    rules = weighed.rules
    first = sample.class_index == 0
    is_signal_rule = np.array([rule.numbers["SSB"] > 0.5 for rule in rules], bool)
    tagged = passes[weighed.kept].sum(axis=1, dtype=np.int64)
    of_first = passes[weighed.kept][:, first].sum(axis=1, dtype=np.int64)

    def numbers(name: str) -> Doubles:
        return np.array([rule.numbers[name] for rule in rules], np.float64)

    def part(count: np.ndarray, chosen: np.ndarray) -> Doubles:
        return np.where(chosen & (tagged > 0), count / np.maximum(tagged, 1), 0.0)

    with np.errstate(all="ignore"):
        relative = numbers("Importance") / weighed.reference
    return Columns(
        {
            "importance": relative,
            "support": numbers("Support"),
            "coefficient": numbers("Coeff"),
            "ncuts": np.array(list(cut_counts(rules)), np.int32),
            "nvars": np.array([len(rule.cuts) for rule in rules], np.int32),
            "type": np.where(is_signal_rule, 1, -1).astype(np.int32),
            "ptag": tagged / len(sample),
            "pss": part(of_first, is_signal_rule),
            "psb": part(tagged - of_first, is_signal_rule),
            "pbs": part(of_first, ~is_signal_rule),
            "pbb": part(tagged - of_first, ~is_signal_rule),
            "soversb": numbers("SSB"),
        },
        title="RuleFit variables",
    )


def distance_columns(rules: Sequence[Rule], spread: Doubles) -> Columns:
    """Return TMVA's tree ``RuleDistNtuple``: two rules that differ in the values of their cuts alone."""
    counts = list(cut_counts(rules))
    found = [
        (distance(one.cuts, other.cuts, spread), float(counts[number]), float(len(one.cuts)))
        for number, one in enumerate(rules)
        for other in rules[number + 1 :]
        if kind_of(one.cuts) == kind_of(other.cuts)
    ]
    rows = np.array(found, np.float64).reshape(-1, 3)
    return Columns({"dist": rows[:, 0], "ncuts": rows[:, 1], "nvars": rows[:, 2]}, title="RuleDist ntuple")
