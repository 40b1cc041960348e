"""Files of Keras: what is in them, before anything of them runs."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tmva_py.errors import WeightFileError, missing_extra

_PLAIN = """
activations constraints dtype_policies initializers layers losses metrics models optimizers
optimizers.schedules regularizers src.models.functional src.models.sequential
src.engine.functional src.engine.sequential
"""

PLAIN_MODULES = frozenset({"keras", *map("keras.{}".format, _PLAIN.split())})
"""Modules of Keras whose classes a model may have without the user's trust."""

RUNS_CODE = frozenset(
    {
        *("Lambda", "__lambda__", "function", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
        *("SlicingOpLambda", "TFOpLambda"),
    }
)
"""Classes that run what the file says."""

# Where Keras has its own optimisers when it computes with PyTorch: each in a module of its name.
_TORCH_OPTIMISERS = "keras.src.backend.torch.optimizers.torch_"
_MOST = 1 << 26
_BACKENDS = ("tensorflow", "jax", "torch")


def import_keras(purpose: str) -> Any:
    """Return Keras, computing with what is installed unless the user has chosen.

    Raises
    ------
    MissingExtraError
        Keras is not installed, or nothing that it computes with.
    """
    missing = missing_extra("keras (3.12 or later)", "keras", purpose)
    if "keras" not in sys.modules and "KERAS_BACKEND" not in os.environ:
        specs = {name: importlib.util.find_spec(name) for name in _BACKENDS}
        # What only stands for TensorFlow has no origin.
        found = [name for name, spec in specs.items() if spec is not None and spec.origin is not None]
        if found and found[0] != "tensorflow":
            os.environ["KERAS_BACKEND"] = found[0]
    try:
        import keras
    except ImportError as error:
        raise missing from error
    return keras


def load(path: Path | str, *, trust: bool, objects: Mapping[str, Any] | None, compiled: bool) -> Any:
    """Return the model in a file of Keras; without trust, of Keras's own plain layers only.

    Raises
    ------
    WeightFileError
        The file cannot be read, or has more than plain layers and is not trusted.
    """
    problem = None if trust else not_plain(configuration_of(Path(path)))
    if problem is not None:
        message = f"{path}: loading this model may run code in it: it has {problem}"
        raise WeightFileError(message)
    keras = import_keras(f"to read {path}")
    try:
        network = keras.saving.load_model(
            str(path), custom_objects=objects, compile=compiled, safe_mode=not trust
        )
        if compiled and str(path).endswith(".h5"):
            _build_optimizer(network)
        return network
    except (ValueError, TypeError, OSError, KeyError) as error:
        message = f"{path}: Keras {keras.__version__} cannot read the model: {error}"
        raise WeightFileError(message) from error


def _build_optimizer(network: Any) -> None:
    """Compile again what an .h5 file holds that was never trained: its optimiser knows no weights."""
    optimizer = getattr(network, "optimizer", None)
    if optimizer is not None and optimizer.built and not optimizer._trainable_variables:
        network.compile_from_config(network.get_compile_config())


def not_plain(configuration: Any) -> str | None:
    """Return what in a model's configuration may run code, None for plain layers.

    Examples
    --------
    >>> not_plain({"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}})
    >>> not_plain({"module": "keras.layers", "class_name": "Lambda", "config": {}})
    'Lambda'
    >>> not_plain([{"module": "os", "class_name": "system", "config": {}}])
    'os.system'
    """
    waiting = [configuration]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        if not isinstance(one, dict):
            continue
        waiting.extend(one.values())
        name, module = one.get("class_name"), one.get("module")
        if name is None and module is None:
            continue
        if module == f"{_TORCH_OPTIMISERS}{str(name).lower()}" and one.get("registered_name") in (None, name):
            continue
        if module is not None and module not in PLAIN_MODULES:
            return f"{module}.{name}"
        if name in RUNS_CODE or one.get("registered_name"):
            return str(one.get("registered_name") or name)
    return None


def configuration_of(path: Path) -> Any:
    """Return what a file says of its model; of an .h5 file the model and how it was compiled."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive, archive.open("config.json") as file:
                return json.loads(file.read(_MOST))
        import h5py

        if h5py.is_hdf5(path):
            with h5py.File(path) as file:
                return [
                    json.loads(file.attrs[name])
                    for name in ("model_config", "training_config")
                    if name in file.attrs
                ]
    except ImportError as error:
        missing = missing_extra("keras (3.12 or later)", "keras", f"to read {path}")
        raise missing from error
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        message = f"{path}: not a model of Keras: {error}"
        raise WeightFileError(message) from error
    message = f"{path}: not a model of Keras; expected a .keras or .h5 file"
    raise WeightFileError(message)
