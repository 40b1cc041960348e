"""Inverses of matrices beside LAPACK's, and ROOT's way with what is singular."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.kernels.inverse import inverse_matrix


@pytest.mark.parametrize("n", [1, 2, 3, 10, 60])
def test_beside_lapack(n: int) -> None:
    random = np.random.default_rng(n)
    for matrix in (random.normal(size=(n, n)), np.diag(10.0 ** random.normal(size=n)) + 1e-3):
        found = inverse_matrix(np, matrix=matrix)
        expected = np.linalg.inv(matrix)
        condition = np.linalg.cond(matrix)
        allowed = 10 * n * condition * np.finfo(np.float64).eps * np.abs(expected).max()
        np.testing.assert_allclose(found, expected, rtol=0, atol=allowed)


def test_singular_matrices_have_none() -> None:
    for matrix in (np.zeros((2, 2)), np.ones((3, 3)), np.array([[1.0, 2.0], [2.0, 4.0]])):
        assert inverse_matrix(np, matrix=matrix).shape == (0, len(matrix))
