"""``ROOT.Math``: its vectors of four by their coordinates, and ``VectorUtil``."""

from __future__ import annotations

import math
from typing import Any

from tmva_py.pyroot.standin.four_vectors import TLorentzVector, TVector3, cartesian
from tmva_py.pyroot.standin.missing import needs_root


class _FourVector(TLorentzVector):
    """What these vectors have beside `TLorentzVector`'s functions: the same ones in small letters."""

    def __getattr__(self, name: str) -> Any:
        known = {"mass": "M", "energy": "E", "mass2": "M2", "r": "P"}.get(name, name.capitalize())
        if name[:1].islower() and hasattr(TLorentzVector, known):
            return getattr(self, known)
        return super().__getattr__(name)

    def __add__(self, other: TLorentzVector) -> TLorentzVector:
        return self._same(super().__add__(other))

    def __mul__(self, other: Any) -> Any:
        found = super().__mul__(other)
        return self._same(found) if isinstance(found, TLorentzVector) else found

    __rmul__ = __mul__

    def _same(self, found: TLorentzVector) -> TLorentzVector:
        made = type(self)()
        made.vector, made.energy = found.vector, found.energy
        return made


class PxPyPzEVector(_FourVector):
    """A vector of momentum and energy."""


XYZTVector = LorentzVector = PxPyPzEVector


class PxPyPzMVector(_FourVector):
    """A vector of momentum and mass."""

    def __init__(self, x: Any = 0.0, y: float = 0.0, z: float = 0.0, mass: float = 0.0) -> None:
        super().__init__(x)
        if not isinstance(x, TLorentzVector):
            self.SetXYZM(x, y, z, mass)


class PtEtaPhiMVector(_FourVector):
    """A vector of transverse momentum, pseudorapidity, angle and mass."""

    def __init__(self, pt: Any = 0.0, eta: float = 0.0, phi: float = 0.0, mass: float = 0.0) -> None:
        super().__init__(pt)
        if not isinstance(pt, TLorentzVector):
            self.SetXYZM(*cartesian(pt, eta, phi), mass)


class PtEtaPhiEVector(_FourVector):
    """A vector of transverse momentum, pseudorapidity, angle and energy."""

    def __init__(self, pt: Any = 0.0, eta: float = 0.0, phi: float = 0.0, energy: float = 0.0) -> None:
        super().__init__(pt)
        if not isinstance(pt, TLorentzVector):
            self.SetPtEtaPhiE(pt, eta, phi, energy)


class VectorUtil:
    """Functions of two vectors."""

    @staticmethod
    def DeltaR(first: Any, second: Any) -> float:
        return float(first.DeltaR(second))

    @staticmethod
    def DeltaPhi(first: Any, second: Any) -> float:
        # The other way round than TLorentzVector's.
        return float(second.DeltaPhi(first))

    @staticmethod
    def InvariantMass(first: Any, second: Any) -> float:
        return float((first + second).M())

    @staticmethod
    def Angle(first: Any, second: Any) -> float:
        return float(first.Angle(second))

    @staticmethod
    def CosTheta(first: Any, second: Any) -> float:
        return math.cos(first.Angle(second))


class _Math:
    """``ROOT.Math``."""

    PxPyPzEVector, XYZTVector, LorentzVector = PxPyPzEVector, XYZTVector, LorentzVector
    PxPyPzMVector, PtEtaPhiMVector, PtEtaPhiEVector = PxPyPzMVector, PtEtaPhiMVector, PtEtaPhiEVector
    XYZVector = TVector3
    VectorUtil = VectorUtil

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        call = f"ROOT.Math.{name}"
        raise needs_root(call, [one for one in vars(_Math) if not one.startswith("_")])


Math = _Math()
