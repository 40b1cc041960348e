"""Model files beside weight files: where they are, and the user's word before code in them runs."""

from __future__ import annotations

import os
from pathlib import Path

from tmva_py.errors import WeightFileError
from tmva_py.methods.model import ReadContext

HOW_TO_TRUST = (
    "If you know where it comes from: reader.BookMVA(name, file, trust=True), "
    "tmva_py.evaluate(file, events, trust=True) or --trust-model for tmva-py evaluate and run"
)


def find_model_file(context: ReadContext, *names: str) -> Path:
    """Return the first file that exists: each name as it is, then in the weight file's folder.

    Raises
    ------
    WeightFileError
        There is none.
    """
    folder = Path(context.source).parent if not context.source.lstrip().startswith("<") else Path()
    places = [Path(name) for name in names if name]
    places = list(dict.fromkeys([*places, *(folder / place.name for place in places)]))
    for place in places:
        if os.path.isfile(place):  # False also for a name that is too long
            return place
    message = (
        f"{context.type_name} {context.title!r}: the weight file has no model in it, and its model file is "
        f"not there; looked for {', '.join(map(str, places))}"
    )
    raise WeightFileError(message)


def require_trust(context: ReadContext, path: Path | str, what: str) -> None:
    """Refuse a file whose loading runs code, unless the user trusts it.

    Raises
    ------
    WeightFileError
        The message says how to.
    """
    if not context.trust:
        message = f"{context.type_name} {context.title!r}: {path} {what}. {HOW_TO_TRUST}"
        raise WeightFileError(message)
