"""Transformations of weight files made by ROOT: read, written again, fitted again, applied."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from scipy.special import ndtr
from transformation_files import differences, events_of, info_of, root_of

import tmva_py
from tmva_py.booking.data_loader import DataLoader
from tmva_py.data.statistics import centred_covariance
from tmva_py.data.transformations import TransformationChain

EPSILON = np.finfo(np.float64).eps

CHAINS = {
    "bdt_adaboost_decorr_stored": "Deco",
    "bdt_decorr_tmva413": "Deco",
    "bdt_transform_chain_N_G_G_G": "Norm_Gauss_Gauss_Gauss",
    "dl_dense_gauss_higgs": "Gauss",
    "dl_dense_norm_19vars": "Norm",
    "fisher_decorr_gauss_stored": "Deco_Gauss",
    "fisher_norm_42vars_ternary": "Norm",
    "likelihood_pca": "PCA",
    "mlp_bnn_class_example": "Norm",
    "multiclass_dl_dense_norm_stored": "Norm",
    "reg_mlp_norm_9vars": "Norm",
    "reg_mlp_tau": "Norm",
}


def chain_of(root: Element) -> TransformationChain:
    return TransformationChain.read_xml(root.find("Transformations"), info_of(root))


@pytest.mark.parametrize("case", CHAINS)
def test_what_is_read_is_written_to_the_letter(shared: Path, case: str) -> None:
    root = root_of(shared, case)
    chain = chain_of(root)
    assert chain.short_name == CHAINS[case]
    original = root.find("Transformations")
    assert original is not None
    assert differences(original, chain.write_xml(Element("MethodSetup"))) == []


def test_ranges_of_the_format_before_selections(shared: Path) -> None:
    root = root_of(shared, "mlp_oldformat_tmva410")
    chain = chain_of(root)
    stored = root.findall("Transformations/Transform/Class/Variables")[-1]
    low, high = (np.array([float(one.get(name, "")) for one in stored]) for name in ("Min", "Max"))
    ends = chain.apply(np.array([low, high, (low + high) / 2], np.float32))
    np.testing.assert_allclose(ends, np.array([[-1.0], [1.0], [0.0]]) * np.ones(9), atol=3e-6)


def root_sums(x: np.ndarray) -> np.ndarray:
    """Return the covariance with ROOT's sums, one event after the other and no mean subtracted."""
    columns = range(x.shape[1])
    first = np.cumsum(x, axis=0)[-1] / len(x)
    second = [[np.cumsum(x[:, i] * x[:, j])[-1] for i in columns] for j in columns]
    return np.array(second) / len(x) - np.outer(first, first)


def inverse_root(covariance: np.ndarray) -> np.ndarray:
    eigenvalues, vectors = np.linalg.eigh(covariance)
    return (vectors / np.sqrt(eigenvalues)) @ vectors.T


def rounding_of_sums(x: np.ndarray) -> np.ndarray:
    """Bound the difference of two covariances of the same events, added in any order, centred or not.

    A sum of n terms is wrong by n·ε/2·Σ|term| at the most, to first order in the machine's epsilon ε.
    """
    size = np.abs(x)
    mean = size.mean(axis=0)
    return len(x) * EPSILON * (size.T @ size / len(x) + 2 * np.outer(mean, mean))


def change_of_root(covariance: np.ndarray, change: np.ndarray | float) -> np.ndarray:
    """Bound the change of C^(-1/2) when the covariance changes, to first order.

    In the basis of C's eigenvectors, each element is divided by √λᵢ·√λⱼ·(√λᵢ + √λⱼ). A number is the norm of
    the change, which no element in any basis exceeds.
    """
    eigenvalues, vectors = np.linalg.eigh(covariance)
    root, size = np.sqrt(eigenvalues), np.abs(vectors)
    in_basis = size.T @ np.abs(change) @ size if np.ndim(change) else change
    return size @ (in_basis / (np.outer(root, root) * np.add.outer(root, root))) @ size.T


