"""What MethodRuleFit learns: rules, linear terms and their coefficients."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import WeightFileError
from tmva_py.kernels.rules import Lines, Rules, rule_sums
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Inputs, Responses
from tmva_py.methods.model import Model, ReadContext
from tmva_py.xml_text import format_double, read_integer, shortened, where

FULL, RULES, LINEAR = range(3)
"""What an ensemble has, as weight files number it."""

_RULE = ("Importance", "Ref", "Coeff", "Support", "Sigma", "Norm", "SSB", "SSBNeve")
_TERM = ("Coeff", "Norm", "DM", "DP", "Importance")
_ENSEMBLE = ("ImportanceCut", "LinQuantile", "AverageSupport", "AverageRuleSigma", "Offset")


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
        sums = rule_sums.on(self._backend)(
            self._backend.xp,
            x=np.ascontiguousarray(inputs.x, np.float32),
            rules=self._rules,
            lines=self._lines,
            offset=float(self.numbers["Offset"]),
        )
        return Responses(sums)

    @lazy
    def _backend(self) -> Backend:
        return make_backend("cpu")

    @lazy
    def _rules(self) -> Rules:
        """The rules as the kernel takes them."""
        rules = self.rules if self.kind != LINEAR else ()
        bounds = [
            [
                (cut.variable, end, is_lower)
                for cut in rule.cuts
                for end, used, is_lower in zip(cut.ends, cut.used, (True, False), strict=True)
                if used
            ]
            for rule in rules
        ]
        together = [one for several in bounds for one in several]
        return Rules(
            np.cumsum([0, *map(len, bounds)], dtype=np.int64),
            np.array([variable for variable, _, _ in together], np.int64),
            np.array([end for _, end, _ in together], np.float64),
            np.array([is_lower for _, _, is_lower in together], np.bool_),
            np.array([rule.numbers["Coeff"] for rule in rules], np.float64),
        )

    @lazy
    def _lines(self) -> Lines:
        """The linear terms that are used, as the kernel takes them."""
        terms = self.terms if self.kind != RULES else ()
        used = [(variable, term.numbers) for variable, term in enumerate(terms) if term.used]
        return Lines(
            np.array([variable for variable, _ in used], np.int64),
            *(
                np.array([numbers[name] for _, numbers in used], np.float64)
                for name in ("DM", "DP", "Norm", "Coeff")
            ),
        )

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
        """Return the ensemble of a ``<Weights>`` element."""
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
