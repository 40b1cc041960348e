"""The formulas of a class's events: cut, weight, variables, targets and spectators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from tmva_py.data.variable_info import VariableInfo
from tmva_py.expressions import Formula, TreeFormula
from tmva_py.trees import TreeSource

F = TypeVar("F", Formula, TreeFormula)


@dataclass(frozen=True)
class Block(Generic[F]):
    """The variables, the targets or the spectators, with one formula per expression."""

    what: str
    infos: list[VariableInfo]
    formulas: list[F]
    columns: list[list[tuple[int, int | None]]]  # of each formula: column, and the element of an array


@dataclass(frozen=True)
class ClassFormulas(Generic[F]):
    """All formulas of a class, as texts or on a tree."""

    cut: F | None
    weight: F | None
    variables: Block[F]
    targets: Block[F]
    spectators: Block[F]


def block_of(what: str, infos: list[VariableInfo]) -> Block[Formula]:
    """Return a block in which the elements of one array share a formula."""
    block: Block[Formula] = Block(what, infos, [], [])
    arrays: dict[tuple[str, int], int] = {}
    for column, info in enumerate(infos):
        if info.array_index is not None:
            key = (info.expression, info.array_size)
            if key in arrays:
                block.columns[arrays[key]].append((column, info.array_index))
                continue
            arrays[key] = len(block.formulas)
        block.formulas.append(Formula(info.expression))
        block.columns.append([(column, info.array_index)])
    return block


def on_tree(formulas: ClassFormulas[Formula], tree: TreeSource) -> ClassFormulas[TreeFormula]:
    """Return what the formulas are on a tree."""

    def bound(block: Block[Formula]) -> Block[TreeFormula]:
        return Block(block.what, block.infos, [one.on(tree) for one in block.formulas], block.columns)

    return ClassFormulas(
        None if formulas.cut is None else formulas.cut.on(tree),
        None if formulas.weight is None else formulas.weight.on(tree),
        *map(bound, (formulas.variables, formulas.targets, formulas.spectators)),
    )


def branches_of(formulas: ClassFormulas[TreeFormula], *others: TreeFormula | None) -> list[str]:
    """Return all branches that the formulas, and others, read."""
    single = [one for one in (formulas.cut, formulas.weight, *others) if one is not None]
    blocks = formulas.variables.formulas + formulas.targets.formulas + formulas.spectators.formulas
    return list(dict.fromkeys(branch for one in (*single, *blocks) for branch in one.branches))
