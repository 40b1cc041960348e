"""What `fit`, `predict` and the builder refuse, and what they say: labels, weights, types, foreign words."""

from __future__ import annotations

import warnings
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tmva_py.errors import DataError, OptionError, ShapeError, TMVAError, TMVAWarning, UnknownArgumentError
from tmva_py.layers.dense import TDenseLayer
from tmva_py.network import Network, NetworkBuilder, TrainingPhase

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(60, 3))
Y = (np.arange(60) % 2).astype(float)
NUMBERS = RANDOM.normal(size=60)


def small(outputs: int = 1, **settings: Any) -> Network:
    return NetworkBuilder(3, seed=1, **settings).dense(outputs).build()


def fit(network: Network, **settings: Any) -> Any:
    given = {"x": X, "y": Y, "batch_size": 20, "max_epochs": 2, "progress": False, **settings}
    return network.fit(**given)


# --- labels against the loss --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outputs", "y", "loss", "message"),
    [
        (1, 2 * Y - 1, "CROSSENTROPY", "values -1, 1; the loss CROSSENTROPY is for targets from 0 to 1"),
        (1, 2 * Y - 1, "CROSSENTROPY", "for two classes write y == 1, which is 0 or 1"),
        (1, Y + 1, "CROSSENTROPY", "found the values 1, 2; .* for two classes write y == 2"),
        (1, np.arange(60) % 3, "CROSSENTROPY", "0, 1, 2; .*: 3 classes take a last layer of width 3;"),
        (1, np.arange(60) % 3 + 1, "CROSSENTROPY", "width 3 and class numbers from 0 to 2; numbers to be"),
        (1, 5 * NUMBERS, "CROSSENTROPY", "60 different values from .*: numbers to be estimated take"),
        (2, np.stack([NUMBERS, Y], 1), "CROSSENTROPY", "numbers to be estimated take loss='SUMOFSQUARES'"),
        (2, np.stack([Y, Y], 1), "MUTUALEXCLUSIVE", "targets of event 0 add up to 0; MUTUALEXCLUSIVE"),
        (2, np.stack([Y, 3 - Y], 1), "MUTUALEXCLUSIVE", "loss MUTUALEXCLUSIVE is for targets from 0 to 1"),
    ],
)  # fmt: skip
def test_labels_that_the_loss_is_not_made_for(outputs: int, y: Any, loss: str, message: str) -> None:
    network = small(outputs)
    before = network.parameters.copy()
    with pytest.raises(DataError, match=message):
        fit(network, y=y, loss=loss)
    np.testing.assert_array_equal(network.parameters, before)


def test_exclusive_classes_need_an_output_each() -> None:
    with pytest.raises(OptionError, match="has an output for each class, and the network has one"):
        fit(small(), loss="MUTUALEXCLUSIVE")


@pytest.mark.parametrize(
    ("outputs", "y", "loss"),
    [
        (1, Y, "CROSSENTROPY"),
        (1, Y > 0, "CROSSENTROPY"),
        (1, 0.1 + 0.8 * Y, "CROSSENTROPY"),
        (1, 1e3 * NUMBERS, "SUMOFSQUARES"),
        (2, Y, "MUTUALEXCLUSIVE"),
        (2, np.stack([0.25 + 0.5 * Y, 0.75 - 0.5 * Y], 1), "MUTUALEXCLUSIVE"),
        (2, np.stack([Y, Y], 1), "CROSSENTROPY"),
    ],
)
def test_labels_that_fit(outputs: int, y: Any, loss: str) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "no epoch had a smaller")
        history = fit(small(outputs), y=y, loss=loss)
    assert np.isfinite(history.training_loss).all()
    assert min(history.training_loss) > 0


def test_one_class_alone_is_a_warning() -> None:
    with pytest.warns(TMVAWarning, match="all 60 events have the same target 1: there is nothing"):
        fit(small(), y=np.ones(60), validation=0)


def test_validation_targets_are_checked_too() -> None:
    with pytest.raises(DataError, match="found the values -1, 1"):
        fit(small(), validation=(X, 2 * Y - 1))


# --- weights ------------------------------------------------------------------------------------------------

