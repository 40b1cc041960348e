"""The output file of a factory: it collects objects and trees, and writes them at once."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.output.event_tree import event_columns
from tmva_py.booking.output.root_objects import write_object
from tmva_py.errors import BookingError, TMVAWarning
from tmva_py.files import replaced_when_done

if TYPE_CHECKING:
    from tmva_py.data import DataSetInfo, Events
    from tmva_py.histograms import Columns, FileObject, MakesFileObject
    from tmva_py.trees import TreeSource

FORMS = "a path, None, or an object with GetName() and Close() such as a TFile"


class OutputFile:
    """Collects what goes into the output file and writes all of it at once.

    ROOT fills the file object of the script while the factory works. Here the content is kept and the whole
    file is written — under a temporary name that then takes the file's place — at the end of
    ``TrainAllMethods`` and again at the end of ``EvaluateAllMethods``. So the file is complete before the
    script calls ``Close()``, whatever object the script closes, and never half written.

    Parameters
    ----------
    path : path
        The file; its folder must exist.

    Raises
    ------
    BookingError
        There is no such folder, or the path is one.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        # The script may change its working directory before the file is written.
        self.path = Path(path).absolute()
        if not self.path.parent.is_dir():
            folder = str(self.path.parent)
            message = f"output file {os.fspath(path)!r}: there is no folder {folder!r}; make it first"
            raise BookingError(message)
        if self.path.is_dir():
            message = f"output file {os.fspath(path)!r}: it is a folder; name a file in it"
            raise BookingError(message)
        self._trees: dict[str, Columns] = {}
        self._objects: dict[str, FileObject | MakesFileObject] = {}

    @classmethod
    def from_argument(cls, target: Any) -> OutputFile | None:
        """Return the output file for what a script hands over; None for None.

        Raises
        ------
        BookingError
            It is none of the accepted forms.
        """
        if target is None:
            return None
        if isinstance(target, str | os.PathLike):
            return cls(target)
        if callable(getattr(target, "GetName", None)) and callable(getattr(target, "Close", None)):
            return cls(str(target.GetName()))
        message = f"output file: expected {FORMS}, got {type(target).__name__}"
        raise BookingError(message)

    def check_is_not(self, trees: Sequence[TreeSource]) -> None:
        """Refuse to replace a file that is read.

        Raises
        ------
        BookingError
            One of the trees is in this file.
        """
        for tree in trees:
            if tree.file_path and os.path.realpath(tree.file_path) == os.path.realpath(self.path):
                message = (
                    f"output file {str(self.path)!r} is the file of the input tree {tree.describe()} and "
                    "would replace it; give the factory another name"
                )
                raise BookingError(message)

    # --- content ----------------------------------------------------------------------------------------

    def add(self, folder: str, objects: Mapping[str, FileObject | MakesFileObject]) -> None:
        """Add objects to a folder such as ``dataset/Method_DL/LSTM``; a name that is there is replaced."""
        for name, one in objects.items():
            self._objects[f"{folder}/{name}"] = one

    def add_tree(
        self,
        name: str,
        info: DataSetInfo,
        events: Events,
        responses: Mapping[str, npt.NDArray[np.float32]],
        output_names: Sequence[str] = (),
    ) -> None:
        """Add ``TestTree`` or ``TrainTree``.

        Parameters
        ----------
        name : str
            The tree's name.
        info, events, responses, output_names
            As for `event_columns`.
        """
        tree, repeated = event_columns(info, events, responses, output_names)
        if repeated:
            names = ", ".join(map(repr, repeated))
            text = (
                f"{info.name}/{name}: more than one branch would be called {names}; "
                "only the first of each name is written"
            )
            warnings.warn(text, TMVAWarning, stacklevel=5)
        self._trees[f"{info.name}/{name}"] = tree

    # --- writing ----------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write the whole file and put it in its place.

        Raises
        ------
        OSError
            The file cannot be written; an old one is untouched.
        """
        import uproot

        with replaced_when_done(self.path) as temporary, uproot.recreate(temporary) as file:
            for name, one in [*self._objects.items(), *self._trees.items()]:
                write_object(file, name, one)
