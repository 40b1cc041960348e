"""``Factory``: books, trains, tests and evaluates methods, in TMVA's spelling."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, overload

from tmva_py.booking.booked_method import BookedMethod
from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.factory_arguments import FACTORY_OPTIONS, RootFile, file_and_options, name_of
from tmva_py.booking.histogram_view import HistogramView
from tmva_py.booking.importance import SubsetTrainings, importance_histogram, importance_shares
from tmva_py.booking.job import Job
from tmva_py.booking.not_here import NOT_IN_FACTORY
from tmva_py.booking.output_file import OutputFile
from tmva_py.booking.own_data import MOVED_TO_LOADER, OwnData
from tmva_py.booking.roc_calls import RocCalls
from tmva_py.booking.types import EMVA, VIType, type_name_of
from tmva_py.errors import BookingError, did_you_mean
from tmva_py.html_tables import html_table
from tmva_py.message_log import MessageLog
from tmva_py.options import join_keywords, parse_option_string
from tmva_py.plugins import Registry, default_registry


class MethodsMap(dict[str, list[BookedMethod]]):
    """The booked methods by the names of their data sets."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.methods.by_data_set())
        self._job = job

    def clear(self) -> None:
        """Forget all booked methods."""
        self._job.clear()
        super().clear()


class Factory(RocCalls):
    """Books methods on data sets, and trains, tests and evaluates them.

    Forms: ``Factory(job, output_file, options)`` and ``Factory(job, options)``, either also with keyword
    arguments in place of the option string (``V=False, AnalysisType="Classification"``).

    Parameters
    ----------
    job_name : str
        First part of the weight files' names; may be empty.
    *arguments : output file and option string
        The output file is a path, None, or an object with ``GetName()`` and ``Close()``. In the form with two
        arguments a text is the option string, as in ROOT, unless it ends in ``.root``.
    registry : Registry, optional
        Where methods are found; default `tmva_py.plugins.default_registry`.
    **keywords
        Options.

    Raises
    ------
    BookingError
        The arguments fit none of the forms.
    OptionError
        An option is unknown or has a value that is not allowed.
    """

    @overload
    def __init__(
        self,
        job_name: str,
        output: str | os.PathLike[str] | RootFile | None,
        options: str = "",
        /,
        *,
        registry: Registry | None = None,
        V: bool = ...,
        VerboseLevel: str = ...,
        Color: bool = ...,
        Transformations: str = ...,
        Correlations: bool = ...,
        ROC: bool = ...,
        Silent: bool = ...,
        DrawProgressBar: bool = ...,
        ModelPersistence: bool = ...,
        Jobs: int = ...,
        AnalysisType: str = ...,
    ) -> None: ...
    @overload
    def __init__(
        self,
        job_name: str = "",
        options: str = "",
        /,
        *,
        registry: Registry | None = None,
        V: bool = ...,
        VerboseLevel: str = ...,
        Color: bool = ...,
        Transformations: str = ...,
        Correlations: bool = ...,
        ROC: bool = ...,
        Silent: bool = ...,
        DrawProgressBar: bool = ...,
        ModelPersistence: bool = ...,
        Jobs: int = ...,
        AnalysisType: str = ...,
    ) -> None: ...
    def __init__(
        self, job_name: Any = "", *arguments: Any, registry: Registry | None = None, **keywords: Any
    ) -> None:
        target, text = file_and_options("Factory", arguments, keywords)
        self._is_verbose = False
        self._job = Job(
            str(job_name),
            parse_option_string(text, FACTORY_OPTIONS, owner="Factory"),
            OutputFile.from_argument(target, str(job_name)),
            default_registry() if registry is None else registry,
        )
        self._own_data = OwnData()

    @classmethod
    def of(cls, job: Job) -> Factory:
        """Return a job in TMVA's spelling."""
        factory = cls.__new__(cls)
        factory._is_verbose, factory._job, factory._own_data = False, job, OwnData()
        return factory

    def __getattr__(self, name: str) -> Any:
        if name in MOVED_TO_LOADER:
            return getattr(self._own_data.loader(self._job.log, name), name)
        if name in NOT_IN_FACTORY:
            message = f"Factory.{name} is not available in this version: {NOT_IN_FACTORY[name]}"
        else:
            known = [one for one in dir(type(self)) if not one.startswith("_")]
            message = f"Factory has no {name!r}{did_you_mean(name, known)}"
        raise AttributeError(message)

    def __repr__(self) -> str:
        return f"<Factory {self._job.name!r}: {len(self._job.methods)} methods>"

    def _repr_html_(self) -> str:
        rows = [(one.method.info.name, one.method.type_name, one.title) for one in self._job.methods]
        return html_table(repr(self).strip("<>"), ("data set", "method", "title"), rows)

    def GetName(self) -> str:
        """Return the job's name."""
        return self._job.name

    # --- booking ----------------------------------------------------------------------------------------

    @overload
    def BookMethod(
        self, loader: DataLoader, method: EMVA | str, title: str, options: str | None = None
    ) -> BookedMethod | None: ...
    @overload
    def BookMethod(
        self, loader: DataLoader, method: EMVA | str, title: str, **keywords: Any
    ) -> BookedMethod | None: ...
    def BookMethod(
        self, loader: Any, method: Any, title: Any = None, options: Any = None, **keywords: Any
    ) -> BookedMethod | None:
        """Book a method.

        The form before ROOT 6.08, ``(method, title, options)``, books on the factory's own data set.

        Parameters
        ----------
        loader : DataLoader
            The data set.
        method : enumerator or str
            ``Types.kDL`` or ``"DL"``.
        title : str
            The user's name of the method.
        options : str, optional
            The option string.
        **keywords
            Options in place of the string: ``V=False, NTrees=200``.

        Returns
        -------
        BookedMethod or None
            None, with a warning, if the method cannot do the analysis.

        Raises
        ------
        UnknownNameError
            No such method, or none in this version; the message names those that there are.
        BookingError
            The title is taken, or the arguments fit no form.
        OptionError
            An option is unknown or has a value that is not allowed.
        """
        if self._own_data.is_used and options is None and not callable(getattr(loader, "data_set", None)):
            own = self._own_data.loader(self._job.log, "BookMethod")
            if self._job.analysis_type is None and own.info.targets:
                self._job.analysis_type = "Regression"  # what a target meant then
            loader, method, title, options = own, loader, method, title
        if not callable(getattr(loader, "data_set", None)):
            message = (
                f"BookMethod: expected a DataLoader first, got {type(loader).__name__}; since ROOT 6.08 "
                "the form is BookMethod(loader, TMVA.Types.kDL, 'title', 'options')"
            )
            raise BookingError(message)
        if title is None:
            message = f"BookMethod: a title is missing after the method {method!r}"
            raise BookingError(message)
        if options is not None and keywords:
            message = (
                f"BookMethod of {str(title)!r}: give options as one string or as keywords, not both "
                f"(string {str(options)!r}, keywords {', '.join(keywords)})"
            )
            raise BookingError(message)
        text = join_keywords(keywords) if keywords else str(options or "")
        return self._job.book(loader, type_name_of(method), str(title), text)

    def BookMethodWeightfile(self, loader: Any, method: Any, weight_file: Any) -> BookedMethod:
        """Book a method that was trained before, to test and evaluate it with the others.

        Parameters
        ----------
        loader : DataLoader
            The data set, with the variables, spectators and classes of the weight file.
        method : enumerator or str
            ``Types.kDL`` or ``"DL"``.
        weight_file : path
            The weight file, which gives the title.

        Raises
        ------
        BookingError
            The file is of another analysis or data set, or the title is taken.
        WeightFileError, UnknownNameError
            The file cannot be read, or holds another method.
        """
        return self._job.book_weight_file(loader, type_name_of(method), Path(str(weight_file)))

    def MakeClass(self, loader: Any = "", title: Any = "") -> None:
        """Refuse, as `BookedMethod.MakeClass` does: there are no standalone classes in C++ yet."""
        for booked in self._one_or_all(loader, title):
            booked.MakeClass()

    def HasMethod(self, loader: Any, title: Any) -> bool:
        """Return whether a method of this title is booked on a data set (its loader or its name)."""
        return self.GetMethod(loader, title) is not None

    def GetMethod(self, loader: Any, title: Any = None) -> BookedMethod | None:
        """Return the method of this title on a data set (its loader or its name), or None.

        The form before ROOT 6.08, ``(title)``, looks in the factory's own data set.
        """
        if title is None:
            if not self._own_data.is_used:
                message = f"GetMethod: expected a data set and a title, got {str(loader)!r} alone"
                raise BookingError(message)
            loader, title = self._own_data.loader(self._job.log, "GetMethod"), loader
        return self._job.methods.find(name_of(loader), str(title))

    @property
    def fMethodsMap(self) -> MethodsMap:
        """The booked methods by their data sets; scripts call its ``clear()``."""
        return MethodsMap(self._job)

    def DeleteAllMethods(self) -> None:
        """Forget all booked methods."""
        self._job.clear()

    def SetVerbose(self, v: bool = True) -> None:
        """Accept ROOT's call; what is printed does not depend on it."""
        self._is_verbose = bool(v)

    def Verbose(self) -> bool:
        """Return what `SetVerbose` was given."""
        return self._is_verbose

    def PrintHelpMessage(self, loader: Any = "", title: Any = "") -> None:
        """Print the help of one method of a data set, or of all; before ROOT 6.08 the title came alone."""
        for booked in self._one_or_all(loader, title):
            self._job.log.info(f"Print help message for classifier: {booked.title}")
            booked.PrintHelpMessage()

    def _one_or_all(self, loader: Any, title: Any) -> list[BookedMethod]:
        """Return the method of this title, or without a title all those of the data set.

        Before ROOT 6.08 the title came alone.
        """
        if self._own_data.is_used and not str(title):
            loader, title = self._own_data.loader(self._job.log, "a title"), loader
        name = name_of(loader)
        return [self._job.methods.get(name, str(title))] if str(title) else self._job.methods.of(name)

    # --- the job ----------------------------------------------------------------------------------------

    def TrainAllMethods(self) -> None:
        """Train every booked method, write weight files and go on with what they hold; see `Job.train`."""
        self._job.train()

    TrainAllMethodsForClassification = TrainAllMethodsForRegression = TrainAllMethods

    def OptimizeAllMethods(self, fomType: Any = "ROCIntegral", fitType: Any = "FitGA") -> dict[str, float]:
        """Look for the options with which the booked methods separate best, and book these in their place.

        A method is trained again and again, which takes long; the test events say how good it is, so that
        they know its best options when they test it. BDT and SVM are tuned, each among ranges of its own; any
        other method is left as it is, with a warning.

        Parameters
        ----------
        fomType : str, default "ROCIntegral"
            What is to be best: ``Separation``, ``ROCIntegral``, ``SigEffAtBkgEff01``, ``SigEffAtBkgEff001``,
            ``SigEffAtBkgEff002``, ``BkgRejAtSigEff05`` or ``BkgEffAtSigEff05``.
        fitType : str, default "FitGA"
            ``Scan`` tries all combinations; ``FitGA`` and ``Minuit`` search.

        Returns
        -------
        dict
            The parameters of the last method, by name; each method has its own as options.

        Raises
        ------
        UnknownNameError
            There is no such figure or fit; the message names those that there are.
        BookingError
            A method to be tuned is no classification with two classes.
        """
        return self._job.tune(str(fomType), str(fitType))

    OptimizeAllMethodsForClassification = OptimizeAllMethodsForRegression = OptimizeAllMethods

    def TestAllMethods(self) -> None:
        """Let every trained method respond to the test events; see `Job.test`."""
        self._job.test()

    def EvaluateAllMethods(self) -> None:
        """Print TMVA's tables and write the output file; see `Job.evaluate`."""
        self._job.evaluate()

    def EvaluateImportance(
        self,
        loader: Any,
        vitype: Any,
        method: Any,
        title: Any,
        options: Any = "",
        *,
        seeds: int | None = None,
    ) -> HistogramView:
        """Return how much of a method's ROC area each variable brings, in percent.

        The method is trained on subsets of the variables: the gain of a variable is the sum, over subsets
        with it, of the area less that without it; nothing has an area of 0.5. Nothing is written, and the
        factory's own methods are left alone.

        Parameters
        ----------
        loader : DataLoader
            The data set.
        vitype : VIType
            The subsets: ``kShort`` for that of all variables, ``kAll`` for each, ``kRandom`` for some of more
            than ten variables.
        method, title, options
            As of `BookMethod`.
        seeds : int, optional
            Beyond TMVA: the number of subsets for ``kRandom``, by default two for each variable; TMVA
            takes two to the power of the number of variables.

        Returns
        -------
        HistogramView
            One bin for each variable, with its name.

        Raises
        ------
        BookingError
            It is a regression, or the subsets cannot be taken.
        """
        if self._job.analysis_type == "Regression":
            message = "EvaluateImportance compares ROC areas, which a regression does not have"
            raise BookingError(message)
        type_name, text = type_name_of(method), str(options or "")
        trainings = SubsetTrainings(
            loader,
            self._job.without_output,
            lambda job, part: job.book(part, type_name, str(title), text),
        )
        shares = importance_shares(loader, trainings.gains(VIType(int(vitype)), seeds))
        log = MessageLog("Factory")  # printed even if all else is silent, as in TMVA
        for name, share in shares.items():
            log.info(f"--- {name} = {share:g} %")
        return importance_histogram("vih1", "Variable Importance", shares)

    def EvaluateAllVariables(self, loader: DataLoader, options: str = "") -> None:
        """Book each variable as a classifier, so that tables and curves show what it separates alone.

        Called after the training, it trains and tests them at once; the tables follow with
        `EvaluateAllMethods`.

        Parameters
        ----------
        loader : DataLoader
            The data set.
        options : str, optional
            ``V`` for verbose output.
        """
        self._job.evaluate_variables(loader, str(options))
