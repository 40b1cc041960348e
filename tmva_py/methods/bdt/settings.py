"""What a booking of MethodBDT asks for: options with what follows from one another, and their mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tmva_py.data import AnalysisType, DataSetInfo
from tmva_py.errors import OptionError, warn
from tmva_py.kernels import separation
from tmva_py.message_log import MessageLog
from tmva_py.methods.releases import RELEASES, Release
from tmva_py.options import OptionValues

SEPARATION_CODES: Mapping[str, int] = {
    "GiniIndex": separation.GINI,
    "CrossEntropy": separation.CROSS_ENTROPY,
    "GiniIndexWithLaplace": separation.GINI_WITH_LAPLACE,
    "MisClassificationError": separation.MISCLASSIFICATION,
    "SDivSqrtSPlusB": separation.SIGNIFICANCE,
    "RegressionVariance": separation.VARIANCE,
}
REGRESSION_DEFAULTS: Mapping[str, Any] = {
    "MaxDepth": 50,
    "MinNodeSize": "0.2%",
    "BoostType": "AdaBoostR2",
    "UseYesNoLeaf": False,
    "SeparationType": "RegressionVariance",
}
# PoissonD changes its way of drawing there.
MOST_COPIES = 25.0


@dataclass(frozen=True)
class Settings:
    """The options of a training, settled.

    Attributes
    ----------
    values : OptionValues
        What weight files will hold.
    analysis_type : {"Classification", "Regression", "Multiclass"}
        What is to be learnt.
    n_classes : int
        Their number, 2 at least.
    prunes, prunes_automatically : bool
        Whether trees are pruned, and how much is found out with a part of the events.
    drops_negative, pairs_negative, inverts_negative : bool
        What becomes of events of negative weight: left out, annihilated with others, boosted inversely.
    release : Release
        TMVA's ways.
    """

    values: OptionValues
    analysis_type: AnalysisType
    n_classes: int
    prunes: bool
    prunes_automatically: bool
    drops_negative: bool
    pairs_negative: bool
    inverts_negative: bool
    release: Release

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def is_gradient_boost(self) -> bool:
        """Whether trees are grown on residuals."""
        return bool(self["BoostType"] == "Grad")

    @property
    def is_bagged(self) -> bool:
        """Whether each tree has a random sample of its own."""
        return bool(self["UseBaggedBoost"])

    @property
    def monitors(self) -> bool:
        """Whether ``DoBoostMonitor`` has something to look at."""
        return bool(self["DoBoostMonitor"]) and self.analysis_type == "Classification"

    @property
    def separation(self) -> int:
        """The number of what a cut improves."""
        if self.is_gradient_boost or self.analysis_type == "Regression":
            return separation.VARIANCE
        return SEPARATION_CODES[self["SeparationType"]]

    def min_node_size(self, n_events: int) -> float:
        """Return the part of a sample that a leaf has at least, in percent in single precision."""
        if self["nEventsMin"] > 0:
            return float(np.float32(self["nEventsMin"] * 100.0 / n_events))
        return float(np.float32(percent(self["MinNodeSize"])))

    def sample_fraction(self, n_events: int) -> float:
        """Return how often an event is in a random sample on average."""
        if self["UseNTrainEvents"] > 0:
            return float(self["UseNTrainEvents"] / n_events)
        return float(self["BaggedSampleFraction"])

    @property
    def merges_leaves(self) -> bool:
        """Whether two leaves of one kind beside each other become one."""
        return bool(self["UseYesNoLeaf"]) and self.separation != separation.VARIANCE

    @property
    def max_depth(self) -> int:
        """How many decisions a tree has in a row."""
        if self["NNodesMax"] <= 0:
            return int(self["MaxDepth"])
        depth, nodes = 0, 1
        while nodes < self["NNodesMax"]:
            nodes += 2 * nodes
            depth += 1
        return depth


def percent(text: str) -> float:
    """Return what ``MinNodeSize`` means.

    Raises
    ------
    OptionError
        It is no number, or not between 0 and 50.
    """
    try:
        value = float(text.replace("%", "").replace(" ", ""))
    except ValueError:
        message = f"MinNodeSize: expected a percentage of the events such as 2.5%, got {text!r}"
        raise OptionError(message) from None
    if not 0 < value < 50:
        message = f"MinNodeSize={text}: expected more than 0% and less than 50% of the training events"
        raise OptionError(message)
    return value


def settle(values: OptionValues, analysis_type: AnalysisType, info: DataSetInfo, log: MessageLog) -> Settings:
    """Return the settings of a booking.

    Raises
    ------
    OptionError
        A value is out of range, or options do not go together.

    Warns
    -----
    TMVAWarning
        An option is replaced by what can be done.
    """
    return _Settling(values, analysis_type, info, log).settings()


class _Settling:
    """Goes through the options in TMVA's order."""

    def __init__(
        self, values: OptionValues, analysis_type: AnalysisType, info: DataSetInfo, log: MessageLog
    ) -> None:
        self.given = values.given
        self.values: dict[str, Any] = dict(values)
        self.original = values
        self.analysis = analysis_type
        self.info = info
        self.log = log
        self.release = RELEASES[values["Release"]]

    def settings(self) -> Settings:
        self._set_defaults()
        self._check_ranges()
        self._settle_boost()
        prunes = self._settle_pruning()
        self._settle_regression()
        self._settle_cuts()
        self._settle_old_options()
        negative = self.values["NegWeightTreatment"]
        if negative == "PairNegWeightsGlobal":
            self.log.warning(
                "you specified the option NegWeightTreatment=PairNegWeightsGlobal : This option is still "
                "considered EXPERIMENTAL !!"
            )
        values = self.original.updated(self.values)
        return Settings(
            values=values,
            analysis_type=self.analysis,
            n_classes=max(2, len(self.info.classes)),
            prunes=prunes,
            prunes_automatically=prunes and values["PruneStrength"] < 0,
            drops_negative=negative in ("IgnoreNegWeightsInTraining", "NoNegWeightsInTraining"),
            pairs_negative=negative == "PairNegWeightsGlobal",
            inverts_negative=negative == "InverseBoostNegWeights",
            release=self.release,
        )

    def _set_defaults(self) -> None:
        if self.analysis == "Regression":
            for name, value in REGRESSION_DEFAULTS.items():
                if name not in self.given:
                    self.values[name] = value
        if "UseNvars" not in self.given:
            self.values["UseNvars"] = int(np.sqrt(len(self.info.variables)) + 0.6)
        # Two names of one option.
        for name, other in (
            ("GradBaggingFraction", "BaggedSampleFraction"),
            ("BaggedSampleFraction", "GradBaggingFraction"),
        ):
            if name in self.given:
                self.values[other] = self.values[name]

    def _check_ranges(self) -> None:
        values = self.values
        percent(values["MinNodeSize"])
        if not 0 <= values["HuberQuantile"] <= 1:
            message = f"HuberQuantile={values['HuberQuantile']:g}: expected 0 to 1"
            raise OptionError(message)
        if values["NTrees"] < 1:
            self._replace("NTrees", 1, f"NTrees={values['NTrees']}: there must be a tree; 1 is grown")
        if values["Threads"] < 0:
            message = f"Threads={values['Threads']}: expected 1 or more, or 0 for as many as there may be"
            raise OptionError(message)
        if values["MaxDepth"] < 0:
            message = f"MaxDepth={values['MaxDepth']}: expected 0 or more"
            raise OptionError(message)
        if not 0 < values["BaggedSampleFraction"] < MOST_COPIES:
            message = (
                f"BaggedSampleFraction={values['BaggedSampleFraction']:g}: expected more than 0 and less "
                f"than {MOST_COPIES:g}"
            )
            raise OptionError(message)
        most = len(self.info.variables)
        if values["UseRandomisedTrees"] and not 1 <= values["UseNvars"] <= most:
            message = f"UseNvars={values['UseNvars']}: expected 1 to {most} variables"
            raise OptionError(message)

    def _settle_boost(self) -> None:
        values, boost = self.values, self.values["BoostType"]
        if self.analysis == "Multiclass" and boost != "Grad":
            message = (
                f"BoostType={boost}: multiclass is available with BoostType=Grad only; add BoostType=Grad to "
                "the options"
            )
            raise OptionError(message)
        if self.analysis == "Regression" and boost in ("AdaBoost", "RealAdaBoost", "AdaCost"):
            if boost != "AdaBoost":
                message = f"BoostType={boost} is not for regression; take AdaBoostR2, Grad or Bagging"
                raise OptionError(message)
            values["BoostType"] = boost = "AdaBoostR2"
        if self.analysis != "Regression" and boost == "AdaBoostR2":
            message = "BoostType=AdaBoostR2 is for regression; take AdaBoost, RealAdaBoost, Grad or Bagging"
            raise OptionError(message)
        if boost == "Grad" and values["NegWeightTreatment"] == "InverseBoostNegWeights":
            self._settle_weights_of_gradients()
        if boost == "RealAdaBoost":
            values.update(BoostType="AdaBoost", UseYesNoLeaf=False)
        elif boost == "AdaCost":
            values["UseYesNoLeaf"] = False
        if boost == "Bagging" or values["UseBaggedGrad"]:
            values["UseBaggedBoost"] = True

    def _settle_weights_of_gradients(self) -> None:
        old = self.release.ignores_negative_weights_in_gradients
        instead = "IgnoreNegWeightsInTraining" if old else "Pray"
        self.values["NegWeightTreatment"] = instead
        if old:
            self.log.warning(
                "the option *InverseBoostNegWeights* does not exist for BoostType=Grad --> change to "
                f"*{instead}*"
            )
        else:
            self.log.info(
                "the option NegWeightTreatment=InverseBoostNegWeights does not exist for BoostType=Grad"
            )
            self.log.info(f"--> change to new default NegWeightTreatment={instead}")
        if "NegWeightTreatment" in self.given:
            warn(f"NegWeightTreatment=InverseBoostNegWeights is not for BoostType=Grad; {instead} is used")

    def _settle_pruning(self) -> bool:
        values = self.values
        method, automatic = values["PruneMethod"], values["PruneStrength"] < 0
        if values["UseRandomisedTrees"]:
            self.log.info(" Randomised trees use no pruning")
            if method != "NoPruning":
                warn(f"PruneMethod={method} has no effect: randomised trees are not pruned")
            return False
        if method == "NoPruning" or values["BoostType"] == "Grad":
            return False
        if automatic and method == "ExpectedError":
            message = (
                "PruneStrength < 0: PruneMethod=ExpectedError needs a strength, 0 or more; "
                "CostComplexity finds its own"
            )
            raise OptionError(message)
        if not 0 < values["PruningValFraction"] <= 1 and automatic:
            message = f"PruningValFraction={values['PruningValFraction']:g}: expected more than 0, at most 1"
            raise OptionError(message)
        if automatic and values["PruningValFraction"] > 0.5:
            self._say(
                "You have chosen to use more than half of your training sample to optimize the automatic "
                "pruning algorithm. This is probably wasteful and your overall results will be degraded."
            )
        return True

    def _settle_regression(self) -> None:
        if self.analysis != "Regression":
            if self.values["SeparationType"] == "RegressionVariance" and self.values["BoostType"] != "Grad":
                message = (
                    "SeparationType=RegressionVariance is for regression; take "
                    f"{', '.join(name for name in SEPARATION_CODES if name != 'RegressionVariance')}"
                )
                raise OptionError(message)
            return
        if self.values["UseYesNoLeaf"]:
            self._replace(
                "UseYesNoLeaf",
                False,
                "Regression Trees do not work with fUseYesNoLeaf=TRUE --> I will set it to FALSE",
            )
        if self.values["SeparationType"] != "RegressionVariance":
            self._say(
                "Regression Trees do not work with Separation type other than <RegressionVariance> --> I "
                "will use it instead"
            )
        if self.values["UseFisherCuts"]:
            self._replace(
                "UseFisherCuts",
                False,
                "Sorry, UseFisherCuts is not available for regression analysis, I will ignore it!",
            )
        if self.values["nCuts"] < 0:
            self._replace(
                "nCuts", 20, "nCuts < 0 is not available for regression analysis --> nCuts=20 is used"
            )

    def _settle_cuts(self) -> None:
        values = self.values
        if values["UseFisherCuts"]:
            self.log.warning("When using the option UseFisherCuts, the other option nCuts<0 (i.e. using")
            self.log.info(" a more elaborate node splitting algorithm) is not implemented. ")
            if values["nCuts"] != 20:
                warn(f"with UseFisherCuts, nCuts={values['nCuts']} is replaced by nCuts=20")
                values["nCuts"] = 20
        if values["BoostType"] == "Grad" and values["nCuts"] <= 0:
            # Only for growing: weight files keep what was written.
            self._say("nCuts < 0 is not available for BoostType=Grad --> a grid of 200 cuts is used")

    def _settle_old_options(self) -> None:
        values = self.values
        if values["nEventsMin"] > 0:
            self.log.warning(
                f"You have explicitly set ** nEventsMin = {values['nEventsMin']} ** the min absolute "
                "number \nof events in a leaf node. This is DEPRECATED, please use the option \n"
                "*MinNodeSize* giving the relative number as percentage of training \n"
                "events instead. "
            )
            self.log.warning(
                "Note also that explicitly setting *nEventsMin* so far OVERWRITES the option recommended \n"
                f" *MinNodeSize* = {values['MinNodeSize']} option !!"
            )
        for name, instead in (
            ("UseBaggedGrad", "UseBaggedBoost"),
            ("GradBaggingFraction", "BaggedSampleFraction"),
            ("UseNTrainEvents", "BaggedSampleFraction"),
            ("NNodesMax", "MaxDepth"),
        ):
            if name in self.given and values[name]:
                self.log.warning(
                    f"You have specified a deprecated option *{name}* --> please use *{instead}* instead"
                )

    def _replace(self, name: str, value: Any, text: str) -> None:
        self.values[name] = value
        self._say(text)

    def _say(self, text: str) -> None:
        self.log.warning(text)
        warn(text)
