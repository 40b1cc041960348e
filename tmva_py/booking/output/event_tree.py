"""The content of ``TestTree`` and ``TrainTree``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.output.leaf_lists import set_leaf_lists
from tmva_py.data import DataSetInfo, Events


@dataclass
class EventTree:
    """Columns of a tree in the order of its branches.

    Attributes
    ----------
    columns : dict of str to ndarray
        Values of shape (N,), or (N, n) for a branch of `leaf_lists`.
    class_names : tuple of str
        What the branch ``className`` holds for each value of ``classID``.
    leaf_lists : dict of str to tuple of str
        Names of the leaves of branches that have several.
    repeated : list of str
        Names that came twice; only the first of each is written.
    """

    columns: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    class_names: tuple[str, ...] = ()
    leaf_lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        info: DataSetInfo,
        events: Events,
        responses: Mapping[str, npt.NDArray[np.float32]],
        output_names: Sequence[str] = (),
    ) -> EventTree:
        """Return the tree of a sample.

        Parameters
        ----------
        info : DataSetInfo
            Names of the branches.
        events : Events
            Untransformed events in TMVA's order.
        responses : mapping of str to ndarray
            Response by method title, shape (N,) or (N, n_outputs).
        output_names : sequence of str
            Names of the outputs of methods with shape (N, n_outputs): the leaves of their branches.
        """
        tree = cls(class_names=tuple(info.classes))
        tree.columns["classID"] = events.class_index.astype(np.int32)
        tree.columns["className"] = events.class_index
        blocks = (
            (info.variables, events.x),
            (info.targets, events.targets),
            (info.spectators, events.spectators),
        )
        for infos, values in blocks:
            for index, one in enumerate(infos):
                tree._add(one.internal_name, values[:, index])
        tree._add("weight", events.weight.astype(np.float32))
        # As in a std::map: upper case before lower case.
        for title in sorted(responses, key=str.encode):
            tree._add(title, responses[title], () if responses[title].ndim == 1 else tuple(output_names))
        return tree

    def _add(self, name: str, values: npt.NDArray[Any], leaves: tuple[str, ...] = ()) -> None:
        if name in self.columns:
            self.repeated.append(name)
            return
        self.columns[name] = values
        if leaves:
            self.leaf_lists[name] = leaves

    def write(self, file: Any, name: str) -> None:
        """Write the tree into a file that uproot has open for writing."""
        import awkward as ak

        types = {branch: (values.dtype, values.shape[1:]) for branch, values in self.columns.items()}
        filled = {
            **self.columns,
            "className": ak.Array(list(self.class_names))[self.columns["className"]],
        }
        # mktree, for an assignment makes an RNTuple, which TMVA's readers do not know.
        tree = file.mktree(name, {**types, "className": "string"}, title=name.rsplit("/", 1)[-1])
        tree.extend(filled)
        if self.leaf_lists:
            set_leaf_lists(tree, self.leaf_lists)
