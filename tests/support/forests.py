"""Forests for tests: those that TMVA wrote, and those that are trained on its events."""

from __future__ import annotations

import numpy as np
from golden import cases_of

from tmva_py.methods.bdt.forest import Forest

BDT_CASES: list[str] = cases_of("BDT")
"""The golden cases with responses of forests."""


def agreeing_trees(ours: Forest, theirs: Forest) -> tuple[int, str]:
    """Return how many trees are the same from the first on, and what is not in the one after these."""
    for tree in range(min(len(ours), len(theirs))):
        own, other = (slice(*forest.starts[tree : tree + 2].tolist()) for forest in (ours, theirs))
        if own.stop - own.start != other.stop - other.start:
            return tree, "number of nodes"
        leaves = theirs.node_type[other] != 0
        for name in ("node_type", "variable", "cut", "cut_type", "left", "right"):
            one, two = getattr(ours, name)[own], getattr(theirs, name)[other]
            if name in ("left", "right"):
                one, two = one[~leaves] - own.start, two[~leaves] - other.start
            if (one != two).any():
                return tree, name
        for name in ("purity", "response"):
            one, two = getattr(ours, name)[own][leaves], getattr(theirs, name)[other][leaves]
            if not np.allclose(one, two, rtol=1e-6, atol=0):
                return tree, name
        if not np.isclose(ours.boost_weights[tree], theirs.boost_weights[tree], rtol=1e-6, atol=0):
            return tree, "boost weight"
    return min(len(ours), len(theirs)), "" if len(ours) == len(theirs) else "number of trees"
