"""Decorrelation, principal components and normalisation against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformation_files import events_of, info_with

from tmva_py.data.statistics import centred_covariance, covariance_matrix
from tmva_py.data.transformations import TransformationChain
from tmva_py.data.transformations.symmetric_eigen import symmetric_eigen
from tmva_py.errors import TMVAWarning, TrainingError

f32 = np.float32


def fitted(text: str, x: np.ndarray, **others: np.ndarray) -> TransformationChain:
    chain = TransformationChain.from_text(text, info_with(x.shape[1]))
    chain.fit(events_of(x, **others))
    return chain


def sample(seed: int, n_variables: int, n_events: int = 500) -> np.ndarray:
    random = np.random.default_rng(seed)
    mixing = random.normal(size=(n_variables, n_variables)) + 2 * np.eye(n_variables)
    return (random.normal(size=(n_events, n_variables)) @ mixing + random.normal(size=n_variables)).astype(
        f32
    )


@given(st.integers(0, 10**6), st.integers(1, 8))
@settings(deadline=None, max_examples=40)
def test_decorrelated_variables_have_unit_covariance_and_come_back(seed: int, n_variables: int) -> None:
    x = sample(seed, n_variables)
    weight = np.random.default_rng(seed).uniform(0.1, 2, len(x))
    chain = fitted("D", x, weight=weight)
    y = chain.apply(x)
    scale = 1 + np.abs(y).max() ** 2
    np.testing.assert_allclose(centred_covariance(y, weight), np.eye(n_variables), atol=1e-6 * scale)
    condition = np.linalg.cond(chain.steps[0].transformation.matrices[-1])
    np.testing.assert_allclose(chain.inverse(y), x, atol=1e-6 * condition * np.abs(x).max())


def test_decorrelation_is_the_symmetric_inverse_square_root_for_each_class() -> None:
    from scipy.linalg import inv, sqrtm

    x, classes = sample(3, 4), np.arange(500) % 2
    weight = np.random.default_rng(3).uniform(0.5, 1.5, 500)
    step = fitted("D", x, class_index=classes, weight=weight).steps[0].transformation
    for index, chosen in enumerate((classes == 0, classes == 1, classes >= 0)):
        expected = inv(sqrtm(covariance_matrix(x[chosen], weight[chosen])))
        np.testing.assert_allclose(step.matrices[index], expected, rtol=1e-9, atol=1e-11)


@given(st.integers(0, 10**6), st.integers(2, 8))
@settings(deadline=None, max_examples=40)
def test_principal_components_are_uncorrelated_sorted_and_come_back(seed: int, n_variables: int) -> None:
    x = sample(seed, n_variables)
    chain = fitted("P", x, weight=np.random.default_rng(seed).uniform(0.1, 2, len(x)))
    y = chain.apply(x)
    covariance = centred_covariance(y, np.ones(len(x)))
    size = covariance.max()
    np.testing.assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-5 * size)
    assert (np.diff(np.diag(covariance)) <= 1e-5 * size).all()
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-5 * np.sqrt(size))
    np.testing.assert_allclose(chain.inverse(y), x, atol=2e-6 * np.abs(x).max())


@pytest.mark.parametrize("n", [1, 2, 3, 7, 40])
def test_eigenvectors_against_numpy(n: int) -> None:
    a = np.random.default_rng(n).normal(size=(n, 2 * n))
    matrix = a @ a.T
    eigenvalues, vectors = symmetric_eigen(matrix)
    np.testing.assert_allclose(eigenvalues, np.linalg.eigvalsh(matrix)[::-1], rtol=1e-11, atol=1e-12 * n)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(n), atol=1e-13 * n)
    np.testing.assert_allclose(matrix @ vectors, vectors * eigenvalues, atol=1e-12 * n * eigenvalues[0])


@pytest.mark.parametrize(
    ("matrix", "eigenvalues"),
    [(np.eye(3), [1, 1, 1]), (np.zeros((3, 3)), [0, 0, 0]), (np.diag([1.0, 5.0, 2.0]), [5, 2, 1])],
)
def test_eigenvectors_of_special_matrices(matrix: np.ndarray, eigenvalues: list[float]) -> None:
    got, vectors = symmetric_eigen(matrix)
    np.testing.assert_array_equal(got, eigenvalues)
    np.testing.assert_array_equal(np.abs(vectors).sum(axis=0), 1)


def test_eigenvectors_of_what_is_no_number() -> None:
    with pytest.raises(TrainingError, match="no convergence"):
        symmetric_eigen(np.full((3, 3), np.nan))


def test_centred_covariance_keeps_the_digits_that_a_large_mean_takes() -> None:
    random = np.random.default_rng(1)
    deviations = random.integers(-8, 9, (4000, 2)).astype(f32)
    weight = random.uniform(0.5, 2, 4000)
    expected = covariance_matrix(deviations, weight)
    far = centred_covariance(deviations + f32(1e6), weight)
    np.testing.assert_allclose(far, expected, rtol=1e-9, atol=1e-9)


# --- what cannot be fitted ------------------------------------------------------------------------------


def test_linearly_dependent_variables_are_named() -> None:
    x = sample(1, 4)
    x[:, 2] = x[:, 0] + x[:, 3]
    expected = (
        r"transformation D: the covariance of the events of all classes is singular: variable 'var0', "
        r"variable 'var2' and variable 'var3' are linearly dependent; leave one of them out"
    )
    with pytest.raises(TrainingError, match=expected):
        fitted("D", x)


def test_a_constant_variable_is_named() -> None:
    x = sample(1, 3)
    x[:, 1] = 7
    with pytest.raises(TrainingError, match=r"is singular: variable 'var1' has one value throughout"):
        fitted("D", x)
    with pytest.raises(TrainingError, match=r"transformation N: variable 'var1' = 7 in all of the events of"):
        fitted("N", x)
    components = fitted("P", x).apply(x)  # a direction without variance does no harm here
    np.testing.assert_allclose(components[:, 2], 0, atol=1e-5)


def test_a_singular_class_that_is_not_used_is_a_warning() -> None:
    x, classes = sample(1, 3), np.arange(500) % 2
    x[classes == 1, 1] = -999
    expected = r"the events of class 'Background' is singular: variable 'var1' has one value .* not used here"
    with pytest.warns(TMVAWarning, match=expected):
        chain = fitted("D", x, class_index=classes)
    assert np.isfinite(chain.steps[0].transformation.matrices).all()
    with pytest.raises(TrainingError, match="class 'Background' is singular"):
        fitted("D_Background", x, class_index=classes)


def test_weights_that_sum_to_nothing_or_less() -> None:
    x = sample(1, 2)
    with pytest.raises(TrainingError, match=r"the sum of event weights is -500; option IgnoreNegWeightsInT"):
        fitted("D", x, weight=-np.ones(500))
    weight = np.where(np.abs(x[:, 0] - x[:, 0].mean()) > x[:, 0].std(), -1.0, 0.6)
    with pytest.raises(TrainingError, match=r"because of negative event weights: variable 'var0' has a neg"):
        fitted("D", x, weight=weight)


def test_weights_of_zero_take_no_part() -> None:
    x = sample(1, 3)
    weight = (np.arange(500) % 3 > 0).astype(float)
    expected = fitted("D", x[weight > 0]).apply(x)
    np.testing.assert_allclose(fitted("D", x, weight=weight).apply(x), expected, rtol=1e-5, atol=1e-5)


def test_principal_components_of_one_variable() -> None:
    with pytest.raises(TrainingError, match=r"P: cannot find principal components of variable 'var0' alone"):
        fitted("P", sample(1, 1))


@pytest.mark.parametrize("name", ["N", "D", "P", "U", "G"])
def test_too_few_events(name: str) -> None:
    with pytest.raises(TrainingError, match="not enough events"):
        fitted(name, sample(1, 2, n_events=1))


def test_a_reference_class_without_events() -> None:
    with pytest.raises(TrainingError, match=r"D: the events of class 'Background' are to fit it, but there"):
        fitted("D_Background", sample(1, 2))


def test_a_class_without_events_gets_the_set_of_all() -> None:
    step = fitted("D", sample(1, 2)).steps[0].transformation
    np.testing.assert_array_equal(step.matrices[1], step.matrices[2])
