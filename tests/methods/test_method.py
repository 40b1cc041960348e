"""What all methods share: options, transformations, shapes, and the way from training to responses."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any, Self
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt
import pytest

from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.errors import DataError, OptionError, ShapeError, TMVAWarning, TrainingError, UnknownNameError
from tmva_py.message_log import MessageLog
from tmva_py.methods import (
    AnalysisType,
    Inputs,
    Method,
    Model,
    ReadContext,
    Responses,
    TrainingData,
)
from tmva_py.methods.training import train_method
from tmva_py.options import Option
from tmva_py.plugins import default_registry

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class SumModel(Model):
    """Responds with the sum of the transformed variables, or in regression with the mean target."""

    scale: float
    mean_target: npt.NDArray[np.float64]
    analysis_type: AnalysisType

    def respond(self, inputs: Inputs) -> Responses:
        if self.analysis_type == "Regression":
            return Responses(np.tile(self.mean_target, (len(inputs), 1)))
        return Responses(self.scale * inputs.x.sum(axis=1, dtype=np.float64))

    def write(self, weights: Element) -> None:
        weights.set("MeanTarget", " ".join(map(repr, self.mean_target.tolist())))

    @classmethod
    def read(cls, weights: Element, context: ReadContext) -> Self:
        mean = np.array(weights.get("MeanTarget", "").split(), np.float64)
        return cls(context.option_values["Scale"], mean, context.analysis_type)


class SumMethod(Method):
    names = ("Sum",)
    type_name = "Sum"
    model = SumModel
    analyses = ("Classification", "Multiclass", "Regression")
    options = (Option("Scale", float, 1.0),)

    def train(self, dataset: TrainingData) -> SumModel:
        self.seen = dataset
        mean = dataset.training.targets.astype(np.float64).mean(axis=0)
        return SumModel(self.option_values["Scale"], mean, self.analysis_type)


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
    keywords = {"log": MessageLog("x", silent=True), **keywords}
    return SumMethod("title", info, analysis_type, options, **keywords)


def test_common_options_lead_and_have_tmvas_defaults() -> None:
    method = make("!H:V:Scale=2")
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
    defaults = [make_option.default for make_option in SumMethod.declared_options(default_registry())]
    assert defaults == [False, "Default", "None", False, False, False, 1.0]
    assert method.option_values["V"] is True
    assert method.option_values["Scale"] == 2.0
    assert method.option_values.given == {"V", "H", "Scale"}


def test_options_of_old_files_are_refused_in_a_booking() -> None:
    with pytest.raises(OptionError, match=r"Sum 'title'.*Normalise"):
        make("Normalise=False:D=False:VarTransformType=Signal:TxtWeightFilesOnly=True:NbinsMVAPdf=60")


def test_common_options_may_be_refused() -> None:
    class Picky(SumMethod):
        refused_options = ("IgnoreNegWeightsInTraining",)

    info = make_data_set().info
    assert "IgnoreNegWeightsInTraining" in Picky("title", info, "Classification").option_values
    with pytest.raises(OptionError, match="Sum 'title': option IgnoreNegWeightsInTraining is not available"):
        Picky("title", info, "Classification", "IgnoreNegWeightsInTraining")


def test_what_a_method_can_handle() -> None:
    class Two(SumMethod):
        analyses = ("Classification", "Regression")

    assert Two.can_handle("Classification", 2, 0)
    assert not Two.can_handle("Classification", 3, 0)
    assert Two.can_handle("Regression", 1, 2)
    assert not Two.can_handle("Regression", 1, 0)
    assert not Two.can_handle("Multiclass", 3, 0)
    assert SumMethod.can_handle("Multiclass", 3, 0)


def test_the_number_of_outputs() -> None:
    assert make().n_outputs == 1
    assert make(analysis_type="Multiclass").n_outputs == 2
    assert make(analysis_type="Regression").n_outputs == 1


def test_training_and_responses_see_transformed_variables() -> None:
    data_set = make_data_set()
    method = make("VarTransform=N")
    trained = train_method(method, data_set)
    low, high = data_set.training.x.min(axis=0), data_set.training.x.max(axis=0)

    def normalised(x: Floats) -> npt.NDArray[np.float64]:
        return 2 * (x.astype(np.float64) - low) / (high - low) - 1

    np.testing.assert_allclose(method.seen.training.x, normalised(data_set.training.x), atol=2e-6)
    np.testing.assert_allclose(method.seen.testing.x, normalised(data_set.testing.x), atol=2e-6)
    response = trained.evaluate(data_set.testing.x)
    assert response.dtype == np.float64
    np.testing.assert_allclose(response, normalised(data_set.testing.x).sum(axis=1), atol=4e-6)
    assert trained.n_training_events == 40
    assert trained.training_time > 0


def test_negative_weights_are_left_out_on_request() -> None:
    data_set = make_data_set()
    for options, expected in (
        ("", 40),
        ("IgnoreNegWeightsInTraining", int((data_set.training.weight >= 0).sum())),
    ):
        method = make(options)
        trained = train_method(method, data_set)
        assert len(method.seen.training) == expected
        assert trained.n_training_events == 40  # all of them, as in TMVA's weight files
        assert len(method.seen.testing) == 40


def test_transformations_see_the_values_of_ignored_events() -> None:
    """They have no weight, but TMVA lets them extend a range."""
    data_set = make_data_set()
    negative = data_set.training.weight < 0
    data_set.training.x[np.flatnonzero(negative)[0]] = 1000.0
    method = make("VarTransform=N:IgnoreNegWeightsInTraining")
    train_method(method, data_set)
    assert method.seen.training.x.max() < 0
    weightless = Events(
        data_set.training.x,
        data_set.training.targets,
        data_set.training.spectators,
        np.where(negative, 0.0, data_set.training.weight),
        data_set.training.original_weight,
        data_set.training.class_index,
    )
    other = make("VarTransform=D:IgnoreNegWeightsInTraining")
    trained = train_method(other, data_set)
    chain = other.transformations
    chain.fit(weightless, data_set.info)
    np.testing.assert_array_equal(
        trained.transformations.apply(data_set.testing.x), chain.apply(data_set.testing.x)
    )


def test_regression_targets_come_back_in_their_own_space() -> None:
    data_set = make_data_set(n_targets=1)
    method = make("VarTransform=N", "Regression")
    trained = train_method(method, data_set)
    assert method.seen.training.targets.max() == pytest.approx(1)
    response = trained.evaluate(data_set.testing.x)
    assert response.shape == (40, 1)
    np.testing.assert_allclose(response, data_set.training.targets.mean(), rtol=1e-5)
    raw = trained.responses(data_set.testing.x, inverse=False).values
    np.testing.assert_allclose(raw, method.seen.training.targets.mean(dtype=float), rtol=1e-6)


def test_training_again_leaves_what_was_trained_before() -> None:
    method, first, second = make("VarTransform=N"), make_data_set(), make_data_set(n=60)
    trained = train_method(method, first)
    x = first.testing.x
    before = trained.evaluate(x)
    again = train_method(method, second)
    np.testing.assert_array_equal(trained.evaluate(x), before)
    assert np.abs(again.evaluate(x) - before).max() > 1e-3
    assert (trained.n_training_events, again.n_training_events) == (40, 60)


def test_variables_of_one_class() -> None:
    """Training and responses can see the events with the constants of one class, as in TMVA's Likelihood."""
    data_set = make_data_set()
    method = make("VarTransform=N")
    trained = train_method(method, data_set)
    for index in range(2):
        of_class = data_set.training.x[data_set.training.class_index == index].astype(np.float64)
        low, high = of_class.min(axis=0), of_class.max(axis=0)
        expected = 2 * (data_set.testing.x - low) / (high - low) - 1
        inputs = Inputs(data_set.testing.x, trained.transformations)
        np.testing.assert_allclose(inputs.for_class(index), expected, atol=4e-6)
        np.testing.assert_allclose(method.seen.for_class(index).testing.x, expected, atol=4e-6)
    with pytest.raises(DataError, match="the response depends on spectators; give their values"):
        _ = inputs.spectators


