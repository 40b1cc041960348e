"""Growing a decision tree as TMVA does.

A node's events are cut where the gain is largest: on each variable at points of a grid between the smallest
and the largest value of the node's own events. Sums are taken in the order of the events.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from tmva_py.kernels.kernel import kernel
from tmva_py.kernels.separation import INDICES, VARIANCE, purity_gain, variance, variance_gain

Array = Any

S, B, T, T2 = range(4)
"""Columns of a sample's amounts."""

LEAF_OF_TARGETS = -99


class Growth(NamedTuple):
    """How a tree grows."""

    n_bins: Array
    """Bins of the grid by variable, int64; 0 for one that counts, which has a bin for each whole number."""
    min_size: float
    """Events, and sum of weights, that a child has at least."""
    max_depth: int
    separation: int
    """A number of `tmva_py.kernels.separation`."""
    purity_limit: float
    """The part of signal above which a leaf is one of signal."""
    narrow: float
    """A variable whose range is smaller than this part of its values is not cut on."""
    merges: bool
    """Whether two leaves of one kind beside each other become one."""
    divides: bool = False
    """Whether bins are n(x − low)/(high − low) rather than (x − low)·(1/width), which may round otherwise."""


class GrownTree(NamedTuple):
    """A tree; its nodes in the order node, left part, right part."""

    variable: Array
    cut: Array
    cut_type: Array
    left: Array
    right: Array
    node_type: Array
    purity: Array
    response: Array
    rms: Array
    index: Array
    """The mixture of signal and background, or the variance, float32."""
    signal: Array
    background: Array
    """Sums of weights, float32."""
    importance: Array
    """By variable: Σ (gain·sum of weights)² over the nodes that cut on it, float64."""
    coefficients: Array
    """Of cuts on Fisher discriminants: (n_nodes, n_variables + 1), or (n_nodes, 0) where there are none."""


class Cut(NamedTuple):
    """What a node does with its events."""

    variable: int
    value: float
    above_is_right: bool
    gain: float
    t: float
    """Σ wt of the node's events, as TMVA takes it."""
    t2: float
    coefficients: Array | None = None
    """Of a Fisher discriminant, whose number as a variable is the number of variables."""
    said_index: float | None = None
    """The index that the node is said to have, None for that of its mixture."""


class Part(NamedTuple):
    """The events of a node."""

    columns: Array
    """(n_variables, n), float32."""
    amounts: Array
    """(n, 2): weights of signal and of background; or (n, 4): wt and wt² of the target t beside them."""


class CutFinder(Protocol):
    """Finds the best cut of a node, None if there is none."""

    def __call__(self, xp: Any, part: Part, totals: list[float], growth: Growth) -> Cut | None:
        """Return the cut."""
        ...


@kernel(memory=True)
def grow_tree(
    xp: Any, *, columns: Array, amounts: Array, growth: Growth, allowed: Array | None = None
) -> GrownTree | None:
    """A tree on the events in `columns` (n_variables, n) with `amounts` as in `Part`.

    `allowed` has a row for each node that is cut, in the order in which they are, which says what variables
    may be cut on; None comes back when there are too few of them.
    """
    rows = None if allowed is None else iter(allowed)

    def find(xp: Any, part: Part, totals: list[float], growth: Growth) -> Cut | None:
        usable = xp.ones(len(part.columns), bool) if rows is None else next(rows)
        return best_on_grid(xp, part, totals, growth, usable)

    try:
        return grow_by(xp, Part(columns, amounts), growth, find)
    except StopIteration:
        return None


def sums_of(xp: Any, amounts: Array) -> Array:
    """Return the sums of the columns, taken from top to bottom."""
    return xp.cumsum(amounts, axis=0)[-1]


def best_on_grid(xp: Any, part: Part, totals: list[float], growth: Growth, usable: Array) -> Cut | None:
    """Return the best cut at a point of the grid."""
    best: GridCut | None = None
    of_first = None
    for variable, values in enumerate(part.columns):
        low, high = _range(xp, values)
        if not usable[variable] or _is_narrow(low, high, growth.narrow):
            continue
        found = best_on_axis(xp, values, (low, high), int(growth.n_bins[variable]), part, totals, growth)
        if variable == 0:
            of_first = found.below
        if found.gain > (-1.0 if best is None else best.gain):
            best = found._replace(variable=variable)
    if best is None:
        return None
    t, t2 = _targets_of(of_first, growth, best.n_bins)
    return Cut(best.variable, best.value, best.above_is_right, best.gain, t, t2)


def _targets_of(of_first: list[Array] | None, growth: Growth, n_bins: int) -> tuple[float, float]:
    """Return Σ wt and Σ wt² of a node as TMVA does, 0 if the first variable is not looked at.

    They are those of the first variable's bins, up to the last one of the variable that is cut on.
    """
    if growth.separation != VARIANCE or of_first is None or n_bins > len(of_first[T]):
        return 0.0, 0.0
    return float(of_first[T][n_bins - 1]), float(of_first[T2][n_bins - 1])


