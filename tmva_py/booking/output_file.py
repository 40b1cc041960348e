"""The output file of a factory: it collects objects and trees, and writes them step by step."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.output.event_tree import event_columns
from tmva_py.booking.output.targets import Target, check_is_not_input, target_of
from tmva_py.errors import warn

if TYPE_CHECKING:
    from tmva_py.data import DataSetInfo, Events
    from tmva_py.histograms import FileObject, MakesFileObject
    from tmva_py.trees import TreeSource


class OutputFile:
    """Collects what goes into the output and writes it at the end of each of a job's steps.

    Parameters
    ----------
    target : Target
        Where it is written.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        # What has not been written yet.
        self._objects: dict[str, FileObject | MakesFileObject] = {}

    @classmethod
    def from_argument(cls, given: Any, job_name: str = "") -> OutputFile | None:
        """Return the output file for what a script hands over; None for None.

        Raises
        ------
        BookingError
            It is none of the accepted forms.
        """
        target = target_of(given, job_name)
        return None if target is None else cls(target)

    def check_is_not(self, trees: Sequence[TreeSource]) -> None:
        """Refuse to replace a file that is read; see `check_is_not_input`."""
        for tree in trees:
            check_is_not_input(self._target, tree)

    # --- content ----------------------------------------------------------------------------------------

    def add(self, folder: str, objects: Mapping[str, FileObject | MakesFileObject]) -> None:
        """Add objects to a folder such as ``dataset/Method_DL/LSTM``; a name that is there is replaced."""
        for name, one in objects.items():
            # A data set that is called "." has its folders at the top.
            self._objects[posixpath.normpath(f"{folder}/{name}")] = one

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
            warn(text)
        self.add(info.name, {name: tree})

    # --- writing ----------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write what has been added since the last time.

        Raises
        ------
        OSError
            The file cannot be written; an old one is untouched.
        """
        self._target.write(self._objects)
        self._objects = {}
