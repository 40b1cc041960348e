"""What older releases of TMVA train in another way; option ``Release`` chooses one, for all methods.

The newest release is the default. Everything that is not here is the same in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from tmva_py.errors import OptionError
from tmva_py.options import Option

NEWEST = "newest"


@dataclass(frozen=True)
class Release:
    """The ways of one release.

    Attributes
    ----------
    squares_weights_in_gradients : bool
        BDT, Grad: a leaf's response has Σ w²|t|(1 − |t|) in its denominator and 1/K for K classes as a
        factor; since then it is Σ w|t|(1 − |t|) and (K − 1)/K.
    balances_multiclass : bool
        BDT: the first class of several is given as much weight as all others together.
    ignores_negative_weights_in_gradients : bool
        BDT, Grad: what InverseBoostNegWeights, the default, is replaced by: events of negative weight are
        left out; since then they are used as they are (Pray).
    empties_quantiles : bool
        BDT, regression with Grad: a weighted quantile past the last element is 0; since then the last
        element. The only loss is Huber's, with the quantile 0.7.
    compares_classes_by_differences : bool
        BDT, Grad with several classes: probabilities are 1/(1 + Σ exp(F_j − F_k)); since then they are
        exp(F_k)/Σ exp(F_j), which is the same but for rounding.
    divides_by_ranges : bool
        BDT: the bin of a value x is n(x − low)/(high − low), which may be rounded otherwise than what is
        computed since then, (x − low) times the inverse of a bin's width; so it is for variables of type I
        even where a bin is one number wide.
    sorts_as_std : bool
        BDT, nCuts=-1: events of equal values are in the order in which ``std::sort`` leaves them. All
        releases sort like that; it is slow here, and the newest one goes without.
    cuts_narrow_ranges : bool
        BDT: variables are cut on even if their range in a node is below the precision of their values.
    says_leaf_sizes : bool
        RuleFit: lines of the log say the smallest leaf of each tree.
    shuffles_by_rand : bool
        RuleFit: the C library's generator shuffles the events for the trees; since then that of C++. Which of
        equally good cuts is chosen depends on it.
    names_variables_alone : bool
        Likelihood: histograms are named by their variable; since then by data set, title and variable.
    has_unbounded_tanh : bool
        MLP: tanh is a fraction in single precision that leaves [−1, 1]; since then the exact function.
    trains_raw_outputs : bool
        MLP, back-propagation for several classes: squared errors of the outputs; since then their softmax.
    shows_regression_twice : bool
        MLP, back-propagation for regression: each event also trains the first output towards 1. Later
        releases train even less; here, then, the squared error is minimised.
    searches_in_variable_ranges : bool
        MLP, genetic algorithm: the first weights are between 0 and the lengths of the variables' ranges, all
        others 0, as in every release so far; here, otherwise, all are between −5 and 5.
    has_one_cost : bool
        SVM: events of both classes have the same cost, and weight files hold no constants but Gamma; since
        then the larger class has a cost that is smaller by the ratio of the classes' events.
    keeps_old_errors : bool
        SVM, regression: errors of events with multipliers are not computed again, so that hardly anything is
        learnt, as in every release so far; here, otherwise, the absolute deviation is minimised.
    forgets_options_of_trees : bool
        DT: pruning and NodePurityLimit have no effect, nEventsMin allows leaves of any size, and a
        MinNodeSize that is no whole number is 5 %, as in every release so far; here, otherwise, they do what
        they say.
    smooths_as_root_5 : bool
        Likelihood: histograms are smoothed, and bins' centres rounded, as by ROOT 5.
    measures_from_signal : bool
        Fisher: both classes' covariances are those around the signal's mean, by the classes' weights: the
        discriminant has another length.
    """

    squares_weights_in_gradients: bool = False
    balances_multiclass: bool = False
    ignores_negative_weights_in_gradients: bool = False
    empties_quantiles: bool = False
    compares_classes_by_differences: bool = False
    divides_by_ranges: bool = False
    sorts_as_std: bool = False
    cuts_narrow_ranges: bool = False
    says_leaf_sizes: bool = False
    shuffles_by_rand: bool = False
    names_variables_alone: bool = False
    has_unbounded_tanh: bool = False
    trains_raw_outputs: bool = False
    shows_regression_twice: bool = False
    searches_in_variable_ranges: bool = False
    has_one_cost: bool = False
    keeps_old_errors: bool = False
    forgets_options_of_trees: bool = False
    smooths_as_root_5: bool = False
    measures_from_signal: bool = False


_TMVA_4_2 = Release(
    squares_weights_in_gradients=True,
    balances_multiclass=True,
    ignores_negative_weights_in_gradients=True,
    empties_quantiles=True,
    compares_classes_by_differences=True,
    divides_by_ranges=True,
    sorts_as_std=True,
    cuts_narrow_ranges=True,
    says_leaf_sizes=True,
    shuffles_by_rand=True,
    names_variables_alone=True,
    has_unbounded_tanh=True,
    trains_raw_outputs=True,
    shows_regression_twice=True,
    searches_in_variable_ranges=True,
    has_one_cost=True,
    keeps_old_errors=True,
    forgets_options_of_trees=True,
)

RELEASES: Mapping[str, Release] = MappingProxyType(
    {
        NEWEST: Release(),
        "4.2": _TMVA_4_2,
        "4.1": replace(_TMVA_4_2, smooths_as_root_5=True, measures_from_signal=True),
    }
)
"""By the value of the option."""


def release_of(name: str) -> Release:
    """Return a release by its name.

    Raises
    ------
    OptionError
        There is none of this name.
    """
    if name not in RELEASES:
        message = f"release {name!r} is not known; expected one of {', '.join(RELEASES)}"
        raise OptionError(message)
    return RELEASES[name]


RELEASE_OPTION = Option(
    "Release",
    str,
    NEWEST,
    choices=tuple(RELEASES),
    in_files=False,
    doc="train as this release of TMVA does (not an option of TMVA's)",
)
"""The option, for methods whose training has changed."""
