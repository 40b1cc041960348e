"""Backends: where arrays live and in which precision, passed explicitly."""

from __future__ import annotations

from tmva_py.backends.base import Array, Backend
from tmva_py.backends.blas_threads import one_blas_thread
from tmva_py.backends.selection import make_backend, why_unavailable

__all__ = ["Array", "Backend", "make_backend", "one_blas_thread", "why_unavailable"]
