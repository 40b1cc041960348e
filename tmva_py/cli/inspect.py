"""``tmva-py inspect``: the content of a weight file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tmva_py.data import VariableInfo
    from tmva_py.methods import TrainedMethod
    from tmva_py.weights import WeightFile

# Ranges that were never filled are in files as the largest float32 and its negative.
_OPEN = 3.4e38


@click.command(name="inspect")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.option("--tree", type=int, help="Show this tree of a forest, the first one being 0.")
@click.option("--picture", type=click.Path(dir_okay=False), help="Write a picture of the tree, as tree.png.")
def command(file: str, as_json: bool, tree: int | None, picture: str | None) -> None:
    """Show the content of the weight file FILE: method, options, variables, classes, layers, trees."""
    from tmva_py.methods.weight_file import sinks_of
    from tmva_py.plugins import default_registry
    from tmva_py.weights import WeightFile

    found = WeightFile.read(file, sinks=sinks_of(default_registry()))
    if tree is not None or picture is not None:
        _show_tree(found, tree or 0, picture)
        return
    summary = describe(found)
    click.echo(json.dumps(summary, indent=2, ensure_ascii=False) if as_json else _text(summary))


def _show_tree(found: WeightFile, tree: int, picture: str | None) -> None:
    """Print a tree, and draw it."""
    method, reason = _method(found)
    model: Any = None if method is None else method.model
    n_trees = 0 if model is None else model.summary().get("n_trees", 0)
    if not 0 <= tree < n_trees:
        text = reason or (
            f"it has trees 0 to {n_trees - 1}" if n_trees else f"{found.type_name} has no trees"
        )
        message = f"{found.source}: tree {tree} cannot be shown: {text}"
        raise click.ClickException(message)
    labels = [one.label for one in found.info.variables]
    click.echo("\n".join(model.tree_lines(tree, labels)))
    if picture is not None:
        model.draw_tree(tree, labels).savefig(picture, bbox_inches="tight")


def describe(found: WeightFile) -> dict[str, Any]:
    """Return the content of a weight file as plain values, as JSON has them.

    Parameters
    ----------
    found : WeightFile
        Read whole.
    """
    summary: dict[str, Any] = {
        "file": found.source,
        "method": found.type_name,
        "title": found.title,
        "analysis_type": found.analysis_type,
        "general_info": dict(found.general_info),
        "options": [
            {"name": option.name, "value": option.text, "modified": option.modified}
            for option in found.options
        ],
        "variables": _variables(found.info.variables),
        "spectators": _variables(found.info.spectators),
        "targets": _variables(found.info.targets),
        "classes": list(found.info.classes),
        "transformations": found.transformation_names,
    }
    method, reason = _method(found)
    summary["can_be_evaluated"] = method is not None
    if method is None:
        summary["reason"] = reason
    else:
        summary.update(method.model.summary())
    return summary


def _method(found: WeightFile) -> tuple[TrainedMethod | None, str]:
    from tmva_py.errors import MissingExtraError, UnknownNameError, WeightFileError, WeightFileNotFoundError
    from tmva_py.methods.weight_file import find_method, method_of
    from tmva_py.plugins import default_registry

    try:
        return method_of(found), ""
    except UnknownNameError as error:
        reason = str(error).removeprefix(f"{found.source}: ")
        return None, reason.replace("; `tmva-py inspect` shows what the file holds", "")
    except WeightFileNotFoundError as error:
        return None, str(error).removeprefix(f"{found.source}: ")
    except (WeightFileError, MissingExtraError) as error:
        # A model file beside the weight file is missing or not trusted; the header can be shown.
        cls = find_method(found.type_name, default_registry())
        if found.weights is not None or cls.model_of(found.type_name).needs_weights:
            raise
        return None, str(error).removeprefix(f"{found.source}: ")


def _variables(variables: Sequence[VariableInfo]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for one in variables:
        known = abs(one.minimum) < _OPEN and abs(one.maximum) < _OPEN
        rows.append(
            {
                "expression": one.expression,
                "label": one.label,
                "title": one.title,
                "unit": one.unit,
                "internal_name": one.internal_name,
                "type": one.type_text,
                "minimum": one.minimum if known else None,
                "maximum": one.maximum if known else None,
            }
        )
    return rows


def _text(summary: dict[str, Any]) -> str:
    info = summary["general_info"]
    lines = [
        f"{summary['method']} {summary['title']!r}, {summary['analysis_type']}",
        f"  file            {summary['file']}",
    ]
    for label, name in (
        ("TMVA release", "TMVA Release"),
        ("ROOT release", "ROOT Release"),
        ("written by", "Creator"),
        ("on", "Date"),
        ("events", "Training events"),
        ("training took", "TrainingTime"),
    ):
        if info.get(name):
            unit = " s" if name == "TrainingTime" else ""
            lines.append(f"  {label:<15} {_short_number(info[name]) if unit else info[name]}{unit}")
    lines.append(f"  classes         {', '.join(summary['classes']) or '-'}")
    lines.append(f"  transformations {', '.join(summary['transformations']) or 'none'}")
    modified = [option for option in summary["options"] if option["modified"]]
    lines.append(f"options set by the user ({len(modified)} of {len(summary['options'])})")
    lines += _table([(option["name"], option["value"]) for option in modified])
    for kind in ("variables", "spectators", "targets"):
        if summary[kind] or kind == "variables":
            lines.append(f"{kind} ({len(summary[kind])})")
            lines += _table(_variable_rows(summary[kind]))
    if "layers" in summary:
        lines.append(
            f"network ({len(summary['layers'])} layers, {summary['n_parameters']} parameters, "
            f"output {summary['output_function'].lower()})"
        )
        lines += _table(
            [
                (layer["layer"], f"{_shape(layer['input_shape'])} -> {_shape(layer['output_shape'])}",
                 f"{layer['n_parameters']} parameters")
                for layer in summary["layers"]
            ]
        )  # fmt: skip
    if "n_trees" in summary:
        lines.append(
            f"forest ({summary['boost_type']}, {summary['n_trees']} trees with {summary['n_nodes']} nodes, "
            f"{summary['deepest_tree']} cuts in a row at most; --tree 0 shows the first one)"
        )
    if not summary["can_be_evaluated"]:
        lines.append(summary["reason"])
    return "\n".join(lines)


def _variable_rows(variables: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return a row for each variable, one for all elements of an array."""
    rows: list[tuple[str, ...]] = []
    number = 0
    while number < len(variables):
        one = variables[number]
        last = number
        if one["type"].endswith("[]"):
            while last + 1 < len(variables) and variables[last + 1]["expression"] == one["expression"]:
                last += 1
        name = (
            one["expression"]
            if one["label"] == one["expression"]
            else f"{one['label']} := {one['expression']}"
        )
        if last > number:
            rows.append((f"{number}-{last}", f"{name}[{last - number + 1}]", one["type"], ""))
        else:
            limits = "" if one["minimum"] is None else f"{one['minimum']:.6g} … {one['maximum']:.6g}"
            unit = f" {one['unit']}" if one["unit"] and limits else ""
            rows.append((str(number), name, one["type"], f"{limits}{unit}"))
        number = last + 1
    return rows


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return ["  none"]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _shape(shape: Sequence[int]) -> str:
    return "×".join(str(length) for length in shape)


def _short_number(text: str) -> str:
    try:
        return f"{float(text):.3g}"
    except ValueError:
        return text
