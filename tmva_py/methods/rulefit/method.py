"""MethodRuleFit, booked as ``Types.kRuleFit``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from tmva_py.backends import make_backend
from tmva_py.data import DataSet
from tmva_py.errors import BookingError, TrainingError
from tmva_py.histograms import FileObject, MakesFileObject
from tmva_py.kernels.rule_path import Terms
from tmva_py.methods.inputs import Doubles, TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.releases import release_of
from tmva_py.methods.rulefit.growing import ForestGrower
from tmva_py.methods.rulefit.importance import importance_of_variables, weigh
from tmva_py.methods.rulefit.linear import linear_terms, linear_values, term_histograms
from tmva_py.methods.rulefit.model import FULL, LINEAR, RULES, RuleFitModel
from tmva_py.methods.rulefit.monitoring import distance_columns, rule_columns
from tmva_py.methods.rulefit.options import RULEFIT_OPTIONS
from tmva_py.methods.rulefit.path import Fit, PathSearch
from tmva_py.methods.rulefit.rules import rules_of, supported, without_similar
from tmva_py.methods.rulefit.sample import Sample
from tmva_py.methods.rulefit.settings import settle
from tmva_py.methods.rulefit.showing import show_generation, show_model
from tmva_py.network.progress import progress_bar
from tmva_py.plugins import hookimpl

_KINDS: Mapping[str, int] = {"ModRuleLinear": FULL, "ModRule": RULES, "ModLinear": LINEAR}


class MethodRuleFit(Method):
    """Rule ensemble: a sum of rules, each a product of cuts, and of linear terms of the variables.

    Every node of a forest of decision trees is a rule: 1 for an event that passes all cuts on the way to the
    node, else 0. The coefficients of rules and linear terms are fitted by following the gradient of the
    squared error with small steps; what has hardly any influence is left out. The goal is a model of few
    rules, which can be read.

    Two things matter. The trees: with ``fEventsMin`` and ``fEventsMax`` the smallest leaf of each tree is
    drawn, so that a low minimum gives complex rules and a high maximum simple ones; more trees (``nTrees``)
    give more rules and take more time; a larger ``RuleMinDist`` leaves fewer and more diverse ones. And the
    fit: ``GDTau`` near 1 gives large coefficients to a few rules, near 0 similar ones to many; by default it
    is looked for, which is most of the time. Where linear terms alone (``Model=ModLinear``) are as good,
    Fisher is the better choice.

    "Risk(i+1)>=Risk(i) in path" may be ignored if it occurs less than three times; else raise
    ``GDValidEveFrac`` or lower ``GDPathEveFrac``. "The error rate was still decreasing at the end of the
    path" asks for more ``GDNSteps``, "Reached minimum early in the search" for a smaller ``GDStep``.
    """

    names = ("RuleFit",)
    type_name = "RuleFit"
    model = RuleFitModel
    signal_reference_cut = 0.0
    options = RULEFIT_OPTIONS
    refused_options = ("IgnoreNegWeightsInTraining",)
    ranking_discriminator = "Importance"
    check_options = "!H:!V:nTrees=5:fEventsMin=0.05:GDTau=0.2:GDNSteps=500"

    _importance: Doubles | None = None
    _monitoring: Mapping[str, FileObject | MakesFileObject] = MappingProxyType({})

    def process_options(self, dataset: DataSet | None) -> None:
        """Bring options into their ranges.

        Raises
        ------
        BookingError
            Friedman's program is requested.
        OptionError
            Nothing can be trained with an option.
        """
        del dataset
        if self.option_values["RuleFitModule"] == "RFFriedman":
            message = (
                f"{self.owner}: RuleFitModule=RFFriedman runs Friedman's program rf_go.exe, which is not "
                "part of TMVA and is not run here; leave it out, or take RuleFitModule=RFTMVA"
            )
            raise BookingError(message)
        self.option_values = settle(self.option_values, self.owner, self.log)

    def train(self, dataset: TrainingData) -> RuleFitModel:
        """Return the rules and linear terms of the training events."""
        values, log, info = self.option_values, self.log, dataset.info
        kind = _KINDS[values["Model"]]
        sample = Sample.of(dataset.training, info, self.owner)
        if not sample.total > 0:
            message = f"{self.owner}: the weights of the training events add up to {sample.total:g}"
            raise TrainingError(message)
        backend = make_backend("cpu", registry=self.registry)
        release = release_of(values["Release"])
        n_steps = values["nTrees"] + values["GDNSteps"]
        with progress_bar(self.draw_progress_bar, self.title, n_steps) as advance:
            grower = ForestGrower(sample, values, info, release, log, backend)
            trees = grower.grow(advance)
            generated = rules_of(trees) if kind != LINEAR else []
            spread = _spread(sample, is_transformed=bool(dataset.transformations.steps))
            ensemble = supported(without_similar(generated, values["RuleMinDist"], spread), sample)
            terms = linear_terms(sample, values["LinQuantile"], self.owner) if kind != RULES else ()
            show_generation(
                log,
                ensemble.rules,
                kind=values["ForestType"],
                n_events=grower.n_events,
                n_trees=len(trees),
                n_generated=len(generated),
            )
            if kind == RULES and not ensemble.rules:
                message = f"{self.owner}: no tree has a cut, so that there is no rule; lower fEventsMin"
                raise TrainingError(message)
            norms = np.array([term.numbers["Norm"] for term in terms])
            path_terms = Terms(ensemble.passes, linear_values(terms, sample))
            search = PathSearch(sample, path_terms, norms, values, log, backend)
            fit = search.run(advance)
        self._check(fit)
        weighed = weigh(ensemble.rules, terms, (fit.rules, fit.linear), ensemble.sigma, values["MinImp"])
        if ensemble.rules and values["MinImp"] > 0:
            log.info(
                f"Removed {len(ensemble.rules) - len(weighed.rules)} out of a total of {len(ensemble.rules)} "
                f"rules with importance < {values['MinImp']:g}"
            )
        self._importance = importance_of_variables(weighed, len(info.variables))
        labels = [variable.label for variable in info.variables]
        show_model(log, weighed, kind=kind, offset=fit.offset, labels=labels)
        self._monitoring = {
            **term_histograms(terms, sample),
            "MonitorNtuple_RuleFit": rule_columns(weighed, ensemble.passes, sample),
            "RuleDistNtuple": distance_columns(weighed.rules, spread),
        }
        numbers = {
            "ImportanceCut": values["MinImp"],
            "LinQuantile": values["LinQuantile"],
            "AverageSupport": ensemble.average,
            "AverageRuleSigma": ensemble.sigma,
            "Offset": fit.offset,
        }
        return RuleFitModel(kind, numbers, weighed.rules, weighed.terms)

    def monitoring(self) -> Mapping[str, FileObject | MakesFileObject]:
        """Return the trees of rules and of their distances, and the distributions of linear terms."""
        return self._monitoring

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return the variables' importance: their parts of rules and their linear terms, the best's 1."""
        if self._importance is None:
            return None
        names = [variable.label for variable in self.info.variables]
        return list(zip(names, self._importance.tolist(), strict=True))

    def _check(self, fit: Fit) -> None:
        if not np.isfinite([fit.offset, *fit.rules, *fit.linear]).all():
            message = f"{self.owner}: the coefficients grew beyond all bounds; take a smaller GDStep"
            raise TrainingError(message)


def _spread(sample: Sample, *, is_transformed: bool) -> Doubles:
    """Return the spreads of the variables that TMVA knows: only those of transformed ones, else 0."""
    if not is_transformed:
        return np.zeros(len(sample.columns))
    found = []
    for column in sample.columns.astype(np.float64):
        mean = float(np.cumsum(column * sample.weight)[-1]) / sample.total
        square = float(np.cumsum(column * column * sample.weight)[-1]) / sample.total
        found.append(float(np.sqrt(max(0.0, square - mean * mean))))
    return np.array(found)


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodRuleFit]
