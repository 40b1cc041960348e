"""Networks as ``.npz`` files: arrays and plain JSON text, nothing that can run."""

from __future__ import annotations

import json
import math
import os
import stat
import struct
import tokenize
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, BinaryIO, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend, make_backend
from tmva_py.errors import TMVAError, UnknownNameError, WeightFileError, WeightFileNotFoundError, warn
from tmva_py.files import write_atomically
from tmva_py.layers import VGeneralLayer
from tmva_py.layers.arguments import drop_probability
from tmva_py.network.diagnosis import numbers_that_are_not_finite
from tmva_py.network.layer_stack import LayerStack, build_layers, checked_shape
from tmva_py.plugins import Registry, default_registry

Stack = TypeVar("Stack", bound=LayerStack)
Make = Callable[..., Stack]

FORMAT = "tmva_py network"
VERSION = 1
ARRAYS = ("parameters", "buffers")
# A description is a few lines per layer; a longer one is not ours.
LARGEST_DESCRIPTION = 10_000_000
MOST_LAYERS = 10_000


def describe(stack: LayerStack) -> dict[str, Any]:
    """Return all of a network but its numbers, as JSON can hold it."""
    return {
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


def build_described(
    make: Make[Stack], description: dict[str, Any], *, backend: str | Backend, registry: Registry
) -> Stack:
    """Return the network that `describe` described, with first weights."""
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
    return stack


def copy_stack(make: Make[Stack], stack: LayerStack, *, backend: str | Backend, registry: Registry) -> Stack:
    """Return an equal network that shares nothing with the first."""
    made = build_described(make, describe(stack), backend=backend, registry=registry)
    for what in ARRAYS:
        numbers = stack.backend.to_numpy(getattr(stack, what))
        getattr(made, what)[...] = made.backend.asarray(numbers)
    return made


def save_stack(stack: LayerStack, path: str | os.PathLike[str]) -> None:
    """Write a network to `path`, all or nothing.

    Raises
    ------
    OSError
        The file cannot be written; what was there before is untouched.
    """
    text = json.dumps(describe(stack))
    arrays = {what: stack.backend.to_numpy(getattr(stack, what)) for what in ARRAYS}

    def write(file: BinaryIO) -> None:
        np.savez(file, description=np.array(text), parameters=arrays["parameters"], buffers=arrays["buffers"])

    write_atomically(path, write)


def load_stack(
    make: Make[Stack],
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

    Warns
    -----
    TMVAWarning
        A number in the file is not finite.
    """
    registry = default_registry() if registry is None else registry
    name = os.fspath(path)
    with _opened(path) as archive:
        description = _read_description(archive, name)
        headers = {what: _header_of(archive, what) for what in ARRAYS}
        with _explaining(name):
            _check_sizes(name, description, headers, backend, registry)
            stack = build_described(make, description, backend=backend, registry=registry)
        for what in ARRAYS:
            getattr(stack, what)[...] = stack.backend.asarray(_read_array(archive, headers[what]))
    if (broken := numbers_that_are_not_finite(stack)) is not None:
        warn(f"{name}: {broken}; predictions will not be numbers")
    return stack


class _Header(NamedTuple):
    """What a part of the file says of itself: its shape, type, and where its numbers begin."""

    part: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    start: int


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[zipfile.ZipFile]:
    """Open a file as a zip archive; whatever is wrong with its bytes is a `WeightFileError`."""
    name = os.fspath(path)
    try:
        kind = os.stat(path).st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            message = f"{name}: cannot be read as a network file: it is a pipe or a device"
            raise WeightFileError(message)
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        message = f"{name}: no such file"
        raise WeightFileNotFoundError(message) from None
    except TMVAError:
        raise
    # RuntimeError: encrypted; NotImplementedError and RecursionError are of its kind.
    except (
        ValueError, EOFError, zipfile.BadZipFile, OSError, RuntimeError, struct.error, SyntaxError, TypeError,
        KeyError, IndexError, OverflowError, MemoryError, tokenize.TokenError,
    ) as error:  # fmt: skip
        message = f"{name}: cannot be read as a network file: {str(error) or type(error).__name__}"
        raise WeightFileError(message) from None


@contextmanager
def _explaining(name: str) -> Iterator[None]:
    """Say of what a description's mistakes are."""
    try:
        yield
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{name}: the description is not complete: {type(error).__name__} {error}"
        raise WeightFileError(message) from None
    except (WeightFileError, UnknownNameError) as error:
        message = str(error) if str(error).startswith(name) else f"{name}: {error}"
        raise type(error)(message) from None
    except (TMVAError, ValueError, OverflowError) as error:
        message = f"{name}: the description makes no network: {error}"
        raise WeightFileError(message) from None


def _check_sizes(
    name: str,
    description: dict[str, Any],
    headers: dict[str, _Header],
    backend: str | Backend,
    registry: Registry,
) -> None:
    """Compare what the layers need with what is there, before it is read and memory is taken for it."""
    chosen = make_backend(backend, description["dtype"], registry=registry)
    if len(description["layers"]) > MOST_LAYERS:
        message = f"{name}: {len(description['layers'])} layers, expected at most {MOST_LAYERS}"
        raise WeightFileError(message)
    layers = [_layer(entry, registry) for entry in description["layers"]]
    stores, _ = build_layers(layers, checked_shape(description["input_shape"]), chosen)
    wanted = {
        "parameters": sum(store.size for store in stores),
        "buffers": sum(store.buffer_size for store in stores),
    }
    for what, size in wanted.items():
        found = headers[what]
        if found.shape != (size,) or found.dtype != chosen.dtype:
            count = math.prod(found.shape)
            message = f"{name}: expected {size} {what} in {chosen.dtype}, found {count} in {found.dtype}"
            raise WeightFileError(message)


def _read_description(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    missing = {f"{what}.npy" for what in ("description", *ARRAYS)} - set(archive.namelist())
    if missing:
        shown = ", ".join(sorted(one.removesuffix(".npy") for one in missing))
        message = f"{name}: not a network of tmva_py: {shown} missing"
        raise WeightFileError(message)
    header = _header_of(archive, "description")
    if header.shape or header.dtype.kind != "U" or header.dtype.itemsize > LARGEST_DESCRIPTION:
        message = f"{name}: the description is not a text"
        raise WeightFileError(message)
    description = json.loads(str(_read_array(archive, header)))
    _check_format(name, description)
    found: dict[str, Any] = description
    return found


def _header_of(archive: zipfile.ZipFile, what: str) -> _Header:
    """Read what a part says of itself and compare it with the part's size."""
    entry = archive.getinfo(f"{what}.npy")
    if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
        # What is compressed may become of any size; we never write it.
        message = f"{entry.filename} is compressed"
        raise ValueError(message)
    with archive.open(entry) as file:
        shape, dtype = _shape_and_type(file, entry.filename)
        start = file.tell()
    size = math.prod(shape) * dtype.itemsize
    if size != entry.file_size - start or min(shape, default=0) < 0:
        message = f"{entry.filename} should have {size} bytes and has {entry.file_size - start}"
        raise ValueError(message)
    return _Header(entry.filename, shape, dtype, start)


def _shape_and_type(file: IO[bytes], name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(np.lib.format.read_magic(file))
    if read_header is None:
        message = f"{name} is in an unknown version of the format"
        raise ValueError(message)
    with warnings.catch_warnings():
        # Of a damaged header that Python's parser takes for doubtful code.
        warnings.simplefilter("ignore")
        shape, _, dtype = read_header(file)
    if dtype.hasobject:
        message = f"{name} holds Python objects, which are not read"
        raise ValueError(message)
    return shape, dtype


def _read_array(archive: zipfile.ZipFile, header: _Header) -> npt.NDArray[Any]:
    with archive.open(header.part) as file:
        file.seek(header.start)
        content = file.read()
    return np.frombuffer(content, header.dtype).reshape(header.shape)


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
