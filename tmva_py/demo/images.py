"""The toy images of ROOT's tutorial TMVA_CNN_Classification: a blob of entries in 16 times 16 pixels."""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt

N_PIXELS = 16
"""Pixels of one row, and rows of one image."""
LOWER_EDGE, UPPER_EDGE = 0.0, 10.0
DRAWS = 10000
"""Entries of one image."""
NOISE = 5.0
"""Width of the Gaussian noise on every pixel."""
MEANS = (3.0, 7.0)
"""Between which the middle of the blob lies, in both directions."""
WIDTHS = {True: (3.1, 2.9), False: (3.0, 3.0)}
"""Widths of the blob across rows and along a row, for signal and background."""

SIGNAL_TREE, BACKGROUND_TREE, BRANCH = "sig_tree", "bkg_tree", "vars"


def pixel_probabilities(
    row_mean: npt.ArrayLike, column_mean: npt.ArrayLike, *, signal: bool
) -> npt.NDArray[np.float64]:
    """Return the probability of each pixel, shape (N, 256).

    As ``TH2::FillRandom``: proportional to the function at the middle of the pixel.

    Parameters
    ----------
    row_mean, column_mean : array_like
        The middle of each blob, (N,).
    signal : bool
        Of which class.
    """
    centres = LOWER_EDGE + (np.arange(N_PIXELS) + 0.5) * (UPPER_EDGE - LOWER_EDGE) / N_PIXELS
    parts = []
    for mean, width in zip((row_mean, column_mean), WIDTHS[signal], strict=True):
        content = np.exp(-0.5 * ((centres - np.asarray(mean, np.float64)[:, None]) / width) ** 2)
        parts.append(content / content.sum(axis=1, keepdims=True))
    together: npt.NDArray[np.float64] = parts[0][:, :, None] * parts[1][:, None, :]
    return together.reshape(len(together), -1)


def make_images(n_events: int = 5000, *, signal: bool, seed: int = 1) -> npt.NDArray[np.float32]:
    """Draw images of one class.

    Parameters
    ----------
    n_events : int, default 5000
        How many.
    signal : bool
        Of which class: blobs that are a little wider across rows than along them, or round ones. The two
        classes of one seed are independent.
    seed : int, default 1
        Seed of the random numbers.

    Returns
    -------
    ndarray of float32, shape (n_events, 16, 16)
        Contents of pixels: 10000 draws from a blob around a random middle, and Gaussian noise of width 5.

    Examples
    --------
    >>> make_images(3, signal=True).shape
    (3, 16, 16)
    """
    random = np.random.default_rng([seed, int(signal)])
    row_mean, column_mean = random.uniform(*MEANS, (2, n_events))
    counts = random.multinomial(DRAWS, pixel_probabilities(row_mean, column_mean, signal=signal))
    noisy = counts + random.normal(0.0, NOISE, counts.shape)
    return noisy.astype(np.float32).reshape(n_events, N_PIXELS, N_PIXELS)


def write_images(path: str | os.PathLike[str], n_events: int = 5000, *, seed: int = 1) -> None:
    """Write a ROOT file with the trees ``sig_tree`` and ``bkg_tree``, branch ``vars`` of 256 pixels.

    Parameters
    ----------
    path : path
        The file.
    n_events : int, default 5000
        Images of each class.
    seed : int, default 1
        Seed of the random numbers.
    """
    import uproot

    with uproot.recreate(os.fspath(path)) as file:
        for name, signal in ((SIGNAL_TREE, True), (BACKGROUND_TREE, False)):
            images = make_images(n_events, signal=signal, seed=seed).reshape(n_events, -1)
            tree = file.mktree(name, {BRANCH: (np.float32, (images.shape[1],))})
            tree.extend({BRANCH: images})
