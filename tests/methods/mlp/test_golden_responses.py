"""Networks that TMVA wrote answer as TMVA does: at once, event by event, from threads, without numba."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from golden import check_file, check_responses, entry_of, has_tmvas_functions
from perceptrons import MLP_CASES, read_golden, release_of
from weight_files import golden_weights

import tmva_py as TMVA
from tmva_py.errors import OptionError
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing.overrides import ReferenceBackend

# Of the reference: NumPy's exponential may differ from C's in the last bit, and a network has few layers.
REFERENCE = 1e-13


@pytest.mark.filterwarnings("ignore:.*weights of the network are not finite")
@pytest.mark.parametrize("case", MLP_CASES)
def test_golden_responses(shared: Path, case: str) -> None:
    tolerance = None
    if case.startswith("real_"):  # what TMVA itself gave is given to the last bit of its functions
        tolerance = {"rtol": 0.0, "atol": 0.0 if has_tmvas_functions() else REFERENCE}
    method = check_responses(shared, case, release=release_of(case), tolerance=tolerance)
    with np.load(shared / "golden" / case / "events.npz") as events:
        x = events["X"]
    plain = read_golden(shared, case)
    vars(plain.model)["_backend"] = ReferenceBackend("float32")
    np.testing.assert_allclose(plain.evaluate(x[:300]), method.evaluate(x[:300]), rtol=1e-7, atol=REFERENCE)


@pytest.mark.filterwarnings("ignore:.*weights of the network are not finite")
@pytest.mark.parametrize("case", [case for case in MLP_CASES if case != "mlp_nan_weights"])
def test_files_are_written_as_tmva_writes_them(shared: Path, case: str) -> None:
    check_file(shared, case)


def test_a_form_of_tanh_goes_through_the_file(shared: Path) -> None:
    method = read_weight_file(golden_weights(shared, "real_mlp_bp_tanh_fast"))
    method = replace(method, model=method.model.with_tanh("Unbounded"))
    with np.load(shared / "golden" / "real_mlp_bp_tanh_fast" / "events.npz") as events:
        x, expected = events["X"], events["response"]
    text = weight_text(method)
    assert text.count('<Layout NLayers="3" Tanh="Unbounded">') == 1
    np.testing.assert_allclose(read_weight_file(text).evaluate(x), expected, rtol=0, atol=REFERENCE)
    exact = read_weight_file(text.replace(' Tanh="Unbounded"', "")).evaluate(x)
    assert np.abs(exact - expected).max() > 1e-3  # beyond |v| = 5 the fraction grows


@pytest.mark.parametrize(
    ("tmva", "root", "form"),
    [
        ("4.2.1 [262657]", "6.20/04 [398340]", "Fast"),
        ("4.2.1 [262657]", "6.24/00", "Fast"),
        ("4.2.1 [262657]", "6.26/02 [399874]", "Exact"),
        ("4.2.1 [262657]", "6.12/06", "Exact"),
        ("4.2.0 [262656]", "6.20/00", "Exact"),
        ("4.1.0 [262400]", "5.28/00", "Exact"),
    ],
)
def test_the_header_tells_the_form_of_tanh(shared: Path, tmva: str, root: str, form: str) -> None:
    text = (shared / "golden" / "mlp_3vars" / "weights.xml").read_text()
    text = text.replace("4.2.1 [262657]", tmva).replace("6.28/06 [400390]", root)
    model = read_weight_file(text).model
    assert model.shape.tanh == form
    assert model.summary()["tanh"] == form


def test_a_release_tells_the_form_of_tanh(shared: Path) -> None:
    """Where the header does not: then Reader, evaluate and read_weight_file take the release's."""
    path = golden_weights(shared, "real_mlp_bp_tanh_fast")
    with np.load(shared / "golden" / "real_mlp_bp_tanh_fast" / "events.npz") as events:
        x, expected = events["X"], events["response"]
    np.testing.assert_allclose(TMVA.evaluate(path, x, release="4.2"), expected, rtol=0, atol=REFERENCE)
    names = [one.expression for one in read_weight_file(path).info.variables]
    reader = TMVA.Reader(names, "!Color:Silent:Release=4.2")
    reader.BookMVA("MLP", str(path))
    found = reader.EvaluateMVA(x.astype(np.float32), "MLP")
    np.testing.assert_allclose(found, expected, rtol=0, atol=REFERENCE)
    with pytest.raises(OptionError, match=r"release '6.1' is not known; expected one of newest, 4.2"):
        TMVA.evaluate(path, x, release="6.1")
    old = golden_weights(shared, "mlp_bfgs_tanh_mse")  # of TMVA 4.1.3, which every release takes for exact
    assert read_weight_file(old, release="4.2").model.shape.tanh == "Exact"


@pytest.mark.parametrize("case", ["multiclass_mlp_stored", "mlp_magic_telescope", "reg_mlp_tau"])
def test_reader(shared: Path, case: str) -> None:
    method = read_golden(shared, case)
    with np.load(shared / "golden" / case / "events.npz") as events:
        x, expected = events["X"], events["response"]
    reader = TMVA.Reader([one.expression for one in method.info.variables], "!Color:Silent")
    for one in method.info.spectators:
        reader.AddSpectator(one.expression, np.zeros(1, np.float32))
    reader.BookMVA("MLP", str(shared / "golden" / case / "weights.xml"))
    kind = method.analysis_type
    evaluate = getattr(reader, f"Evaluate{'MVA' if kind == 'Classification' else kind}")
    found = evaluate(x.astype(np.float32), "MLP")
    tolerance = entry_of(shared, case)["tolerance"]
    np.testing.assert_allclose(
        found.reshape(expected.shape), expected, rtol=tolerance["rtol"], atol=tolerance["atol"]
    )