def rounding_of_root(covariance: np.ndarray) -> np.ndarray:
    """Bound the error of `inverse_root`.

    Eigenvalues and vectors of k rows are those of a matrix that is wrong by k·ε of its norm (LAPACK's
    promise, its "modestly growing function" of k taken as k); then come sums of k terms.
    """
    k, size = len(covariance), np.linalg.norm(covariance, 2)
    eigenvalues, vectors = np.linalg.eigh(covariance)
    sums = (np.abs(vectors) / np.sqrt(eigenvalues)) @ np.abs(vectors).T
    return change_of_root(covariance, k * EPSILON * size) + k * EPSILON * sums


def test_decorrelation_and_gauss_of_a_known_training(shared: Path, figures) -> None:
    """Bin edges and contents to the bit; matrices as far as ROOT's sums of 4000 and 8000 terms are exact."""
    stored = chain_of(root_of(shared, "fisher_decorr_gauss_stored"))
    with np.load(shared / "golden" / "train_fisher_decorr_gauss" / "train.npz") as data:
        x, y, weight = data["X_train"], data["y_train"], data["w_train"]
    chain = TransformationChain.from_text("D,G", info_of(root_of(shared, "fisher_decorr_gauss_stored")))
    chain.fit(events_of(x, y, weight))
    (d, g), (d_root, g_root) = ([step.transformation for step in one.steps] for one in (chain, stored))
    for index, chosen in enumerate((y == 0, y == 1, y >= 0)):
        ours, roots = centred_covariance(x[chosen], weight[chosen]), root_sums(x[chosen])
        assert (np.abs(ours - roots) <= rounding_of_sums(x[chosen])).all()
        allowed = change_of_root(ours, ours - roots) + 2 * rounding_of_root(ours)
        used = (np.abs(d.matrices[index] - d_root.matrices[index]) / allowed).max()
        assert figures.note("decorrelation matrix against ROOT, share of the bound", used) < 1
    compare_distributions(g, g_root)


def test_the_matrices_differ_by_roots_rounding_only(shared: Path, figures) -> None:
    """With ROOT's sums they are equal but for the rounding of eigenvectors, some 1e-13."""
    (stored, _) = chain_of(root_of(shared, "fisher_decorr_gauss_stored")).steps
    with np.load(shared / "golden" / "train_fisher_decorr_gauss" / "train.npz") as data:
        x, y = data["X_train"], data["y_train"]
    for index, chosen in enumerate((y == 0, y == 1, y >= 0)):
        covariance = root_sums(x[chosen])
        difference = np.abs(inverse_root(covariance) - stored.transformation.matrices[index])
        used = (difference / (2 * rounding_of_root(covariance))).max()
        assert figures.note("decorrelation matrix with ROOT's sums, share of the bound", used) < 1


def compare_distributions(ours, theirs) -> None:
    for row, row_of_root in zip(ours.distributions, theirs.distributions, strict=True):
        for one, one_of_root in zip(row, row_of_root, strict=True):
            np.testing.assert_array_equal(one.original.axis.edges, one_of_root.original.axis.edges)
            contents = one_of_root.original.values.astype(np.float32)
            np.testing.assert_array_equal(one.original.values, contents)


def test_gauss_of_the_higgs_tutorial_from_the_trees_on(shared: Path) -> None:
    """Split, order and fit: all 21 distributions to the bit."""
    stored = chain_of(root_of(shared, "dl_dense_gauss_higgs"))
    loader = DataLoader("dataset")
    loader.log.silent = True
    for name in ("m_jj", "m_jjj", "m_lv", "m_jlv", "m_bb", "m_wbb", "m_wwbb"):
        loader.AddVariable(name, "F")
    loader.AddSignalTree(f"{shared}/data/Higgs_data.root:sig_tree", 1.0)
    loader.AddBackgroundTree(f"{shared}/data/Higgs_data.root:bkg_tree", 1.0)
    loader.PrepareTrainingAndTestTree(
        "",
        "nTrain_Signal=7000:nTrain_Background=7000:SplitMode=Random:NormMode=NumEvents:!V:SplitLibrary=libc++",
    )
    dataset = loader.data_set()
    chain = TransformationChain.from_text("G", dataset.info)
    chain.fit(dataset.training)
    compare_distributions(chain.steps[0].transformation, stored.steps[0].transformation)


