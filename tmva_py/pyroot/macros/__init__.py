"""C++ macros that book, train and apply TMVA's methods."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tmva_py.errors import BookingError


def run_macro(path: str | os.PathLike[str], arguments: Sequence[str] = ()) -> None:
    """Refuse: macros are not run yet."""
    del arguments
    message = f"{os.fspath(path)}: C++ macros need ROOT's wheel: pip install root"
    raise BookingError(message)
