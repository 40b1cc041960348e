"""What happens to events between two trees: random samples, answers, weights and residuals.

A sample has every event `counts` times, in the order of the events; its `entries` are their numbers. Sums
go through the sample in this order, and what is done to an event is done as often as it is in there, as TMVA
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any


class Nodes(NamedTuple):
    """What is needed of a tree to find an event's leaf."""

    variable: Array
    cut: Array
    cut_type: Array
    left: Array
    """Children, int32; −1 in leaves."""
    right: Array


@kernel
def poisson_counts(xp: Any, *, seeds: Sequence[int], n_events: int, mean: float) -> Array:
    """How often each event is in samples, (n_seeds, n_events) in int32.

    They are ROOT's: ``TRandom3(seed).PoissonD(mean)`` for one event after the other.
    """
    rows = [_poisson_counts(xp, seed, n_events, mean) for seed in seeds]
    return xp.array(rows, xp.int32).reshape(len(seeds), n_events)


def _poisson_counts(xp: Any, seed: int, n_events: int, mean: float) -> list[int]:
    limit = float(xp.exp(-mean))
    generator = xp.random.RandomState(seed)
    n_words = int(n_events * (mean + 1) + 20 * xp.sqrt(n_events + 1)) + 100
    words = generator.randint(0, 2**32, n_words, dtype=xp.uint32)
    counts: list[int] = []
    while True:
        draws = words[words != 0] * 2.0**-32
        lengths = _draws_needed(xp, draws, limit).tolist()
        place = 0
        while len(counts) < n_events and place < len(lengths) and lengths[place]:
            counts.append(lengths[place] - 1)
            place += lengths[place]
        if len(counts) == n_events:
            return counts
        rest = xp.flatnonzero(words)[place:]
        words = xp.concatenate([words[rest], generator.randint(0, 2**32, n_words, dtype=xp.uint32)])


def _draws_needed(xp: Any, draws: Array, limit: float) -> Array:
    """Return for each place how many draws from there on have a product of at most `limit`; 0 if unknown."""
    needed = xp.zeros(len(draws), xp.int64)
    places, products, length = xp.arange(len(draws)), xp.ones(len(draws)), 0
    while len(places):
        length += 1
        inside = places + length <= len(draws)
        places, products = places[inside], products[inside]
        products = products * draws[places + length - 1]
        done = products <= limit
        needed[places[done]] = length
        places, products = places[~done], products[~done]
    return needed


@kernel
def sample_entries(xp: Any, *, counts: Array) -> Array:
    """The number of each entry's event, int64."""
    return xp.repeat(xp.arange(len(counts)), counts)


@kernel
def sample_columns(xp: Any, *, columns: Array, entries: Array, out: Array) -> None:
    """Write the columns (n_variables, n_events) of a sample's entries."""
    xp.take(columns, entries, axis=1, out=out, mode="clip")


@kernel
def tree_leaves(xp: Any, *, columns: Array, nodes: Nodes) -> Array:
    """The leaf of each event, int32; `columns` is (n_variables, n_events)."""
    events = xp.arange(columns.shape[1])
    node = xp.zeros(len(events), xp.int32)
    while True:
        inner = nodes.left[node] >= 0
        if not inner.any():
            return node
        variable = xp.where(inner, nodes.variable[node], 0)
        above = columns[variable, events] >= nodes.cut[node]
        right = above == nodes.cut_type[node]
        node = xp.where(inner, xp.where(right, nodes.right[node], nodes.left[node]), node)


@kernel
def class_amounts(
    xp: Any, *, weight: Array, boost: Array, is_signal: Array, counts: Array, out: Array
) -> None:
    """Write the weights w·b of a sample's events, those of signal into column 0, of background into 1."""
    events = xp.repeat(xp.arange(len(weight)), counts)
    whole = weight[events] * boost[events]
    out[:, 0] = xp.where(is_signal[events], whole, 0.0)
    out[:, 1] = xp.where(is_signal[events], 0.0, whole)


