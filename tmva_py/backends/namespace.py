"""The names of the array API standard that kernels, layers and trainings use."""

from __future__ import annotations

from typing import Any

from tmva_py.errors import PluginError

NAMES = (
    *("abs", "all", "arange", "asarray", "astype", "concat", "empty", "exp", "float32", "float64"),
    *("isfinite", "log", "log1p", "max", "maximum", "mean", "permute_dims", "reshape", "sqrt", "stack"),
    *("sum", "take", "tanh", "where", "zeros", "zeros_like"),
)
PAGE = "docs/backends.md"


def check_names(backend: str, namespace: Any) -> None:
    """Check that a namespace has all names.

    Raises
    ------
    PluginError
        Some are missing; the message lists them.
    """
    if missing := [name for name in NAMES if not hasattr(namespace, name)]:
        message = (
            f"backend {backend!r}: its array namespace {title(namespace)} lacks {', '.join(missing)}; it "
            f"must have the array API standard's names, as array_api_compat has for many libraries ({PAGE})"
        )
        raise PluginError(message)


def title(namespace: Any) -> str:
    """Return what messages call a namespace."""
    return str(getattr(namespace, "__name__", type(namespace).__name__))
