"""The package's own plugin modules by kind, named as text so that none is imported before it is needed."""

from __future__ import annotations

from tmva_py.plugins.hookspecs import Kind

_FUNCTIONS = "tmva_py.functions"

BUILTIN_MODULES: dict[Kind, tuple[str, ...]] = {
    "layer": tuple(
        f"tmva_py.layers.{name}"
        for name in ("dense", "rnn", "lstm", "gru", "conv", "maxpool", "batch_norm", "reshape")
    ),
    "backend": tuple(
        f"tmva_py.backends.{name}" for name in ("numpy_backend", "numba_backend", "cupy_backend")
    ),
    "method": ("tmva_py.methods.dl.method", "tmva_py.methods.dnn.method"),
    "optimizer": tuple(
        f"{_FUNCTIONS}.optimizers.{name}" for name in ("sgd", "adam", "adagrad", "rmsprop", "adadelta")
    ),
    "loss": tuple(
        f"{_FUNCTIONS}.losses.{name}"
        for name in ("mean_squared_error", "cross_entropy", "softmax_cross_entropy")
    ),
    "regularization": tuple(f"{_FUNCTIONS}.regularizations.{name}" for name in ("none", "l1", "l2")),
    "initializer": tuple(
        f"{_FUNCTIONS}.initializers.{name}"
        for name in ("gauss", "uniform", "xavier", "xavier_uniform", "identity", "zero")
    ),
    "activation": tuple(
        f"{_FUNCTIONS}.activations.{name}"
        for name in ("linear", "relu", "sigmoid", "tanh", "symmetric_relu", "softsign", "gauss", "fast_tanh")
    ),
    "transformation": tuple(
        f"tmva_py.data.transformations.{name}"
        for name in ("identity", "decorrelate", "principal_components", "uniform", "gauss", "normalize")
    ),
}

BASE_CLASSES: dict[Kind, tuple[str, str]] = {
    "layer": ("tmva_py.layers", "VGeneralLayer"),
    "method": ("tmva_py.methods", "MethodBase"),
    "optimizer": (f"{_FUNCTIONS}.optimizers", "Optimizer"),
    "loss": (f"{_FUNCTIONS}.losses", "Loss"),
    "regularization": (f"{_FUNCTIONS}.regularizations", "Regularization"),
    "initializer": (f"{_FUNCTIONS}.initializers", "Initializer"),
    "activation": (f"{_FUNCTIONS}.activations", "Activation"),
    "transformation": ("tmva_py.data.transformations", "VariableTransformation"),
}
"""What a stranger's class must derive from, module and name."""

BACKEND_MEMBERS = ("names", "kernel_sets", "asarray", "to_numpy", "empty", "zeros", "synchronize")
"""What a backend's class must have; the protocol is not a base that can be asked for."""
