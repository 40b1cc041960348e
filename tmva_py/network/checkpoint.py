"""Networks as ``.npz`` files: arrays and plain JSON text, nothing that can run."""

from __future__ import annotations

import json
import math
import os
import struct
import zipfile
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import TMVAError, UnknownNameError, WeightFileError, WeightFileNotFoundError
from tmva_py.files import write_atomically
from tmva_py.layers import VGeneralLayer
from tmva_py.layers.arguments import drop_probability
from tmva_py.network.layer_stack import LayerStack, build_layers
from tmva_py.plugins import Registry, default_registry

Stack = TypeVar("Stack", bound=LayerStack)

FORMAT = "tmva_py network"
VERSION = 1
ARRAYS = ("parameters", "buffers")
# A description is a few lines per layer; a longer one is not ours.
LARGEST_DESCRIPTION = 10_000_000


def save_stack(stack: LayerStack, path: str | os.PathLike[str]) -> None:
    """Write a network to `path`, all or nothing.

    Raises
    ------
    OSError
        The file cannot be written; what was there before is untouched.
    """
    description = {
        "format": FORMAT,
        "version": VERSION,
        "input_shape": list(stack.input_shape),
        "dtype": str(stack.backend.dtype),
        "seed": stack.seed,
        "initializer": stack.initializer.names[0],
        "output": stack.output_function.names[0],
        "output_is_fixed": stack.output_is_fixed,
        "layers": [
            {
                "name": layer.names[0],
                "options": layer.option_values(),
                **({"dropout": layer.dropout} if layer.dropout else {}),
            }
            for layer in stack.layers
        ],
    }
    parameters = stack.backend.to_numpy(stack.parameters)
    buffers = stack.backend.to_numpy(stack.buffers)

    def write(file: BinaryIO) -> None:
        np.savez(file, description=np.array(json.dumps(description)), parameters=parameters, buffers=buffers)

    write_atomically(path, write)


def load_stack(
    make: Callable[..., Stack],
    path: str | os.PathLike[str],
    *,
    backend: str | Backend,
    registry: Registry | None,
) -> Stack:
    """Return the network in `path`, made by `make`, which takes the arguments of `LayerStack`.

    Raises
    ------
    WeightFileError
        The file is damaged, or not one of ours.
    UnknownNameError
        A layer's plugin is not installed.
    """
    registry = default_registry() if registry is None else registry
    name = os.fspath(path)
    description, stored = _read(path)
    try:
        _check_sizes(name, description, stored, backend, registry)
        stack = make(
            [_layer(entry, registry) for entry in description["layers"]],
            description["input_shape"],
            backend=backend,
            dtype=description["dtype"],
            seed=description["seed"],
            initializer=description["initializer"],
            output=description["output"],
            registry=registry,
        )
        stack.output_is_fixed = bool(description["output_is_fixed"])
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{name}: the description is not complete: {type(error).__name__} {error}"
        raise WeightFileError(message) from None
    except (WeightFileError, UnknownNameError) as error:
        message = str(error) if str(error).startswith(name) else f"{name}: {error}"
        raise type(error)(message) from None
    except (TMVAError, ValueError) as error:
        message = f"{name}: the description makes no network: {error}"
        raise WeightFileError(message) from None
    for what in ARRAYS:
        getattr(stack, what)[...] = stack.backend.asarray(stored[what])
    return stack


def _check_sizes(
    name: str,
    description: dict[str, Any],
    stored: dict[str, npt.NDArray[Any]],
    backend: str | Backend,
    registry: Registry,
) -> None:
    """Compare what the layers need with what is there, before memory is taken for it."""
    shape = tuple(int(length) for length in description["input_shape"])
    chosen = make_backend(backend, description["dtype"], registry=registry)
    layers = [_layer(entry, registry) for entry in description["layers"]]
    stores, _ = build_layers(layers, shape, chosen)
    wanted = {
        "parameters": sum(store.size for store in stores),
        "buffers": sum(store.buffer_size for store in stores),
    }
    for what, size in wanted.items():
        found = stored[what]
        if found.shape != (size,) or found.dtype != chosen.dtype:
            message = f"{name}: expected {size} {what} in {chosen.dtype}, found {found.size} in {found.dtype}"
            raise WeightFileError(message)


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return the description and the arrays."""
    name = os.fspath(path)
    try:
        with zipfile.ZipFile(path) as archive:
            missing = {"description", *ARRAYS} - {entry.removesuffix(".npy") for entry in archive.namelist()}
            if missing:
                message = f"{name}: not a network of tmva_py: {', '.join(sorted(missing))} missing"
                raise WeightFileError(message)
            text = _read_array(archive, "description")
            if text.ndim != 0 or text.dtype.kind != "U" or text.dtype.itemsize > LARGEST_DESCRIPTION:
                message = f"{name}: the description is not a text"
                raise WeightFileError(message)
            description = json.loads(str(text))
            _check_format(name, description)
            return description, {what: _read_array(archive, what) for what in ARRAYS}
    except FileNotFoundError:
        message = f"{name}: no such file"
        raise WeightFileNotFoundError(message) from None
    except WeightFileError:
        raise
    # RuntimeError: encrypted; NotImplementedError is one of its kind.
    except (ValueError, EOFError, zipfile.BadZipFile, OSError, RuntimeError, struct.error) as error:
        message = f"{name}: cannot be read as a network file: {error}"
        raise WeightFileError(message) from None


def _read_array(archive: zipfile.ZipFile, what: str) -> npt.NDArray[Any]:
    """Read one array; its size is that of its part of the file, whatever the header says."""
    entry = archive.getinfo(f"{what}.npy")
    if entry.compress_type != zipfile.ZIP_STORED:
        # What is compressed may become of any size; we never write it.
        message = f"{entry.filename} is compressed"
        raise ValueError(message)
    with archive.open(entry) as file:
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(np.lib.format.read_magic(file))
        if read_header is None:
            message = f"{entry.filename} is in an unknown version of the format"
            raise ValueError(message)
        shape, _, dtype = read_header(file)
        if dtype.hasobject:
            message = f"{entry.filename} holds Python objects, which are not read"
            raise ValueError(message)
        content = file.read()
    size = math.prod(shape) * dtype.itemsize
    if size != len(content):
        message = f"{entry.filename} should have {size} bytes and has {len(content)}"
        raise ValueError(message)
    return np.frombuffer(content, dtype).reshape(shape)


def _check_format(name: str, description: Any) -> None:
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        message = f"{name}: not a network of tmva_py"
        raise WeightFileError(message)
    if description.get("version") != VERSION:
        message = (
            f"{name}: written in format version {description.get('version')}, this release reads "
            f"{VERSION}; a newer release may read it"
        )
        raise WeightFileError(message)


def _layer(entry: dict[str, Any], registry: Registry) -> VGeneralLayer:
    found: type[VGeneralLayer] = registry.find("layer", entry["name"])
    layer = found.from_options(entry["options"], registry)
    if "dropout" in entry:
        layer.dropout = drop_probability(entry["dropout"])
    return layer
