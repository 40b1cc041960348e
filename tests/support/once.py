"""Things made once for all processes of a test run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def lock(file: Path, *, timeout: float = 300.0) -> Iterator[None]:
    """Hold a file that only one process has at a time."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if time.monotonic() > deadline:
                message = f"{file} is there for {timeout:.0f} s"
                raise TimeoutError(message) from None
            time.sleep(0.05)
    try:
        yield
    finally:
        file.unlink()


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder of this test run; the first process that asks for it fills it by `make`."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each has a folder of its own below
        root = root.parent
    folder, made = root / name, root / f"{name}.made"
    with lock(root / f"{name}.lock"):
        if not made.exists():
            folder.mkdir()
            make(folder)
            made.touch()
    return folder
