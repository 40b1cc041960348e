"""Random arguments for every kernel that has overrides; a new kernel adds a line to `ARGUMENTS`."""

from __future__ import annotations

import functools
import importlib
import itertools
import pkgutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from tmva_py import kernels
from tmva_py.kernels import Kernel, Memory, perceptron
from tmva_py.kernels.boosting import Nodes
from tmva_py.kernels.boxes import Limits
from tmva_py.kernels.convolution import Window
from tmva_py.kernels.cuts import Curve, Sample
from tmva_py.kernels.densities import Densities
from tmva_py.kernels.foam_samples import Box
from tmva_py.kernels.foams import Cells
from tmva_py.kernels.growing import Growth
from tmva_py.kernels.perceptron import Perceptron
from tmva_py.kernels.rule_path import Paths, Targets, Terms, Walk
from tmva_py.kernels.rules import Lines, Rules
from tmva_py.kernels.search_trees import SearchTree, file_events
from tmva_py.kernels.separation import VARIANCE
from tmva_py.kernels.sequence import Arriving, Gradients, Weights
from tmva_py.kernels.support_vectors import MULTI_GAUSS, POLYNOMIAL, RBF, Similarity
from tmva_py.kernels.trees import FullTrees, Trees
from tmva_py.kernels.working_set import Machine
from tmva_py.methods.knn.neighbours import points_in_boxes

# (time steps, batch, state size, input width)
SHAPES = [(1, 1, 1, 1), (3, 1, 2, 1), (1, 4, 3, 2), (2, 3, 1, 4), (5, 7, 4, 3), (10, 16, 10, 6)]
# The same, wider than what compiled kernels work on at a time.
WIDE_SHAPES = [(3, 150, 9, 20), (2, 70, 19, 5)]

Arguments = dict[str, Any]


def all_kernels() -> dict[str, Kernel[..., Any]]:
    """Return every kernel by module and name."""
    found = {}
    for module in pkgutil.iter_modules(kernels.__path__):
        content = vars(importlib.import_module(f"{kernels.__name__}.{module.name}"))
        found.update(
            {f"{module.name}.{name}": value for name, value in content.items() if isinstance(value, Kernel)}
        )
    return found


def plain(arguments: Arguments) -> Arguments:
    """Return the arguments of a reference: without work space."""
    return {name: value for name, value in arguments.items() if name != "memory"}


class Draw:
    """Random arguments in one precision."""

    def __init__(self, dtype: str, seed: int = 5) -> None:
        self.dtype = np.dtype(dtype)
        self.random = np.random.default_rng(seed)

    def array(self, *shape: int, scale: float = 0.8) -> Any:
        return self.random.normal(0.0, scale, shape).astype(self.dtype)

    def empty(self, *shape: int) -> Any:
        return np.full(shape, np.nan, self.dtype)

    def memory(self) -> Memory:
        return Memory(lambda shape: np.full(shape, np.nan, self.dtype))


def forward_arguments(draw: Draw, gates: int, states: int) -> Iterator[Arguments]:
    for steps, batch, size, width in SHAPES + WIDE_SHAPES:
        rows = gates * size
        yield {
            "x": draw.array(steps, batch, width),
            "weights": Weights(draw.array(rows, width), draw.array(rows, size), draw.array(rows)),
            "initial": tuple(draw.array(size, batch) for _ in range(states)),
            "memory": draw.memory(),
        }


def backward_arguments(
    draw: Draw, gates: int, states: int, forward: Kernel[..., Any], **further: Any
) -> Iterator[Arguments]:
    for number, arguments in enumerate(forward_arguments(draw, gates, states)):
        steps, batch, _ = arguments["x"].shape
        weights = arguments["weights"]
        size = weights.U.shape[1]
        for outputs, final in ((True, False), (False, True), (True, True), (False, False)):
            last = tuple(draw.array(size, batch) if final else None for _ in range(states))
            yield {
                "x": arguments["x"],
                "weights": weights,
                "arriving": Arriving(draw.array(steps, size, batch) if outputs else None, last),
                "trace": forward(np, **plain(arguments), **further),
                "gradients": Gradients(*(draw.empty(*array.shape) for array in weights)),
                "memory": draw.memory(),
                "input_gradient": number % 2 == 0 or final,
                **further,
            }


