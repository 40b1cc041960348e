"""An output file, and the pictures that are made of it."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from tmva_py.booking.config import gConfig
from tmva_py.booking.pictures.figures import Doubles
from tmva_py.errors import DataError, did_you_mean
from tmva_py.files import write_atomically
from tmva_py.message_log import MessageLog

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_T = TypeVar("_T")
# By the number of ``fPlotFormat``.
_FORMATS = ("png", "eps", "pdf")
_PER_PICTURE = 6


def pages(drawn: Sequence[_T]) -> Iterator[tuple[int, Sequence[_T]]]:
    """Share out what is drawn among pictures; yield the number of each, from 1 on, and its part."""
    for number, start in enumerate(range(0, len(drawn), _PER_PICTURE), start=1):
        yield number, drawn[start : start + _PER_PICTURE]


class OutputPlots:
    """An output file, and the pictures that are made of it."""

    def __init__(self, dataset: object, fin: object) -> None:
        self._dataset, self._path = str(dataset), os.fspath(fin) if isinstance(fin, os.PathLike) else str(fin)
        self._pictures: list[Path] = []

    def __enter__(self) -> OutputPlots:
        import uproot

        try:
            self._file: Any = uproot.open(self._path)
        except Exception as error:  # whatever is wrong with the file
            message = f"cannot read the output file {self._path!r}: {str(error).strip().splitlines()[0]}"
            raise DataError(message) from error
        return self

    @property
    def dataset(self) -> str:
        """The name of the data set."""
        return self._dataset.strip("/")

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def folder(self, name: str) -> Any:
        """Return a folder of the data set."""
        place = "/".join(one for one in (self._dataset.strip("/"), name) if one)
        kinds = self._file.classnames(cycle=False)
        known = [key for key, kind in kinds.items() if kind == "TDirectory"]
        if place not in known:
            message = f"{self._path!r} has no folder {place!r}{did_you_mean(place, known)}"
            raise DataError(message)
        return self._file[place]

    def names(self, folder: Any) -> list[str]:
        """Return the names of histograms in a folder, in their order."""
        found = folder.classnames(recursive=False)
        return [name.partition(";")[0] for name, kind in found.items() if kind.startswith("TH")]

    def methods(self) -> Iterator[tuple[str, Any]]:
        """Yield title and folder of each method."""
        for name, kind in self.folder("").classnames(recursive=True, cycle=False).items():
            parts = name.split("/")
            if kind == "TDirectory" and len(parts) == 2 and parts[0].startswith("Method_"):
                yield parts[1], self.folder(name)

    def histogram(self, folder: Any, name: str) -> tuple[Doubles, Doubles]:
        """Return contents and edges."""
        found = folder[name]
        return found.values().astype(np.float64), found.axis().edges()

    def responses(self, folder: Any, title: str, kind: int) -> dict[str, tuple[Doubles, ...]]:
        """Return the histograms of a method by their role; nothing where one is missing."""
        middle = ("", "Proba_", "Rarity_", "")[kind]
        wanted = {"signal": f"MVA_{title}_{middle}S", "background": f"MVA_{title}_{middle}B"}
        if kind == 3:
            wanted["training signal"] = f"MVA_{title}_Train_S"
            wanted["training background"] = f"MVA_{title}_Train_B"
        there = self.names(folder)
        if any(name not in there for name in wanted.values()):
            return {}
        return {role: (*self.histogram(folder, name), folder[name].errors()) for role, name in wanted.items()}

    def save(self, name: str, figure: Figure) -> None:
        """Write a picture in the format of ``gConfig``."""
        target = Path(self._dataset) / "plots"
        target.mkdir(parents=True, exist_ok=True)
        number = int(gConfig().GetVariablePlotting().fPlotFormat)
        suffix = _FORMATS[number] if number in range(len(_FORMATS)) else _FORMATS[0]
        picture = io.BytesIO()
        figure.savefig(picture, format=suffix)
        path = target / f"{name}.{suffix}"
        write_atomically(path, lambda file: file.write(picture.getvalue()))
        self._pictures.append(path)

    def written(self, what: str) -> list[Path]:
        """Return the pictures, which are named on the way."""
        if not self._pictures:
            message = f"{self._path!r} holds no {what} for data set {self._dataset!r}"
            raise DataError(message)
        MessageLog("plots").info(f"wrote {', '.join(map(str, self._pictures))}")
        return self._pictures
