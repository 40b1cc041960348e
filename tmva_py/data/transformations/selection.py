"""Which variables, targets and spectators a transformation takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.places import Places, as_places
from tmva_py.data.variable_info import VariableInfo
from tmva_py.errors import OptionError, WeightFileError, did_you_mean, warn, with_caret
from tmva_py.lazy import lazy
from tmva_py.xml_text import read_integer

Kind = Literal["Variable", "Target", "Spectator"]
KINDS: tuple[Kind, ...] = ("Variable", "Target", "Spectator")
_KIND_OF_LETTER: dict[str, Kind] = {"V": "Variable", "T": "Target", "S": "Spectator"}
Floats = npt.NDArray[np.float32]


def infos_of(info: DataSetInfo, kind: Kind) -> list[VariableInfo]:
    """Return the variables, the targets or the spectators."""
    return {"Variable": info.variables, "Target": info.targets, "Spectator": info.spectators}[kind]


@dataclass(frozen=True)
class Selection:
    """What a transformation takes: kind and index of each of its columns."""

    items: tuple[tuple[Kind, int], ...]

    @lazy
    def columns(self) -> dict[Kind, tuple[Places, Places]]:
        """For each kind selected, the columns among the selected values and those in the data set."""
        places: dict[Kind, list[tuple[int, int]]] = {}
        for column, (kind, index) in enumerate(self.items):
            places.setdefault(kind, []).append((column, index))
        pairs = {kind: np.array(found, np.intp).T for kind, found in places.items()}
        return {kind: (as_places(pair[0]), as_places(pair[1])) for kind, pair in pairs.items()}

    def whole(self, parts: dict[Kind, Floats]) -> Kind | None:
        """Return the kind if the selection is just all of that kind in their order, else None."""
        kind = self.items[0][0] if self.items else "Variable"
        if kind not in parts or len(self.columns) != 1 or len(self.items) != parts[kind].shape[1]:
            return None
        return kind if self._in_order else None

    @lazy
    def _in_order(self) -> bool:
        return all(index == place for place, (_, index) in enumerate(self.items))

    @classmethod
    def parse(cls, text: str, info: DataSetInfo, *, whole: str = "", start: int = 0) -> Selection:
        """Read the parentheses after a transformation's name.

        Labels; ``_V_``, ``_T_``, ``_S_`` for all of a kind, ``_V3_`` for one; another word in underscores
        that begins with one of these letters, such as ``_TARGETS_``, is number 0; ``_REARRANGE_`` keeps the
        written order, otherwise the data set's counts. `whole` and `start` say where the text is.
        """
        items: list[tuple[Kind, int]] = []
        keep_order = False
        place = start
        for word in text.split(","):
            name = word.strip()
            if name.endswith("_REARRANGE_"):
                keep_order = True
            elif name:
                items.extend(_items_of(name, info, whole or text, place))
            place += len(word) + 1
        items = list(dict.fromkeys(items))
        if not keep_order:
            items.sort(key=lambda item: (KINDS.index(item[0]), item[1]))
        return cls(tuple(items))

    def gather(self, parts: dict[Kind, Floats], n_events: int) -> Floats:
        """Return the selected columns, zeros for those that are absent; maybe a part itself."""
        kind = self.whole(parts)
        if kind is not None:
            return parts[kind]
        values = np.zeros((n_events, len(self.items)), np.float32)
        for one, (columns, indices) in self.columns.items():
            if one in parts:
                values[:, columns] = parts[one][:, indices]
        return values

    def changed(self, parts: dict[Kind, Floats], function: Callable[[Floats], Floats]) -> dict[Kind, Floats]:
        """Return the parts with a function's results for the selected columns, in copies.

        Absent parts stay absent; the function gets zeros for them.
        """
        kind = self.whole(parts)
        if kind is not None:
            return {**parts, kind: function(parts[kind])}
        values = function(self.gather(parts, len(next(iter(parts.values())))))
        changed = dict(parts)
        for one, (columns, indices) in self.columns.items():
            if one not in parts:
                continue
            if isinstance(indices, slice) and indices == slice(0, parts[one].shape[1]):
                changed[one] = np.ascontiguousarray(values[:, columns])
                continue
            changed[one] = parts[one].copy()
            changed[one][:, indices] = values[:, columns]
        return changed

    def write_xml(self, element: Element, info: DataSetInfo) -> None:
        """Add ``<Selection>`` with equal ``<Input>`` and ``<Output>``."""
        selection = SubElement(element, "Selection")
        for tag, count in (("Input", "NInputs"), ("Output", "NOutputs")):
            listed = SubElement(selection, tag, {count: str(len(self.items))})
            for kind, index in self.items:
                one = infos_of(info, kind)[index]
                SubElement(listed, tag, Type=kind, Label=one.label, Expression=one.expression)

    @classmethod
    def read_xml(cls, element: Element, info: DataSetInfo) -> Selection:
        """Read ``<Selection>``; without one, as in old files, it is all variables, and maybe all targets."""
        inputs = element.findall("Selection/Input/Input")
        if element.find("Selection") is None:
            old: list[tuple[Kind, int]] = [("Variable", index) for index in range(len(info.variables))]
            if element.get("NTargets", "0").strip() not in ("", "0"):
                old += [("Target", index) for index in range(len(info.targets))]
            return cls(tuple(old))
        _check_listed(element)
        items: list[tuple[Kind, int]] = []
        for one in inputs:
            kind = next((kind for kind in KINDS if kind == one.get("Type")), None)
            label, expression = one.get("Label", ""), one.get("Expression", "")
            # Elements of an array have one label: each line takes the next of them.
            found = None if kind is None else _find(infos_of(info, kind), kind, label, expression, items)
            if kind is None or found is None:
                wanted = kind or one.get("Type") or "entry"
                message = (
                    f"<Transform Name={element.get('Name')!r}><Selection>: the weight file has no "
                    f"{wanted.lower()} with label {label!r} and expression {expression!r}"
                )
                raise WeightFileError(message)
            items.append((kind, found))
        return cls(tuple(items))

    def labels(self, info: DataSetInfo) -> list[str]:
        """Return ``variable 'x'`` and so on, as log lines show it."""
        return [f"{kind.lower()} '{infos_of(info, kind)[index].label}'" for kind, index in self.items]


def _check_listed(element: Element) -> None:
    """Compare the counts of inputs and outputs with what is listed, and the outputs with the inputs."""
    owner = f"<Transform Name={element.get('Name')!r}><Selection>"
    listed: dict[str, list[tuple[str | None, ...]]] = {}
    for tag, count in (("Input", "NInputs"), ("Output", "NOutputs")):
        section = element.find(f"Selection/{tag}")
        if section is None:
            continue
        names = ("Type", "Expression")
        listed[tag] = [tuple(one.get(name) for name in names) for one in section.findall(tag)]
        if count in section.attrib and read_integer(section, count) != len(listed[tag]):
            message = f"{owner}: {count}={section.get(count)}, but {len(listed[tag])} are listed"
            raise WeightFileError(message)
    if "Output" in listed and listed["Output"] != listed.get("Input"):
        message = (
            f"{owner}: the outputs are not the inputs in their order, as every transformation here gives"
        )
        raise WeightFileError(message)


def _find(
    infos: list[VariableInfo], kind: Kind, label: str, expression: str, taken: Iterable[tuple[Kind, int]]
) -> int | None:
    used = {index for other, index in taken if other == kind}
    free = [(index, one) for index, one in enumerate(infos) if index not in used]
    exact = [index for index, one in free if (one.label, one.expression) == (label, expression)]
    # A Reader may have been given the bare expression where training had a label.
    same = exact or [index for index, one in free if one.expression == expression]
    return same[0] if same else None


def _items_of(name: str, info: DataSetInfo, whole: str, place: int) -> list[tuple[Kind, int]]:
    """Return what one word selects."""
    letter, digits = (name[1:2], name[2:-1]) if len(name) > 2 and name[0] == name[-1] == "_" else ("", "")
    labels = {
        label for kind in KINDS for one in infos_of(info, kind) for label in (one.label, one.internal_name)
    }
    if letter in _KIND_OF_LETTER and (not digits or digits.isdigit() or name not in labels):
        if digits and not digits.isdigit():
            digits = (re.match("[0-9]*", digits) or [""])[0] or "0"
            text = (
                f"VarTransform: TMVA takes {name} for _{letter}{digits}_, {_KIND_OF_LETTER[letter].lower()} "
                f"number {digits}; _{letter}_ is all of them\n{with_caret(whole, place, len(name))}"
            )
            warn(text)
        kind = _KIND_OF_LETTER[letter]
        count = len(infos_of(info, kind))
        if not digits:
            return [(kind, index) for index in range(count)]
        if int(digits) < count:
            return [(kind, int(digits))]
        message = (
            f"VarTransform: {name} requests {kind.lower()} number {digits}, "
            f"but there are {count}, counted from 0\n{with_caret(whole, place, len(name))}"
        )
        raise OptionError(message)
    found: list[tuple[Kind, int]] = [
        (kind, index)
        for kind in KINDS
        for index, one in enumerate(infos_of(info, kind))
        if name in (one.label, one.internal_name)
    ]
    if not found:
        known = [one.label for kind in KINDS for one in infos_of(info, kind)]
        message = (
            f"VarTransform: no variable, target or spectator is called {name!r}{did_you_mean(name, known)}"
        )
        message = f"{message}\n{with_caret(whole, place, len(name))}"
        raise OptionError(message)
    return found