def test_a_wrong_model_is_named() -> None:
    class Wrong(SumMethod):
        def train(self, dataset: TrainingData) -> Any:
            return super().train(dataset).scale

    data_set = make_data_set()
    with pytest.raises(TrainingError, match="Sum 'title': train gives float, expected SumModel"):
        train_method(Wrong("title", data_set.info, "Classification"), data_set)

    class Bare(SumModel):
        def respond(self, inputs: Inputs) -> Any:
            return super().respond(inputs).values

    class Column(SumModel):
        def respond(self, inputs: Inputs) -> Any:
            return Responses(super().respond(inputs).values[:, None])

    trained = train_method(make(), data_set)
    for model, error, message in (
        (Bare, TypeError, r"Bare.respond returns ndarray, expected Responses\(values\)"),
        (Column, ShapeError, r"Column.respond gives the shape \(40, 1\), expected \(40,\)"),
    ):
        wrong = replace(trained, model=model(1.0, np.zeros(0), "Classification"))
        with pytest.raises(error, match=message):
            wrong.evaluate(data_set.testing.x)


def test_options_of_densities_are_read_beside_create_mva_pdfs() -> None:
    text = "CreateMVAPdfs:PDFInterpolMVAPdf=Spline2:NbinsMVAPdf=50:NsmoothMVAPdf=10:MinNSmoothMVAPdfSig=1"
    method = make(f"{text}:Scale=2")
    assert method.option_values["Scale"] == 2
    assert method.response_pdf_settings is not None
    signal, background = method.response_pdf_settings
    assert (signal.n_bins, signal.min_smooth, background.max_smooth) == (50, 10, 10)
    assert make().response_pdf_settings is None
    # They belong to the densities: weight files do not hold them among the method's options.
    assert "NbinsMVAPdf" not in method.option_values
    with pytest.raises(OptionError, match="NbinsMVAPdf=50: these options need CreateMVAPdfs"):
        make("NbinsMVAPdf=50:Scale=2")
    with pytest.raises(OptionError, match="PDFInterpolMVAPdf"):
        make("CreateMVAPdfs:PDFInterpolMVAPdf=Cubic")


