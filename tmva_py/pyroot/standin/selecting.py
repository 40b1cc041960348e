"""Expressions and cuts over the entries of a tree: counting, choosing, drawing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError
from tmva_py.expressions import Formula, Instances
from tmva_py.pyroot.standin.missing import needs_root
from tmva_py.pyroot.standin.names import root_class
from tmva_py.pyroot.standin.session import session
from tmva_py.trees import TreeSource

_CHUNK = 200_000
_TARGET = re.compile(r"(?P<plus>\+?)\s*(?P<name>[^\s(]+)\s*(?:\((?P<binning>[^)]*)\))?")
Doubles = npt.NDArray[np.float64]


@dataclass
class Selection:
    """What passed a cut: the values of each expression, and the cut's as weights."""

    values: list[Doubles]
    weights: Doubles
    histogram: Any = None


def passing(source: TreeSource, cut: str) -> npt.NDArray[np.int64]:
    """Return the entries of which any instance passes a cut."""
    formula = Formula(cut).on(source)
    found = []
    for start in range(0, source.n_entries, _CHUNK):
        entries = source.read(formula.branches, start, start + _CHUNK)
        instances = formula.instances(entries)
        passed = (instances.values != 0) & ~np.isnan(instances.values)
        if instances.counts is not None:
            owner = np.repeat(np.arange(len(entries)), instances.counts)
            passed = np.bincount(owner[passed], minlength=len(entries)) > 0
        found.append(np.flatnonzero(passed) + start)
    return np.concatenate([np.empty(0, np.int64), *found])


def count(source: TreeSource, cut: str) -> int:
    """Return how many entries pass a cut."""
    return len(passing(source, cut))


def select(source: TreeSource, expressions: list[str], cut: str, start: int, stop: int) -> Selection:
    """Return the values of expressions where a cut passes, instance by instance."""
    formulas = [Formula(text).on(source) for text in expressions]
    condition = Formula(cut).on(source) if cut else None
    names = {name for one in [*formulas, *([condition] if condition else [])] for name in one.branches}
    parts: list[list[Doubles]] = [[] for _ in formulas]
    weights: list[Doubles] = [np.empty(0)]
    for first in range(start, stop, _CHUNK):
        entries = source.read(names, first, min(first + _CHUNK, stop))
        all_of = [one.instances(entries) for one in formulas]
        cuts = condition.instances(entries) if condition else Instances(np.ones(len(entries)))
        owner, number = _places([*all_of, cuts], len(entries))
        weight, missing = cuts.take(owner, number)
        kept = (weight != 0) & ~missing
        values = []
        for one in all_of:
            taken, gone = one.take(owner, number)
            values.append(taken)
            kept &= ~gone
        weights.append(weight[kept])
        for part, taken in zip(parts, values, strict=True):
            part.append(taken[kept])
    return Selection([np.concatenate([np.empty(0), *part]) for part in parts], np.concatenate(weights))


def _places(found: list[Instances], n_entries: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return entry and number of each instance: as many as the shortest list among the expressions."""
    counts = [one.counts for one in found if one.counts is not None]
    if not counts:
        return np.arange(n_entries), np.zeros(n_entries, np.int64)
    several = np.minimum.reduce(counts)
    owner = np.repeat(np.arange(n_entries), several)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(several) - several, several)
    return owner, number


def draw(
    tree: Any,
    text: str,
    cut: str,
    option: str,
    n_entries: int | None,
    first: int,
    *,
    keeps: bool = False,
) -> Selection:
    """Do what ``TTree.Draw`` does; with `keeps` only select."""
    expression, arrows, target = text.partition(">>")
    source = tree.__tree_source__()
    stop = source.n_entries if n_entries is None else min(first + n_entries, source.n_entries)
    if arrows and not expression.strip():
        call = "TTree.Draw into an entry list"
        raise needs_root(call)
    expressions = _split(expression)
    found = select(source, expressions, cut, first, stop)
    if keeps:
        return found
    if len(expressions) > 2:
        if "goff" in option.lower():
            return found
        call = f"TTree.Draw of {len(expressions)} expressions"
        raise needs_root(call)
    histogram = _histogram(target.strip(), expressions, found, cut)
    # TTree.Draw gives the last expression to x.
    histogram.FillN(len(found.weights), *reversed(found.values), found.weights)
    found.histogram = histogram
    if "goff" not in option.lower():
        histogram.Draw(option)
    return found


def _split(text: str) -> list[str]:
    """Split at single colons outside of parentheses and quotes."""
    parts, depth, begin, index = [], 0, 0, 0
    while index < len(text):
        one = text[index]
        depth += (one in "([{") - (one in ")]}")
        if one == ":" and text[index + 1 : index + 2] == ":":
            index += 1
        elif one == ":" and depth == 0 and "?" not in text[begin:index]:
            parts.append(text[begin:index])
            begin = index + 1
        index += 1
    return [part.strip() for part in [*parts, text[begin:]]]


def _histogram(target: str, expressions: list[str], found: Selection, cut: str) -> Any:
    """Return the histogram that is to be filled; made if there is none of the name."""
    match = _TARGET.fullmatch(target or "htemp")
    if match is None:
        message = f"TTree.Draw: cannot read {target!r} after '>>'; expected 'h' or 'h(100, 0, 1)'"
        raise DataError(message)
    name, two = match["name"], len(expressions) == 2
    old = session().find(name)
    if old is not None and not match["binning"] and target:
        if not match["plus"]:
            old.Reset()
        return old
    given = [float(one) if one.strip() else None for one in (match["binning"] or "").split(",")]
    arguments: list[Any] = []
    for axis, values in enumerate(reversed(found.values)):
        part = [*given[3 * axis : 3 * axis + 3], None, None, None][:3]
        low, high = _range(values)
        bins = 40 if two else 100
        arguments += [
            int(part[0] or bins),
            low if part[1] is None else part[1],
            high if part[2] is None else part[2],
        ]
    title = ":".join(expressions) + (f" {{{cut}}}" if cut else "")
    made = root_class("TH2F" if two else "TH1F")(name, title, *arguments)
    made.GetXaxis().SetTitle(expressions[-1])
    return made


def _range(values: Doubles) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    margin = (high - low) * 0.05 or 1.0
    return low - margin, high + margin
