"""A Gaussian for each class, made of the nearest events alone: option ``UseLDA``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.methods.inputs import Doubles, Floats

# A smaller variance counts as this one.
_SMALLEST = 1e-5


def signal_probability(queries: Floats, nearest: Floats, is_signal: npt.NDArray[np.bool_]) -> Doubles:
    """Return the probability of signal at queries.

    Each class is a Gaussian around the mean of its events, both of the same covariance, and as probable as it
    is frequent.

    Parameters
    ----------
    queries : ndarray of float32, shape (N, n_variables)
        Where.
    nearest : ndarray of float32, shape (N, k, n_variables)
        The events that are near.
    is_signal : ndarray of bool, shape (N, k)
        Their class.
    """
    x = nearest.astype(np.float64)
    fractions, distances = [], []
    scatter = np.zeros((len(x), x.shape[2], x.shape[2]))
    with np.errstate(over="ignore", invalid="ignore"):
        for chosen in (is_signal, ~is_signal):
            count = chosen.sum(axis=1)
            inside = chosen[:, :, None]
            mean = np.where(inside, x, 0.0).sum(axis=1) / np.maximum(count, 1)[:, None]
            away = np.where(inside, x - mean[:, None, :], 0.0)
            scatter += np.einsum("nki,nkj->nij", away, away)
            fractions.append(count / x.shape[1])
            distances.append(queries.astype(np.float64) - mean)
        covariance = scatter / max(x.shape[1] - 2, 1)
        finite = np.isfinite(covariance).all(axis=(1, 2))
        covariance[~finite] = np.eye(x.shape[2])
        values, vectors = np.linalg.eigh(covariance)
        values = np.maximum(values, _SMALLEST)
        exponents = [
            -0.5 * (np.einsum("nij,ni->nj", vectors, one) ** 2 / values).sum(axis=1) for one in distances
        ]
        # The larger one is 1, so that neither is rounded away with the other.
        largest = np.maximum(
            *(np.where(f > 0, e, -np.inf) for f, e in zip(fractions, exponents, strict=True))
        )
        signal, background = (
            f * np.exp(np.minimum(e - largest, 0.0)) for f, e in zip(fractions, exponents, strict=True)
        )
        found: Doubles = signal / (signal + background)
    # Infinitely far out nothing is known but how frequent the classes are.
    return np.where(np.isfinite(found), found, fractions[0])
