"""A backend of tmva_py on array-api-strict, which has the names of the array API standard and no others."""

from typing import Any

import array_api_strict

from tmva_py.backends import Backend
from tmva_py.plugins import hookimpl


class ArrayApiStrictBackend(Backend):
    """Arrays are those of array-api-strict, on the host."""

    names = ("array-api-strict",)

    def __init__(self, dtype: Any = "float32") -> None:
        super().__init__(array_api_strict, dtype)


@hookimpl
def tmva_py_backends() -> list[type]:
    """Register the backend."""
    return [ArrayApiStrictBackend]
