"""Rules made of trees: cuts on the way to each node, those that are alike removed, and what they let pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tmva_py.data.random_numbers import RootRandom
from tmva_py.kernels.growing import GrownTree
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.rulefit.growing import ROOT_SEED
from tmva_py.methods.rulefit.linear import RULE_SIGMA
from tmva_py.methods.rulefit.model import Cut, Rule, events_that_obey
from tmva_py.methods.rulefit.sample import Sample, in_order

Cuts = tuple[Cut, ...]


def rules_of(trees: Iterable[GrownTree]) -> list[Cuts]:
    """Return a rule for each node but the roots: node, right part, left part."""
    found: list[Cuts] = []
    for tree in trees:
        waiting: list[tuple[int, tuple[tuple[int, float, int], ...]]] = [(0, ())]
        while waiting:
            node, way = waiting.pop()
            if way:
                found.append(_cuts_on(way))
            if tree.left[node] < 0:
                continue
            variable, value = int(tree.variable[node]), float(tree.cut[node])
            waiting.append((int(tree.left[node]), (*way, (variable, value, -1))))
            waiting.append((int(tree.right[node]), (*way, (variable, value, 1))))
    return found


def _cuts_on(way: tuple[tuple[int, float, int], ...]) -> Cuts:
    """Return the cuts of a way; of several on one side of a variable the loosest, as in TMVA.

    What goes right is above the cut, whatever the tree has there.
    """
    ends: dict[int, list[float | None]] = {}
    for variable, value, direction in sorted(way):
        own = ends.setdefault(variable, [None, None])
        if direction > 0:
            own[0] = value if own[0] is None else own[0]
        else:
            own[1] = value
    return tuple(
        Cut(variable, (low or 0.0, high or 0.0), (low is not None, high is not None))
        for variable, (low, high) in ends.items()
    )


def kind_of(cuts: Cuts) -> tuple[tuple[int, bool, bool], ...]:
    """Return what two rules have in common that have a distance."""
    return tuple((one.variable, *one.used) for one in cuts)


def distance(first: Cuts, second: Cuts, spread: Doubles) -> float:
    """Return how far apart the cuts of two rules of one kind are, in spreads of the variables.

    A variable whose spread is 0 counts for nothing.
    """
    total = 0.0
    for one, other in zip(first, second, strict=True):
        width = float(spread[one.variable])
        away = [
            (a - b) / width if used and width > 0 else 0.0
            for a, b, used in zip(one.ends, other.ends, one.used, strict=True)
        ]
        total += away[0] * away[0] + away[1] * away[1]
    return float(np.sqrt(total))


def without_similar(rules: Sequence[Cuts], least: float, spread: Doubles) -> list[Cuts]:
    """Return rules of which one of each two was removed that are less than `least` apart; a coin decides."""
    groups: dict[object, list[int]] = defaultdict(list)
    for number, cuts in enumerate(rules):
        groups[kind_of(cuts)].append(number)
    coin = RootRandom(ROOT_SEED)
    removed = [False] * len(rules)
    for number, cuts in enumerate(rules):
        if removed[number]:
            continue
        for other in groups[kind_of(cuts)]:
            if other <= number or removed[other]:
                continue
            if least < 0 or distance(cuts, rules[other], spread) < least:
                removed[other if float(coin.uniform(1)[0]) > 0.5 else number] = True
    return [cuts for cuts, is_gone in zip(rules, removed, strict=True) if not is_gone]


@dataclass(frozen=True, eq=False)
class Supported:
    """Rules with what they let pass.

    Attributes
    ----------
    rules : tuple of Rule
        Without coefficients.
    passes : ndarray of uint8, shape (n_rules, N)
        Which events obey them.
    average, sigma : float
        The average part of the events, by weight, and √(p(1 − p)) of it.
    """

    rules: tuple[Rule, ...]
    passes: np.ndarray
    average: float
    sigma: float


def supported(rules: Sequence[Cuts], sample: Sample) -> Supported:
    """Return rules with the part of the events that each lets pass."""
    passes = np.empty((len(rules), len(sample)), np.uint8)
    columns = sample.columns.astype(np.float64)
    found = []
    for number, cuts in enumerate(rules):
        obeyed = events_that_obey(cuts, columns)
        passes[number] = obeyed
        weight = sample.weight[obeyed]
        signal = sample.is_signal[obeyed]
        s, b = in_order(weight[signal]), in_order(weight[~signal])
        with np.errstate(all="ignore"):
            support = np.float64(in_order(weight)) / sample.total
            spread = np.sqrt(support * (1.0 - support))
        norm = float(spread) if support * (1.0 - support) > 0 else 0.0
        numbers = {
            "Importance": 0.0,
            "Ref": 1.0,
            "Coeff": 0.0,
            "Support": float(support),
            "Sigma": float(spread),
            "Norm": 1.0 / norm if norm > 0 else 1.0,
            "SSB": s / (s + b) if s + b > 0 else 0.0,
            "SSBNeve": s + b,
        }
        found.append(Rule(numbers, cuts))
    if not found:
        # The average support whose spread is RULE_SIGMA, rounded as in TMVA.
        average = 0.5 * (1.0 + float(np.sqrt(1.0 - 4.0 * RULE_SIGMA * RULE_SIGMA)))
        return Supported((), passes, average, RULE_SIGMA)
    average = in_order(np.array([rule.numbers["Support"] for rule in found])) / len(found)
    with np.errstate(all="ignore"):
        sigma = float(np.sqrt(np.float64(average * (1.0 - average))))
    return Supported(tuple(found), passes, average, sigma)


def cut_counts(rules: Iterable[Rule]) -> Iterator[int]:
    """Yield how many cuts each rule has."""
    for rule in rules:
        yield sum(sum(cut.used) for cut in rule.cuts)