def gather_arguments(draw: Draw) -> Iterator[Arguments]:
    for shape in ((4,), (4, 1), (9, 3), (6, 2, 3)):
        index = draw.random.permutation(shape[0])[: max(1, shape[0] // 2)]
        yield {"source": draw.array(*shape), "index": index, "out": draw.empty(len(index), *shape[1:])}


def gru(draw: Draw) -> Iterator[Arguments]:
    for after in (False, True):
        for arguments in forward_arguments(draw, 3, 1):
            yield {**arguments, "reset_after": after}


def gru_back(draw: Draw) -> Iterator[Arguments]:
    for after in (False, True):
        forward = all_kernels()["gru.gru_forward"]
        yield from backward_arguments(draw, 3, 1, forward, reset_after=after)


def relu(draw: Draw) -> Iterator[Arguments]:
    for shape in ((1, 1), (4, 3), (200, 100), (7, 0)):
        yield {"x": draw.array(*shape), "out": draw.empty(*shape)}
        yield {"x": draw.array(*reversed(shape)).T, "out": draw.empty(*shape)}


# (depth, batch, height, width, filters), and the window's height, width, strides and padding
IMAGES = [
    ((1, 1, 1, 1, 1), (1, 1, 1, 1, 0, 0)),
    ((2, 3, 5, 4, 2), (3, 2, 1, 1, 1, 0)),
    ((3, 2, 6, 6, 4), (3, 3, 1, 1, 1, 1)),
    ((1, 4, 8, 8, 5), (5, 5, 1, 1, 2, 2)),
    ((2, 3, 7, 9, 3), (3, 3, 2, 3, 0, 0)),
    ((3, 2, 5, 5, 2), (2, 2, 3, 3, 2, 2)),
    ((9, 40, 16, 16, 8), (3, 3, 1, 1, 1, 1)),
]


def conv(draw: Draw) -> Iterator[Arguments]:
    for (depth, batch, height, width, filters), numbers in IMAGES:
        window = Window(*numbers)
        yield {
            "x": draw.array(depth, batch, height, width),
            "W": draw.array(filters, depth * window.height * window.width),
            "b": draw.array(filters),
            "window": window,
            "memory": draw.memory(),
        }


def conv_back(draw: Draw) -> Iterator[Arguments]:
    for forward in conv(draw):
        for input_gradient in (True, False):
            z, padded = all_kernels()["convolution.conv_forward"](np, **plain(forward))
            yield {
                "d_z": draw.array(*z.shape),
                "padded": padded,
                "W": forward["W"],
                "window": forward["window"],
                "d_W": draw.empty(*forward["W"].shape),
                "d_b": draw.empty(*forward["b"].shape),
                "memory": draw.memory(),
                "input_gradient": input_gradient,
            }


def pool(draw: Draw) -> Iterator[Arguments]:
    for (depth, batch, height, width, _), numbers in IMAGES:
        # Few different values: in most windows the largest is there twice, and the first one wins.
        x = np.round(draw.array(depth, batch, height, width))
        yield {"x": x, "window": Window(*numbers[:4]), "memory": draw.memory()}


def pool_back(draw: Draw) -> Iterator[Arguments]:
    for forward in pool(draw):
        out = all_kernels()["pooling.max_pool_forward"](np, **plain(forward))
        yield {
            "d_out": draw.array(*out.shape),
            "x": forward["x"],
            "out": out,
            "window": forward["window"],
            "memory": draw.memory(),
        }


def batch_norm(draw: Draw) -> Iterator[Arguments]:
    for axis in (0, 1):
        for features, values in ((1, 2), (3, 5), (4, 1), (6, 100)):
            shape = (values, features) if axis == 0 else (features, values)
            yield {
                "x": draw.array(*shape),
                "gamma": draw.array(features),
                "beta": draw.array(features),
                "epsilon": 1e-2,
                "axis": axis,
                "memory": draw.memory(),
            }


def scaling(draw: Draw) -> Iterator[Arguments]:
    for forward in batch_norm(draw):
        numbers = {"factor": forward["gamma"], "shift": forward["beta"]}
        yield {**numbers, **{name: forward[name] for name in ("x", "axis", "memory")}}


def in_rows(draw: Draw) -> Iterator[Arguments]:
    for shape, to in (((1, 1), (1,)), ((2, 3, 4), (2, 12)), ((5, 2, 3), (5, 2, 3))):
        for x in (draw.array(*shape), draw.array(*reversed(shape)).T):
            yield {"x": x, "shape": to, "name": "x", "memory": draw.memory()}


def batch_norm_back(draw: Draw) -> Iterator[Arguments]:
    for forward in batch_norm(draw):
        y, trace = all_kernels()["batch_norm.batch_norm_forward"](np, **plain(forward))
        yield {
            "d_y": draw.array(*y.shape),
            "gamma": forward["gamma"],
            "trace": trace,
            "d_gamma": draw.empty(*forward["gamma"].shape),
            "d_beta": draw.empty(*forward["gamma"].shape),
            "axis": forward["axis"],
            "memory": draw.memory(),
        }


def statistics(draw: Draw) -> Iterator[Arguments]:
    for features, count, momentum, batches in (
        (1, 2, 0.9, 0),
        (3, 5, 0.9, 4),
        (4, 1, -1.0, 0),
        (4, 7, -1.0, 3),
    ):
        yield {
            "mean": draw.array(features),
            "variance": draw.array(features) ** 2,
            "count": count,
            "momentum": momentum,
            "epsilon": 1e-2,
            "running_mean": draw.array(features),
            "running_variance": draw.array(features) ** 2,
            "batches": np.full(1, batches, draw.dtype),
        }


def activation(draw: Draw) -> Iterator[Arguments]:
    for shape in ((1, 1), (4, 3), (7, 0), (2, 3, 4, 5)):
        yield {"x": draw.array(*shape, scale=2.0), "out": draw.empty(*shape)}


def activation_back(draw: Draw) -> Iterator[Arguments]:
    for forward in activation(draw):
        x = forward["x"]
        x.reshape(-1)[:1] = 0
        common = {"x": x, "y": np.tanh(x), "out": forward["out"]}
        yield {"d_out": draw.array(*x.shape), **common}
        # What stands behind a convolution: the axes of the gradient in another order.
        yield {"d_out": draw.array(*reversed(x.shape)).T, **common}


def loss(draw: Draw) -> Iterator[Arguments]:
    for events, columns in ((1, 1), (3, 1), (5, 4), (300, 3)):
        for weighted in (False, True):
            for wanted in (False, True):
                yield {
                    "output": draw.array(events, columns, scale=3.0),
                    "target": draw.random.random((events, columns)).astype(draw.dtype),
                    "weight": draw.array(events, 1) if weighted else None,
                    "gradient": draw.empty(events, columns) if wanted else None,
                }


def optimizer(states: str, **settings: float) -> Callable[[Draw], Iterator[Arguments]]:
    def arguments(draw: Draw) -> Iterator[Arguments]:
        for count in (1, 7, 1000):
            yield {
                "parameters": draw.array(count),
                "gradients": draw.array(count),
                **{name: draw.array(count) ** 2 for name in states},
                "memory": draw.memory(),
                **settings,
            }

    return arguments


ACTIVATIONS = ("sigmoid", "tanh", "symmetric_relu", "softsign", "gauss")


def dense(draw: Draw) -> Iterator[Arguments]:
    for batch, width, size in ((1, 1, 1), (3, 7, 1), (5, 4, 9), (70, 5, 33), (150, 40, 50)):
        for name in ("linear", "tanh", "relu", "gauss"):
            yield {
                "x": draw.array(batch, width),
                "W": draw.array(size, width),
                "b": draw.array(size),
                "z": draw.empty(batch, size),
                "y": draw.empty(batch, size),
                "activate": all_kernels()[f"activation.{name}_forward"],
                "memory": draw.memory(),
            }


def dense_row(draw: Draw) -> Iterator[Arguments]:
    for batch, widths in ((1, (3, 1)), (1, (4, 9, 33, 1)), (1, (20, 150, 150, 7)), (3, (5, 4, 2))):
        names = itertools.cycle(("tanh", "relu", "linear", "gauss"))
        yield {
            "x": draw.array(batch, widths[0]),
            "parameters": [
                (draw.array(size, width, scale=0.1), draw.array(size)) for width, size in pairwise(widths)
            ],
            "activate": [
                numbered(f"activation.{name}_forward") for _, name in zip(widths[1:], names, strict=False)
            ],
            "memory": draw.memory(),
        }


def numbered(name: str) -> Any:
    """Return an activation that compiled kernels know, or its reference where there are none."""
    found = all_kernels()[name]
    return found.overrides.get("numba", found.reference)


def ordered(draw: Draw) -> Iterator[Arguments]:
    for events, width, size in ((0, 3, 2), (1, 4, 4), (16, 3, 1), (17, 5, 3), (1500, 2, 2)):
        for offset in (None, draw.random.normal(size=size), np.array([-0.0])):
            matrix = draw.random.normal(size=(size, width))
            for one in (matrix.T, matrix.T.copy(), np.repeat(matrix.T, 2, axis=1)[:, ::2]):
                yield {"values": draw.array(events, width), "matrix": one, "offset": offset}


def single(draw: Draw) -> Iterator[Arguments]:
    for events, width, size in ((0, 3, 2), (1, 4, 1), (17, 5, 3), (1500, 2, 2)):
        coefficients = draw.random.normal(size=(size, 1 + width))
        yield {"x": draw.array(events, width), "coefficients": coefficients}
        yield {"x": draw.array(width, events, scale=1e30).T, "coefficients": 1e8 * coefficients}


def tables(draw: Draw) -> Iterator[Arguments]:
    sizes = np.array([1, 5, 40])
    for events in (0, 1, 300):
        x = draw.array(3, events, scale=2.0)
        if events > 1:
            x[:, :3] = np.nan, np.inf, -np.inf
        values, slopes = (draw.random.normal(size=sizes.sum()) for _ in range(2))
        yield {
            "x": x,
            "values": values,
            "slopes": slopes,
            "first": (np.cumsum(sizes) - sizes)[:, None],
            "last": np.maximum(sizes - 2.0, 0.0)[:, None],
            "minimum": np.full((3, 1), -1.0),
            "scale": (sizes / 2.0)[:, None],
            "smallest": 0.1,
        }


def fractions(draw: Draw) -> Iterator[Arguments]:
    for events in (0, 1, 300):
        fraction = draw.random.random((3, events))
        if events > 1:
            fraction[:, :3] = np.nan, 0.0, 1.0
        yield {"fraction": fraction, "largest": 0.99999999}


def nearly_singles(draw: Draw) -> Iterator[Arguments]:
    for events in (0, 1, 300):
        values = draw.random.normal(size=(3, events), scale=2.0)
        if events > 1:
            values[:, :3] = np.nan, np.inf, 4.2
        yield {"values": values, "deviation": 1e-8, "limit": 4.2}


def medians(draw: Draw) -> Iterator[Arguments]:
    for n_trees, events in ((1, 1), (5, 1), (6, 4), (7, 0), (40, 9)):
        values = draw.array(n_trees, events).round(1)
        for weights in (draw.random.random(n_trees), np.full(n_trees, 0.5), -draw.random.random(n_trees)):
            yield {"values": values, "order": values.argsort(axis=0, kind="stable"), "weights": weights}


def rounded(draw: Draw) -> Iterator[Arguments]:
    for shape in ((0, 3, 2), (1, 20, 1), (40, 20, 3)):
        yield {"terms": draw.array(*shape, scale=1e3)}
        yield {"terms": draw.array(*shape, scale=7e37)}


def ranges(draw: Draw) -> Iterator[Arguments]:
    for events, width in ((0, 2), (1, 4), (1500, 3)):
        low, wide = draw.random.normal(size=width), draw.random.random(width)
        yield {"values": draw.array(events, width), "low": low, "width": wide}
        yield {"values": draw.array(width, events).T, "low": low, "width": np.where(low > 0, 0.0, 1e-60)}


def distances(draw: Draw) -> Iterator[Arguments]:
    for events, n in ((0, 2), (1, 4), (17, 1), (1500, 3)):
        mean, inverse = draw.random.normal(size=n), draw.random.normal(size=(n, n))
        yield {"x": draw.array(events, n), "mean": mean, "inverse": inverse}


def normal(draw: Draw) -> Iterator[Arguments]:
    for events, width in ((0, 2), (1, 4), (1500, 3)):
        offset, scale = draw.array(width), draw.array(width)
        yield {"values": draw.array(events, width), "offset": offset, "scale": scale}
        scale[0] = np.inf
        values = draw.array(width, events, scale=1e-38).T
        yield {"values": values, "offset": offset, "scale": scale}


def dense_back(draw: Draw) -> Iterator[Arguments]:
    for number, arguments in enumerate(dense(draw)):
        shape, name = arguments["z"].shape, arguments["activate"].__name__.removesuffix("_forward")
        all_kernels()["dense.dense_forward"](np, **plain(arguments))
        yield {
            "d_out": draw.array(*shape),
            **{key: arguments[key] for key in ("x", "z", "y", "W", "memory")},
            "d_W": draw.empty(*arguments["W"].shape),
            "d_b": draw.empty(*arguments["b"].shape),
            "activate_back": all_kernels()[f"activation.{name}_backward"],
            "input_gradient": number % 3 != 0,
        }


def cell(gates: int, name: str, *, backward: bool = False) -> Callable[[Draw], Iterator[Arguments]]:
    """Return the arguments of one step of the recurrent layer `name`."""

    def arguments(draw: Draw) -> Iterator[Arguments]:
        for size, batch in ((1, 1), (3, 7), (10, 33), (40, 5)):
            state, stacked = (size, batch), (gates * size, batch)
            forward = {
                "rnn": {"a": draw.array(*stacked)},
                "lstm": {"a": draw.array(*stacked), "c": draw.array(*state)},
                "gru": {
                    "inputs": draw.array(*stacked),
                    "h": draw.array(*state),
                    "U": draw.array(gates * size, size),
                },
            }[name]
            for after in (False, True) if name == "gru" else (None,):
                extra = {} if after is None else {"reset_after": after}
                if not backward:
                    yield {**forward, **extra}
                    continue
                seen = all_kernels()[f"{name}.{name}_cell_forward"](np, **forward, **extra)
                d_h = draw.array(*state)
                if name == "rnn":
                    yield {"d_h": d_h, "h": seen}
                elif name == "lstm":
                    yield {
                        "d_h": d_h,
                        "d_c": draw.array(*state),
                        "c_before": forward["c"],
                        "gates": seen[2],
                        "tanh_c": seen[3],
                    }
                else:
                    yield {
                        "d_h": d_h,
                        "h_before": forward["h"],
                        "gates": seen[1],
                        "recurrent": seen[2],
                        "U": forward["U"],
                        **extra,
                    }

    return arguments


def sequence(name: str) -> Callable[[Draw], Iterator[Arguments]]:
    def arguments(draw: Draw) -> Iterator[Arguments]:
        for shape in ((1, 1, 1), (3, 2, 5), (20, 7, 33)):
            yield {name: draw.array(*shape), "memory": draw.memory()}

    return arguments


def outputs(draw: Draw) -> Iterator[Arguments]:
    for shape in ((1, 1), (40, 1), (7, 3)):
        yield {"x": draw.array(*shape, scale=20.0)}


CELLS = (("rnn", 1), ("lstm", 4), ("gru", 3))


def decision_trees(draw: Draw, depth: int, n_trees: int, n_features: int) -> FullTrees:
    """Return full trees; some of their cuts are values of events (whole numbers)."""
    cut = draw.random.normal(0.0, 0.8, (n_trees, 2**depth - 1)).astype(np.float32)
    return FullTrees(
        draw.random.integers(0, n_features, cut.shape).astype(np.int32),
        np.where(draw.random.random(cut.shape) < 0.3, np.round(cut), cut),
        draw.random.normal(0.0, 1.0, (n_trees, 2**depth)).astype(np.float32),
    )


def events_with_gaps(draw: Draw, n_events: int, n_features: int) -> Any:
    """Return events, some with whole numbers, infinities or without a value."""
    x = draw.random.normal(0.0, 1.0, (n_events, n_features)).astype(np.float32)
    x = np.where(draw.random.random(x.shape) < 0.2, np.round(x), x)
    odd = draw.random.choice(np.array([np.nan, np.inf, -np.inf], np.float32), x.shape)
    return np.where(draw.random.random(x.shape) < 0.05, odd, x)


def full_trees(draw: Draw) -> Iterator[Arguments]:
    for depth, n_trees, n_features, n_outputs in (
        (1, 1, 1, 1), (1, 7, 3, 1), (2, 5, 2, 1), (3, 40, 9, 1), (3, 7, 4, 3), (4, 6, 5, 1), (5, 6, 5, 2),
        (6, 9, 4, 1), (7, 3, 4, 1), (9, 2, 3, 1),
    ):  # fmt: skip
        for n_events in (0, 1, 13, 60, 700, 9000 if depth == 3 else 520):
            yield {
                "x": events_with_gaps(draw, n_events, n_features),
                "trees": decision_trees(draw, depth, n_trees, n_features),
                "weights": draw.random.random(n_trees),
                "n_outputs": n_outputs,
            }


def walked_trees(draw: Draw) -> Iterator[Arguments]:
    """Trees of two shapes in turn: a single leaf, and a chain of decisions with a leaf at each."""
    for n_trees, length, n_features in ((1, 0, 1), (5, 1, 2), (6, 9, 4)):
        feature, cut, below, value, root, depth = [], [], [], [], [], []
        for tree in range(n_trees):
            steps = length if tree % 2 == 0 else 0
            root.append(len(cut))
            depth.append(steps)
            for step in range(steps + 1):
                first = len(cut)
                # A node is followed by its two children, of which the second goes on.
                if step == 0:
                    feature += [int(draw.random.integers(n_features))]
                    cut += [float(np.round(draw.random.normal())) if steps else np.nan]
                    below += [first + 1 if steps else first]
                    value += [float(draw.random.normal())]
                    continue
                last = step == steps
                feature += [0, int(draw.random.integers(n_features))]
                cut += [np.nan, np.nan if last else float(draw.random.normal() - 0.5)]
                below += [first, first + 1 if last else first + 2]
                value += [float(draw.random.normal()), float(draw.random.normal())]
        trees = Trees(
            np.array(feature, np.int32), np.array(cut, np.float32), np.array(below, np.int32),
            np.array(value, np.float32), np.array(root, np.int32), np.array(depth, np.int32),
        )  # fmt: skip
        for n_events in (0, 1, 600):
            yield {"x": events_with_gaps(draw, n_events, n_features), "trees": trees}


def walked_sums(draw: Draw) -> Iterator[Arguments]:
    for arguments in walked_trees(draw):
        for n_outputs in (1, 3):
            weights = draw.random.random(len(arguments["trees"].root))
            yield {**arguments, "weights": weights, "n_outputs": n_outputs}


def rows_of_leaves(draw: Draw) -> Iterator[Arguments]:
    for arguments in walked_trees(draw):
        trees = arguments["trees"]
        for n_columns, n_outputs in ((1, 1), (1, 3), (3, 3)):
            yield {
                "x": arguments["x"],
                "trees": trees._replace(value=draw.random.normal(size=(len(trees.cut), n_columns))),
                "weights": draw.random.random(len(trees.root)),
                "first": draw.random.normal(size=n_outputs),
            }


def samples_to_grow_on(draw: Draw) -> Iterator[Arguments]:
    """Samples with ties, gaps, whole numbers, constant columns and negative weights."""
    random = draw.random
    for n_events, n_variables, depth in ((1, 1, 2), (60, 3, 3), (700, 7, 50), (3000, 9, 3), (2500, 4, 4)):
        is_signal = random.random(n_events) < 0.5
        columns = (random.normal(size=(n_variables, n_events)) + 0.7 * is_signal).astype(np.float32)
        columns[0] = np.round(columns[0] * 3)
        if n_variables > 2:
            columns[1] = 1.5
            columns[2, random.random(n_events) < 0.02] = np.nan
        n_bins = np.full(n_variables, 21)
        n_bins[0] = 0
        whole = random.random(n_events) + 0.5
        whole[random.random(n_events) < 0.1] *= -0.5
        amounts = np.stack([np.where(is_signal, whole, 0.0), np.where(is_signal, 0.0, whole)], axis=1)
        target = random.normal(size=n_events).astype(np.float32).astype(np.float64)
        of_targets = np.column_stack([amounts, whole * target, whole * target * target])
        for separation in range(VARIANCE + 1):
            growth = Growth(n_bins, 0.02 * n_events, depth, separation, 0.5, 5e-7, merges=separation % 2 == 0)
            for allowed in (None, random.random((300, n_variables)) < 0.6):
                yield {
                    "columns": columns,
                    "amounts": of_targets if separation == VARIANCE else amounts,
                    "growth": growth._replace(
                        merges=growth.merges and separation != VARIANCE, divides=allowed is None
                    ),
                    "allowed": allowed,
                    "memory": draw.memory(),
                }


def boosted_events(draw: Draw) -> Iterator[Arguments]:
    """Events with a tree, counts and weights."""
    random = draw.random
    for n_events in (1, 40, 900):
        counts = np.maximum(random.poisson(0.8, n_events), np.arange(n_events) == 0).astype(np.int32)
        yield {
            "weight": random.normal(1.0, 0.5, n_events),
            "boost": random.random(n_events) + 0.5,
            "is_signal": random.random(n_events) < 0.5,
            "counts": counts,
            "entries": np.repeat(np.arange(n_events), counts),
            "leaves": random.integers(0, 7, n_events).astype(np.int32),
            "target": random.normal(0.0, 0.3, n_events).astype(np.float32),
        }


def with_events(
    *names: str, **further: Callable[[Draw, Arguments], Any]
) -> Callable[[Draw], Iterator[Arguments]]:
    """Return arguments made of `boosted_events`: some of them, and others that are computed."""

    def arguments(draw: Draw) -> Iterator[Arguments]:
        for events in boosted_events(draw):
            made = {name: make(draw, events) for name, make in further.items()}
            yield {**{name: events[name] for name in names}, **made}

    return arguments


def poisson(draw: Draw) -> Iterator[Arguments]:
    for seeds, n_events, mean in (
        ([1234], 1, 0.6),
        ([1334, 1434], 5000, 0.5),
        ([7], 300, 3.0),
        ([1], 0, 0.6),
    ):
        yield {"seeds": seeds, "n_events": n_events, "mean": mean}


def columns_of_a_sample(draw: Draw) -> Iterator[Arguments]:
    for n_variables, n_events, n_entries in ((1, 1, 3), (3, 50, 0), (4, 900, 700), (5, 90_000, 80_000)):
        yield {
            "columns": draw.random.normal(size=(n_variables, n_events)).astype(np.float32),
            "entries": np.sort(draw.random.integers(0, n_events, n_entries)),
            "out": np.empty((n_variables, n_entries), np.float32),
        }


def leaves_of_a_tree(draw: Draw) -> Iterator[Arguments]:
    nodes = Nodes(
        np.array([1, 0, -1, -1, 0], np.int32), np.array([0, 1, 0, 0, 5], np.float32),
        np.array([True, False, True, True, True]), np.array([1, 2, -1, -1, -1], np.int32),
        np.array([4, 3, -1, -1, -1], np.int32),
    )  # fmt: skip
    for n_events in (0, 1, 500):
        yield {"columns": np.ascontiguousarray(events_with_gaps(draw, n_events, 2).T), "nodes": nodes}
    for depth in (1, 2, 3, 4, 5, 6, 8):
        for n_events in (3, 1500):
            columns = np.ascontiguousarray(events_with_gaps(draw, n_events, 3).T)
            yield {"columns": columns, "nodes": random_tree(draw, depth)}


def random_tree(draw: Draw, depth: int) -> Nodes:
    """Return a tree of three variables, some of whose leaves are higher up; one is as deep as possible."""
    random = draw.random
    rows: list[list[float]] = []

    def grow(level: int, *, whole: bool) -> int:
        node = len(rows)
        rows.append([0, 0.0, random.integers(0, 2), -1, -1])
        if level < depth and (whole or random.random() < 0.7):
            rows[node][:2] = random.integers(0, 3), random.normal()
            rows[node][3] = grow(level + 1, whole=whole)
            rows[node][4] = grow(level + 1, whole=False)
        return node

    grow(0, whole=True)
    variable, cut, cut_type, left, right = np.array(rows).T
    variable, left, right = (one.astype(np.int32) for one in (variable, left, right))
    return Nodes(variable, cut.astype(np.float32), cut_type != 0, left, right)


def table(draw: Draw, events: Arguments) -> Any:
    return draw.random.random((7, 2)) + 0.5


def table_by_sign(draw: Draw, events: Arguments) -> Any:
    return draw.random.random((2, 7, 2)) + 0.5


def amounts_of(width: int) -> Callable[[Draw, Arguments], Any]:
    return lambda _, events: np.zeros((int(events["counts"].sum()), width))


def neighbours(draw: Draw) -> Iterator[Arguments]:
    """Points in boxes, some at the same place and on whole numbers; queries among them and far away."""
    for n_points, n_variables, count in ((1, 1, 1), (40, 2, 40), (500, 3, 22), (3000, 7, 5), (70, 1, 33)):
        x = draw.random.normal(0.0, 1.0, (n_points, n_variables)).astype(np.float32)
        x = np.where(draw.random.random(x.shape) < 0.3, np.round(x), x)
        x[n_points // 2 :: 3] = x[0]
        for n_queries in (0, 1, 600):
            queries = draw.random.normal(0.0, 1.5, (n_queries, n_variables)).astype(np.float32)
            queries[::5] = x[0]
            queries[3::50] = 1e18
            yield {"queries": queries, "points": points_in_boxes(x), "count": count}


def crowded(draw: Draw) -> Iterator[Any]:
    """Points, some at one place, in order of a variable or on whole numbers."""
    for n_points, n_variables in ((1, 1), (2, 3), (50, 2), (700, 4), (3000, 3)):
        x = draw.random.normal(0.0, 1.0, (n_points, n_variables)).astype(np.float32)
        yield x
        yield np.round(x)
        yield np.round(x[np.argsort(x[:, 0])] * 10)
        x[n_points // 2 :: 3] = x[0]
        yield x


def filling(draw: Draw) -> Iterator[Arguments]:
    """Trees that begin with an event, or with nodes that are none."""
    for x in crowded(draw):
        for right in (False, True):
            n = len(x)
            tree = SearchTree.empty(np, n, x.shape[1], with_ranges=right)
            order = draw.random.permutation(n)
            nodes = np.empty(n, np.int64)
            nodes[order] = np.arange(n)
            tree.border[0], tree.event[0] = x[order[0], 0], order[0]
            tree.low[:1] = tree.high[:1] = x[order[0]]
            yield {"x": x, "nodes": nodes, "events": order[1:], "tree": tree, "right": right}
            tree = SearchTree.empty(np, n + 3, x.shape[1], with_ranges=not right)
            tree.children[0] = 1, 2
            tree.parent[1:3], tree.depth[1:3], tree.is_right[2] = 0, 1, True
            tree.border[:3] = 0.0, 1.0, -1.0
            yield {"x": x, "nodes": 3 + nodes, "events": order, "tree": tree, "right": right}


def filled_trees(draw: Draw) -> Iterator[Arguments]:
    for arguments in filling(draw):
        file_events.reference(np, **arguments)
        yield {"children": arguments["tree"].children}


def ties(draw: Draw) -> Iterator[Arguments]:
    """Queries at points, between them, far away, and without a value."""
    for arguments in filling(draw):
        file_events.reference(np, **arguments)
        tree, x = arguments["tree"], arguments["x"]
        if not len(tree.low):
            continue
        tree.event[draw.random.random(len(tree.event)) < 0.1] = -1
        n_found = int((tree.event >= 0).sum())
        queries = np.concatenate([x[:20], np.round(x[:20]), x[:5] + 0.1]).astype(np.float32)
        queries[1:2], queries[2:3], queries[3:4] = 1e30, np.inf, np.nan
        for count in {min(1, n_found), min(12, n_found)} - {0}:
            yield {"queries": queries, "x": x, "tree": tree, "count": count}


SIMILARITIES = (((RBF,), False), ((MULTI_GAUSS,), False), ((POLYNOMIAL,), False),
    ((RBF, MULTI_GAUSS, POLYNOMIAL), False), ((POLYNOMIAL, RBF, MULTI_GAUSS), True))  # fmt: skip


def vectors(*names: str) -> Callable[[Draw], Iterator[Arguments]]:
    """Return vectors beside others, for each function of two."""

    def arguments(draw: Draw) -> Iterator[Arguments]:
        random = draw.random
        for kinds, multiplies in SIMILARITIES:
            for n, m, n_variables in ((0, 3, 2), (1, 1, 1), (5, 700, 4), (300, 40, 3)):
                x, y = (random.uniform(-1, 1, (k, n_variables)).astype(np.float32) for k in (n, m))
                gammas = random.random(n_variables).astype(np.float32)
                made = {
                    "x": x,
                    "columns": np.ascontiguousarray(y.T),
                    "factors": random.normal(size=m).astype(np.float32),
                    "similarity": Similarity(np.array(kinds), multiplies, 0.3, gammas, 1.5, 3),
                }
                yield {name: made[name] for name in ("x", "columns", *names, "similarity")}

    return arguments


def machines(draw: Draw) -> Iterator[Arguments]:
    """Machines before the first pass and, by multipliers of others, within the training."""
    random, single = draw.random, np.float32
    for n, order, most in ((2, 1, 1.0), (40, 1, 0.1), (120, 0, 2.0)):
        x = random.normal(size=(n, 3))
        distances = ((x[:, None] - x) ** 2).sum(axis=2)
        values = np.exp(-0.3 * distances) if order else x @ x.T
        kind = np.where(np.arange(n) % 2, 1, -1).astype(single)
        cost = (most * random.uniform(0.5, 1.5, n)).astype(single)
        for used in (0.0, 0.5):
            alpha = np.where(random.random(n) < used, cost * random.random(n), 0).astype(single)
            full = random.random(n) < 0.3 * used
            alpha[full] = cost[full]
            kinds = kind.astype(np.int64)
            side = np.where(alpha == 0, kinds, np.where(alpha == cost, -kinds, 0))
            for only_free in (False, True):
                yield {
                    "machine": Machine(
                        values.astype(single),
                        kind.copy(),
                        random.normal(size=n).astype(single),
                        cost.copy(),
                        alpha.copy(),
                        np.zeros(n, single),
                        random.normal(size=n).astype(single),
                        side,
                        np.array([1, -1], single),
                        np.array([0, 1]),
                    ),
                    "tolerance": 0.01,
                    "only_free": only_free,
                }


def rule_paths(draw: Draw, *, walks: bool) -> Iterator[Arguments]:
    """Paths before the first step and within a fit; without rules, without linear terms."""
    random = draw.random
    for n, n_rules, n_linear, n_paths in ((1, 1, 0, 1), (40, 0, 3, 2), (2500, 9, 2, 3)):
        terms = Terms((random.random((n_rules, n)) < 0.4).astype(np.uint8), random.normal(size=(n_linear, n)))
        weight, truth = random.uniform(0.5, 1.5, n), np.where(random.random(n) < 0.5, 1.0, -1.0)
        averages = random.random(n_rules)
        for scale, flag in ((0.0, True), (0.0, False), (0.3, True), (0.3, False)):
            paths = Paths(
                np.linspace(0.0, 1.0, n_paths),
                scale * random.normal(size=n_paths),
                scale * random.normal(size=(n_paths, n_rules)),
                scale * random.normal(size=(n_paths, n_linear)),
            )
            if not walks:
                yield {"terms": terms, "paths": paths, "apart": flag}
                continue
            yield {
                "terms": terms,
                "targets": Targets(truth, weight, 2.0 / weight.sum()),
                "walk": Walk(0.3, random.uniform(0.5, 2.0, n_linear), averages, flag),
                "paths": paths,
                "n_steps": 3,
            }


def strange_events(draw: Draw, n_events: int, n_variables: int) -> Any:
    """Events, some of them far away, not finite or not a number."""
    x = draw.random.normal(0.0, 1.5, (n_events, n_variables)).astype(np.float32)
    for start, value in ((5, np.nan), (7, np.inf), (9, -np.inf), (11, 1e30), (13, 1.0)):
        x[start::50, start % n_variables] = value
    return x


def tabulated_densities(draw: Draw) -> Iterator[Arguments]:
    """Densities of one bin and of many, without a width, with ends that events lie on, some by bin."""
    random = draw.random
    for n_variables, n_bins in ((1, 1), (1, 100), (4, 40)):
        sizes = n_bins + np.arange(2 * n_variables)
        values = [np.where(random.random(size) < 0.2, 0.0, random.random(size)) for size in sizes]
        slopes = [np.append(np.diff(one), 0.0) if len(one) > 1 else -one for one in values]
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
        minima = np.linspace(-1.5, -1.0, 2 * n_variables).reshape(-1, 2)
        scales = sizes.reshape(-1, 2) / 2.5
        scales[0, 1] = 0.0 if n_variables > 1 else scales[0, 1]
        by_bin = np.arange(n_variables) % 2 == n_bins % 2
        edges = [
            low + np.arange(size) * (1.0 / scale if scale else 0.0)
            for low, size, scale in zip(minima.ravel(), sizes, scales.ravel(), strict=True)
        ]
        densities = Densities(
            np.concatenate(values),
            np.concatenate(slopes),
            np.concatenate(edges),
            starts.reshape(-1, 2),
            np.maximum(sizes.reshape(-1, 2) - np.where(by_bin, 1, 2)[:, None], 0),
            np.stack([minima[:, 0], np.ones(n_variables)], axis=1),
            minima,
            scales,
            by_bin,
        )
        for n_events in (0, 1, 2500):
            signal, background = (strange_events(draw, n_events, n_variables) for _ in range(2))
            yield {"signal": signal, "background": background, "densities": densities}


def rules_and_lines(draw: Draw) -> Iterator[Arguments]:
    """Rules with and without bounds, ends that events lie on; none of either."""
    random = draw.random
    for n_variables, n_rules, n_lines in ((1, 0, 0), (1, 1, 1), (4, 60, 4), (3, 0, 3), (3, 9, 0)):
        starts = np.concatenate([[0], np.cumsum(random.integers(0, 4, n_rules))]).astype(np.int64)
        n_bounds = int(starts[-1])
        rules = Rules(
            starts,
            random.integers(0, n_variables, n_bounds),
            np.where(random.random(n_bounds) < 0.2, 1.0, random.normal(size=n_bounds)),
            random.random(n_bounds) < 0.5,
            random.normal(size=n_rules),
        )
        low = random.normal(size=n_lines)
        lines = Lines(np.arange(n_lines), low, low + 1.5, random.random(n_lines), random.normal(size=n_lines))
        for n_events in (0, 1, 700):
            x = strange_events(draw, n_events, n_variables)
            yield {"x": x, "rules": rules, "lines": lines, "offset": 0.25}


def adaptive_boxes(draw: Draw) -> Iterator[Arguments]:
    """Boxes among points whose weights add up without rounding, so that all versions count the same."""
    for n_points, n_variables, limits in (
        (1, 1, Limits(0.25, 2.0, 0.99, 150)),
        (500, 3, Limits(20.0, 30.0, 0.99, 150)),
        (2000, 4, Limits(100.0, 101.0, 0.5, 12)),
        (300, 2, Limits(250.0, 260.0, 1.0, 150)),
    ):
        points = draw.random.normal(0.0, 1.0, (n_points, n_variables)).astype(np.float32)
        weight = draw.random.integers(1, 9, n_points) / 4.0
        for n_queries in (0, 1, 150):
            queries = draw.random.normal(0.0, 1.5, (n_queries, n_variables)).astype(np.float32)
            queries[::50] = points[0]
            queries[3::50] = 1e18
            yield {
                "queries": queries, "columns": np.ascontiguousarray(points.T), "weight": weight,
                "half": np.linspace(0.7, 1.1, n_variables), "limits": limits,
                "amounts": np.stack([weight, weight * points[:, 0]]),
            }  # fmt: skip


def foam_samples(draw: Draw) -> Iterator[Arguments]:
    """Events whose amounts add up without rounding, around points of a cell."""
    for n_events, n_dimensions in ((1, 1), (1, 2), (900, 1), (2000, 4)):
        events = draw.random.normal(0.0, 1.0, (n_events, n_dimensions)).astype(np.float32)
        events = events[np.argsort(events[:, 0])]
        whole = np.ones(n_dimensions)
        box = Box(0.25 * whole, 0.5 * whole, -3.0 * whole, 3.0 * whole, np.linspace(0.3, 0.9, n_dimensions))
        for n_points in (0, 1, 150):
            yield {
                "numbers": draw.random.random((n_points, n_dimensions)), "box": box,
                "columns": np.ascontiguousarray(events.T),
                "amounts": draw.random.integers(1, 9, (2, n_events)) / 4.0,
            }  # fmt: skip


def foam_divisions(draw: Draw) -> Iterator[Arguments]:
    """Weights that differ in one half, that are all alike, and that are 0."""
    for n_points, n_dimensions, n_bins in ((1, 1, 1), (200, 2, 5), (500, 3, 20)):
        numbers = draw.random.random((n_points, n_dimensions))
        for weight in (1.0 + 3.0 * (numbers[:, -1] > 0.6), np.ones(n_points), np.zeros(n_points)):
            yield {"numbers": numbers, "weight": weight, "n_bins": n_bins}


def foam_points(draw: Draw, n_dimensions: int) -> Iterator[Any]:
    """Points in and around a foam."""
    for n_points in (0, 1, 300):
        points = draw.random.uniform(-0.1, 1.1, (n_points, n_dimensions)).astype(np.float32)
        points[::7, 0] = np.float32(0.5)
        yield points


def foams(draw: Draw) -> Iterator[Arguments]:
    """Cells that are divided again and again, one after the other."""
    for n_cells, n_dimensions in ((1, 1), (3, 2), (99, 3)):
        axis, border = np.zeros(n_cells, np.int32), np.zeros(n_cells)
        below = np.arange(n_cells, dtype=np.int32)
        above = below.copy()
        low, high = np.zeros((n_cells, n_dimensions)), np.ones((n_cells, n_dimensions))
        for first in range(1, n_cells, 2):
            free = [cell for cell in range(first) if below[cell] == cell]
            cell = free[int(draw.random.integers(len(free)))]
            axis[cell] = draw.random.integers(n_dimensions)
            k = axis[cell]
            border[cell] = (low[cell, k] + high[cell, k]) / 2
            below[cell], above[cell] = first, first + 1
            low[first : first + 2], high[first : first + 2] = low[cell], high[cell]
            high[first, k] = low[first + 1, k] = border[cell]
        for points in foam_points(draw, n_dimensions):
            yield {"x": points, "cells": Cells(axis, border, below, above), "depth": n_cells // 2}


def foam_means(draw: Draw) -> Iterator[Arguments]:
    """Cells anywhere, some of them empty."""
    for n_cells, n_values, n_dimensions in ((1, 1, 1), (40, 2, 3)):
        low = draw.random.uniform(0.0, 0.8, (n_cells, n_dimensions))
        for points in foam_points(draw, n_dimensions):
            yield {
                "x": np.clip(points, np.float32(0.0), np.float32(1.0)), "low": low, "high": low + 0.1,
                "values": draw.random.normal(size=(n_cells, n_values)).astype(np.float32),
                "empty": draw.random.random(n_cells) < 0.2,
                "instead": draw.random.normal(size=(len(points), n_values)).astype(np.float32),
                "sigma": 0.25,
            }  # fmt: skip


def foam_spans(*further: str) -> Callable[[Draw], Iterator[Arguments]]:
    """Spans of cells that overlap, with densities of which some are 0."""

    def arguments(draw: Draw) -> Iterator[Arguments]:
        for n_cells, n_targets, n_dimensions in ((1, 1, 1), (60, 2, 2)):
            over = draw.random.uniform(-0.2, 0.8, (n_cells, n_dimensions))
            density = np.maximum(draw.random.normal(size=n_cells), 0.0).astype(np.float32).astype(np.float64)
            centers = draw.random.normal(size=(n_cells, n_targets)).astype(np.float32)
            for points in foam_points(draw, n_dimensions):
                found = {"x": points, "over": over, "upto": over + 0.5, "density": density}
                yield {**found, "centers": centers} if further else found

    return arguments


def cuts(draw: Draw) -> Iterator[Arguments]:
    """Sets of cuts in turn on one curve; some keep nothing, some everything, some end at an event's value."""
    for n_sets, n_variables, n_events, n_bins in (
        (1, 1, 1, 3),
        (7, 3, 40, 10),
        (400, 4, 1500, 100),
        (60, 2, 3000, 7),
        (500, 6, 4000, 50),
    ):
        samples = []
        for shift in (0.5, -0.5):
            weight = (0.2 + draw.random.random(n_events)).astype(np.float32)
            columns = draw.random.normal(shift, 1, (n_variables, n_events)).astype(np.float32)
            samples.append(Sample(columns, weight, float(np.float32(weight.sum(dtype=np.float64)))))
        ends = np.sort(draw.random.normal(0, 2, (2, n_sets, n_variables)), axis=0)
        ends[:, :: max(2, n_sets // 3)] = np.array([-1e30, 1e30])[:, None, None]
        ends[:, 1::7, 0] = samples[0].columns[0, :2, None].astype(np.float64)
        yield {
            "low": ends[0],
            "high": ends[1],
            "signal": samples[0],
            "background": samples[1],
            "ranges": np.tile([-4.0, 4.0], (n_variables, 1)),
            "curve": Curve(np.full(n_bins + 2, -0.1), *np.zeros((2, n_bins + 2, n_variables))),
        }


PERCEPTRONS = (
    ((1, 1, 1), perceptron.SIGMOID, perceptron.SUM, perceptron.SIGMOID),
    ((4, 9, 1), perceptron.TANH, perceptron.SUM, perceptron.SIGMOID),
    ((3, 4, 5, 2), perceptron.RADIAL, perceptron.SUM, perceptron.LINEAR),
    ((2, 6, 3), perceptron.FAST_TANH, perceptron.ABSOLUTES, perceptron.LINEAR),
    ((5, 7, 1), perceptron.UNBOUNDED_TANH, perceptron.SUM, perceptron.SIGMOID),
    ((3, 5, 4), perceptron.RELU, perceptron.SQUARES, perceptron.LINEAR),
    ((3, 2, 1), perceptron.LINEAR, perceptron.SUM, perceptron.SIGMOID),
    ((4, 5, 4, 1), perceptron.STEEP_SIGMOID, perceptron.SUM, perceptron.LINEAR),
)


def perceptrons(
    *names: str, error: bool = True, n_events: tuple[int, ...] = (0, 1, 1500), most: int = 10**6
) -> Callable[[Draw], Iterator[Arguments]]:
    """Return networks with events; of the events those arguments that are named."""

    def arguments(draw: Draw) -> Iterator[Arguments]:
        random = draw.random
        for sizes, *functions in PERCEPTRONS:
            n_weights = sum((n + 1) * m for n, m in pairwise(sizes))
            is_sigmoid = functions[-1] == perceptron.SIGMOID
            for count in n_events:
                n = min(count, most)
                events = {
                    "target": (random.random((n, sizes[-1])) < 0.5).astype(float),
                    "weight": random.normal(1.0, 0.5, n),
                    "order": np.where(random.random(n) < 0.1, -1, random.permutation(n)),
                    "further_errors": random.normal(size=sizes[-1] - 1),
                }
                made: Arguments = {
                    "x": random.normal(size=(n, sizes[0])).astype(np.float32),
                    "net": Perceptron(np.array(sizes, np.int64), *functions),
                    "weights": 0.7 * random.normal(size=n_weights),
                    **{name: events[name] for name in names},
                }
                if error:
                    made["error"] = perceptron.CROSS_ENTROPY if is_sigmoid else perceptron.SQUARED
                yield made

    return arguments


def epochs(draw: Draw) -> Iterator[Arguments]:
    """Networks before an epoch: each way of showing events."""
    for made in perceptrons("target", "weight", "order", most=60)(draw):
        rate = 1e-5 if made["net"].inputs == perceptron.SQUARES else 0.02
        for batch in (0, 7):
            yield {
                **made,
                "learning_rate": rate,
                "batch": batch,
                "second_target": np.nan,
                "pending": np.zeros(len(made["weights"]) + 1),
            }
        if made["error"] == perceptron.SQUARED:
            pending = np.zeros(len(made["weights"]) + 1)
            further = {"learning_rate": rate, "batch": 0, "pending": pending}
            yield {**made, **further, "error": perceptron.SOFTMAX, "second_target": np.nan}
            yield {**made, **further, "second_target": 1.0}


def momentum_perceptrons(*names: str) -> Callable[[Draw], Iterator[Arguments]]:
    """Return networks with events; one of them has neurons at the limits of their function."""

    def arguments(draw: Draw) -> Iterator[Arguments]:
        random = draw.random
        for sizes, width in (((2, 2), 0.5), ((4, 5, 4, 2), 0.7), ((3, 9, 2), 90.0)):
            n_weights = sum((n + 1) * m for n, m in pairwise(sizes))
            for n in (0, 1, 60, 2100 if "temperatures" in names else 70):
                made = {
                    "target": np.where(random.random((n, 2)) < 0.5, 1.0, -1.0),
                    "order": np.where(random.random(n) < 0.1, -1, random.permutation(n)),
                    "rates": np.linspace(0.1, 0.01, n),
                    "momentum": 0.5,
                    "changes": 0.01 * random.normal(size=n_weights),
                    "temperatures": np.linspace(1.0, 1.3, len(sizes)),
                }
                yield {
                    "x": random.uniform(-1, 1, (n, sizes[0])),
                    "sizes": np.array(sizes, np.int64),
                    "weights": width * random.normal(size=n_weights),
                    **{name: made[name] for name in names},
                }

    return arguments


def matrices(draw: Draw) -> Iterator[Arguments]:
    """Matrices of sums of squares, one that needs other pivots, and two that are singular."""
    random = draw.random
    for n in (1, 2, 7, 40):
        rows = random.normal(size=(3 * n, n)) * 10.0 ** random.normal(size=n)
        yield {"matrix": rows.T @ rows}
        yield {"matrix": random.normal(size=(n, n))}
    yield {"matrix": np.ones((3, 3))}
    yield {"matrix": np.zeros((2, 2))}


def bound_buffers(draw: Draw) -> Iterator[Arguments]:
    """Numbers in memory of their own; then one that is not finite, and one place that holds two."""
    for n in (1, 3, 300):
        for gap in (None, np.inf, np.nan, "longer"):
            values = draw.random.normal(size=n).astype(np.float32)
            lengths = np.ones(n, np.int64)
            if gap == "longer":
                lengths[n // 2] = 2
            elif gap is not None:
                values[n // 2] = gap
            addresses = values.__array_interface__["data"][0] + 4 * np.arange(n)
            yield {  # what is pointed at lives until the next ones
                "pointers": addresses.__array_interface__["data"][0] + 8 * np.arange(n),
                "lengths": lengths.__array_interface__["data"][0] + 8 * np.arange(n),
                "out": np.zeros((1, n), np.float32),
            }


def rows_for_buffers(draw: Draw) -> Iterator[Arguments]:
    """Columns of one size each with buffers; then rows before and behind them, and a place that holds two."""
    for n in (1, 3, 50):
        for first, row, length in ((0, 0, 1), (1000, 1049, 1), (1000, 999, 1), (1000, 1050, 1), (0, 7, 2)):
            lengths = np.ones(n, np.int64)
            lengths[n // 2] = length
            kinds = [(np.float32, np.float64, np.int32, np.int64)[column % 4] for column in range(n)]
            columns = [draw.random.integers(0, 99, 50).astype(kind) for kind in kinds]
            targets = [np.zeros(1, kind) for kind in kinds]
            pointers = np.array([address(one) for one in targets], np.int64)
            table = [
                (address(pointers) + 8 * i, address(lengths) + 8 * i, address(one), one.itemsize)
                for i, one in enumerate(columns)
            ]
            # What the addresses lead to lives until the next ones.
            yield {"table": np.array([first, 50, n, *itertools.chain(*table)], np.int64), "row": row}


def address(values: np.ndarray[Any, Any]) -> int:
    """Return where an array's first value is."""
    place: int = values.__array_interface__["data"][0]
    return place


def random_orders(draw: Draw) -> Iterator[Arguments]:
    for count in (0, 1, 2, 1000):
        yield {"draws": draw.random.random(count)}


ARGUMENTS: dict[str, Callable[[Draw], Iterator[Arguments]]] = {
    "gather.gather": gather_arguments,
    "growing.grow_tree": samples_to_grow_on,
    "boosting.poisson_counts": poisson,
    "boosting.sample_entries": with_events("counts"),
    "boosting.sample_columns": columns_of_a_sample,
    "boosting.tree_leaves": leaves_of_a_tree,
    "boosting.class_amounts": with_events("weight", "boost", "is_signal", "counts", out=amounts_of(2)),
    "boosting.target_amounts": with_events(
        "weight", "boost", "is_signal", "target", "counts", out=amounts_of(4)
    ),
    "boosting.error_sums": with_events(
        "weight", "boost", "is_signal", "entries", "leaves", answers=table, costs=table
    ),
    "boosting.boost_events": with_events(
        "weight",
        "boost",
        "is_signal",
        "entries",
        "leaves",
        factors=table_by_sign,
        least=table_by_sign,
        signal_factor=lambda _draw, _events: 1.25,
    ),
    "boosting.leaf_gradients": with_events(
        "target",
        "counts",
        "leaves",
        whole=lambda _, events: events["weight"] * events["boost"],
        n_nodes=lambda _draw, _events: 7,
        squared=lambda _, events: len(events["weight"]) % 2 == 0,
    ),
    "boosting.update_residuals": with_events(
        "leaves",
        "is_signal",
        "target",
        sums=lambda _, events: np.zeros(len(events["weight"])),
        response=lambda draw, _: draw.random.normal(size=7).astype(np.float32),
    ),
    "cuts.cut_values": cuts,
    "buffers.read_singles": bound_buffers,
    "buffers.write_row": rows_for_buffers,
    "inverse.inverse_matrix": matrices,
    "perceptron.perceptron_outputs": perceptrons(error=False),
    "perceptron.perceptron_error": perceptrons("target", "weight"),
    "perceptron.perceptron_gradient": perceptrons("target", "weight"),
    "perceptron.perceptron_sensitivities": perceptrons("further_errors", error=False),
    "perceptron.perceptron_curvature": perceptrons("further_errors", most=50),
    "perceptron.perceptron_epoch": epochs,
    "perceptron.shuffle_events": random_orders,
    "momentum_perceptron.momentum_outputs": momentum_perceptrons("temperatures"),
    "momentum_perceptron.momentum_error": momentum_perceptrons("target"),
    "momentum_perceptron.momentum_steps": momentum_perceptrons(
        "target", "order", "rates", "momentum", "changes"
    ),
    "neighbours.nearest": neighbours,
    "search_trees.medians_first": lambda draw: ({"x": x} for x in crowded(draw)),
    "search_trees.file_events": filling,
    "search_trees.nodes_in_order": filled_trees,
    "search_trees.first_visited": ties,
    "support_vectors.function_matrix": vectors(),
    "support_vectors.machine_sums": vectors("factors"),
    "rule_path.path_values": functools.partial(rule_paths, walks=False),
    "rule_path.follow_paths": functools.partial(rule_paths, walks=True),
    "densities.likelihood_ratios": tabulated_densities,
    "densities.table_values": tables,
    "rules.rule_sums": rules_and_lines,
    "working_set.separating_pass": machines,
    "working_set.fitting_pass": machines,
    "boxes.adaptive_boxes": adaptive_boxes,
    "foam_samples.sums_around": foam_samples,
    "foam_samples.best_division": foam_divisions,
    "foams.cell_numbers": foams,
    "foams.gauss_means": foam_means,
    "foams.density_means": foam_spans("centers"),
    "foams.densest_cells": foam_spans(),
    "trees.full_tree_sums": full_trees,
    "trees.tree_sums": walked_sums,
    "trees.leaf_sums": rows_of_leaves,
    "trees.tree_values": walked_trees,
    "dense.dense_forward": dense,
    "dense.dense_row_forward": dense_row,
    "linear.ordered_products": ordered,
    "linear.single_sums": single,
    "gauss.error_function_values": fractions,
    "gauss.uncertain_singles": nearly_singles,
    "linear.normalized": normal,
    "medians.means_around_medians": medians,
    "linear.denormalized": normal,
    "linear.rounded_sums": rounded,
    "linear.squared_distances": distances,
    "linear.fractions_of_ranges": ranges,
    "dense.dense_backward": dense_back,
    "output.sigmoid": outputs,
    "sequence.by_time": sequence("x"),
    "sequence.by_event": sequence("h"),
    "sequence.by_feature": sequence("d_out"),
    "rnn.rnn_forward": lambda draw: forward_arguments(draw, 1, 1),
    "rnn.rnn_backward": lambda draw: backward_arguments(draw, 1, 1, all_kernels()["rnn.rnn_forward"]),
    "lstm.lstm_forward": lambda draw: forward_arguments(draw, 4, 2),
    "lstm.lstm_backward": lambda draw: backward_arguments(draw, 4, 2, all_kernels()["lstm.lstm_forward"]),
    **{f"{name}.{name}_cell_forward": cell(gates, name) for name, gates in CELLS},
    **{f"{name}.{name}_cell_backward": cell(gates, name, backward=True) for name, gates in CELLS},
    "gru.gru_forward": gru,
    "gru.gru_backward": gru_back,
    "activation.relu_forward": relu,
    "convolution.conv_forward": conv,
    "convolution.conv_backward": conv_back,
    "pooling.max_pool_forward": pool,
    "pooling.max_pool_backward": pool_back,
    "batch_norm.batch_norm_forward": batch_norm,
    "batch_norm.batch_norm_backward": batch_norm_back,
    "batch_norm.batch_norm_statistics": statistics,
    "batch_norm.scale_and_shift": scaling,
    "order.in_rows": in_rows,
    **{f"activation.{name}_forward": activation for name in ("linear", *ACTIVATIONS)},
    **{f"activation.{name}_backward": activation_back for name in ("relu", "linear", *ACTIVATIONS)},
    **dict.fromkeys(("loss.mean_squared_error", "loss.cross_entropy", "loss.softmax_cross_entropy"), loss),
    "optimizer.sgd_step": optimizer("V", learning_rate=0.1, momentum=0.9),
    "optimizer.adam_step": optimizer("MV", rate=0.01, beta1=0.9, beta2=0.999, eps=1e-7),
    "optimizer.adagrad_step": optimizer("V", learning_rate=0.1, eps=1e-8),
    "optimizer.rmsprop_step": optimizer("VA", learning_rate=0.1, momentum=0.5, rho=0.9, eps=1e-7),
    "optimizer.adadelta_step": optimizer("VA", learning_rate=0.5, rho=0.95, eps=1e-8),
}
