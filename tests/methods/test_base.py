"""What all methods share: options, transformations, shapes, and the way from training to responses."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt
import pytest

from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.errors import OptionError, ShapeError, TMVAWarning, TrainingError, UnknownNameError
from tmva_py.message_log import MessageLog
from tmva_py.methods import AnalysisType, MethodBase
from tmva_py.options import Option

Floats = npt.NDArray[np.float32]


class SumMethod(MethodBase):
    """Responds with the sum of the transformed variables (and in regression with the mean target)."""

    names = ("Sum",)
    type_name = "Sum"
    options = (Option("Scale", float, 1.0),)

    @classmethod
    def can_handle(cls, analysis_type: AnalysisType, n_classes: int, n_targets: int) -> bool:  # noqa: ARG003
        return True

    def train(self, dataset: DataSet) -> None:
        self.seen = dataset
        self.mean_target = dataset.training.targets.astype(np.float64).mean(axis=0)

    def respond(self, x: Floats) -> npt.NDArray[np.float64]:
        if self.analysis_type == "Regression":
            return np.tile(self.mean_target, (len(x), 1))
        total: npt.NDArray[np.float64] = self.option_values["Scale"] * x.sum(axis=1, dtype=np.float64)
        return total

    def write_weights(self, weights: Element) -> None:
        weights.set("Read", "yes")

    def read_weights(self, weights: Element) -> None:
        self.was_read = weights.get("Read")


def make_data_set(n: int = 40, n_targets: int = 0) -> DataSet:
    info = DataSetInfo(
        "dataset",
        [VariableInfo.parse(name) for name in ("x", "y")],
        [VariableInfo.parse(f"t{i}") for i in range(n_targets)],
        classes=["Signal", "Background"] if not n_targets else ["Regression"],
    )

    def events(seed: int) -> Events:
        rng = np.random.default_rng(seed)
        weight = rng.choice([-0.5, 1.0, 2.0], n)
        return Events(
            rng.normal(3, 2, (n, 2)).astype(np.float32),
            rng.normal(10, 3, (n, n_targets)).astype(np.float32),
            np.empty((n, 0), np.float32),
            weight,
            weight,
            (np.arange(n) % len(info.classes)).astype(np.int32),
        )

    return DataSet(info, events(2), events(3))


def make(options: str = "", analysis_type: AnalysisType = "Classification", **keywords: Any) -> SumMethod:
    info = make_data_set(n_targets=1 if analysis_type == "Regression" else 0).info
    return SumMethod(
        "job", "title", info, analysis_type, options, log=MessageLog("x", silent=True), **keywords
    )


def test_common_options_lead_and_have_tmvas_defaults() -> None:
    method = make("!H:V:Scale=2")
    method.setup()
    names = [
        "V",
        "VerbosityLevel",
        "VarTransform",
        "H",
        "CreateMVAPdfs",
        "IgnoreNegWeightsInTraining",
        "Scale",
    ]
    assert list(method.option_values) == names
    defaults = [make_option.default for make_option in method.declared_options()]
    assert defaults == [False, "Default", "None", False, False, False, 1.0]
    assert method.option_values["V"] is True
    assert method.option_values["Scale"] == 2.0
    assert method.option_values.given == {"V", "H", "Scale"}


def test_options_of_old_files_are_taken_when_reading_only() -> None:
    old = "Normalise=False:D=False:VarTransformType=Signal:TxtWeightFilesOnly=True:NbinsMVAPdf=60"
    method = make(old)
    method.setup(reading=True)
    assert method.option_values["NbinsMVAPdf"] == 60
    with pytest.raises(OptionError, match=r"Sum 'title'.*Normalise"):
        make(old).setup()


def test_names_that_tmva_builds() -> None:
    method = make(weight_directory="dataset/weights")
    assert method.weight_file == Path("dataset/weights/job_title.weights.xml")
    assert method.testvar_name == "MVA_title"
    assert method.n_outputs == 1
    assert make(analysis_type="Multiclass").n_outputs == 2
    assert make(analysis_type="Regression").n_outputs == 1


def test_training_and_responses_see_transformed_variables() -> None:
    data_set = make_data_set()
    method = make("VarTransform=N")
    method.setup(data_set)
    method.run_training(data_set)
    low, high = data_set.training.x.min(axis=0), data_set.training.x.max(axis=0)

    def normalised(x: Floats) -> npt.NDArray[np.float64]:
        return 2 * (x.astype(np.float64) - low) / (high - low) - 1

    np.testing.assert_allclose(method.seen.training.x, normalised(data_set.training.x), atol=2e-6)
    np.testing.assert_allclose(method.seen.testing.x, normalised(data_set.testing.x), atol=2e-6)
    response = method.evaluate(data_set.testing.x)
    assert response.dtype == np.float64
    np.testing.assert_allclose(response, normalised(data_set.testing.x).sum(axis=1), atol=4e-6)
    assert method.n_training_events == 40
    assert method.training_time > 0


def test_negative_weights_are_left_out_on_request() -> None:
    data_set = make_data_set()
    for options, expected in (
        ("", 40),
        ("IgnoreNegWeightsInTraining", int((data_set.training.weight >= 0).sum())),
    ):
        method = make(options)
        method.setup()
        method.run_training(data_set)
        assert len(method.seen.training) == method.n_training_events == expected
        assert len(method.seen.testing) == 40


def test_regression_targets_come_back_in_their_own_space() -> None:
    data_set = make_data_set(n_targets=1)
    method = make("VarTransform=N", "Regression")
    method.setup()
    method.run_training(data_set)
    assert method.seen.training.targets.max() == pytest.approx(1)
    response = method.evaluate(data_set.testing.x)
    assert response.shape == (40, 1)
    np.testing.assert_allclose(response, data_set.training.targets.mean(), rtol=1e-5)


def test_restored_methods_answer() -> None:
    data_set = make_data_set()
    trained = make("VarTransform=N")
    trained.setup()
    trained.run_training(data_set)
    weights = Element("Weights")
    trained.write_weights(weights)
    restored = make("VarTransform=N")
    restored.setup(reading=True)
    restored.restore(trained.transformations, weights)
    assert restored.was_read == "yes"
    x = data_set.testing.x
    np.testing.assert_array_equal(restored.evaluate(x), trained.evaluate(x))
    assert restored.training_history() == {}
    assert restored.ranking() is None


def test_what_has_no_effect_yet_is_told() -> None:
    with pytest.warns(TMVAWarning, match="Sum 'title': CreateMVAPdfs: PDFs of the response are not built"):
        make("CreateMVAPdfs").setup()
    make("CreateMVAPdfs=True").setup(reading=True)


def test_options_of_densities_are_read_beside_create_mva_pdfs() -> None:
    text = "CreateMVAPdfs:PDFInterpolMVAPdf=Spline2:NbinsMVAPdf=50:NsmoothMVAPdf=10:MinNSmoothMVAPdfSig=1"
    method = make(f"{text}:Scale=2")
    with pytest.warns(TMVAWarning, match="PDFs of the response are not built"):
        method.setup()
    assert method.option_values["Scale"] == 2
    # They belong to the densities: weight files do not hold them among the method's options.
    assert "NbinsMVAPdf" not in method.option_values
    with pytest.raises(OptionError, match="NbinsMVAPdf=50: these options need CreateMVAPdfs"):
        make("NbinsMVAPdf=50:Scale=2").setup()
    with pytest.raises(OptionError, match="PDFInterpolMVAPdf"):
        make("CreateMVAPdfs:PDFInterpolMVAPdf=Cubic").setup()


def test_transformed_variables_are_shown_before_training(capsys: pytest.CaptureFixture[str]) -> None:
    method = make("VarTransform=N")
    method.setup()
    method.log = MessageLog("title")
    capsys.readouterr()
    method.run_training(make_data_set())
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("TFHandler_title          : Variable "))
    assert lines[start + 2].startswith("                         :        x: ")
    assert lines[start + 2].endswith("[    -1.0000     1.0000 ]")
    plain = make()
    plain.setup()
    plain.log = MessageLog("title")
    plain.run_training(make_data_set())
    assert "TFHandler" not in capsys.readouterr().out


def test_mistakes_are_named() -> None:
    data_set = make_data_set()
    method = make()
    with pytest.raises(TrainingError, match=r"options are not parsed yet; call setup\(\)"):
        _ = method.option_values
    method.setup()
    with pytest.raises(TrainingError, match="Sum 'title' is neither trained nor read from a weight file"):
        method.evaluate(data_set.testing.x)
    method.run_training(data_set)
    with pytest.raises(ShapeError, match=r"shape \(N, 2\), one column for each variable, got \(4, 3\)"):
        method.evaluate(np.zeros((4, 3)))
    with pytest.raises(ShapeError, match=r"got \(2,\)"):
        method.evaluate(np.zeros(2))
    assert method.evaluate(np.zeros((0, 2))).shape == (0,)
    with pytest.raises(UnknownNameError, match="transformation 'Nonsense'"):
        make("VarTransform=Nonsense").setup()
    empty = DataSet(data_set.info, data_set.training.select(np.zeros(40, bool)), data_set.testing)
    with pytest.raises(TrainingError, match="no events left to train on"):
        method.run_training(empty)
