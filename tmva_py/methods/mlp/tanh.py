"""Which form of tanh a weight file was trained with; its header tells in part."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tmva_py.methods.releases import Release

EXACT, FAST, UNBOUNDED = "Exact", "Fast", "Unbounded"

# The first TMVA with a fast tanh.
_FIRST_FAST_TMVA = (4, 2, 1)
# Releases of ROOT with the bounded fast tanh: from the first on, below the second.
_FAST_ROOT = ((6, 14), (6, 26))


def tanh_of(general_info: Mapping[str, str], release: Release | None) -> str:
    """Return the form of tanh that the releases in a header tell; where they do not, that of `release`."""
    tmva, root = (_numbers(general_info.get(name, "")) for name in ("TMVA Release", "ROOT Release"))
    if tmva and tmva < _FIRST_FAST_TMVA:
        return EXACT
    if _FAST_ROOT[0] <= root < _FAST_ROOT[1]:
        return FAST
    return UNBOUNDED if release is not None and release.has_unbounded_tanh else EXACT


def _numbers(release: str) -> tuple[int, ...]:
    """Return the numbers of ``6.20/04 [398340]`` or ``4.2.1 [262657]``."""
    return tuple(int(one) for one in re.findall(r"\d{1,6}", release.partition("[")[0]))
