"""What MethodRuleFit learns: rules, linear terms and their coefficients."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import WeightFileError
from tmva_py.methods.inputs import Doubles, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.xml_text import format_double, read_integer, shortened, where

FULL, RULES, LINEAR = range(3)
"""What an ensemble has, as weight files number it."""

_RULE = ("Importance", "Ref", "Coeff", "Support", "Sigma", "Norm", "SSB", "SSBNeve")
_TERM = ("Coeff", "Norm", "DM", "DP", "Importance")
_ENSEMBLE = ("ImportanceCut", "LinQuantile", "AverageSupport", "AverageRuleSigma", "Offset")
_BLOCK = 8192


@dataclass(frozen=True)
class Cut:
    """A range of a variable, without its ends; only those that are `used` count."""

    variable: int
    ends: tuple[float, float]
    used: tuple[bool, bool]


@dataclass(frozen=True)
class Rule:
    """Cuts that an event must pass, and the rule's numbers by their names in weight files."""

    numbers: Mapping[str, float]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True)
class LinearTerm:
    """A variable between two ends; one that is not used was not important enough."""

    numbers: Mapping[str, float]
    used: bool


@dataclass(frozen=True, eq=False)
class RuleFitModel(Model):
    """A sum of rules and linear terms."""

    kind: int
    numbers: Mapping[str, float]
    rules: tuple[Rule, ...]
    terms: tuple[LinearTerm, ...]

    def respond(self, inputs: Inputs) -> Responses:
        """Return the sum of the coefficients of the rules that an event obeys, and of its linear terms."""
        x = inputs.x
        parts = [self._answers(x[first : first + _BLOCK]) for first in range(0, len(x), _BLOCK)]
        return Responses(np.concatenate(parts) if parts else np.empty(0))

    def _answers(self, x: Any) -> Doubles:
        columns = np.ascontiguousarray(x.T, np.float64)
        total = np.full(len(x), self.numbers["Offset"])
        if self.kind != LINEAR:
            for rule in self.rules:
                total += np.where(events_that_obey(rule.cuts, columns), rule.numbers["Coeff"], 0.0)
        linear = np.zeros(len(x))
        if self.kind != RULES:
            for term, column in zip(self.terms, columns, strict=False):
                if term.used:
                    one = term.numbers
                    linear += one["Coeff"] * (np.clip(column, one["DM"], one["DP"]) * one["Norm"])
        return total + linear

    def write(self, weights: Element) -> None:
        """Write rules and linear terms."""
        weights.set("NRules", str(len(self.rules)))
        weights.set("NLinear", str(len(self.terms)))
        weights.set("LearningModel", str(self.kind))
        _set(weights, _ENSEMBLE, self.numbers)
        for rule in self.rules:
            element = SubElement(weights, "Rule")
            _set(element, _RULE, rule.numbers)
            element.set("Nvars", str(len(rule.cuts)))
            for cut in rule.cuts:
                child = SubElement(element, "Cut", Selector=str(cut.variable))
                _set(child, ("Min", "Max"), dict(zip(("Min", "Max"), cut.ends, strict=True)))
                for name, used in zip(("DoMin", "DoMax"), cut.used, strict=True):
                    child.set(name, "T" if used else "F")
        for term in self.terms:
            element = SubElement(weights, "Linear", OK=str(int(term.used)))
            _set(element, _TERM, term.numbers)

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        """Return the ensemble of a ``<Weights>`` element.

        Raises
        ------
        WeightFileError
            A number is missing, damaged or not finite, or counts and variables do not fit.
        """
        n_variables = len(context.info.variables)
        kind = read_integer(weights, "LearningModel")
        if kind not in (FULL, RULES, LINEAR):
            message = (
                f"{where(weights)}: LearningModel={kind}, expected 0 (rules and linear terms), 1 "
                "(rules) or 2 (linear terms)"
            )
            raise WeightFileError(message)
        numbers = _numbers(weights, _ENSEMBLE, ("Offset",))
        rules = tuple(_read_rule(one, n_variables) for one in _children(weights, "Rule", "NRules"))
        terms = tuple(_read_term(one) for one in _children(weights, "Linear", "NLinear"))
        if len(terms) not in (0, n_variables):
            message = f"{where(weights)}: NLinear={len(terms)}, expected 0 or {n_variables}"
            raise WeightFileError(message)
        return cls(kind, numbers, rules, terms)

    def summary(self) -> Mapping[str, Any]:
        """Return how many rules and linear terms there are, and the offset."""
        return {
            "n_rules": len(self.rules),
            "n_linear": sum(term.used for term in self.terms),
            "offset": self.numbers["Offset"],
        }


