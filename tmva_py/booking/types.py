"""``TMVA.Types``: the enumerations that booking scripts name."""

from __future__ import annotations

import enum
from typing import Any

from tmva_py.errors import UnknownNameError, did_you_mean


class EMVA(enum.IntEnum):
    """Methods. The numbers are ROOT's of today; ROOT has shifted them before, so go by the names."""

    kVariable = 0
    kCuts = 1
    kLikelihood = 2
    kPDERS = 3
    kHMatrix = 4
    kFisher = 5
    kKNN = 6
    kCFMlpANN = 7
    kTMlpANN = 8
    kBDT = 9
    kDT = 10
    kRuleFit = 11
    kSVM = 12
    kMLP = 13
    kBayesClassifier = 14
    kFDA = 15
    kBoost = 16
    kPDEFoam = 17
    kLD = 18
    kPlugins = 19
    kCategory = 20
    kDNN = 21
    kDL = 22
    kPyRandomForest = 23
    kPyAdaBoost = 24
    kPyGTB = 25
    kPyKeras = 26
    kPyTorch = 27
    kC50 = 28
    kRSNNS = 29
    kRSVM = 30
    kRXGB = 31
    kCrossValidation = 32
    kMaxMethod = 33

    @property
    def type_name(self) -> str:
        """The method's name in weight files and in ``BookMethod``: ``kDL`` is ``"DL"``."""
        return self.name.removeprefix("k")


class EAnalysisType(enum.IntEnum):
    """What is to be learnt."""

    kClassification = 0
    kRegression = 1
    kMulticlass = 2
    kNoAnalysisType = 3
    kMaxAnalysisType = 4


class ETreeType(enum.IntEnum):
    """What a tree's events are for; ``kMaxTreeType`` leaves it to the split."""

    kTraining = 0
    kTesting = 1
    kMaxTreeType = 2
    kValidation = 3
    kTrainingOriginal = 4


class ESBType(enum.IntEnum):
    """Signal, background or both."""

    kSignal = 0
    kBackground = 1
    kSBBoth = 2
    kMaxSBType = 3
    kTrueType = 4


class VIType(enum.IntEnum):
    """How variable importance is sampled."""

    kShort = 0
    kAll = 1
    kRandom = 2


class HistType(enum.IntEnum):
    """What `mvas` draws."""

    kMVAType = 0
    kProbaType = 1
    kRarityType = 2
    kCompareType = 3


class _TypesMeta(type):
    """Gives the enumerators as attributes of `Types`, as in C++, and names the nearest one when missed."""

    def __getattr__(cls, name: str) -> Any:
        for kind in _SCOPED:
            if name in kind.__members__:
                return kind[name]
        if name in _ENUMERATIONS:
            return _ENUMERATIONS[name]
        if name.startswith("__"):
            raise AttributeError(name)
        known = [member for kind in _SCOPED for member in kind.__members__]
        message = f"TMVA.Types has no {name!r}{did_you_mean(name, known)}"
        raise AttributeError(message)

    def __dir__(cls) -> list[str]:
        return [*super().__dir__(), *(member for kind in _SCOPED for member in kind.__members__)]


class Types(metaclass=_TypesMeta):
    """The scope of TMVA's enumerations, such as ``Types.kDL`` and ``Types.kClassification``.

    Examples
    --------
    >>> Types.kDL.type_name
    'DL'
    >>> Types.Instance().GetMethodName(Types.kBDT)
    'BDT'
    """

    @classmethod
    def Instance(cls) -> type[Types]:
        """Return the class itself: there is nothing to construct."""
        return cls

    @staticmethod
    def GetMethodName(method: EMVA) -> str:
        """Return the type-name string of a method enumerator."""
        return EMVA(method).type_name

    @staticmethod
    def GetMethodType(method: str) -> EMVA:
        """Return the enumerator of a type-name string.

        Raises
        ------
        UnknownNameError
            There is no such method; case counts, as in ROOT.
        """
        by_name = {member.type_name: member for member in EMVA if member is not EMVA.kMaxMethod}
        if method not in by_name:
            message = f"unknown method type {method!r}{did_you_mean(method, by_name)}"
            message += f"\n  known: {', '.join(by_name)}"
            raise UnknownNameError(message)
        return by_name[method]


_SCOPED: tuple[type[enum.IntEnum], ...] = (EMVA, EAnalysisType, ETreeType, ESBType)
_ENUMERATIONS = {kind.__name__: kind for kind in _SCOPED}


def type_name_of(method: object) -> str:
    """Return the type-name string of what a script gives as a method's type.

    Parameters
    ----------
    method : EMVA, str, or an enumerator of PyROOT
        ``Types.kDL``, ``"DL"``, or anything whose ``name`` attribute is ``"kDL"``.

    Raises
    ------
    UnknownNameError
        It is neither; a number is refused, since ROOT's numbers have changed between releases.
    """
    if isinstance(method, EMVA):
        return method.type_name
    if isinstance(method, str):
        return method
    name = getattr(method, "name", None)
    if isinstance(name, str) and name in EMVA.__members__:
        return EMVA[name].type_name
    # A TString of PyROOT compares and prints like a text, but is not a str.
    text = str(method)
    if not isinstance(method, int) and text in {member.type_name for member in EMVA}:
        return text
    message = (
        f"a method's type must be one of TMVA.Types (TMVA.Types.kDL) or its name ('DL'), got {method!r}"
        + ("; numbers differ between ROOT releases" if isinstance(method, int) else "")
    )
    raise UnknownNameError(message)
