"""Bookings of networks: the option strings that scripts have, their mistakes, and what comes out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.data import DataSet
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import OptionError, TMVAWarning, TrainingError, WeightFileError
from tmva_py.evaluation import RocCurve
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.mlp import method as mlp_method
from tmva_py.methods.mlp.estimator import Convergence, estimator
from tmva_py.methods.mlp.method import MethodMLP
from tmva_py.methods.mlp.network import hidden_layers
from tmva_py.methods.mlp.sample import Sample, drawn_events
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing.method_checks import data_set
from tmva_py.testing.overrides import ReferenceBackend

# The strings that public scripts have most often, with fewer epochs.
COMMON = (
    "H:!V:NeuronType=tanh:VarTransform=N:NCycles=30:HiddenLayers=N+5:TestRate=5:!UseRegulator",
    "H:!V:NeuronType=tanh:VarTransform=N:NCycles=30:HiddenLayers=N+5:TestRate=5:TrainingMethod=BFGS:"
    "!UseRegulator",
    "!H:!V:NeuronType=tanh:VarTransform=N:NCycles=30:HiddenLayers=N+5:TestRate=5:TrainingMethod=BFGS:"
    "UseRegulator",
    "!H:!V:NeuronType=sigmoid:NCycles=30:VarTransform=Norm:HiddenLayers=N,N:TestRate=10",
    "!H:!V:VarTransform=N:NeuronType=ReLU:NCycles=30:HiddenLayers=20,10:LearningRate=0.005",
    "!H:!V:VarTransform=N:NCycles=30:HiddenLayers=6:BPMode=batch:BatchSize=20:LearningRate=0.2",
    "!H:!V:VarTransform=G,N:NCycles=30:HiddenLayers=N:ConvergenceTests=5:ConvergenceImprove=1e-3:TestRate=2",
)


def booked(options: str, analysis: str = "Classification", log: MessageLog | None = None) -> MethodMLP:
    data = data_set(analysis)
    log = MessageLog("MLP", silent=True) if log is None else log
    return MethodMLP("MLP", data.info, analysis, options, log=log)


def trained(options: str, analysis: str = "Classification") -> tuple[TrainedMethod, MethodMLP, DataSet]:
    data, method = data_set(analysis), booked(options, analysis)
    return train_method(method, data), method, data


@pytest.mark.parametrize("options", COMMON)
def test_common_strings(options: str) -> None:
    found, method, data = trained(options)
    response = found.evaluate(data.testing.x)
    signal = data.testing.class_index == data.info.signal_class_index
    assert RocCurve(response, signal, data.testing.weight).area > 0.8
    again = read_weight_file(weight_text(found))
    np.testing.assert_array_equal(again.evaluate(data.testing.x), response)
    for name in ("Release", "Tanh"):
        assert f'name="{name}"' not in weight_text(found)
    assert [name for name, _ in method.ranking() or []] == ["a", "b", "c"]


def test_genetic_algorithm() -> None:
    options = "!H:!V:VarTransform=N:HiddenLayers=2:TrainingMethod=GA:PopSize=30:Steps=8:Cycles=1"
    found, method, data = trained(options)
    signal = data.testing.class_index == data.info.signal_class_index
    assert RocCurve(found.evaluate(data.testing.x), signal, data.testing.weight).area > 0.75
    assert np.abs(found.model.weights).max() <= 5
    assert method.search_values["PopSize"] == 30
    again, _, _ = trained(options)
    np.testing.assert_array_equal(again.model.weights, found.model.weights)
    # As in ROOT: three weights are not 0, and all responses are the same.
    root, _, data = trained(f"{options}:Release=4.2")
    assert np.flatnonzero(root.model.weights).tolist() == [0, 1, 2]
    assert np.ptp(root.evaluate(data.testing.x)) == 0


@pytest.mark.parametrize(
    ("analysis", "options"),
    [
        ("Classification", "NCycles=5:HiddenLayers=4,3:NeuronType=tanh"),
        ("Classification", "NCycles=5:HiddenLayers=4:NeuronType=radial:BPMode=batch:BatchSize=7"),
        ("Classification", "NCycles=5:HiddenLayers=4:TrainingMethod=BFGS:UseRegulator:CalculateErrors"),
        ("Classification", "NCycles=3:HiddenLayers=4:NeuronInputType=abssum:LearningRate=0.001"),
        (
            "Classification",
            "NCycles=6:HiddenLayers=4:Sampling=0.5:SamplingEpoch=0.5:SamplingTesting:TestRate=2",
        ),
        ("Multiclass", "NCycles=5:HiddenLayers=4"),
        ("Multiclass", "NCycles=5:HiddenLayers=4:TrainingMethod=BFGS"),
        ("Regression", "NCycles=5:HiddenLayers=4"),
        ("Regression", "NCycles=10:HiddenLayers=4:TrainingMethod=BFGS:UseRegulator"),
    ],
)
def test_both_ways_of_computing_give_one_network(
    analysis: str, options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled, _, data = trained(options, analysis)
    monkeypatch.setattr(mlp_method, "make_backend", lambda *_, **__: ReferenceBackend("float32"))
    plain, _, _ = trained(options, analysis)
    # The last bit of NumPy's functions, through some thousand steps.
    np.testing.assert_allclose(compiled.model.weights, plain.model.weights, rtol=0, atol=1e-9)
    np.testing.assert_allclose(
        compiled.evaluate(data.testing.x), plain.evaluate(data.testing.x), rtol=1e-6, atol=1e-7
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("HiddenLayers=N-9", r"layer 'N-9' would have -6 neurons \(N is 3\), expected 1 to"),
        ("HiddenLayers=0", "layer '0' would have 0 neurons"),
        ("HiddenLayers=N,1000000", "expected 1 to 100000"),
        (
            "HiddenLayers=9000:TrainingMethod=BFGS",
            "has 45001 weights, and TrainingMethod=BFGS needs a matrix of 16 GB; expected 20000",
        ),
        ("NeuronType=swish", "NeuronType does not have predefined value: 'swish'"),
        ("NCycles=0", "NCycles=0: expected 1 or more"),
        ("TestRate=0", "TestRate"),
        ("LearningRate=0", "LearningRate=0: expected more than 0"),
        ("DecayRate=1", "DecayRate=1: expected 0 or more and less than 1"),
        ("TrainingMethod=BFGS:Tau=1", "Tau=1: expected more than 1"),
        ("Sampling=2", "Sampling=2: expected more than 0 and at most 1"),
        ("TrainingMethod=SGD", "TrainingMethod does not have predefined value: 'SGD'"),
        ("HiddenLayer=N", "did you mean 'HiddenLayers'"),
    ],
)
def test_mistakes(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        booked(options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("HiddenLayers=N*2", r"'\*2' in 'N\*2' has no effect, as in TMVA; .* It has 3 neurons"),
        (
            "EstimatorType=MSE",
            "EstimatorType=MSE has no effect, as in TMVA: CE is minimised in classification",
        ),
        ("TrainingMethod=BFGS:LearningRate=0.1", "LearningRate has no effect with TrainingMethod=BFGS"),
        ("ResetStep=5", "ResetStep has no effect with TrainingMethod=BP; it is for BFGS"),
        ("BatchSize=50", "BatchSize=50 has no effect without BPMode=batch"),
        ("UseRegulator", "UseRegulator has no effect on the training with TrainingMethod=BP"),
        ("SamplingImportance=0.5", "SamplingImportance=0.5 has no effect, as in TMVA"),
    ],
)
def test_what_has_no_effect(options: str, message: str) -> None:
    with pytest.warns(TMVAWarning, match=message):
        booked(options)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [("N,N-1", (5, 4)), ("n+3,20", (8, 20)), ("7", (7,)), ("+6", (6,)), ("N-2,3,N", (3, 3, 5))],
)
def test_hidden_layers(text: str, sizes: tuple[int, ...]) -> None:
    assert hidden_layers(text, 5, "MLP") == sizes


def test_estimator_by_hand() -> None:
    sample = Sample(
        np.zeros((3, 1), np.float32),
        np.array([[1.0], [0.0], [1.0]]),
        np.array([1.0, 2.0, 1.0]),
        np.ones(3, bool),
        np.ones(3, bool),
    )
    outputs = np.array([[0.5], [0.25], [0.125]])
    found = estimator(outputs, sample, "Classification", cross_entropy=True, weight_range=1.0)
    assert found == pytest.approx(-2 * (np.log(0.5) + 2 * np.log(0.75) + np.log(0.125)) / 4)
    squares = estimator(outputs, sample, "Regression", cross_entropy=False, weight_range=1.0)
    assert squares == pytest.approx((0.25 + 2 * 0.0625 + 0.765625) / 4)
    # The two events that deviate least have three quarters of the weight.
    part = estimator(outputs, sample, "Regression", cross_entropy=False, weight_range=0.75)
    assert part == pytest.approx((0.25 + 2 * 0.0625) / 3)


def test_convergence() -> None:
    counter = Convergence(0.1, 2)
    seen = [counter.has_converged(value) for value in (5.0, 4.0, 3.95, 3.8, 3.75, 3.75, 3.0)]
    assert seen == [False, False, False, False, False, True, False]
    assert not any(Convergence(0.1, -1).has_converged(1.0) for _ in range(9))


def test_drawn_events_against_tmvas_loop() -> None:
    """Beside the loop over events and sorted numbers, written down as it is."""
    for count, n_events in ((30, 40), (1, 3), (500, 501), (7, 1000)):
        draws = RootRandom(5).uniform(count)
        numbers = sorted(np.float32(draw * n_events) for draw in draws)
        expected, running, place = [], np.float32(1e-9), 0
        for event in range(n_events):
            running = np.float32(running + np.float32(1.0))
            if running >= numbers[place]:
                expected.append(event)
                place += 1
                if place == count:
                    break
        assert drawn_events(n_events, count, RootRandom(5)).tolist() == expected


def test_errors_of_responses() -> None:
    """The error is that of the output's input: its sensitivities times the weights' covariance."""
    found, _, data = trained("NCycles=15:HiddenLayers=3:TrainingMethod=BFGS:CalculateErrors:VarTransform=N")
    x = data.testing.x[:50]
    responses = found.responses(x)
    assert responses.errors is not None
    assert responses.errors.shape == (50, 2)
    assert (responses.errors > 0).all()
    model = found.model
    assert model.inverse_hessian is not None
    weights = model.weights.astype(np.float32).astype(np.float64)
    transformed = found.transformations.apply(x).astype(np.float64)

    def inputs(values):
        first, second = values[:12].reshape(4, 3), values[12:]
        hidden = 1 / (1 + np.exp(-(transformed @ first[:-1] + first[-1])))
        return hidden @ second[:-1] + second[-1]

    steps = np.eye(16) * 1e-6
    s = np.array([(inputs(weights + step) - inputs(weights - step)) / 2e-6 for step in steps])
    width = np.sqrt(np.einsum("in,ij,jn->n", s, model.inverse_hessian, s))
    value = inputs(weights)
    response = 1 / (1 + np.exp(-value))
    upper, lower = (1 / (1 + np.exp(-(value + sign * width))) for sign in (1, -1))
    np.testing.assert_allclose(responses.errors[:, 0], response - lower, rtol=1e-5)
    np.testing.assert_allclose(responses.errors[:, 1], upper - response, rtol=1e-5)
    # In a file, and for single events.
    again = read_weight_file(weight_text(found))
    np.testing.assert_array_equal(again.responses(x).errors, responses.errors)
    np.testing.assert_array_equal(again.responses(x[7:8]).errors, responses.errors[7:8])
    reader = TMVA.Reader(list("abc"), "!Color:Silent:Error")
    method = reader.BookMVA(TMVA.Types.kMLP, weight_text(found))
    reader.EvaluateMVA(x[0].tolist(), method)
    errors = reader.GetMVAErrorLower(), reader.GetMVAErrorUpper()
    np.testing.assert_array_equal(errors, responses.errors[0])


def test_ignored_events_have_their_place_in_the_order() -> None:
    """An event without weight changes nothing, but is shown; so is one that is ignored, as in TMVA."""
    data = data_set("Classification")
    random = np.random.default_rng(3)
    is_ignored = random.random(len(data.training)) < 0.2
    samples = []
    for negative in (-1.0, 0.0):
        weight = data.training.weight * np.where(is_ignored, negative, 1.0)
        samples.append(replace(data, training=replace(data.training, weight=weight)))
    options = "NCycles=4:HiddenLayers=3:TestRate=1"
    ignoring = booked(f"{options}:IgnoreNegWeightsInTraining")
    seeing = booked(options)
    first, second = train_method(ignoring, samples[0]), train_method(seeing, samples[1])
    np.testing.assert_array_equal(first.model.weights, second.model.weights)
    np.testing.assert_allclose(ignoring.course.training, seeing.course.training, rtol=1e-12)
    for further in ("BPMode=batch:BatchSize=10", "TrainingMethod=BFGS:UseRegulator", "Sampling=0.5"):
        other = train_method(booked(f"{options}:IgnoreNegWeightsInTraining:{further}"), samples[0])
        assert np.isfinite(other.model.weights).all()


def test_interrupted_training_keeps_its_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(mlp_method.BackPropagation):
        def run(self, epoch, sample):
            if epoch == 4:
                raise KeyboardInterrupt
            super().run(epoch, sample)

    monkeypatch.setattr(mlp_method, "BackPropagation", Interrupted)
    options = "HiddenLayers=3:DecayRate=0:TestRate=1"
    stopped, method, _ = trained(f"{options}:NCycles=500")
    assert len(method.course.epochs) == 4
    monkeypatch.undo()
    short, _, _ = trained(f"{options}:NCycles=4")
    # Without decay four epochs are four epochs.
    np.testing.assert_array_equal(stopped.model.weights, short.model.weights)


def test_a_training_that_diverges() -> None:
    with pytest.raises(
        TrainingError, match=r"no longer finite after \d+ epochs.*VarTransform=N.*LearningRate"
    ):
        trained("NCycles=50:HiddenLayers=5:LearningRate=5", "Regression")


def test_a_drawn_seed_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    data = data_set("Classification")
    method = booked("NCycles=2:RandomSeed=0:HiddenLayers=2", log=MessageLog("MLP"))
    first = train_method(method, data)
    (seed,) = re.findall(r"RandomSeed=0: the seed is (\d+)", capsys.readouterr().out)
    again, _, _ = trained(f"NCycles=2:RandomSeed={seed}:HiddenLayers=2")
    np.testing.assert_array_equal(first.model.weights, again.model.weights)


def test_log_lines(capsys: pytest.CaptureFixture[str]) -> None:
    data = data_set("Classification")
    method = booked(
        "NCycles=6:HiddenLayers=2:TrainingMethod=BFGS:UseRegulator:ConvergenceTests=5", log=MessageLog("MLP")
    )
    train_method(method, data)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["MLP                      : Building Network. ", " " * 25 + ": Initializing weights"]
    text = "\n".join(line.partition(": ")[2] for line in lines[2:])
    order = (
        "Training Network",
        "Inaccurate progress timing for MLP... ",
        "Finalizing handling of Regulator terms, trainE=",
        "Done with handling of Regulator terms",
    )
    places = [text.index(one) for one in order]
    assert places == sorted(places)


def test_monitoring_of_epochs() -> None:
    found, method, data = trained("NCycles=6:HiddenLayers=3,2:TestRate=2:EpochMonitoring")
    shown = method.monitoring()
    names = [name.partition("/")[2] for name in shown if name.startswith("EpochMonitoring/")]
    assert len(names) == (3 + 1) * (4 + 3)  # and the last network as epoch 0, as in ROOT
    assert {"convergencetest___mlp_train_epoch_0001_S", "epochmonitoring___epoch_0005_weights_hist23"} <= set(
        names
    )
    last = shown["EpochMonitoring/epochmonitoring___epoch_0005_weights_hist01"]
    np.testing.assert_array_equal(last.contents, shown["weights_hist01"].contents)
    matrix = found.model.shape.matrices(found.model.weights)[0]
    np.testing.assert_array_equal(shown["weights_hist01"].values[:3], matrix.T)
    assert not shown["weights_hist01"].values[3].any()  # no synapse leads to a bias
    signal = data.training.class_index == data.info.signal_class_index
    histogram = shown["EpochMonitoring/convergencetest___mlp_train_epoch_0005_S"]
    assert histogram.contents.sum() == pytest.approx(data.training.weight[signal].sum(), rel=1e-6)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('NLayers="3"', 'NLayers="4"', "NLayers=4, but there are 3 <Layer>"),
        ('Index="1" NNeurons="3"', 'Index="2" NNeurons="3"', "Index=2, expected 1"),
        ('Index="0" NNeurons="4"', 'Index="0" NNeurons="5"', "NNeurons=5, but there are 4 <Neuron>"),
        ('<Neuron NSynapses="2">', '<Neuron NSynapses="3">', "NSynapses=3, expected 2"),
        (
            '<Layout NLayers="3"',
            '<Layout NLayers="3" Tanh="Slow"',
            "Tanh='Slow', expected one of Exact, Fast",
        ),
        ('<Neuron NSynapses="0"/>', "", "NNeurons=1, but there are 0 <Neuron>"),
        ("<Layout", "<Layouts", "NLayers"),
        (">sigmoid<", ">swish<", "<Option name='NeuronType'> is 'swish', expected one of linear, sigmoid"),
        ('NRows="11"', 'NRows="12"', "NRows=12 and NCols=11; the network has 11 weights"),
    ],
)
def test_damaged_files(old: str, new: str, message: str) -> None:
    found, _, _ = trained("NCycles=3:HiddenLayers=2:TrainingMethod=BFGS:CalculateErrors")
    text = weight_text(found)
    assert old in text
    text = text.replace(old, new).replace("</Layout>", "</Layouts>" if new == "<Layouts" else "</Layout>")
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(text)


def test_a_booking_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    split = "nTrain_Signal=400:nTrain_Background=400:SplitMode=Random:!V"
    job = make_job(Path(), n_variables=2, n_events=800, output="out.root", split=split)
    factory, loader = job.factory, job.loader
    common = "!H:!V:VarTransform=N:NCycles=30:HiddenLayers=N+2:TestRate=5:EpochMonitoring"
    factory.BookMethod(loader, TMVA.Types.kMLP, "MLP", common)
    factory.BookMethod(loader, TMVA.Types.kMLP, "MLPBNN", f"{common}:TrainingMethod=BFGS:UseRegulator")
    job.finish()
    for title in ("MLP", "MLPBNN"):
        assert factory.GetROCIntegral(loader, title) > 0.8  # 0.84 is the best
    import uproot

    with uproot.open("out.root") as file:
        folder = file["dataset/Method_MLP/MLP"]
        assert folder["estimatorHistTrain"].values().shape == (6,)
        assert "EpochMonitoring/epochmonitoring___epoch_0029_weights_hist01;1" in set(folder.keys())
