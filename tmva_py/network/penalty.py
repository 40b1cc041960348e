"""The regularisation of a training phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmva_py.functions.regularizations import Regularization

if TYPE_CHECKING:
    from tmva_py.network.network import Network


class Penalty:
    """The regularisation of one phase on the weights that it applies to.

    Parameters
    ----------
    network : Network
        Whose weights are meant.
    regularization : Regularization
        The penalty.
    weight_decay : float
        Its factor λ.

    Attributes
    ----------
    active : bool
        Whether there is any penalty.
    """

    def __init__(self, network: Network, regularization: Regularization, weight_decay: float) -> None:
        self.active = regularization.code != 0 and weight_decay != 0
        self._backend = network.backend
        self._regularization = regularization
        self._weight_decay = weight_decay
        self._weights = network.regularized_views(network.parameters)
        self._gradients = network.regularized_views(network.gradients)

    def value(self) -> float:
        """Return λ times the penalty."""
        if not self.active:
            return 0.0
        backend = self._backend
        return self._weight_decay * sum(
            float(backend.to_numpy(self._regularization.penalty(backend.xp, weights)))
            for weights in self._weights
        )

    def add_gradient(self) -> None:
        """Add the penalty's gradient to the network's."""
        if not self.active:
            return
        for weights, gradient in zip(self._weights, self._gradients, strict=True):
            self._regularization.add_gradient(
                self._backend.xp, weights=weights, weight_decay=self._weight_decay, gradient=gradient
            )
