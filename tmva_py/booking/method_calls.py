"""What scripts call on a booked method, in TMVA's spelling."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tmva_py.booking.config import gConfig
from tmva_py.booking.cuts_method import MethodCuts
from tmva_py.booking.loader_arguments import tree_type_of
from tmva_py.booking.types import Types
from tmva_py.data.event_reading import TreeType
from tmva_py.errors import BookingError
from tmva_py.evaluation import ClassificationEvaluation
from tmva_py.message_log import MessageLog
from tmva_py.methods import Method, TrainedMethod
from tmva_py.methods.cuts.model import CutsModel
from tmva_py.methods.weight_file import write_weight_file

_UNTESTED_CUT = 0.5


class MethodCalls:
    """The calls; `tmva_py.booking.booked_method.BookedMethod` does what they need."""

    method: Method
    title: str
    weight_file: Path
    test_response: Any
    _job_name: str
    _option_text: str
    _log: MessageLog

    train_alone: Callable[[], None]

    @property
    def trained(self) -> TrainedMethod:
        """The method after its training."""
        raise NotImplementedError

    def evaluation(self, n_response_bins: int, n_curve_bins: int) -> ClassificationEvaluation:
        """Return the two-class evaluation of both samples."""
        raise NotImplementedError

    # --- training ---------------------------------------------------------------------------------------

    def TrainMethod(self) -> None:
        """Train this method alone, as `Factory.TrainAllMethods` does each."""
        self.train_alone()

    # --- names ------------------------------------------------------------------------------------------

    def GetName(self) -> str:
        """Return the title."""
        return self.title

    GetMethodName = GetName

    def GetMethodTypeName(self) -> str:
        """Return the type's name, such as ``"DL"``."""
        return self.method.type_name

    def GetMethodType(self) -> Any:
        """Return the enumerator of the type; for a plugin's type the name."""
        return getattr(Types, f"k{self.method.type_name}", self.method.type_name)

    def GetJobName(self) -> str:
        """Return the factory's job name."""
        return self._job_name

    def GetTestvarName(self) -> str:
        """Return ``MVA_<title>``."""
        return f"MVA_{self.title}"

    def GetWeightFileName(self) -> str:
        """Return the weight file's path."""
        return str(self.weight_file)

    def GetOptions(self) -> str:
        """Return the option string."""
        return self._option_text

    def PrintHelpMessage(self) -> None:
        """Write the method's help."""
        self.method.log_help()

    # --- variables --------------------------------------------------------------------------------------

    def GetNvar(self) -> int:
        """Return the number of variables."""
        return len(self.method.info.variables)

    def GetInputVar(self, index: int) -> str:
        """Return a variable's internal name, that of branches and histograms."""
        return self.method.info.variables[index].internal_name

    def GetInputLabel(self, index: int) -> str:
        """Return a variable's label."""
        return self.method.info.variables[index].label

    def GetInputTitle(self, index: int) -> str:
        """Return a variable's title."""
        return self.method.info.variables[index].title

    # --- after training and tests -----------------------------------------------------------------------

    def GetTrainTime(self) -> float:
        """Return the seconds that the training took."""
        return self.trained.training_time

    def GetSignalReferenceCut(self) -> float:
        """Return the response at which as much signal is lost as background is kept; 0.5 before the tests."""
        return self._two_class().reference_cut if self.test_response is not None else _UNTESTED_CUT

    def GetSeparation(self) -> float:
        """Return the separation of the test sample's responses to signal and background."""
        return self._two_class().separation

    def GetSignificance(self) -> float:
        """Return the distance of the mean responses in units of their widths, of the test sample."""
        return self._two_class().significance

    def GetROCIntegral(self) -> float:
        """Return the area under the unbinned ROC curve of the test sample."""
        return self._two_class().roc_area

    def GetEfficiency(self, what: Any = "", kind: Any = TreeType.TESTING, err: Any = None) -> float:
        """Return the signal efficiency at a background efficiency, ``"Efficiency:0.1"``, or the area.

        As in TMVA, `kind` makes no difference: it is that of the test sample. The first item of `err`, a list
        or an array, gets the error of the efficiency, 0 for the area.
        """
        tree_type_of(kind)
        value = self._background_efficiency(what)
        evaluation = self._two_class()
        if err is not None:
            err[0] = 0.0 if value is None else evaluation.signal_efficiency_error_at(value)
        return evaluation.area if value is None else evaluation.signal_efficiency_at(value)

    def GetTrainingEfficiency(self, what: Any) -> float:
        """Return the signal efficiency "from training sample" at a background efficiency."""
        value = self._background_efficiency(what)
        if value is None:
            message = f"{self.title!r}: GetTrainingEfficiency needs a background efficiency, 'Efficiency:0.1'"
            raise BookingError(message)
        return self._two_class().training_signal_efficiency_at(value)

    def GetCuts(self, effS: float, cutMin: Any = None, cutMax: Any = None) -> Any:
        """Return the cuts of a method of cuts for a signal efficiency; see `MethodCuts.GetCuts`."""
        return self._cuts("GetCuts").GetCuts(effS, cutMin, cutMax)

    def PrintCuts(self, effS: float) -> None:
        """Print the cuts of a method of cuts for a signal efficiency."""
        self._cuts("PrintCuts").PrintCuts(effS)

    def WriteStateToFile(self, path: str | os.PathLike[str] | None = None) -> None:
        """Write the weight file, as the training does; beyond TMVA, to another place too."""
        target = self.weight_file if path is None else Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._log.info(f"Creating xml weight file: {target}")
        write_weight_file(self.trained, target)

    def MakeClass(self, path: Any = "") -> None:
        """Refuse: there are no standalone classes in C++ yet.

        Raises
        ------
        BookingError
            Always.
        """
        del path
        message = (
            f"{self.title!r}: MakeClass does not write a standalone C++ class in this version; ROOT's Reader "
            f"and this one read the weight file {str(self.weight_file)!r}"
        )
        raise BookingError(message)

    def _two_class(self) -> ClassificationEvaluation:
        plotting = gConfig().GetVariablePlotting()
        if self.method.analysis_type != "Classification" or not self.trained.model.has_response:
            message = (
                f"{self.title!r} has no response of two classes: separations and efficiencies are of those"
            )
            raise BookingError(message)
        return self.evaluation(plotting.fNbinsMVAoutput, plotting.fNbinsXOfROCCurve)

    def _background_efficiency(self, what: Any) -> float | None:
        text = str(what).removeprefix("Efficiency:").strip()
        try:
            return float(text) if text else None
        except ValueError:
            message = f"{self.title!r}: expected 'Efficiency:0.1' or an empty text, got {str(what)!r}"
            raise BookingError(message) from None

    def _cuts(self, function: str) -> MethodCuts:
        if not isinstance(self.trained.model, CutsModel):
            message = f"{self.title!r} is {self.method.type_name}: {function} is for Types.kCuts"
            raise BookingError(message)
        return MethodCuts.of(self.trained)
