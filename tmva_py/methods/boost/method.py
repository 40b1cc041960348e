"""MethodBoost: what ``Boost_Num`` makes of a method that is booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from tmva_py.backends import make_backend
from tmva_py.data import DataSet, Events
from tmva_py.errors import BookingError, OptionError, did_you_mean
from tmva_py.histograms import FileObject, MakesFileObject
from tmva_py.message_log import MessageLog
from tmva_py.methods.boost.detailed import N_SHOWN, Responses, event_histograms, integrals
from tmva_py.methods.boost.model import BoostModel, Member
from tmva_py.methods.boost.monitoring import Course, objects_of
from tmva_py.methods.boost.options import BOOST_OPTIONS, BOOST_TYPES, OLD_BOOST_OPTIONS, OLD_BOOST_TYPES
from tmva_py.methods.boost.reference_cut import ReferenceCut, search_histograms
from tmva_py.methods.boost.steps import Doubles, Step, adaptive_step, bagged
from tmva_py.methods.inputs import Inputs, TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.response_pdfs import pdf_settings, split_pdf_options
from tmva_py.options import Option, OptionString, OptionValues, for_variables
from tmva_py.plugins import hookimpl

# TMVA stops where a method is no better than chance.
_NO_BETTER = 0.49999
_FEW = 5
_SPOKEN_OF = 3


class MethodBoost(Method):
    """Several methods of one type, each trained on the events that the ones before took for the other class.

    It is booked as the method itself, with ``Boost_Num`` and further options that begin with ``Boost_`` among
    its own:

        factory.BookMethod(loader, TMVA.Types.kFisher, "BoostedFisher",
                           "Boost_Num=20:Boost_Transform=log:Boost_Type=AdaBoost:Boost_AdaBoostBeta=0.2")

    AdaBoost looks for the cut on a method's response that separates the classes best and gives the events on
    the wrong side more weight; RealAdaBoost does so by the probability of signal at an event's response;
    Bagging trains each method on a random sample. The response is the mean of the methods' responses,
    weighted by how good they are, after a transformation.

    A sum of linear responses is linear again: boost Fisher and LD with ``Boost_Transform=step`` or ``log``.
    Methods that separate well hardly gain; a smaller ``Boost_AdaBoostBeta`` helps where boosting stops early.

    Parameters
    ----------
    boosted : type, optional
        The class of the method; without it there is nothing to train.
    job_name : str, optional
        The factory's, for the weight file.
    """

    names: ClassVar[tuple[str, ...]] = ("Boost",)
    type_name: ClassVar[str] = "Boost"
    model = BoostModel
    needs = "a method that is boosted"
    options: ClassVar[tuple[Option, ...]] = BOOST_OPTIONS
    file_options: ClassVar[tuple[Option, ...]] = OLD_BOOST_OPTIONS
    sees_ignored_events: ClassVar[bool] = True

    def __init__(
        self, *arguments: Any, boosted: type[Method] | None = None, job_name: str = "", **keywords: Any
    ) -> None:
        if boosted is None:
            message = (
                "Boost: what is to be boosted? Book the method itself with Boost_Num among its options: "
                'BookMethod(loader, TMVA.Types.kFisher, "BoostedFisher", "Boost_Num=20")'
            )
            raise BookingError(message)
        self._boosted = boosted
        self._job_name = job_name
        self._course = Course()
        super().__init__(*arguments, **keywords)

    def _parsed(self, text: str) -> OptionValues:
        own, of_pdfs = split_pdf_options(text)
        options = OptionString(own, owner=self.owner)
        values = options.parse(for_variables(self.declared_options(self.registry), len(self.info.variables)))
        self._options_of_members = options.unused()
        self._option_text = _marked(text)
        self.response_pdf_settings = pdf_settings(values, of_pdfs, owner=self.owner)
        return values

    def process_options(self, dataset: DataSet | None) -> None:
        """Check the options, those of the boosted method too."""
        self._booked_values = self.option_values
        kind = self.option_values["Boost_Type"]
        if kind not in BOOST_TYPES:
            why = ", which TMVA 4.2 removed" if kind in OLD_BOOST_TYPES else did_you_mean(kind, BOOST_TYPES)
            message = f"{self.owner}: Boost_Type={kind}{why}; expected one of {', '.join(BOOST_TYPES)}"
            raise OptionError(message)
        model = self._boosted.model
        if not model.has_response or model.uses_spectators or model.has_own_file:
            message = f"{self.owner}: {self._boosted.type_name} cannot be boosted"
            raise BookingError(message)
        self._member(0, dataset)

    @property
    def boosted_name(self) -> str:
        """Type of the method that is boosted."""
        return self._boosted.type_name

    def _member(self, index: int, dataset: DataSet | None) -> Method:
        title = f"{self.title}_B{index:04d}"
        return self._boosted(
            title,
            self.info,
            self.analysis_type,
            self._options_of_members,
            dataset=dataset,
            # TMVA too lets only the first method speak, and then only of its options.
            log=MessageLog(title, silent=True),
            registry=self.registry,
        )

    def train(self, dataset: TrainingData) -> BoostModel:
        """Return the methods, each trained on the events as the one before weighted them."""
        values = self._booked_values
        number, kind = values["Boost_Num"], values["Boost_Type"]
        is_real = kind == "RealAdaBoost"
        type_name = self._boosted.type_name
        self.log.info(
            f"Training {number} {type_name} with title {self.title} Classifiers ... patience please"
        )
        events = dataset.training
        weight = events.weight
        boost = np.ones(len(events))
        is_signal = events.class_index == self.info.signal_class_index
        is_first = events.class_index == 0
        inputs = Inputs(dataset.untransformed.training.x, dataset.transformations)
        course = self._course = Course(is_signal, weight, number, fills_responses=kind != "Bagging")
        backend = make_backend("cpu", registry=self.registry)
        members, options = [], self._option_text
        for index in range(number):
            if kind == "Bagging":
                boost = bagged(len(events), values["Boost_BaggedSampleFraction"], self._seed(index), backend)
            self._speak(index, type_name)
            method = self._member(index, dataset.untransformed)
            method.weight_file = self.weight_file
            model = method.train(_weighted(dataset, weight * boost))
            found = model.respond(inputs).values
            default_cut = ReferenceCut(method.signal_reference_cut)
            step = (
                Step(1.0, 0.0, default_cut, boost)
                if kind == "Bagging"
                else adaptive_step(
                    found,
                    weight,
                    boost,
                    is_signal=is_signal,
                    is_first=is_first,
                    beta=values["Boost_AdaBoostBeta"],
                    cut=default_cut if is_real or method.keeps_reference_cut else None,
                    is_real=is_real,
                )
            )
            if values["Boost_DetailedMonitoring"]:
                if kind == "AdaBoost" and not method.keeps_reference_cut:
                    course.objects |= search_histograms(found, weight * boost, is_signal, index)
                if len(self.info.variables) == N_SHOWN:
                    course.objects |= event_histograms(events.x, weight * boost, is_signal, index)
            if step.weight == 0.0:
                self.log.warning(
                    "Your classifier worked perfectly on the training sample --> serious overtraining "
                    "expected and no boosting done "
                )
            course.add(found, boost, step, method.boost_monitoring())
            boost = step.boost
            members.append(
                Member(model, step.weight, step.cut, type_name, method.title, self._job_name, options)
            )
            if values["Boost_DetailedMonitoring"]:
                so_far = BoostModel(tuple(members), values["Boost_Transform"])
                course.details.append(self._integrals(dataset, so_far, weight, boost))
            if step.error > _NO_BETTER and kind != "Bagging":
                self._log_end(step.error, index + 1)
                break
        if type_name not in ("Fisher", "DT"):
            self._no_monitoring(0)
        if type_name == "DT":
            before, after = np.mean([list(one.values()) for one in course.numbers], axis=0)
            self.log.info(f"<Train> average number of nodes before/after pruning : {before:g} / {after:g}")
        if len(members) == 1:
            members = [replace(members[0], weight=1.0)]
        # As in TMVA, files say how many there are, and monitoring cannot be switched off.
        self.option_values = values.updated({"Boost_Num": len(members), "Boost_MonitorMethod": True})
        return BoostModel(tuple(members), values["Boost_Transform"])

    def _integrals(
        self, dataset: TrainingData, so_far: BoostModel, weight: Doubles, boost: Doubles
    ) -> dict[str, float]:
        samples = []
        for sample in ("training", "testing"):
            before: Events = getattr(dataset.untransformed, sample)
            inputs = Inputs(before.x, dataset.transformations)
            is_training = sample == "training"
            own = weight if is_training else before.weight
            samples.append(
                Responses(
                    so_far.members[-1].model.respond(inputs).values,
                    so_far.respond(inputs).values,
                    before.class_index == self.info.signal_class_index,
                    own,
                    weight * boost if is_training else own,
                )
            )
        return integrals(*samples)

    def _seed(self, index: int) -> int:
        return int(self._booked_values["Boost_RandomSeed"]) + index + 1

    def _speak(self, index: int, type_name: str) -> None:
        """Write TMVA's lines of a method that it has no plots for: one for each stage."""
        if type_name not in ("Fisher", "DT") and index < _SPOKEN_OF:
            for _ in range(4 if index == 0 else 3):
                self._no_monitoring(index)

    def _no_monitoring(self, index: int) -> None:
        self.log.info(f"No detailed boost monitoring for {self.title}_B{index:04d} yet available ")

    def _log_end(self, error: float, number: int) -> None:
        self.log.info(
            f"Error rate has reached 0.5 ({error:g}), boosting process stopped at #{number} classifier"
        )
        if number < _FEW:
            beta = self._booked_values["Boost_AdaBoostBeta"]
            self.log.info(
                f"The classifier might be too strong to boost with Beta = {beta:g}, try reducing it."
            )

    def monitoring(self) -> Mapping[str, FileObject | MakesFileObject]:
        """Return weights, errors and sums by method, and the responses of each."""
        return objects_of(self._course, self._boosted.type_name)


def _weighted(dataset: TrainingData, weight: Doubles) -> TrainingData:
    """Return the events with other weights."""
    before = dataset.untransformed
    return replace(
        dataset,
        weight_before_boosts=dataset.training.weight,
        training=replace(dataset.training, weight=weight),
        untransformed=replace(before, training=replace(before.training, weight=weight)),
    )


def _marked(text: str) -> str:
    """Return an option string as TMVA's boosted methods have it: all is read, transformations are gone."""
    pieces = [piece.lstrip("~") for piece in text.split(":") if piece]
    kept = [one for number, one in enumerate(pieces) if number == 0 or not one.startswith("VarTransform=")]
    return ":".join(f"~{piece}" for piece in kept)


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodBoost]