MIXED = np.where(np.arange(60) % 4 < 2, 1.0, -1.0)


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.zeros(60), "event_weight: the weights are all 0, so that the loss has no minimum"),
        (-np.ones(60), r"the weights add up to -60 \(60 of 60 are negative\)"),
        (
            MIXED,
            r"add up to 0 \(30 of 60 are negative\).*IgnoreNegWeightsInTraining of a booking",
        ),
        (np.where(Y == 1, -0.1, 1.0), r"the weights of the events with y = 1 add up to -3 \(30 of 30 are"),
        (np.where(Y == 0, 0.0, 1.0), "the weights of the events with y = 0 are all 0"),
    ],
)
def test_weights_without_a_sum(weight: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        fit(small(), event_weight=weight)


def test_weights_of_a_class_among_several() -> None:
    with pytest.raises(DataError, match="the weights of class 1 add up to -30"):
        fit(small(2), loss="MUTUALEXCLUSIVE", event_weight=np.where(Y == 1, -1.0, 2.0))


def test_weights_of_validation_events() -> None:
    with pytest.raises(DataError, match="the weights are all 0"):
        fit(small(), validation=(X, Y, np.zeros(60)))


def test_some_negative_weights_are_trained_with() -> None:
    weight = np.where(np.arange(60) % 10 < 2, -0.5, 1.0)
    assert np.isfinite(fit(small(), event_weight=weight, validation=0).training_loss).all()


# --- values -------------------------------------------------------------------------------------------------


class Tensor:
    """Behaves as a tensor of PyTorch that requires gradients."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        message = "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
        raise RuntimeError(message)


MASKED = np.ma.masked_array(X, mask=np.eye(60, 3, k=-4, dtype=bool))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (MASKED, r"x: 3 values are masked \(the first at \(4, 0\)\); leave those events out, or .*filled"),
        (X + 1j, "x: expected real numbers, got complex numbers; take their real part"),
        ([[1.0, None, 2.0]], r"x: expected real numbers, got NoneType \(value 1: None\)"),
        (np.array([["1", "2", "3"]]), "x: expected real numbers, got an array of str"),
        (np.array([["2020-01-01"] * 3], "M8[D]"), r"x: expected real numbers, got an array of datetime64"),
        (Tensor(), r"x: no array of numbers can be made of Tensor: .*Use tensor.detach\(\).numpy\(\)"),
        (None, "x: expected numbers, got None"),
        ([[10**400, 1, 2]], "x: expected real numbers: int too large"),
        (object(), "x: expected real numbers, got object"),
        ({"a": 1}, "x: expected real numbers, got dict"),
    ],
)  # fmt: skip
def test_values_that_are_no_real_numbers(x: Any, message: str) -> None:
    network = small(backend="numpy")
    for use in (lambda: network.predict(x), lambda: network.forward(x), lambda: fit(network, x=x)):
        with pytest.raises(DataError, match=message):
            use()


def test_rows_of_different_lengths() -> None:
    with pytest.raises(ShapeError, match=r"x: expected an array of numbers: .*inhomogeneous"):
        small().predict([[1.0, 2.0, 3.0], [1.0]])


def test_masked_arrays_without_a_mask_and_other_numbers() -> None:
    network = small()
    expected = network.predict(X[:2])
    np.testing.assert_array_equal(network.predict(np.ma.masked_array(X[:2])), expected)
    np.testing.assert_array_equal(network.predict(X[:2].astype(object)), expected)
    np.testing.assert_array_equal(
        network.predict([[Decimal(1), True, 2]]), network.predict([[1.0, 1.0, 2.0]])
    )


@pytest.mark.parametrize("name", ["y", "event_weight"])
def test_masked_targets_and_weights(name: str) -> None:
    with pytest.raises(DataError, match=f"{name}: 1 values are masked"):
        fit(small(), **{name: np.ma.masked_array(Y, mask=np.arange(60) == 7)})


def test_denormal_inputs_are_zero_in_a_training() -> None:
    """Below 1.2e-38 numbers have fewer digits, and processors take several times as long with them."""
    tiny = np.float32(1e-40)
    trained = []
    for x in (np.where(X > 0, X, tiny), np.where(X > 0, X, 0)):
        network = small(backend="numpy")
        network.layers[0].parameters["b"][...] = 0
        fit(network, x=x.astype(np.float32), validation=0)
        trained.append(network.parameters.copy())
    np.testing.assert_array_equal(*trained)


def test_large_targets_name_the_scale() -> None:
    y = 1e9 + 1e7 * X[:, 0]
    with pytest.warns(TMVAWarning, match=r"The targets reach 1.0\de\+09, .*scale them, as \(y - ") as seen:
        fit(small(), y=y, loss="SUMOFSQUARES", optimizer="ADAM", learning_rate=1e-30)
    text = str(seen[0].message)
    mean, width = (float(word) for word in text[text.index("(y - ") + 5 :].split(",")[0].split(") / "))
    assert abs(mean - y.mean()) < 1e7
    assert 0.5 < width / y.std() < 2
    history = fit(small(), y=(y - mean) / width, loss="SUMOFSQUARES", learning_rate=0.05, max_epochs=10)
    assert history.best_epoch > 0


@pytest.mark.parametrize("backend", ["numpy", "cpu"])
def test_overflow_is_an_error_and_no_warning_of_numpy(backend: str) -> None:
    network = NetworkBuilder(3, seed=1, backend=backend).dense(4).dense(1).build()
    network.parameters[...] = 1e38
    with pytest.raises(TMVAError, match=r"is not finite|too large for the loss"):
        fit(network, validation=0, loss="SUMOFSQUARES")


# --- arguments ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"validation": 1.5}, r"validation: expected a fraction below 1, a whole number .*got 1\.5"),
        ({"validation": "0.2"}, "validation: expected a fraction below 1.*got '0.2'"),
        ({"validation": True}, "validation: expected a fraction"),
        ({"validation": None}, "validation: expected a fraction"),
        ({"validation": np.nan}, "validation: expected a fraction"),
        ({"validation": -1}, "validation: expected a fraction"),
        ({"validation": (X,)}, r"validation: expected \(x, y\) or \(x, y, weight\), got 1 arrays"),
        ({"batch_size": "10"}, "batch_size: expected a number of at least 1, got '10'"),
        ({"batch_size": None}, "batch_size: expected a number of at least 1, got None"),
        ({"batch_size": 2.5}, "batch_size: expected a whole number, got 2.5"),
        ({"max_epochs": [1]}, r"max_epochs: expected a number of at least 1, got \[1\]"),
        ({"learning_rate": "a"}, "learning_rate: expected a number above 0, got 'a'"),
        ({"learning_rate": 1j}, "learning_rate: expected a number above 0"),
        ({"momentum": None}, "momentum: expected a number of at least 0"),
        ({"optimizer": 3}, "optimizer: expected a name, got 3"),
        ({"regularization": None}, "regularization: expected a name, got None"),
        ({"loss": None}, "loss: expected a name, got None"),
        ({"optimizer_options": [0.9]}, r"optimizer_options: expected settings by name, .*got \[0.9\]"),
        ({"optimizer_options": {"beta1": "x"}}, "ADAM: beta1: expected a number of at least 0 and below 1"),
        ({"optimizer_options": {"beta1": 1}}, "ADAM: beta1: expected .* and below 1, got 1"),
        ({"optimizer_options": {"beta2": 2}}, "ADAM: beta2: expected .* below 1, got 2"),
        ({"optimizer_options": {"beta1": -0.1}}, "ADAM: beta1: expected a number of at least 0"),
        ({"optimizer_options": {"eps": np.nan}}, "ADAM: eps: expected a number of at least 0, got nan"),
        ({"optimizer_options": {3: 1}}, "optimizer_options: expected settings by name"),
        ({"optimizer": "RMSPROP", "optimizer_options": {"rho": 1.0}}, "RMSPROP: rho: expected .* below 1"),
        ({"drop_config": 1.0}, "drop_config: entry 0: .*got 1.0"),
        ({"drop_config": "0.5"}, "drop_config: entry 0: .*got '0.5'"),
        ({"drop_config": [None]}, "drop_config: entry 0: .*got None"),
        ({"phases": 3}, "phases: expected a list of TrainingPhase, got 3"),
        ({"phases": [3]}, r"phases: expected a list of TrainingPhase, got \[3\]"),
        ({"callbacks": print}, "callbacks: expected a list of functions"),
        ({"callbacks": [3]}, "callbacks: expected a list of functions .*, got 3"),
    ],
)  # fmt: skip
def test_arguments_of_fit(settings: dict[str, Any], message: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises((TMVAError, TMVAWarning), match=message):
            fit(small(), **settings)


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, "a", None, np.nan])
def test_batch_size_of_predict(batch_size: Any) -> None:
    with pytest.raises(OptionError, match="predict: batch_size must be a whole number of at least 1"):
        small().predict(X, batch_size=batch_size)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("epochs", "Network.fit: unknown argument 'epochs'; it is max_epochs here"),
        ("sample_weight", "it is event_weight here"),
        ("validation_split", "it is validation here"),
        ("validation_data", "it is validation here"),
        ("lr", "it is learning_rate here"),
        ("patience", "it is convergence_steps here"),
        ("verbose", "it is progress here"),
        ("shuffle", "; the events are mixed in every epoch, from the network's seed"),
        ("learning_rat", "; did you mean 'learning_rate'"),
        ("nonsense", "unknown argument 'nonsense'\n  known: x, y, event_weight, loss"),
    ],
)
def test_words_of_other_libraries(word: str, message: str) -> None:
    with pytest.raises(UnknownArgumentError) as caught:
        fit(small(), **{word: 1})
    assert message in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_words_of_other_libraries_elsewhere() -> None:
    use: Any = NetworkBuilder(3)
    for act, message in (
        (lambda: use.dense(units=3), "dense: unknown argument 'units'; it is width"),
        (lambda: use.lstm(3, return_sequences=True), "'return_sequences'; it is return_sequence here"),
        (lambda: use.conv(3, kernel_size=2), "'kernel_size'; it is filter_size here"),
        (lambda: use.dropout(rate=0.5), r"'rate'; it is probability, in .dropout"),
        (
            lambda: NetworkBuilder(input_dim=3),
            "NetworkBuilder: unknown argument 'input_dim'; it is input_shape",
        ),
        (lambda: Network.from_layout("LINEAR", input_layout="3", random_state=1), "it is seed here"),
        (lambda: small().predict(X, verbose=0), "'verbose'; a prediction shows no progress"),
    ):
        with pytest.raises(UnknownArgumentError, match=message):
            act()


@pytest.mark.parametrize(
    "make",
    [
        lambda b: b.dense("8"),
        lambda b: b.dense(None),
        lambda b: b.dense(3, 4),
        lambda b: b.dense(float("inf")),
        lambda b: b.lstm([3]),
        lambda b: b.gru("x"),
        lambda b: b.conv(2, (1, 2, 3)),
        lambda b: b.conv(2, "3"),
        lambda b: b.maxpool((2,)),
        lambda b: b.reshape("a", 1, 1),
        lambda b: b.batch_norm("x"),
        lambda b: b.batch_norm(0.5, None),
        lambda b: b.dropout("x"),
        lambda b: b.dropout(5),
        lambda b: b.layer(3),
        lambda b: b.layer(TDenseLayer),
        lambda _: NetworkBuilder("ab").dense(1).build(),
        lambda _: NetworkBuilder(None).dense(1).build(),
        lambda _: NetworkBuilder((3, "4")).dense(1).build(),
        lambda _: NetworkBuilder(2.5).dense(1).build(),
        lambda _: NetworkBuilder(3, seed="x").dense(1).build(),
        lambda _: NetworkBuilder(3, seed=-1).dense(1).build(),
        lambda _: NetworkBuilder(3, initializer=4).dense(1).build(),
        lambda _: NetworkBuilder(3, dtype="int32").dense(1).build(),
        lambda b: b.dense(1).build(output=3),
        lambda _: Network([3], 3),
        lambda _: Network(3, 3),
        lambda _: TrainingPhase(batch_size="3"),
    ],
)
def test_hostile_arguments_of_the_builder(make: Any) -> None:
    with pytest.raises(TMVAError):
        make(NetworkBuilder(3))