def test_principal_components_of_a_known_training(shared: Path, figures) -> None:
    """Means and eigenvectors, signs included, to the digits in the file."""
    root = root_of(shared, "likelihood_pca")
    stored = chain_of(root).steps[0].transformation
    with np.load(shared / "golden" / "train_class_example_fisher_likelihood" / "train.npz") as data:
        events = events_of(data["X_train"], data["y_train"], data["w_train"])
    chain = TransformationChain.from_text("PCA", info_of(root))
    chain.fit(events)
    fitted = chain.steps[0].transformation
    for name in ("means", "eigenvectors"):
        difference = np.abs(getattr(fitted, name) - getattr(stored, name)).max()
        assert figures.note(f"principal components: {name} against ROOT", difference) < 1e-9


def fisher(root: Element, chain: TransformationChain, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return responses, and how far ROOT's may be from them.

    ROOT stores float32, half a unit in the last place from the sum. A decorrelated variable and a Gaussian
    one may be one unit off where the digits after the last place are undecided. The fraction F between them
    is half a unit off, of contents that are float32, which dz = dF/φ(z) makes the larger the farther z is
    from 0; at the ends, ±5.73, it is cut off.
    """
    offset, *coefficients = (float(one.get("Value", "")) for one in root.iterfind("Weights/Coefficient"))
    decorrelate, gauss = (step.transformation.transform for step in chain.steps)
    y = decorrelate(x.astype(np.float32))
    z = gauss(y)
    moved = [np.abs(gauss(np.nextafter(y, np.float32(to))) - z) for to in (-np.inf, np.inf)]
    fraction = np.where(np.abs(z) < 5.73, np.spacing(ndtr(z).astype(np.float32)) / 2, 0.0)
    fraction *= np.sqrt(2 * np.pi) * np.exp(z.astype(np.float64) ** 2 / 2)
    off = np.maximum(*moved) + np.spacing(np.abs(z)) + fraction
    response = offset + z.astype(np.float64) @ np.array(coefficients)
    stored = np.spacing(np.abs(response).astype(np.float32)) / 2
    return response, stored + off @ np.abs(coefficients)


@pytest.mark.parametrize("fitted", [False, True])
def test_fishers_stored_responses_to_decorrelated_gaussian_variables(
    shared: Path, figures, fitted: bool
) -> None:
    root = root_of(shared, "fisher_decorr_gauss_stored")
    chain = chain_of(root)
    with np.load(shared / "golden" / "train_fisher_decorr_gauss" / "train.npz") as data:
        stored = {name: data[name] for name in data.files}
    if fitted:
        chain = TransformationChain.from_text("D,G", info_of(root))
        chain.fit(events_of(stored["X_train"], stored["y_train"]))
    for sample in ("train", "test"):
        response, allowed = fisher(root, chain, stored[f"X_{sample}"])
        used = (np.abs(response - stored[f"resp_{sample}_Fisher"]) / allowed).max()
        assert figures.note(f"Fisher after D,G, {sample} sample, share of the bound", used) < 1
    with np.load(shared / "golden" / "fisher_decorr_gauss_stored" / "events.npz") as data:
        response, _ = fisher(root, chain, data["X"])
        np.testing.assert_allclose(response, data["response"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("case", "rtol", "atol"), [("dl_dense_gauss_higgs", 1e-4, 2e-5)])
def test_responses_of_a_network_behind_gauss(shared: Path, case: str, rtol: float, atol: float) -> None:
    folder = shared / "golden" / case
    with np.load(folder / "events.npz") as data:
        response = tmva_py.evaluate(folder / "weights.xml", data["X"])
        np.testing.assert_allclose(response, data["response"], rtol=rtol, atol=atol)


def test_a_variable_without_distribution_in_one_class_is_read(shared: Path) -> None:
    """ROOT wrote "-nan" for background variables that are always -999; all classes together have one."""
    chain = chain_of(root_of(shared, "bdt_transform_chain_N_G_G_G"))
    gauss = chain.steps[1].transformation
    assert gauss.distributions[1][1].is_empty
    assert not gauss.distributions[1][2].is_empty
    gauss.reference_class = 1
    with np.load(shared / "golden" / "bdt_transform_chain_N_G_G_G" / "events.npz") as data:
        x = data["X"].astype(np.float32)
    first = chain.steps[0].transformation.transform(x)
    np.testing.assert_allclose(gauss.transform(first)[:, 1], -5.7307288, rtol=1e-7)
