"""Networks as ``.npz`` files: arrays and plain JSON text, nothing that can run."""

from __future__ import annotations

import json
import os
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from tmva_py.backends import Backend
from tmva_py.errors import TMVAError, WeightFileError, WeightFileNotFoundError
from tmva_py.files import write_atomically
from tmva_py.layers import VGeneralLayer
from tmva_py.plugins import Registry, default_registry

if TYPE_CHECKING:
    from tmva_py.network.network import Network

FORMAT = "tmva_py network"
VERSION = 1
# A description is a few lines per layer; a longer one is not ours.
LARGEST_DESCRIPTION = 10_000_000


def save_network(network: Network, path: str | os.PathLike[str]) -> None:
    """Write `network` to `path`, all or nothing.

    Raises
    ------
    OSError
        The file cannot be written; what was there before is untouched.
    """
    description = {
        "format": FORMAT,
        "version": VERSION,
        "input_shape": list(network.input_shape),
        "dtype": str(network.backend.dtype),
        "seed": network.seed,
        "initializer": network.initializer.names[0],
        "output": network.output_function.name,
        "layers": [
            {
                "name": layer.names[0],
                "options": layer.option_values(),
                **({"dropout": drop} if (drop := getattr(layer, "dropout", 0.0)) else {}),
            }
            for layer in network.layers
        ],
    }
    parameters = network.backend.to_numpy(network.parameters)
    buffers = network.backend.to_numpy(network.buffers)

    def write(file: BinaryIO) -> None:
        np.savez(file, description=np.array(json.dumps(description)), parameters=parameters, buffers=buffers)

    write_atomically(path, write)


def load_network(
    path: str | os.PathLike[str], *, backend: str | Backend = "cpu", registry: Registry | None = None
) -> Network:
    """Return the network in `path`.

    Raises
    ------
    WeightFileError
        The file is damaged, or not one of ours.
    UnknownNameError
        A layer's plugin is not installed.
    """
    from tmva_py.network.network import Network

    registry = default_registry() if registry is None else registry
    description, parameters, buffers = _read(path)
    try:
        layers = [_layer(entry, registry) for entry in description["layers"]]
        network = Network(
            layers,
            description["input_shape"],
            backend=backend,
            dtype=description["dtype"],
            seed=description["seed"],
            initializer=description["initializer"],
            output=description["output"],
            registry=registry,
        )
    except (KeyError, TypeError) as error:
        message = f"{os.fspath(path)}: the description is not complete: {type(error).__name__} {error}"
        raise WeightFileError(message) from None
    except TMVAError as error:
        message = f"{os.fspath(path)}: {error}"
        raise type(error)(message) from None
    for what, stored, wanted in (
        ("parameters", parameters, network.parameters),
        ("buffers", buffers, network.buffers),
    ):
        if stored.shape != wanted.shape or stored.dtype != network.backend.dtype:
            message = (
                f"{os.fspath(path)}: expected {wanted.size} {what} in {network.backend.dtype}, "
                f"found {stored.size} in {stored.dtype}"
            )
            raise WeightFileError(message)
        wanted[...] = network.backend.asarray(stored)
    return network


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], Any, Any]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = {"description", "parameters", "buffers"} - set(archive.files)
            if missing:
                message = f"{os.fspath(path)}: not a network of tmva_py: {', '.join(sorted(missing))} missing"
                raise WeightFileError(message)
            text = archive["description"]
            if text.ndim != 0 or text.dtype.kind != "U" or text.dtype.itemsize > LARGEST_DESCRIPTION:
                message = f"{os.fspath(path)}: the description is not a text"
                raise WeightFileError(message)
            description = json.loads(str(text))
            parameters, buffers = archive["parameters"], archive["buffers"]
    except FileNotFoundError:
        message = f"{os.fspath(path)}: no such file"
        raise WeightFileNotFoundError(message) from None
    except (ValueError, EOFError, zipfile.BadZipFile, OSError, AttributeError) as error:
        if isinstance(error, WeightFileError):
            raise
        message = f"{os.fspath(path)}: cannot be read as a network file: {error}"
        raise WeightFileError(message) from None
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        message = f"{os.fspath(path)}: not a network of tmva_py"
        raise WeightFileError(message)
    if description.get("version") != VERSION:
        message = (
            f"{os.fspath(path)}: written in format version {description.get('version')}, this release reads "
            f"{VERSION}; a newer release may read it"
        )
        raise WeightFileError(message)
    return description, parameters, buffers


def _layer(entry: dict[str, Any], registry: Registry) -> VGeneralLayer:
    found = cast(type[VGeneralLayer], registry.find("layer", entry["name"]))
    layer = found(**entry["options"])
    if "dropout" in entry:
        layer.dropout = float(entry["dropout"])  # type: ignore[attr-defined]
    return layer