@kernel
def target_amounts(
    xp: Any, *, weight: Array, boost: Array, is_signal: Array, target: Array, counts: Array, out: Array
) -> None:
    """As `class_amounts`, and wt and wt² of the target t into columns 2 and 3."""
    class_amounts.reference(xp, weight=weight, boost=boost, is_signal=is_signal, counts=counts, out=out)
    events = xp.repeat(xp.arange(len(weight)), counts)
    t = target[events].astype(xp.float64)
    out[:, 2] = weight[events] * boost[events] * t
    out[:, 3] = out[:, 2] * t


@kernel
def error_sums(
    xp: Any,
    *,
    weight: Array,
    boost: Array,
    is_signal: Array,
    entries: Array,
    leaves: Array,
    answers: Array,
    costs: Array,
) -> tuple[float, float]:
    """Σ w and Σ w·a·c over a sample; `answers` and `costs` are (n_nodes, 2), for signal and background."""
    whole = weight[entries] * boost[entries]
    kind = 1 - is_signal[entries].astype(xp.int64)
    leaf = leaves[entries]
    terms = whole * answers[leaf, kind] * costs[leaf, kind]
    return float(xp.cumsum(whole)[-1]), float(xp.cumsum(terms)[-1])


@kernel
def boost_events(
    xp: Any,
    *,
    weight: Array,
    boost: Array,
    is_signal: Array,
    entries: Array,
    leaves: Array,
    factors: Array,
    least: Array,
    signal_factor: float,
) -> None:
    """Multiply boosts by factors, then by the sample's size over its new sum of weights.

    `factors` is (2, n_nodes, 2), for events of positive and of other weight, and for signal and background;
    `least`, of the same shape, is what a smaller boost counts as. Signal is multiplied by `signal_factor`
    as well.
    """
    kind = 1 - is_signal.astype(xp.int64)
    sign = 1 - (weight * boost > 0).astype(xp.int64)
    factor, floor = factors[sign, leaves, kind], least[sign, leaves, kind]
    counts = xp.bincount(entries, minlength=len(weight))
    most = int(counts.max(initial=0))
    after = xp.zeros((most, len(weight)))
    for time in range(most):
        chosen = counts > time
        boost[chosen] = xp.maximum(boost[chosen], floor[chosen]) * factor[chosen]
        after[time] = weight * boost
    firsts = xp.cumsum(counts) - counts
    times = xp.arange(len(entries)) - firsts[entries]
    new_sum = float(xp.cumsum(after[times, entries])[-1])
    size = len(entries) / new_sum
    scale = xp.where(is_signal, size * signal_factor, size)
    for time in range(most):
        chosen = counts > time
        boost[chosen] *= scale[chosen]


@kernel
def leaf_gradients(
    xp: Any, *, whole: Array, target: Array, counts: Array, leaves: Array, n_nodes: int, squared: bool
) -> tuple[Array, Array, Array]:
    """Σ wt, Σ w|t|(1 − |t|) and entries by leaf of a sample; w² in the second with `squared`."""
    events = xp.repeat(xp.arange(len(whole)), counts)
    w, t, leaf = whole[events], target[events].astype(xp.float64), leaves[events]
    slopes = xp.absolute(t) * (1.0 - xp.absolute(t)) * w
    if squared:
        slopes = slopes * w
    return (
        xp.bincount(leaf, weights=t * w, minlength=n_nodes),
        xp.bincount(leaf, weights=slopes, minlength=n_nodes),
        xp.bincount(leaf, minlength=n_nodes),
    )


@kernel
def update_residuals(
    xp: Any, *, sums: Array, leaves: Array, response: Array, is_signal: Array, target: Array
) -> None:
    """F ← F + the leaf's response; t ← y − 1/(1 + exp(−2F)), with y = 1 for signal."""
    sums += response[leaves].astype(xp.float64)
    target[...] = xp.where(is_signal, 1.0, 0.0) - 1.0 / (1.0 + xp.exp(-2.0 * sums))
