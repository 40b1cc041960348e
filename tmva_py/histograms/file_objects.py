"""What can go into an output file beside histograms, and the type of all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.histograms.histogram import Histogram
from tmva_py.histograms.histogram_2d import Histogram2D
from tmva_py.histograms.profile import Profile


@dataclass(frozen=True, eq=False)
class Graph:
    """A TGraph: points of shape (n,) in order."""

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    title: str = ""


@dataclass(frozen=True, eq=False)
class Columns:
    """A TTree: columns of one length in the order of its branches.

    Parameters
    ----------
    columns : mapping of str to ndarray
        Values of shape (N,), or (N, n) for an array. The type of the array is the type of the branch: int32
        for ``/I``, float32 for ``/F``, float64 for ``/D``; the fields of a structured array are a leaf list.
    texts : mapping of str to tuple of str, optional
        Columns of numbers that are written as text: the text for each number from 0.
    title : str, optional
        The tree's title; by default its name.
    titles : mapping of str to str, optional
        Titles of branches; by default names and types of their leaves.
    """

    columns: Mapping[str, npt.NDArray[Any]]
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    title: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)


FileObject = Histogram | Histogram2D | Profile | Graph | Columns | str
"""What the output file can hold; text becomes a TObjString."""

MakesFileObject = Callable[[], FileObject]
"""Makes the object when the file is written: many large histograms are not kept until then."""