def test_transformed_variables_are_shown_before_training(capsys: pytest.CaptureFixture[str]) -> None:
    method = make("VarTransform=N", log=MessageLog("title"))
    capsys.readouterr()
    train_method(method, make_data_set())
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("TFHandler_title          : Variable "))
    assert lines[start + 2].startswith("                         :        x: ")
    assert lines[start + 2].endswith("[    -1.0000     1.0000 ]")
    train_method(make(log=MessageLog("title")), make_data_set())
    assert "TFHandler" not in capsys.readouterr().out


def test_mistakes_are_named() -> None:
    data_set = make_data_set()
    method = train_method(make(), data_set)
    with pytest.raises(ShapeError, match=r"shape \(N, 2\), one column for each variable, got \(4, 3\)"):
        method.evaluate(np.zeros((4, 3)))
    with pytest.raises(ShapeError, match=r"got \(2,\)"):
        method.evaluate(np.zeros(2))
    assert method.evaluate(np.zeros((0, 2))).shape == (0,)
    with pytest.raises(UnknownNameError, match="transformation 'Nonsense'"):
        make("VarTransform=Nonsense")
    empty = DataSet(data_set.info, data_set.training.select(np.zeros(40, bool)), data_set.testing)
    with pytest.raises(TrainingError, match="no events left to train on"):
        train_method(make(), empty)


def with_class_weights(events: Events, *weights: float) -> Events:
    return replace(events, weight=np.array(weights)[events.class_index])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (
            (0.0, 1.0),
            r"the weights of the \d+ training events of class 'Signal' are all 0: nothing can be learnt",
        ),
        ((-1.0, 1.0), r"class 'Signal' add up to -\d+, \d+ of them are negative.*IgnoreNegWeightsInTraining"),
        ((1.0, -1.0), r"of class 'Background' add up to -\d+"),
    ],
)
def test_weights_of_a_class_without_a_sum(weights: tuple[float, float], message: str) -> None:
    data_set = make_data_set()
    with pytest.raises(TrainingError, match=message):
        train_method(make(""), replace(data_set, training=with_class_weights(data_set.training, *weights)))


def test_test_weights_without_a_sum_are_a_warning() -> None:
    data_set = make_data_set()
    with pytest.warns(TMVAWarning, match=r"test events of class 'Signal' add up to -\d+, .*mean nothing"):
        train_method(make(""), replace(data_set, testing=with_class_weights(data_set.testing, -1.0, 1.0)))


@pytest.mark.parametrize("name", default_registry().names("method"))
def test_help_of_every_method(name: str) -> None:
    """Texts for people: some sentences, no marks of documentation, nothing for programs."""
    cls = default_registry().find("method", name)
    text = cls.help_message(cls.__new__(cls))
    assert len(text.split()) >= 30
    assert "``" not in text
    assert "-----" not in text
    assert not text.partition("\n\n")[2].startswith(" ")
    assert max(len(line) for line in text.splitlines()) <= 110


def test_the_frame_of_a_help_text() -> None:
    text = io.StringIO()
    method = SumMethod(
        "mine", make_data_set().info, "Classification", "", log=MessageLog("mine", stream=text)
    )
    method.log_help()
    lines = [line.partition(": ")[2] for line in text.getvalue().splitlines()]
    assert lines[1:3] == ["=" * 64, "H e l p   f o r   M V A   m e t h o d   [ mine ] :"]
    assert "Sum: no help available" in lines
    assert lines[-3:-1] == ['<Suppress this message by specifying "!H" in the booking option>', "=" * 64]