def targets_of_node(
    xp: Any, part: Part, totals: list[float], growth: Growth, usable: Array, n_bins: int
) -> tuple[float, float]:
    """Return Σ wt and Σ wt² of a node that is cut on something with so many bins that is no variable."""
    low, high = _range(xp, part.columns[0])
    if growth.separation != VARIANCE or not usable[0] or _is_narrow(low, high, growth.narrow):
        return 0.0, 0.0
    first = best_on_axis(xp, part.columns[0], (low, high), int(growth.n_bins[0]), part, totals, growth)
    return _targets_of(first.below, growth, n_bins)


class GridCut(NamedTuple):
    """The best cut on one variable; its gain is −1 where none is allowed."""

    gain: float
    value: float
    above_is_right: bool
    n_bins: int
    below: list[Array]
    """The sums of the amounts up to each bin."""
    variable: int = -1


def best_on_axis(
    xp: Any,
    values: Array,
    ends: tuple[float, float],
    n_bins: int,
    part: Part,
    totals: list[float],
    growth: Growth,
) -> GridCut:
    """Return the best cut on some values between two ends; with 0 bins, between whole numbers."""
    low, high = ends
    width = 1.0 if n_bins == 0 else (high - low) / n_bins
    n_bins = n_bins or int(high - low + 1)
    scale = (float(n_bins), high - low) if growth.divides else (1.0 / width, 1.0)
    bins = _bins(xp, values, low, scale, n_bins)
    below = [xp.cumsum(xp.bincount(bins, weights=one, minlength=n_bins)) for one in part.amounts.T]
    entries = xp.cumsum(xp.bincount(bins, minlength=n_bins))
    gains = _gains(xp, below, entries, len(part.amounts), totals, growth)
    place = int(xp.argmax(gains)) if len(gains) else 0
    gain = float(gains[place]) if len(gains) else -1.0
    above_is_right = growth.separation == VARIANCE or bool(
        below[S][place] / totals[S] > below[B][place] / totals[B]
    )
    return GridCut(gain, float(xp.float32(low + (place + 1.0) * width)), above_is_right, n_bins, below)


def _gains(
    xp: Any, below: list[Array], entries: Array, n_events: int, totals: list[float], growth: Growth
) -> Array:
    """Return the gain of each cut, −1 where a child would be too small."""
    inner = [sums[:-1] for sums in below]
    counts = entries[:-1]
    weight = inner[S] + inner[B]
    rest = (totals[S] - inner[S]) + (totals[B] - inner[B])
    allowed = (
        (counts >= growth.min_size)
        & (n_events - counts >= growth.min_size)
        & (weight >= growth.min_size)
        & (rest >= growth.min_size)
    )
    with xp.errstate(all="ignore"):
        if growth.separation == VARIANCE:
            all_t, all_t2 = below[T][-1], below[T2][-1]
            gains = variance_gain(xp, weight, inner[T], inner[T2], totals[S] + totals[B], all_t, all_t2)
        else:
            index = INDICES[growth.separation]
            gains = purity_gain(xp, index, inner[S], inner[B], totals[S], totals[B])
    # What is not a number is larger than nothing.
    return xp.where(allowed & (gains > -1.0), gains, -1.0)


def _range(xp: Any, values: Array) -> tuple[float, float]:
    """Return the smallest and the largest value as comparisons one after the other find them."""
    if values[0] != values[0]:
        return float(values[0]), float(values[0])
    return float(xp.nanmin(values)), float(xp.nanmax(values))


def _is_narrow(low: float, high: float, narrow: float) -> bool:
    return not high - low >= 2.0**-52 or high - low < narrow * abs(high + low)


def _bins(xp: Any, values: Array, low: float, scale: tuple[float, float], n_bins: int) -> Array:
    factor, divisor = scale
    with xp.errstate(invalid="ignore"):
        places = factor * (values.astype(xp.float64) - low) / divisor
    places = xp.where(places > 0, places, 0.0)
    return xp.minimum(places, n_bins - 1.0).astype(xp.int64)


def grow_by(xp: Any, root: Part, growth: Growth, find: CutFinder) -> GrownTree:
    """Return a tree on a part of events whose nodes `find` cuts."""
    nodes: list[dict[str, Any]] = []
    importance = xp.zeros(len(root.columns))
    n_coefficients = 0
    waiting = [(root, sums_of(xp, root.amounts).tolist(), 0, -1, "")]
    while waiting:
        part, totals, depth, parent, side = waiting.pop()
        if parent >= 0:
            nodes[parent][side] = len(nodes)
        node = _leaf(xp, totals, growth)
        nodes.append(node)
        cut = find(xp, part, totals, growth) if _may_be_cut(part, totals, depth, growth) else None
        if cut is None:
            continue
        value = xp.float32(cut.value)
        weight = totals[S] + totals[B]
        if cut.coefficients is None:
            importance[cut.variable] += cut.gain * cut.gain * weight * weight
        else:
            n_coefficients = len(cut.coefficients)
            node["coefficients"] = cut.coefficients
            squares = cut.coefficients[:-1] * cut.coefficients[:-1]
            importance += squares * cut.gain * cut.gain * weight * weight
        # A leaf keeps the cut that gains nothing, as in TMVA's files.
        node.update(variable=cut.variable, cut=value, cut_type=cut.above_is_right)
        if not cut.gain >= 2.0**-52:
            continue
        if cut.coefficients is None:
            above = part.columns[cut.variable] >= value
        else:
            above = fisher_values(xp, part.columns, cut.coefficients) > float(value)
        right = above if cut.above_is_right else ~above
        if right.all() or not right.any():  # rounding has moved the cut beyond all events
            continue
        node["node_type"] = 0
        if cut.said_index is not None:
            node["index"] = cut.said_index
        if growth.separation == VARIANCE:
            node.update(_of_targets(xp, weight, cut.t, cut.t2))
        own = len(nodes) - 1
        for name, chosen in (("left", ~right), ("right", right)):
            child = Part(part.columns[:, chosen], part.amounts[chosen])
            waiting.append((child, sums_of(xp, child.amounts).tolist(), depth + 1, own, name))
    if growth.merges:
        _merge(nodes, growth)
    return _in_order(xp, nodes, importance, n_coefficients)


