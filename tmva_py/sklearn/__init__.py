"""Estimators in scikit-learn's manner: networks, and any method that can be booked."""

from __future__ import annotations

from tmva_py.errors import missing_extra

try:
    from sklearn.utils.validation import validate_data as _since_1_6  # noqa: F401
except ImportError:
    missing = missing_extra("scikit-learn 1.6 or later", "sklearn", "for tmva_py.sklearn")
    raise missing from None

from tmva_py.sklearn.method import MethodClassifier
from tmva_py.sklearn.network import NetworkClassifier, NetworkRegressor

__all__ = ["MethodClassifier", "NetworkClassifier", "NetworkRegressor"]
