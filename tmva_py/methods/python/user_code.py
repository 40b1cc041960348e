"""``UserCode`` and ``load_model_custom_objects``: what users give Keras and PyTorch beside a model."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tmva_py.errors import OptionError

NAME = "load_model_custom_objects"
"""The dictionary that user code, or the script itself, defines."""


def custom_objects(owner: str, path: str) -> Mapping[str, Any] | None:
    """Return the dictionary that a file defines when it runs; without a file, that of the running script.

    Raises
    ------
    OptionError
        There is no such file, or what is in it is not Python.
    """
    if not path:
        found: Mapping[str, Any] | None = getattr(sys.modules.get("__main__"), NAME, None)
        return found
    try:
        text = Path(path).read_text(encoding="utf-8")
        code = compile(text, path, "exec")
    except OSError as error:
        message = f"{owner}: UserCode={path} cannot be read: {error.strerror}"
        raise OptionError(message) from error
    except (ValueError, SyntaxError) as error:
        message = f"{owner}: UserCode={path} is no text in Python: {error}"
        raise OptionError(message) from error
    names: dict[str, Any] = {"__name__": "__main__", "__file__": path}
    exec(code, names)
    objects: Mapping[str, Any] | None = names.get(NAME)
    return objects