def fisher_values(xp: Any, columns: Array, coefficients: Array) -> Array:
    """Return the discriminant of each event."""
    values = xp.full(columns.shape[1], coefficients[-1])
    for column, coefficient in zip(columns, coefficients[:-1], strict=True):
        values = values + coefficient * column.astype(xp.float64)
    return values


def _may_be_cut(part: Part, totals: list[float], depth: int, growth: Growth) -> bool:
    weight = totals[S] + totals[B]
    has_both = weight != 0 if growth.separation == VARIANCE else totals[S] != 0 and totals[B] != 0
    large = len(part.amounts) >= 2 * growth.min_size and weight >= 2 * growth.min_size
    return bool(large and has_both and depth < growth.max_depth)


def _leaf(xp: Any, totals: list[float], growth: Growth) -> dict[str, Any]:
    """Return a node that is not cut."""
    s, b = xp.float32(totals[S]), xp.float32(totals[B])
    purity = s / (s + b) if s + b > 0 else xp.float32(-1)
    node: dict[str, Any] = {
        "variable": -1, "cut": 0.0, "cut_type": True, "left": -1, "right": -1,
        "node_type": LEAF_OF_TARGETS, "purity": purity, "response": -99.0, "rms": 0.0,
        "index": 0.0, "signal": s, "background": b,
    }  # fmt: skip
    with xp.errstate(all="ignore"):
        if growth.separation != VARIANCE:
            node["node_type"] = 1 if float(purity) > growth.purity_limit else -1
            index = INDICES[growth.separation]
            node["index"] = float(index(xp, xp.float64(totals[S]), xp.float64(totals[B])))
            return node
        node.update(_of_targets(xp, totals[S] + totals[B], totals[T], totals[T2]))
    return node


def _of_targets(xp: Any, weight: float, t: float, t2: float) -> dict[str, Any]:
    """Return what a node knows of its targets."""
    with xp.errstate(all="ignore"):
        whole = xp.float64(weight)
        mean = t / whole
        square = t2 / whole - mean * t / whole
        spread = 0.0 if square < 2.0**-52 else xp.sqrt(square)
        return {"response": mean, "rms": spread, "index": variance(whole, t, t2)}


def _merge(nodes: list[dict[str, Any]], growth: Growth) -> None:
    """Make leaves of nodes with two leaves of one kind, from the bottom up."""
    for node in reversed(nodes):  # children come after their parents
        if node["node_type"] != 0:
            continue
        left, right = (nodes[node[side]]["node_type"] for side in ("left", "right"))
        if left * right > 0:
            kind = 1 if float(node["purity"]) > growth.purity_limit else -1
            node.update(left=-1, right=-1, variable=-1, node_type=kind)


def _in_order(xp: Any, nodes: list[dict[str, Any]], importance: Array, n_coefficients: int) -> GrownTree:
    """Return the nodes as arrays, each node before its left part and that before its right part."""
    order: list[int] = []
    waiting = [0]
    while waiting:
        number = waiting.pop()
        order.append(number)
        if nodes[number]["left"] >= 0:
            waiting += [nodes[number]["right"], nodes[number]["left"]]
    places = {number: place for place, number in enumerate(order)}
    places[-1] = -1
    chosen = [nodes[number] for number in order]
    columns = {
        name: xp.array([node[name] for node in chosen], dtype)
        for name, dtype in (
            ("variable", xp.int32), ("cut", xp.float32), ("cut_type", bool), ("node_type", xp.int8),
            ("purity", xp.float32), ("response", xp.float32), ("rms", xp.float32), ("index", xp.float32),
            ("signal", xp.float32), ("background", xp.float32),
        )
    }  # fmt: skip
    for side in ("left", "right"):
        columns[side] = xp.array([places[node[side]] for node in chosen], xp.int32)
    coefficients = xp.zeros((len(chosen), n_coefficients))
    for row, node in zip(coefficients, chosen, strict=True):
        if "coefficients" in node:
            row[:] = node["coefficients"]
    return GrownTree(importance=importance, coefficients=coefficients, **columns)
