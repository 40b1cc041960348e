"""Several outputs as shares of classes, as TMVA's methods for several classes respond."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.methods.inputs import Doubles

_BLOCK = 4096


def class_shares(outputs: npt.NDArray[np.floating]) -> Doubles:
    """Return 1/(1 + Σ_j≠k exp(o_j − o_k)) for each class k, rounded as TMVA's single precision.

    Parameters
    ----------
    outputs : ndarray, shape (N, n_classes)
        Their differences are taken in their own precision.

    Returns
    -------
    ndarray of float64, shape (N, n_classes)
    """
    shares = np.empty(outputs.shape)
    own = np.arange(outputs.shape[1])
    for start in range(0, len(outputs), _BLOCK):
        one = outputs[start : start + _BLOCK].T
        others = np.exp((one[:, None] - one[None, :]).astype(np.float64))
        others[own, own] = 0.0
        # One after the other: an event's sums do not depend on how many events there are.
        sums = np.add.accumulate(others, axis=0, out=others)[-1]
        shares[start : start + _BLOCK] = (1.0 / (1.0 + sums)).T.astype(np.float32)
    return shares
