"""MethodMLP: multilayer perceptrons, booked as ``Types.kMLP``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tmva_py.backends import make_backend
from tmva_py.data import DataSet
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import warn
from tmva_py.fitters import GeneticFitter
from tmva_py.histograms import FileObject, MakesFileObject
from tmva_py.methods.inputs import Doubles, TrainingData
from tmva_py.methods.method import Method
from tmva_py.methods.mlp.back_propagation import BackPropagation
from tmva_py.methods.mlp.bfgs import BFGS
from tmva_py.methods.mlp.genetic import train_genetically, weight_ranges
from tmva_py.methods.mlp.model import MLPModel
from tmva_py.methods.mlp.monitoring import training_objects
from tmva_py.methods.mlp.options import ALL_OPTIONS, ANN_OPTIONS, MLP_OPTIONS
from tmva_py.methods.mlp.ranking import importance
from tmva_py.methods.mlp.regulators import Regulators, inverse_hessian
from tmva_py.methods.mlp.sample import Sample, Sampling
from tmva_py.methods.mlp.settings import Settings, settle
from tmva_py.methods.mlp.tanh import EXACT
from tmva_py.methods.mlp.training import Course, Network, Step, run_epochs
from tmva_py.network.progress import progress_bar
from tmva_py.options import Option, OptionString, OptionValues
from tmva_py.plugins import Registry, hookimpl


class MethodMLP(Method):
    """Multilayer perceptrons: networks with one or a few hidden layers.

    A neuron adds up what the neurons before it give, each times a weight, and gives a function of the sum,
    ``NeuronType``. The hidden layers are ``HiddenLayers``: ``N+5`` is one layer of five neurons more than
    there are variables. More neurons in the first layer are mostly better than more layers.

    The weights follow the gradient of the error, event by event (``TrainingMethod=BP``), or go to the error's
    minimum along a line (``BFGS``), for ``NCycles`` epochs: 500 are few. Variables of like size help:
    ``VarTransform=N``; variables that tell nothing should be left out. The estimators of training and test
    sample (``estimatorHistTrain``, ``estimatorHistTest`` in the output file) show when a network begins to
    learn its training events by heart; ``UseRegulator`` with BFGS keeps it from that.
    """

    names = ("MLP",)
    type_name = "MLP"
    model = MLPModel
    analyses = ("Classification", "Multiclass", "Regression")
    options = (*ANN_OPTIONS, *MLP_OPTIONS)
    sees_ignored_events = True
    ranking_discriminator = "Importance"
    check_options = "!H:!V:VarTransform=N:NCycles=60:HiddenLayers=N+2:TestRate=10:LearningRate=0.01"

    course: Course
    """How the last training went."""

    search_values: OptionValues
    """The options of the genetic algorithm."""

    _monitoring: Mapping[str, FileObject | MakesFileObject] = MappingProxyType({})
    _ranking: list[tuple[str, float]] | None = None
    _settings: Settings

    @classmethod
    def declared_options(cls, registry: Registry) -> tuple[Option, ...]:
        """Return all options in TMVA's order: some of MLP's come before those common to all methods."""
        del registry
        return ALL_OPTIONS

    def read_further_options(self, options: OptionString, values: OptionValues) -> None:
        """Read the options of the genetic algorithm."""
        if values["TrainingMethod"] == "GA":
            self.search_values = options.parse(GeneticFitter.options)

    def process_options(self, dataset: DataSet | None) -> None:
        """Settle the options, and leave in them what weight files hold."""
        del dataset
        self._settings = settle(self.option_values, self.analysis_type, self.info, self.n_outputs, self.owner)
        self.option_values = self._settings.values
        self.log.header("Building Network. ")
        self.log.info("Initializing weights")
        if self.option_values["IgnoreNegWeightsInTraining"]:
            self.log.info("Will ignore negative events in training!")

    def train(self, dataset: TrainingData) -> MLPModel:
        """Return a network; Ctrl-C ends the training with the weights so far."""
        settings, info = self._settings, dataset.info
        options, shape = settings.values, settings.shape
        ignores = options["IgnoreNegWeightsInTraining"]
        training, testing = (
            Sample.of(events, info, self.analysis_type, ignores_negative=ignores)
            for events in (dataset.training, dataset.testing)
        )
        self.log.info("Training Network")
        self.log.info()
        if shape.n_weights > len(training):
            self.log.warning(f"ANN too complicated: #events={len(training)}\t#synapses={shape.n_weights}")
        random = RootRandom(options["RandomSeed"])
        if options["RandomSeed"] == 0:
            self.log.info(f"RandomSeed=0: the seed is {random.seed}")
        network = Network(
            shape,
            shape.first_weights(random),
            self.analysis_type,
            options,
            make_backend("cpu", registry=self.registry),
        )
        regulators = Regulators(network) if options["UseRegulator"] else None
        sampling = Sampling(training, testing, options)
        if options["ConvergenceTests"] > 0:
            self.log.info("Inaccurate progress timing for MLP... ")
        if options["TrainingMethod"] == "GA":
            self.course = Course()
            fitter = GeneticFitter(self.search_values, log=self.log, owner=self.owner)
            ranges = weight_ranges(training.x, shape.n_weights, info, settings.release)
            train_genetically(network, training.used, ranges, fitter, self.log)
        else:
            step = self._step(network, random, regulators, len(training))
            with progress_bar(self.draw_progress_bar, self.title, options["NCycles"]) as advance:
                self.course = run_epochs(network, step, sampling, log=self.log, after_epoch=advance)
        matrix = self._inverse_hessian(network, regulators, sampling)
        if options["EpochMonitoring"]:  # TMVA looks once more at the end, and calls that epoch 0
            samples = sampling.training.used, sampling.testing.used
            self.course.looks.append(network.look(0, samples))
        self._monitoring = training_objects(self.course, network)
        self._ranking = importance(shape, network.weights, dataset.training.select(training.is_used), info)
        return MLPModel(
            shape=shape,
            weights=network.weights.copy(),
            analysis_type=self.analysis_type,
            inverse_hessian=matrix,
            gives_errors=options["CalculateErrors"],
            tells_tanh=shape.tanh != EXACT,
        )

    def _step(
        self, network: Network, random: RootRandom, regulators: Regulators | None, n_training: int
    ) -> Step:
        options = self._settings.values
        if options["TrainingMethod"] == "BFGS":
            return BFGS(network, regulators, self.log)
        batch = 0
        if options["BPMode"] == "batch":
            batch = options["BatchSize"]
            if not 1 <= batch <= n_training:
                batch = n_training
            # What weight files hold.
            self.option_values = options.updated({"BatchSize": batch})
            if batch > options["Sampling"] * n_training:
                warn(
                    f"{self.owner}: a batch of {batch} events is longer than an epoch with Sampling="
                    f"{options['Sampling']:g}: as in TMVA, no weight changes while events are sampled; set a "
                    "smaller BatchSize"
                )
        return BackPropagation(network, self._settings.release, random, batch)

    def _inverse_hessian(
        self, network: Network, regulators: Regulators | None, sampling: Sampling
    ) -> Doubles | None:
        if regulators is not None:
            of_training, of_testing = map(network.estimator, (sampling.training.used, sampling.testing.used))
            self.log.info(
                f"Finalizing handling of Regulator terms, trainE={of_training:g} testE={of_testing:g}"
            )
            regulators.update(sampling.training)
            self.log.info("Done with handling of Regulator terms")
        if regulators is None and not self._settings.values["CalculateErrors"]:
            return None
        return inverse_hessian(network, sampling.training)

    def monitoring(self) -> Mapping[str, FileObject | MakesFileObject]:
        """Return the estimators by epoch, the weights, and with ``EpochMonitoring`` those of each test."""
        return self._monitoring

    def ranking(self) -> list[tuple[str, float]] | None:
        """Return the variables' importance: Σ w² of their synapses times a mean value squared."""
        return self._ranking


@hookimpl
def tmva_py_methods() -> Sequence[type]:
    """Register the method."""
    return [MethodMLP]