def events_that_obey(cuts: Sequence[Cut], columns: Doubles) -> npt.NDArray[np.bool_]:
    """Return which events pass all cuts; `columns` is (n_variables, N)."""
    obeyed = np.ones(columns.shape[1], np.bool_)
    for cut in cuts:
        column = columns[cut.variable]
        if cut.used[0]:
            obeyed &= column > cut.ends[0]
        if cut.used[1]:
            obeyed &= column < cut.ends[1]
    return obeyed


def _set(element: Element, names: Sequence[str], numbers: Mapping[str, float]) -> None:
    for name in names:
        element.set(name, format_double(numbers[name]))


def _children(weights: Element, tag: str, count: str) -> list[Element]:
    found = weights.findall(tag)
    if read_integer(weights, count) != len(found):
        message = f"{where(weights)}: {count}={weights.get(count)!r}, but there are {len(found)} <{tag}>"
        raise WeightFileError(message)
    return found


def _numbers(element: Element, names: Sequence[str], finite: Sequence[str]) -> dict[str, float]:
    """Return attributes that are numbers; TMVA writes some importances as not-a-number."""
    found = {}
    for name in names:
        text = element.get(name, "")
        try:
            if not text.isascii() or "_" in text:
                raise ValueError
            value = float(text)
        except ValueError:
            message = f"{where(element)}: {name}={shortened(text)} must be a number"
            raise WeightFileError(message) from None
        if name in finite and not math.isfinite(value):
            message = f"{where(element)}: {name}={shortened(text)} must be a finite number"
            raise WeightFileError(message)
        found[name] = value
    return found


def _flag(element: Element, name: str, words: tuple[str, str]) -> bool:
    text = element.get(name, "")
    if text not in words:
        message = f"{where(element)}: {name}={shortened(text)}, expected {words[0]} or {words[1]}"
        raise WeightFileError(message)
    return text == words[1]


def _read_rule(element: Element, n_variables: int) -> Rule:
    numbers = _numbers(element, _RULE, ("Coeff",))
    return Rule(numbers, tuple(_read_cut(one, n_variables) for one in _children(element, "Cut", "Nvars")))


def _read_cut(element: Element, n_variables: int) -> Cut:
    variable = read_integer(element, "Selector")
    if variable >= n_variables:
        message = f"{where(element)}: Selector={variable}, but there are {n_variables} variables"
        raise WeightFileError(message)
    ends = _numbers(element, ("Min", "Max"), ("Min", "Max"))
    used = _flag(element, "DoMin", ("F", "T")), _flag(element, "DoMax", ("F", "T"))
    return Cut(variable, (ends["Min"], ends["Max"]), used)


def _read_term(element: Element) -> LinearTerm:
    used = _flag(element, "OK", ("0", "1"))
    numbers = _numbers(element, _TERM, ("Coeff", "Norm", "DM", "DP") if used else ())
    if used and numbers["DM"] > numbers["DP"]:
        message = f"{where(element)}: DM={numbers['DM']:g} is above DP={numbers['DP']:g}"
        raise WeightFileError(message)
    return LinearTerm(numbers, used)
