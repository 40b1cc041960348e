"""The events that trees are grown on, made ready as TMVA does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSetInfo, Events
from tmva_py.errors import TrainingError
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.ordering import order_by
from tmva_py.methods.bdt.preselection import Preselection
from tmva_py.methods.bdt.settings import Settings
from tmva_py.methods.inputs import Doubles, Floats

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Sample:
    """N events; `boost` and `target` change from tree to tree.

    Attributes
    ----------
    columns : ndarray of float32, shape (n_variables, N)
        The variables.
    weight, boost : ndarray of float64, shape (N,)
        Event weights, and the factors that boosting has given them.
    class_index : ndarray of int32
        Classes.
    is_signal : ndarray of bool
        Whether an event is of the signal class; true for all in a regression.
    target : ndarray of float32
        The regression target.
    """

    columns: Floats
    weight: Doubles
    boost: Doubles
    class_index: npt.NDArray[np.int32]
    is_signal: npt.NDArray[np.bool_]
    target: Floats

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def whole_weight(self) -> Doubles:
        """Weights times boosts."""
        return self.weight * self.boost

    def select(self, chosen: Array) -> Sample:
        """Return some of the events."""
        return Sample(
            np.ascontiguousarray(self.columns[:, chosen]),
            *(
                getattr(self, name)[chosen]
                for name in ("weight", "boost", "class_index", "is_signal", "target")
            ),
        )

    @classmethod
    def of(cls, events: Events, info: DataSetInfo) -> Sample:
        """Return events as they are."""
        targets = events.targets[:, 0] if info.targets else np.zeros(len(events), np.float32)
        signal = np.ones(len(events), bool) if info.targets else events.class_index == info.signal_class_index
        return cls(
            columns=np.ascontiguousarray(events.x.T),
            weight=events.weight.astype(np.float64),
            boost=np.ones(len(events)),
            class_index=events.class_index,
            is_signal=signal,
            target=targets.astype(np.float32),
        )


@dataclass(frozen=True, eq=False)
class Prepared:
    """What a training begins with.

    Attributes
    ----------
    sample : Sample
        The events.
    validation : Sample or None
        Those by which trees are pruned automatically.
    preselection : Preselection or None
        The cuts that events were selected with.
    """

    sample: Sample
    validation: Sample | None
    preselection: Preselection | None


def prepare(events: Events, info: DataSetInfo, settings: Settings, log: MessageLog) -> Prepared:
    """Return the events of a training.

    Raises
    ------
    TrainingError
        No event is left.
    """
    every = Sample.of(events, info)
    preselection = None
    keep = np.ones(len(every), bool)
    if settings["DoPreselection"] and settings.analysis_type != "Regression":
        preselection = find_preselection(every, info)
        for line in _lines_of(preselection):
            log.info(line)
        keep = preselection.answers(np.ascontiguousarray(every.columns.T)) == 0
    keep &= _by_weight(every, settings, keep, log)
    places = np.flatnonzero(keep)
    validation = None
    if settings.prunes_automatically:
        step = _step(settings["PruningValFraction"])
        validates = places % step == 0
        validation = every.select(places[validates])
        places = places[~validates]
        share = 100.0 * len(validation) / max(1, len(validation) + len(places))
        log.info(
            f"<InitEventSample> Internally I use {len(places)} for Training  and {len(validation)} for "
            f"Pruning Validation ({share:g}% of training used for validation)"
        )
    sample = every.select(places)
    if settings.pairs_negative:
        sample = pair_negative_weights(sample, log)
    if len(sample) == 0:
        message = "no event is left to grow trees on"
        raise TrainingError(message)
    _balance(sample, settings, log)
    return Prepared(sample, validation, preselection)


def _by_weight(sample: Sample, settings: Settings, keep: Array, log: MessageLog) -> Array:
    negative, zero = sample.weight < 0, sample.weight == 0
    if negative.any():
        log.info(
            " You are using a Monte Carlo that has also negative weights. That should in principle be fine "
            "as long as on average you end up with something positive. For this you have to make sure that "
            "the minimal number of (un-weighted) events demanded for a tree node (currently you use: "
            f"MinNodeSize={settings['MinNodeSize']}, (or the deprecated equivalent nEventsMin) you can set "
            "this via the BDT option string when booking the classifier) is large enough to allow for "
            "reasonable averaging!!!  If this does not help.. maybe you want to try the option: "
            "IgnoreNegWeightsInTraining  which ignores events with negative weight in the training. "
        )
    if (negative & keep).any():
        if settings.drops_negative or settings["IgnoreNegWeightsInTraining"]:
            log.warning(
                "Note, you have events with negative event weight in the sample, but you've chosen to ignore "
                "them"
            )
        elif settings.pairs_negative:
            log.warning(
                "Events with negative event weights are found and will be removed prior to the actual BDT "
                "training by global paring (and subsequent annihilation) with positiv weight events"
            )
        else:
            log.warning(
                "Events with negative event weights are USED during the BDT training. This might cause "
                "problems with small node sizes or with the boosting. Please remove negative events from "
                "training using the option *IgnoreEventsWithNegWeightsInTraining* in case you observe "
                "problems with the boosting"
            )
    if (zero & keep).any():
        log.info("Events with weight == 0 are going to be simply ignored")
    dropped = settings.drops_negative or settings["IgnoreNegWeightsInTraining"]
    result: Array = ~zero & ~(negative & dropped)
    return result


def _step(fraction: float) -> int:
    """Return one of how many events validates."""
    ratio = 1.0 / fraction
    return int(np.ceil(ratio) if ratio % 1.0 > 0.5 else np.floor(ratio))


def _balance(sample: Sample, settings: Settings, log: MessageLog) -> None:
    """Give signal and background the weights that ``SigToBkgFraction`` says."""
    analysis = settings.analysis_type
    if analysis == "Regression" or settings["SkipNormalization"]:
        return
    if analysis == "Multiclass" and not settings.release.balances_multiclass:
        return
    signal, fraction = sample.is_signal, settings["SigToBkgFraction"]
    whole = sample.whole_weight
    s, b = (float(np.cumsum(whole[one])[-1]) if one.any() else 0.0 for one in (signal, ~signal))
    if not s or not b:
        log.info("--> could not determine scaling factors as either there are ")
        log.info(f" no signal events (sumSigW={s:g}) or no bkg ev. (sumBkgW={b:g})")
        return
    of_signal = len(sample) / ((1 + fraction) * s) * fraction
    of_background = len(sample) / ((1 + fraction) * b)
    log.header(f"#events: (reweighted) sig: {s * of_signal:g} bkg: {b * of_background:g}")
    log.info(f"#events: (unweighted) sig: {signal.sum()} bkg: {(~signal).sum()}")
    sample.boost[:] = np.where(signal, of_signal, of_background)


# --- preselection --------------------------------------------------------------------------------------


def find_preselection(sample: Sample, info: DataSetInfo) -> Preselection:
    """Return cuts beyond which more than 5 % of one class and nothing of the other are."""
    n_variables = len(sample.columns)
    is_cut, cut = np.zeros((n_variables, 4), bool), np.zeros((n_variables, 4))
    signal = sample.is_signal
    # Sums in the order of the events: what lies above a cut is nothing only if these are met to the last bit.
    all_s, all_b = (float(np.cumsum(np.where(one, sample.weight, 0.0))[-1]) for one in (signal, ~signal))
    order = np.arange(len(sample))
    for variable, values in enumerate(sample.columns):
        order = order[order_by(values[order], sample.columns.T[order], sample.weight[order], signal[order])]
        limits = info.variables[variable]
        margin = (limits.maximum - limits.minimum) / 100.0
        s = np.cumsum(np.where(signal, sample.weight, 0.0)[order])[1:]
        b = np.cumsum(np.where(signal, 0.0, sample.weight)[order])[1:]
        x = values[order][1:].astype(np.float64)
        # Of two that meet at one event, the first counts.
        free = np.ones(len(s), bool)
        for kind, (meets, share, sign) in enumerate(
            (
                (s == 0, b / all_b, -1),
                (b == 0, s / all_s, -1),
                (b == all_b, 1 - s / all_s, 1),
                (s == all_s, 1 - b / all_b, 1),
            )
        ):
            place = _KINDS_IN_TMVAS_ORDER[kind]
            largest = 0.05
            for event in np.flatnonzero(meets & free & (share > largest)).tolist():
                if share[event] > largest:
                    largest = float(share[event])
                    is_cut[variable, place] = True
                    cut[variable, place] = x[event] + sign * margin
                    free[event] = False
    return Preselection(is_cut, cut)


# Where the cuts of a search are in `Preselection.KINDS`: low background and signal, high signal, background.
_KINDS_IN_TMVAS_ORDER = (0, 1, 3, 2)


def _lines_of(preselection: Preselection) -> list[str]:
    lines = [" found and suggest the following possible pre-selection cuts "]
    for variable, kind in np.argwhere(preselection.is_cut).tolist():
        name, below, _ = preselection.KINDS[kind]
        cut = preselection.cut[variable, kind]
        lines.append(f" found cut: {name[-3:]} if var {variable} {'<' if below else '>'} {cut:g}")
    return lines


# --- negative weights ----------------------------------------------------------------------------------


def pair_negative_weights(sample: Sample, log: MessageLog) -> Sample:
    """Return events of positive weight: each negative one is annihilated with the nearest of its class.

    Raises
    ------
    TrainingError
        A class has more negative than positive weight.
    """
    weight = sample.weight
    negative = np.flatnonzero(weight < 0)
    if not len(negative):
        log.info("no negative event weights found .. no preprocessing necessary")
        return sample
    log.info(
        f"found a total of {weight[negative].sum():g} of negative event weights which I am going to try to "
        "pair with positive events to annihilate them"
    )
    log.info(f"found a total of {weight[weight > 0].sum():g} of events with positive weights")
    log.info(
        f"--> total sum of weights = {weight.sum():g} = {weight[negative].sum() + weight[weight > 0].sum():g}"
    )
    log.info(
        f"Found a total of {weight[negative].sum():g} in negative weights out of {len(sample)} training "
        "events "
    )
    inverses = {
        int(one): np.asarray(np.linalg.inv(_covariance(sample, sample.class_index == one)), np.float64)
        for one in np.unique(sample.class_index[negative])
    }
    boost = sample.boost
    for event in negative.tolist():
        own = sample.class_index == sample.class_index[event]
        distance = _distances(sample.columns, event, inverses[int(sample.class_index[event])])
        while weight[event] * boost[event] < 0:
            candidates = own & (weight * boost > 0) & (distance < 10e270)
            if not candidates.any():
                message = (
                    "PairNegWeightsGlobal: a class has more negative than positive event weight; take "
                    "another NegWeightTreatment"
                )
                raise TrainingError(message)
            places = np.flatnonzero(candidates)
            nearest = int(places[np.argmin(distance[places])])
            left = weight[event] * boost[event] + weight[nearest] * boost[nearest]
            if left > 0:
                boost[event], boost[nearest] = 0.0, left / weight[nearest]
            else:
                boost[event], boost[nearest] = left / weight[event], 0.0
    kept = sample.select(weight * boost > 0)
    log.info(
        f" after PreProcessing, the Event sample is left with {len(kept)} events (unweighted), all with "
        f"positive weights, adding up to {kept.whole_weight.sum():g}"
    )
    sums = [kept.whole_weight[one].sum() for one in (kept.is_signal, ~kept.is_signal)]
    log.info(
        f" nSig={kept.is_signal.sum()} sigWeight={sums[0]:g} nBkg={(~kept.is_signal).sum()} "
        f"bkgWeight={sums[1]:g}"
    )
    return kept


def _covariance(sample: Sample, chosen: Array) -> Doubles:
    return weighted_covariance(sample.columns[:, chosen], sample.whole_weight[chosen])


def weighted_covariance(columns: Floats, weight: Doubles) -> Doubles:
    """Return ⟨xy⟩ − ⟨x⟩⟨y⟩, sums taken in the order of the events."""
    x = columns.T.astype(np.float64)
    total = np.cumsum(weight)[-1]
    first = np.add.accumulate(x * weight[:, None], axis=0)[-1]
    n = x.shape[1]
    second = np.empty((n, n))
    for i in range(n):
        second[i] = np.add.accumulate(x[:, i, None] * x * weight[:, None], axis=0)[-1]
    # TMVA computes one half and copies it.
    second = np.triu(second) + np.triu(second, 1).T
    covariance: Doubles = second / total - np.outer(first, first) / (total * total)
    return covariance


def _distances(columns: Floats, event: int, inverse: Doubles) -> Doubles:
    differences = (columns[:, event, None] - columns).astype(np.float64)
    distance = np.zeros(columns.shape[1])
    for i, one in enumerate(differences):
        for j, other in enumerate(differences):
            distance += one * inverse[i, j] * other
    return distance
