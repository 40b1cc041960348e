"""A tree for people: as text, and as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.errors import missing_extra
from tmva_py.methods.bdt.forest import Forest


def tree_lines(forest: Forest, tree: int, variables: Sequence[str]) -> list[str]:
    """Return a tree as indented lines: what is cut on, and what leaves answer.

    Parameters
    ----------
    forest : Forest
        The trees.
    tree : int
        The number of one, from 0.
    variables : sequence of str
        The variables' labels.
    """
    lines = [f"tree {tree}, weight {forest.boost_weights[tree]:.6g}"]
    waiting = [(int(forest.starts[tree]), 1, "")]
    while waiting:
        node, depth, condition = waiting.pop()
        blanks = "  " * depth
        lines.append(f"{blanks}{condition}{_answer(forest, node)}")
        if forest.node_type[node] == 0:
            below, above = conditions(forest, node, variables)
            left, right = (below, above) if forest.cut_type[node] else (above, below)
            waiting.append((int(forest.right[node]), depth + 1, f"{right}: "))
            waiting.append((int(forest.left[node]), depth + 1, f"{left}: "))
    return lines


def conditions(forest: Forest, node: int, variables: Sequence[str]) -> tuple[str, str]:
    """Return what holds below and above a node's cut."""
    cut = f"{forest.cut[node]:.6g}"
    coefficients = forest.coefficients_of(node)
    if not len(coefficients):
        name = variables[int(forest.variable[node])]
        return f"{name} < {cut}", f"{name} >= {cut}"
    terms = [
        f"{value:+.4g}*{name}" for value, name in zip(coefficients[:-1], variables, strict=True) if value
    ]
    text = f"{''.join(terms)}{coefficients[-1]:+.4g}"
    return f"{text} <= {cut}", f"{text} > {cut}"


def _answer(forest: Forest, node: int) -> str:
    kind = int(forest.node_type[node])
    purity = float(forest.purity[node])
    response = float(forest.response[node])
    has_response = response != -99.0
    answer = f"response {response:.6g}" if has_response else f"purity {purity:.4g}"
    if kind == 0:
        return answer
    if has_response:
        return f"{answer} (leaf)"
    return f"{answer} -> {'signal' if kind > 0 else 'background'}"


def draw_tree(forest: Forest, tree: int, variables: Sequence[str]) -> Any:
    """Return a picture of a tree, a figure of matplotlib: cuts, purities and answers, blue for signal.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        extra = missing_extra("matplotlib", "plot", "for pictures")
        raise extra from None
    places = _places(forest, tree)
    width = max(x for x, _ in places.values()) + 1
    height = max(-y for _, y in places.values()) + 1
    figure = Figure(figsize=(max(4.0, 1.7 * width), max(2.0, 1.4 * height)))
    axes = figure.add_subplot()
    axes.set_axis_off()
    for node, (x, y) in places.items():
        text = _answer(forest, node)
        if forest.node_type[node] == 0:
            below, _ = conditions(forest, node, variables)
            text = f"{below}?\n{text}"
            sides = (forest.left[node], forest.right[node])
            labels = ("yes", "no") if forest.cut_type[node] else ("no", "yes")
            for child, label in zip(sides, labels, strict=True):
                end = places[int(child)]
                axes.plot([x, end[0]], [y, end[1]], color="0.6", zorder=1)
                axes.text((x + end[0]) / 2, (y + end[1]) / 2, label, ha="center", fontsize=7, color="0.4")
        colour = forest.purity[node] if 0 <= forest.purity[node] <= 1 else 0.5
        face = (1 - 0.4 * colour, 0.8, 0.6 + 0.4 * colour)
        box = {"boxstyle": "round", "facecolor": face, "edgecolor": "0.5"}
        axes.text(x, y, text, ha="center", va="center", fontsize=8, bbox=box, zorder=2)
    axes.set_title(f"tree {tree}, weight {forest.boost_weights[tree]:.4g}")
    return figure


def _places(forest: Forest, tree: int) -> dict[int, tuple[float, float]]:
    """Return where each node is drawn: leaves side by side, a node above the middle of its children."""
    places: dict[int, tuple[float, float]] = {}
    n_leaves = 0
    waiting = [(int(forest.starts[tree]), 0, False)]
    while waiting:
        node, depth, is_second = waiting.pop()
        if forest.node_type[node] != 0:
            places[node] = (float(n_leaves), -float(depth))
            n_leaves += 1
        elif is_second:
            left, right = (places[int(side[node])][0] for side in (forest.left, forest.right))
            places[node] = ((left + right) / 2, -float(depth))
        else:
            waiting.append((node, depth, True))
            waiting.append((int(forest.right[node]), depth + 1, False))
            waiting.append((int(forest.left[node]), depth + 1, False))
    return places
