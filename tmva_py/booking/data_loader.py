"""``DataLoader``: which trees, variables, weights and cuts make up a data set, in TMVA's spelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, overload

import numpy as np

from tmva_py.booking.array_events import given_columns, samples_of
from tmva_py.booking.config import gConfig
from tmva_py.booking.data_views import CorrelationMatrix, DataSetInfoView
from tmva_py.booking.folds import CvSplitKFolds
from tmva_py.booking.histogram_view import HistogramCanvas, HistogramView
from tmva_py.booking.input_histograms import chain_text, input_histograms
from tmva_py.booking.loader_arguments import number_of, text_of, tree_type_of, type_letter, variable_arguments
from tmva_py.booking.names import check_data_set_name
from tmva_py.booking.variable_selection import NAME as VARIANCE_NAME
from tmva_py.booking.variable_selection import selected, threshold_of
from tmva_py.data.data_set_info import SIGNAL_CLASS, DataSetInfo
from tmva_py.data.event_reading import TreeEntry, TreeType
from tmva_py.data.events import DataSet
from tmva_py.data.specification import BACKGROUND_CLASS, DataSpecification
from tmva_py.data.split_options import SplitOptions
from tmva_py.data.variable_info import VariableInfo
from tmva_py.errors import BookingError, DataError, warn
from tmva_py.html_tables import html_table
from tmva_py.message_log import MessageLog
from tmva_py.options import join_keywords
from tmva_py.trees import open_tree

_REGRESSION_CLASS = "Regression"
_EVENT_TREE_NAMES = {TreeType.TRAINING: "TrainAssignTree", TreeType.TESTING: "TestAssignTree"}


class DataLoader:
    """Collects trees, variables, targets, spectators, weights, cuts and the way of splitting.

    Nothing is read before the data set is requested, so the calls may come in any order.

    Parameters
    ----------
    name : str, default "default"
        Name of the data set, of its folder in the output file, and of the folder that gets
        ``weights/``; may be a path.

    Raises
    ------
    BookingError
        The name cannot be a folder.

    Examples
    --------
    >>> loader = DataLoader("dataset")
    >>> loader.AddVariable("myvar1 := var1+var2", "F")
    >>> loader.GetDataSetInfo().GetListOfVariables()
    ['myvar1']
    """

    def __init__(self, name: str = "default") -> None:
        check_data_set_name(str(name))
        self.specification = DataSpecification(DataSetInfo(str(name)))
        self._log = MessageLog("DataSetInfo")
        self._data_set: DataSet | None = None
        self._events: dict[tuple[str, TreeType], list[tuple[list[float], float]]] = {}
        self._cut_of_all = ""

    # --- Python's spelling ----------------------------------------------------------------------------

    @property
    def log(self) -> MessageLog:
        """Where TMVA's lines go; silent as long as a silent factory was the last one made."""
        return MessageLog("DataSetInfo", silent=True) if gConfig().IsSilent() else self._log

    @log.setter
    def log(self, log: MessageLog) -> None:
        self._log = log

    def __repr__(self) -> str:
        info = self.specification.info
        parts = [f"{len(info.variables)} variables"]
        parts += [f"{len(info.targets)} targets"] if info.targets else []
        parts += [f"{len(info.spectators)} spectators"] if info.spectators else []
        classes = ", ".join(info.classes) or "none yet"
        return f"<DataLoader {info.name!r}: {', '.join(parts)}, classes {classes}>"

    def _repr_html_(self) -> str:
        info = self.specification.info
        rows = [
            (kind, one.label, one.expression, one.unit)
            for kind, listed in (
                ("variable", info.variables),
                ("target", info.targets),
                ("spectator", info.spectators),
            )
            for one in listed
        ]
        return html_table(repr(self).strip("<>"), ("", "label", "expression", "unit"), rows)

    @property
    def info(self) -> DataSetInfo:
        """Variables, targets, spectators and classes; one object for the loader's whole life."""
        return self.specification.info

    def data_set(self, log: MessageLog | None = None) -> DataSet:
        """Return the data set; built at the first call, and again after a change.

        Parameters
        ----------
        log : MessageLog, optional
            Where TMVA's lines go; by default the loader's own.

        Raises
        ------
        DataError, ExpressionError, OptionError
            See `DataSpecification.build`.
        """
        if self._data_set is None:
            self._add_event_trees()
            self._data_set = self.specification.build(self.log if log is None else log)
        return self._data_set

    # --- variables ------------------------------------------------------------------------------------

    @overload
    def AddVariable(self, expression: str, type: str = "F", min: float = 0, max: float = 0, /) -> None: ...
    @overload
    def AddVariable(
        self, expression: str, title: str, unit: str, type: str = "F", min: float = 0, max: float = 0, /
    ) -> None: ...
    def AddVariable(self, expression: Any, *arguments: Any) -> None:
        """Add a variable: ``(expression, type, min, max)`` or ``(expression, title, unit, type, min, max)``.

        A second argument of one character, with no text after it, is the type.
        """
        title, unit, kind, low, high = variable_arguments(arguments)
        self._append("variables", expression, title, unit, kind, low, high)

    def AddVariablesArray(
        self, expression: Any, size: int, type: Any = "F", min: float = 0, max: float = 0
    ) -> None:
        """Add an array or vector branch as `size` variables of one event."""
        variables = VariableInfo.parse_array(
            str(expression), int(size), type=type_letter(type), minimum=min, maximum=max
        )
        self._check_new(variables[0], self.info.variables)
        self.info.variables.extend(variables)
        self._changed()

    def AddTarget(
        self, expression: Any, title: Any = "", unit: Any = "", min: float = 0, max: float = 0
    ) -> None:
        """Add a regression target."""
        self._append("targets", expression, title, unit, "F", min, max)

    AddRegressionTarget = AddTarget

    @overload
    def AddSpectator(self, expression: str, type: str = "F", min: float = 0, max: float = 0, /) -> None: ...
    @overload
    def AddSpectator(
        self, expression: str, title: str, unit: str, type: str = "F", min: float = 0, max: float = 0, /
    ) -> None: ...
    def AddSpectator(self, expression: Any, *arguments: Any) -> None:
        """Add a spectator: arguments as for `AddVariable`; kept with the events, not used in training."""
        title, unit, kind, low, high = variable_arguments(arguments)
        self._append("spectators", expression, title, unit, kind, low, high)

    def SetInputVariables(self, variables: Iterable[Any]) -> None:
        """Add several variables."""
        for variable in variables:
            self.AddVariable(variable)

    # --- trees ----------------------------------------------------------------------------------------

    def AddTree(
        self,
        tree: Any,
        className: Any,
        weight: float = 1.0,
        cut: Any = "",
        treetype: Any = TreeType.UNASSIGNED,
    ) -> None:
        """Add a tree of a class.

        Parameters
        ----------
        tree : any form that `tmva_py.trees.open_tree` takes
            The tree.
        className : str
            The class of all its events.
        weight : float, default 1
            Weight of the tree.
        cut : str or TCut, default ""
            Only entries that pass make up the tree.
        treetype : tree type or str, default unassigned
            ``"Training"``, ``"Test"``, or both in one text for events that are to be split.
        """
        name = str(className)
        source = open_tree(tree, name_hint=name)
        kind = tree_type_of(treetype)
        self._add_class(name)
        self.log.info(f"Add Tree {source.name} of type {name} with {source.n_entries} events")
        self.specification.trees.append(
            TreeEntry(source, name, number_of(weight, "weight"), text_of(cut), kind)
        )
        self._changed()

    def SetTree(self, tree: Any, className: Any, weight: float = 1.0) -> None:
        """Add a tree of a class, with the older name."""
        self.AddTree(tree, className, weight)

    def AddSignalTree(self, signal: Any, weight: float = 1.0, treetype: Any = TreeType.UNASSIGNED) -> None:
        """Add a tree, or a text file, of class Signal."""
        self.AddTree(signal, SIGNAL_CLASS, weight, "", treetype)

    def AddBackgroundTree(
        self, background: Any, weight: float = 1.0, treetype: Any = TreeType.UNASSIGNED
    ) -> None:
        """Add a tree, or a text file, of class Background."""
        self.AddTree(background, BACKGROUND_CLASS, weight, "", treetype)

    def AddRegressionTree(self, tree: Any, weight: float = 1.0, treetype: Any = TreeType.UNASSIGNED) -> None:
        """Add a tree of class Regression."""
        self.AddTree(tree, _REGRESSION_CLASS, weight, "", treetype)

    def SetSignalTree(self, signal: Any, weight: float = 1.0) -> None:
        """Add a tree of class Signal."""
        self.AddSignalTree(signal, weight)

    def SetBackgroundTree(self, background: Any, weight: float = 1.0) -> None:
        """Add a tree of class Background."""
        self.AddBackgroundTree(background, weight)

    def SetInputTrees(self, first: Any, second: Any, third: Any = 1.0, fourth: float = 1.0) -> None:
        """Add ``(signal, background, weight, weight)`` or ``(tree, signal cut, background cut)``."""
        if isinstance(third, str) or hasattr(third, "GetTitle"):
            self.AddTree(first, SIGNAL_CLASS, 1.0, second)
            self.AddTree(first, BACKGROUND_CLASS, 1.0, third)
        else:
            self.AddSignalTree(first, third)
            self.AddBackgroundTree(second, fourth)

    def AddArrays(
        self,
        x: Any,
        y: Any,
        weight: Any = None,
        *,
        names: Sequence[str] | None = None,
        classes: Sequence[str] | None = None,
        targets: Sequence[str] | None = None,
        treetype: Any = TreeType.UNASSIGNED,
    ) -> None:
        """Add events that are in arrays; beyond TMVA.

        Where the loader has no variables yet, each column of `x` becomes one.

        Parameters
        ----------
        x : array_like, shape (N, n), or a frame, dict, structured or awkward array of columns
            The values. Formulas of variables, spectators, cuts and weights see the columns by their names.
        y : array_like, shape (N,), or (N, n_targets) with `targets`
            Names of classes; or truth values or 0 and 1, where 1 is Signal and 0 Background; or, with
            `classes`, numbers of these; or, with `targets`, what a regression is to learn.
        weight : array_like, shape (N,), optional
            Event weights.
        names : sequence of str, optional
            Names of the columns of an array; by default the expressions of the variables, or ``var0``, ….
        classes : sequence of str, optional
            The classes' names by number.
        targets : sequence of str, optional
            Names of a regression's targets.
        treetype : tree type or str, default unassigned
            As of `AddTree`.

        Raises
        ------
        BookingError
            `y` cannot be understood, or lengths differ.

        Examples
        --------
        >>> loader = DataLoader("dataset")
        >>> loader.log.silent = True
        >>> loader.AddArrays([[0.5, 1.0], [1.5, 2.0], [0.1, 3.0]], [1, 0, 1])
        >>> loader
        <DataLoader 'dataset': 2 variables, classes Signal, Background>
        """
        given = given_columns(x, names, self.info.variables)
        samples = samples_of(given.columns, y, weight, classes=classes, targets=targets)
        if not self.info.variables:
            for name in given.columns:
                self.AddVariable(name)
        if targets is not None and not self.info.targets:
            for name in targets:
                self.AddTarget(name)
        for sample in samples:
            self.AddTree(sample.columns, sample.class_name, 1.0, "", treetype)
            if sample.weight_name:
                self.SetWeightExpression(sample.weight_name, sample.class_name)

    # --- events one by one ----------------------------------------------------------------------------

    def AddEvent(self, className: Any, treetype: Any, event: Sequence[float], weight: float = 1.0) -> None:
        """Add one event: the values of variables, then targets, then spectators."""
        name, kind = str(className), tree_type_of(treetype)
        values = [float(value) for value in event]
        info = self.info
        expected = len(info.variables) + len(info.targets) + len(info.spectators)
        if len(values) != expected:
            message = (
                f"AddEvent of class {name!r}: expected {expected} values ({len(info.variables)} variables, "
                f"{len(info.targets)} targets, {len(info.spectators)} spectators), got {len(values)}"
            )
            raise BookingError(message)
        if kind is TreeType.UNASSIGNED:
            message = "AddEvent: an event is for training or for testing; give one of the two tree types"
            raise BookingError(message)
        self._add_class(name)
        self._events.setdefault((name, kind), []).append((values, float(weight)))
        self._changed()

    def AddTrainingEvent(self, className: Any, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a training event of a class."""
        self.AddEvent(className, TreeType.TRAINING, event, weight)

    def AddTestEvent(self, className: Any, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a test event of a class."""
        self.AddEvent(className, TreeType.TESTING, event, weight)

    def AddSignalTrainingEvent(self, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a training event of class Signal."""
        self.AddEvent(SIGNAL_CLASS, TreeType.TRAINING, event, weight)

    def AddSignalTestEvent(self, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a test event of class Signal."""
        self.AddEvent(SIGNAL_CLASS, TreeType.TESTING, event, weight)

    def AddBackgroundTrainingEvent(self, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a training event of class Background."""
        self.AddEvent(BACKGROUND_CLASS, TreeType.TRAINING, event, weight)

    def AddBackgroundTestEvent(self, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a test event of class Background."""
        self.AddEvent(BACKGROUND_CLASS, TreeType.TESTING, event, weight)

    def SetInputTreesFromEventAssignTrees(self) -> None:
        """Take the events that were added one by one, which happens without this call too."""
        self._add_event_trees()

    # --- weights, cuts, splitting ---------------------------------------------------------------------

    def SetWeightExpression(self, variable: Any, className: Any = "") -> None:
        """Set the event weight of a class; without a class name that of Signal and of Background."""
        if not str(className) and self._is_regression:
            self._warn_of_classes(f"the weight {str(variable)!r}")
            return
        for name in (str(className),) if str(className) else (SIGNAL_CLASS, BACKGROUND_CLASS):
            self._add_class(name)
            self.specification.weight_expressions[name] = str(variable)
        self._changed()

    def SetSignalWeightExpression(self, variable: Any) -> None:
        """Set the event weight of class Signal."""
        self.SetWeightExpression(variable, SIGNAL_CLASS)

    def SetBackgroundWeightExpression(self, variable: Any) -> None:
        """Set the event weight of class Background."""
        self.SetWeightExpression(variable, BACKGROUND_CLASS)

    def SetCut(self, cut: Any, className: Any = "") -> None:
        """Set the cut of a class, or of every class known so far, in place of earlier ones."""
        names = [str(className)] if str(className) else list(self.info.classes)
        for name in names:
            self.specification.cuts.pop(name, None)
        self.AddCut(cut, className)

    def AddCut(self, cut: Any, className: Any = "") -> None:
        """Add a cut to those of a class; without a class name to those of every class known so far."""
        text = text_of(cut)
        if str(className):
            self._add_class(str(className))
            self.specification.add_cut(str(className), text)
        else:
            for name in self.info.classes:
                self.specification.add_cut(name, text)
            self._cut_of_all = text or self._cut_of_all
        self._changed()

    def PrepareTrainingAndTestTree(self, cut: Any, *arguments: Any, **keywords: Any) -> None:
        """Set cuts and the way in which events are split into training and test samples.

        Forms: ``(cut, options)``, ``(signal cut, background cut, options)``, and ``(cut, nTrainSignal,
        nTrainBackground, nTestSignal, nTestBackground, other options)``. Keyword arguments take the place of
        the option string: ``nTrain_Signal=1000, SplitMode="Random", V=False``.

        Raises
        ------
        BookingError
            The arguments fit none of the forms, or there are both options and keywords.
        """
        self._add_event_trees()
        if keywords:
            arguments = (*arguments, join_keywords(keywords))
        numbers = [
            index for index, value in enumerate(arguments) if isinstance(value, (int, float, np.number))
        ]
        if numbers:
            self._prepare_with_numbers(cut, arguments, len(numbers))
        elif len(arguments) == 2:
            self._add_two_cuts(cut, arguments[0])
            self.specification.split_options = text_of(arguments[1])
        elif len(arguments) <= 1:
            for index, name in enumerate(self.info.classes):
                self.log.info(f"Dataset[{self.GetName()}] : Class index : {index}  name : {name}")
            self.AddCut(cut)
            self.specification.split_options = text_of(arguments[0]) if arguments else ""
        else:
            given = " and keywords" if keywords else ""
            message = (
                f"PrepareTrainingAndTestTree got {len(arguments) + 1 - bool(keywords)} arguments{given}; "
                "expected (cut, options), (signal cut, background cut, options), or keywords for the options"
            )
            raise BookingError(message)
        self._changed()

    def _prepare_with_numbers(self, cut: Any, arguments: tuple[Any, ...], n_numbers: int) -> None:
        if n_numbers < 4:
            message = (
                "PrepareTrainingAndTestTree(cut, nTrain, nTest) sets the option EqualTrainSample, which TMVA "
                "no longer has; give (cut, 'nTrain_Signal=…:nTrain_Background=…:SplitMode=Random')"
            )
            raise BookingError(message)
        if n_numbers > 4 or len(arguments) > 5:
            message = (
                f"PrepareTrainingAndTestTree: expected (cut, nTrainSignal, nTrainBackground, nTestSignal, "
                f"nTestBackground, other options), got {arguments}"
            )
            raise BookingError(message)
        options = [
            f"{option}={int(value)}"
            for option, value in zip(
                ("nTrain_Signal", "nTrain_Background", "nTest_Signal", "nTest_Background"),
                arguments,
                strict=False,
            )
        ]
        self._add_two_cuts(cut, cut)
        options.append(text_of(arguments[4]) if len(arguments) == 5 else "SplitMode=Random:!V")
        self.specification.split_options = ":".join(options)

    def _add_two_cuts(self, signal: Any, background: Any) -> None:
        """Add the cuts of class Signal and class Background; a regression has neither."""
        if not self._is_regression:
            self.AddCut(signal, SIGNAL_CLASS)
            self.AddCut(background, BACKGROUND_CLASS)
        elif text_of(signal) or text_of(background):
            self._warn_of_classes(f"the cuts {text_of(signal)!r} and {text_of(background)!r}")

    @property
    def _is_regression(self) -> bool:
        """Whether there are targets, and nothing of signal and background."""
        return bool(self.info.targets) and not {SIGNAL_CLASS, BACKGROUND_CLASS} & set(self.info.classes)

    def _warn_of_classes(self, what: str) -> None:
        text = (
            f"{what} would be for the classes {SIGNAL_CLASS!r} and {BACKGROUND_CLASS!r}, which this "
            f"regression does not have: nothing is applied, as in TMVA; name the class {_REGRESSION_CLASS!r} "
            "in AddCut or SetWeightExpression, or give one cut"
        )
        warn(text)

    # --- folds ----------------------------------------------------------------------------------------

    def MakeKFoldDataSet(self, split: CvSplitKFolds) -> None:
        """Share out training and test events among folds; a split that has done so is left as it is.

        Parameters
        ----------
        split : CvSplitKFolds
            How; it keeps the folds.
        """
        options = SplitOptions.parse(self.specification.split_options, self.info.classes)
        split.make(self.data_set(), options.library)

    def PrepareFoldDataSet(
        self, split: CvSplitKFolds, foldNumber: int, treetype: Any = TreeType.TRAINING
    ) -> None:
        """Let the data set train on all folds but one, and test on that one, until it is changed again.

        Parameters
        ----------
        split : CvSplitKFolds
            Of `MakeKFoldDataSet`.
        foldNumber : int
            The fold for tests, counted from 0.
        treetype : tree type, default kTraining
            Whether folds of the training or of the test events are taken.

        Raises
        ------
        BookingError
            The folds are not made, or there is no such one.
        """
        self._data_set = split.fold(int(foldNumber), testing=self._is_testing(treetype))

    def RecombineKFoldDataSet(self, split: CvSplitKFolds, treetype: Any = TreeType.TRAINING) -> None:
        """Take all events of a sample again, fold by fold; those for training are tested too, as in TMVA."""
        self._data_set = split.recombined(self.data_set(), testing=self._is_testing(treetype))

    @staticmethod
    def _is_testing(kind: Any) -> bool:
        chosen = tree_type_of(kind)
        if chosen is TreeType.UNASSIGNED:
            message = f"folds are of Types.kTraining or Types.kTesting, got {kind!r}"
            raise BookingError(message)
        return chosen is TreeType.TESTING

    # --- what is known --------------------------------------------------------------------------------

    def GetName(self) -> str:
        """Return the loader's name."""
        return self.info.name

    def GetDataSetInfo(self) -> DataSetInfoView:
        """Return what is known of the data set, in TMVA's spelling."""
        return DataSetInfoView(self)

    GetDefaultDataSetInfo = GetDataSetInfo
    DefaultDataSetInfo = GetDataSetInfo

    def GetCorrelationMatrix(self, className: Any) -> CorrelationMatrix:
        """Return the linear correlations of the variables in the training events of a class.

        Raises
        ------
        UnknownNameError
            There is no such class.
        DataError
            The data set was prepared without correlations, or cannot be built.
        """
        name = str(className)
        self.info.class_index(name)
        matrices = self.data_set().info.correlation_matrices
        if name not in matrices:
            message = f"no correlations of class {name!r}: the data set was prepared with !CalcCorrelations"
            raise DataError(message)
        return CorrelationMatrix(name, matrices[name], [one.title for one in self.info.variables])

    def GetInputVariableHist(
        self, className: Any, variableName: Any, numBin: int = 100, processTrfs: Any = ()
    ) -> HistogramView:
        """Return the histogram of a variable of one class, of all events with their weights.

        Parameters
        ----------
        className, variableName : str
            The class, and the variable's label.
        numBin : int, default 100
            Number of bins from the smallest to the largest value.
        processTrfs : str or list of str, optional
            Transformations before, as in ``VarTransform``.
        """
        name = str(className)
        self.info.class_index(name)
        return self._input_histograms(variableName, numBin, processTrfs)[name]

    def DrawInputVariable(
        self, variableName: Any, numBin: int = 100, processTrfs: Any = ()
    ) -> HistogramCanvas:
        """Return a picture of a variable of every class; it shows itself in a notebook, and has ``SaveAs``.

        The arguments are those of `GetInputVariableHist`.
        """
        histograms = self._input_histograms(variableName, numBin, processTrfs)
        return HistogramCanvas(str(variableName), list(histograms.values()), str(variableName))

    def _input_histograms(self, variable: Any, n_bins: int, transformations: Any) -> dict[str, HistogramView]:
        text = chain_text(transformations)
        return input_histograms(self.data_set(), str(variable), int(n_bins), text)

    def MakeCopy(self, name: Any) -> DataLoader:
        """Return a new loader with the same trees; as in TMVA variables, cuts and options are not copied."""
        other = DataLoader(name)
        other.log = self.log
        self._add_event_trees()
        for class_name in self.info.classes:
            other.specification.add_class(class_name)
        other.specification.trees = list(self.specification.trees)
        return other

    def VarTransform(self, definition: Any) -> DataLoader:
        """Return a loader of the variables whose variance is above a threshold.

        Beside variables it has all that this one has: trees, weights, cuts, spectators, options. Its name is
        TMVA's, ``vt_transformed_dataset``.

        Parameters
        ----------
        definition : str
            ``"VT(1.5)"``; ``"VT"`` is a threshold of 0.

        Raises
        ------
        BookingError
            It is another text, or no variable varies so much.
        """
        threshold = threshold_of(str(definition))
        loader = DataLoader(VARIANCE_NAME)
        loader.log = self.log
        log = self.log.for_source("VarTransformHandler")
        loader.specification = selected(self.specification, self.data_set(), threshold, log)
        return loader

    # --- helpers --------------------------------------------------------------------------------------

    def _append(
        self, kind: str, expression: Any, title: Any, unit: Any, letter: str, low: float, high: float
    ) -> None:
        variable = VariableInfo.parse(
            str(expression), title=str(title), unit=str(unit), type=letter, minimum=low, maximum=high
        )
        infos: list[VariableInfo] = getattr(self.info, kind)
        self._check_new(variable, infos)
        infos.append(variable)
        self._changed()

    def _check_new(self, variable: VariableInfo, infos: list[VariableInfo]) -> None:
        if any(one.label == variable.label for one in infos):
            text = f"{variable.label!r} is added to data set {self.GetName()!r} a second time"
            warn(text)

    def _add_class(self, name: str) -> None:
        if not self.specification.add_class(name):
            return
        self.log.header(f'[{self.GetName()}] : Added class "{name}"')
        if self._cut_of_all:
            text = (
                f"class {name!r} is new, so the cut {self._cut_of_all!r} that was set for all classes does "
                "not apply to it, as in TMVA; add trees before cuts"
            )
            warn(text)

    def _add_event_trees(self) -> None:
        """Turn events that were added one by one into trees."""
        events, self._events = self._events, {}
        info = self.info
        for (name, kind), rows in events.items():
            values = np.array([row for row, _ in rows], dtype=np.float32)
            columns: dict[str, Any] = {}
            for position, variable in enumerate([*info.variables, *info.targets, *info.spectators]):
                size = variable.array_size
                if variable.array_index in (None, 0):
                    block = values[:, position : position + size]
                    columns[variable.expression] = block if variable.is_from_array else block[:, 0]
            weight_name = "weight"
            while weight_name in columns:
                weight_name += "_"
            columns[weight_name] = np.array([weight for _, weight in rows], dtype=np.float32)
            tree = open_tree(columns, name_hint=f"{_EVENT_TREE_NAMES[kind]}_{name}")
            self.specification.trees.append(TreeEntry(tree, name, tree_type=kind))
            self.specification.weight_expressions[name] = weight_name

    def _changed(self) -> None:
        self._data_set = None
