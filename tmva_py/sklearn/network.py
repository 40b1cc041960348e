"""Networks as estimators."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from tmva_py.errors import OptionError, ShapeError
from tmva_py.network import Network, NetworkBuilder
from tmva_py.sklearn.labels import class_numbers

Doubles = npt.NDArray[np.float64]
MakesNetwork = Callable[[int, int, int], Network | NetworkBuilder]
_LARGEST_SEED = 2**31 - 1
_DEFAULT_LAYOUT = "TANH|32,TANH|32,LINEAR"


class _NetworkEstimator(BaseEstimator):
    """What a classifier and a regressor have in common."""

    def __init__(
        self,
        network: str | MakesNetwork = _DEFAULT_LAYOUT,
        *,
        input_layout: str | None = None,
        max_epochs: int = 100,
        batch_size: int | None = 32,
        optimizer: str = "ADAM",
        learning_rate: float = 3e-3,
        momentum: float = 0.0,
        regularization: str = "NONE",
        weight_decay: float = 0.0,
        validation_fraction: float = 0.1,
        convergence_steps: int = 20,
        initializer: str = "XAVIER",
        backend: str = "cpu",
        dtype: str = "float32",
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.network = network
        self.input_layout = input_layout
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.regularization = regularization
        self.weight_decay = weight_decay
        self.validation_fraction = validation_fraction
        self.convergence_steps = convergence_steps
        self.initializer = initializer
        self.backend = backend
        self.dtype = dtype
        self.random_state = random_state
        self.verbose = verbose

    def _fit_network(
        self, x: npt.NDArray[Any], targets: npt.NDArray[Any], weight: npt.NDArray[Any] | None, loss: str
    ) -> None:
        """Train a new network; events of weight 0 are left out, and the mean weight of the others is 1."""
        if weight is not None:
            used = weight != 0
            x, targets, weight = x[used], targets[used], weight[used]
            mean = float(weight.mean()) if len(weight) else 0.0
            weight = weight / mean if mean > 0 else weight
        n_outputs = 1 if targets.ndim == 1 or loss == "MUTUALEXCLUSIVE" else targets.shape[1]
        if loss == "MUTUALEXCLUSIVE":
            n_outputs = int(targets.max()) + 1
        n_validated = round(self.validation_fraction * len(x))
        n_training = len(x) - n_validated
        self.network_ = self._new_network(x.shape[1], n_outputs)
        self.history_ = self.network_.fit(
            x,
            targets,
            event_weight=weight,
            loss=loss,
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            momentum=self.momentum,
            batch_size=n_training if self.batch_size is None else min(self.batch_size, n_training),
            max_epochs=self.max_epochs,
            convergence_steps=self.convergence_steps,
            validation=n_validated,
            regularization=self.regularization,
            weight_decay=self.weight_decay,
            progress=self.verbose,
        )
        self.n_iter_ = len(self.history_.epochs)

    def _new_network(self, n_features: int, n_outputs: int) -> Network:
        seed = int(check_random_state(self.random_state).randint(1, _LARGEST_SEED))
        if isinstance(self.network, str):
            return Network.from_layout(
                self.network,
                input_layout=f"1|1|{n_features}" if self.input_layout is None else self.input_layout,
                n_outputs=n_outputs,
                backend=self.backend,
                dtype=self.dtype,
                seed=seed,
                initializer=self.initializer,
            )
        if not callable(self.network):
            message = (
                "network: expected a layout, such as 'TANH|32,LINEAR', or a function "
                f"(n_features, n_outputs, seed) that gives a network, got {self.network!r}"
            )
            raise OptionError(message)
        made = self.network(n_features, n_outputs, seed)
        network = made.build() if isinstance(made, NetworkBuilder) else made
        if not isinstance(network, Network):
            message = f"network: the function gives {network!r}, expected a Network or a NetworkBuilder"
            raise OptionError(message)
        found = math.prod(network.input_shape), network.n_outputs
        if found != (n_features, n_outputs):
            message = (
                f"network: the function gives a network of {found[0]} inputs and {found[1]} outputs, "
                f"expected {n_features} and {n_outputs}"
            )
            raise ShapeError(message)
        return network

    def _outputs(self, X: Any) -> Doubles:
        check_is_fitted(self)
        x = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        return np.asarray(self.network_.predict(x), dtype=np.float64)


class NetworkClassifier(ClassifierMixin, _NetworkEstimator):
    """A network that tells classes apart.

    Parameters
    ----------
    network : str or callable, default "TANH|32,TANH|32,LINEAR"
        TMVA's layout, whose last layer gets the width that the targets need. Or a function
        ``network(n_features, n_outputs, seed)`` that gives a `Network` or a `NetworkBuilder`.
    input_layout : str, optional
        Shape of one event for a layout: ``"10|30"`` makes ten time steps of 30 features; flat without it.
    max_epochs, convergence_steps : int
        The most epochs; how many without a smaller validation loss end the training.
    batch_size : int or None, default 32
        Events of a step, at most all that are there; None takes all of them.
    optimizer, learning_rate, momentum, regularization, weight_decay
        As of `Network.fit`.
    validation_fraction : float, default 0.1
        Part of the events that validates; 0 for none.
    initializer, backend, dtype
        As of `Network`, for a layout.
    random_state : int, RandomState instance or None
        First weights, shuffling, dropout and which events validate.
    verbose : bool, default False
        Show a progress bar.

    Attributes
    ----------
    classes_ : ndarray
        The labels, in order.
    network_ : Network
        The trained network: ``network_.save("net.weights.xml")`` writes a weight file.
    history_ : History
        The course of the training.
    n_iter_ : int
        Epochs of the training.
    n_features_in_, feature_names_in_
        As of every estimator of scikit-learn.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> x, y = load_iris(return_X_y=True)
    >>> found = NetworkClassifier("TANH|8,LINEAR", learning_rate=0.01, random_state=1).fit(x, y)
    >>> bool(found.score(x, y) > 0.9)
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on events, with weights that may be negative."""
        x, y = validate_data(self, X, y, dtype=[np.float64, np.float32])
        weight = None if sample_weight is None else _check_sample_weight(sample_weight, x, dtype=x.dtype)
        self.classes_, numbers = class_numbers(y, weight)
        self._fit_network(
            x, numbers, weight, "CROSSENTROPY" if len(self.classes_) == 2 else "MUTUALEXCLUSIVE"
        )
        return self

    def predict_proba(self, X: Any) -> Doubles:
        """Return the probability of each class, (N, n_classes)."""
        outputs = self._outputs(X)
        return np.hstack([1 - outputs, outputs]) if outputs.shape[1] == 1 else outputs

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the most probable class of each event."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        found: npt.NDArray[Any] = self.classes_[likeliest]
        return found


class NetworkRegressor(RegressorMixin, _NetworkEstimator):
    """A network that estimates one target or several.

    Targets are learnt as they are: bring them to a width near 1, as with
    `sklearn.compose.TransformedTargetRegressor`.

    Parameters
    ----------
    network, input_layout, max_epochs, …
        As of `NetworkClassifier`.

    Attributes
    ----------
    network_ : Network
        The trained network.
    history_ : History
        The course of the training.
    n_iter_ : int
        Epochs of the training.
    n_features_in_, feature_names_in_
        As of every estimator of scikit-learn.
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train on events, with weights that may be negative."""
        x, y = validate_data(self, X, y, dtype=[np.float64, np.float32], multi_output=True, y_numeric=True)
        weight = None if sample_weight is None else _check_sample_weight(sample_weight, x, dtype=x.dtype)
        self._is_flat = y.ndim == 1
        self._fit_network(x, y, weight, "SUMOFSQUARES")
        return self

    def predict(self, X: Any) -> Doubles:
        """Return the estimates, in the shape that the targets had: (N,) or (N, n_targets)."""
        outputs = self._outputs(X)
        return outputs[:, 0] if self._is_flat else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
