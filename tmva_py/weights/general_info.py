"""``<GeneralInfo>``: who wrote a weight file, when, where and of which release its format is."""

from __future__ import annotations

import functools
import getpass
import os
import platform
import time
from importlib import metadata

from tmva_py.data import AnalysisType
from tmva_py.xml_text import format_double

TRAINING_EVENTS, TRAINING_TIME = "Training events", "TrainingTime"
"""Names in ``<GeneralInfo>``."""

TMVA_RELEASE = "4.2.1 [262657]"
ROOT_RELEASE = "6.32/04 [401412]"
"""The releases whose format is written."""


def new_general_info(n_events: int, duration: float, analysis_type: AnalysisType) -> dict[str, str]:
    """Return ``<GeneralInfo>`` of a method that has just been trained."""
    return {
        "TMVA Release": TMVA_RELEASE,
        "ROOT Release": ROOT_RELEASE,
        "Creator": f"{_user()} (tmva_py {_version()})",
        "Date": time.ctime(),
        "Host": " ".join(part for part in platform.uname() if part),
        "Dir": os.getcwd(),
        TRAINING_EVENTS: str(n_events),
        TRAINING_TIME: format_double(duration, 8),
        "AnalysisType": analysis_type,
    }


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user without a name, as in a container
        return "unknown"


@functools.cache
def _version() -> str:
    try:
        return metadata.version("tmva-py")
    except metadata.PackageNotFoundError:
        return "not installed"
