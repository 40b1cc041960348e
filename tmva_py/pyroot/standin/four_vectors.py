"""``TVector3`` and ``TLorentzVector``: momenta and energies."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from tmva_py.pyroot.standin.objects import TObject

# What ROOT gives for the pseudorapidity along the beam.
_ALONG_THE_BEAM = 10e10


class TVector3(TObject):
    """A vector in space."""

    x: float
    y: float
    z: float

    def __init__(self, x: Any = 0.0, y: float = 0.0, z: float = 0.0) -> None:
        self.x, self.y, self.z = x if isinstance(x, TVector3) else (float(x), float(y), float(z))

    def __iter__(self) -> Iterator[float]:
        return iter((self.x, self.y, self.z))

    def X(self) -> float:
        return self.x

    def Y(self) -> float:
        return self.y

    def Z(self) -> float:
        return self.z

    Px, Py, Pz = X, Y, Z

    def SetXYZ(self, x: float, y: float, z: float) -> None:
        self.x, self.y, self.z = float(x), float(y), float(z)

    def SetX(self, x: float) -> None:
        self.x = float(x)

    def SetY(self, y: float) -> None:
        self.y = float(y)

    def SetZ(self, z: float) -> None:
        self.z = float(z)

    def SetPtEtaPhi(self, pt: float, eta: float, phi: float) -> None:
        self.SetXYZ(*cartesian(pt, eta, phi))

    def SetPtThetaPhi(self, pt: float, theta: float, phi: float) -> None:
        z = abs(pt) / math.tan(theta) if math.tan(theta) else 0.0
        self.SetXYZ(abs(pt) * math.cos(phi), abs(pt) * math.sin(phi), z)

    def SetMagThetaPhi(self, size: float, theta: float, phi: float) -> None:
        across = abs(size) * math.sin(theta)
        self.SetXYZ(across * math.cos(phi), across * math.sin(phi), abs(size) * math.cos(theta))

    def Mag2(self) -> float:
        return self.x**2 + self.y**2 + self.z**2

    def Mag(self) -> float:
        return math.sqrt(self.Mag2())

    def Perp2(self) -> float:
        return self.x**2 + self.y**2

    def Perp(self) -> float:
        return math.sqrt(self.Perp2())

    Pt = Perp

    def Phi(self) -> float:
        return math.atan2(self.y, self.x) if self.x or self.y else 0.0

    def Theta(self) -> float:
        return math.atan2(self.Perp(), self.z) if any(self) else 0.0

    def CosTheta(self) -> float:
        size = self.Mag()
        return self.z / size if size else 1.0

    def Eta(self) -> float:
        cosine = self.CosTheta()
        if cosine**2 < 1:
            return -0.5 * math.log((1 - cosine) / (1 + cosine))
        return math.copysign(_ALONG_THE_BEAM, self.z) if self.z else 0.0

    PseudoRapidity = Eta

    def Dot(self, other: TVector3) -> float:
        return self.x * other.x + self.y * other.y + self.z * other.z

    def Cross(self, other: TVector3) -> TVector3:
        return TVector3(
            self.y * other.z - other.y * self.z,
            self.z * other.x - other.z * self.x,
            self.x * other.y - other.x * self.y,
        )

    def Unit(self) -> TVector3:
        return self.scaled(1 / (self.Mag() or 1.0))

    def Angle(self, other: Any) -> float:
        one = other.Vect() if isinstance(other, TLorentzVector) else other
        sizes = math.sqrt(self.Mag2() * one.Mag2())
        return math.acos(max(-1.0, min(1.0, self.Dot(one) / sizes))) if sizes > 0 else 0.0

    def DeltaPhi(self, other: Any) -> float:
        return angle_between(self.Phi(), other.Phi())

    def DeltaR(self, other: Any) -> float:
        return math.hypot(self.Eta() - other.Eta(), self.DeltaPhi(other))

    def RotateX(self, angle: float) -> None:
        self.y, self.z = _turned(self.y, self.z, angle)

    def RotateY(self, angle: float) -> None:
        self.z, self.x = _turned(self.z, self.x, angle)

    def RotateZ(self, angle: float) -> None:
        self.x, self.y = _turned(self.x, self.y, angle)

    def __add__(self, other: TVector3) -> TVector3:
        return TVector3(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: TVector3) -> TVector3:
        return self + -other

    def __neg__(self) -> TVector3:
        return self.scaled(-1.0)

    def scaled(self, factor: float) -> TVector3:
        """Return a multiple."""
        return TVector3(self.x * factor, self.y * factor, self.z * factor)

    def __mul__(self, other: Any) -> Any:
        return self.Dot(other) if isinstance(other, TVector3) else self.scaled(other)

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TVector3) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # it changes in place


class TLorentzVector(TObject):
    """A momentum with an energy."""

    vector: TVector3
    energy: float

    def __init__(self, x: Any = 0.0, y: float = 0.0, z: float = 0.0, t: float = 0.0) -> None:
        if isinstance(x, TLorentzVector):
            self.vector, self.energy = TVector3(x.vector), x.energy
        elif isinstance(x, TVector3):
            self.vector, self.energy = TVector3(x), float(y)
        else:
            self.vector, self.energy = TVector3(x, y, z), float(t)

    # --- set ------------------------------------------------------------------------------------------

    def SetPxPyPzE(self, x: float, y: float, z: float, energy: float) -> None:
        self.vector.SetXYZ(x, y, z)
        self.energy = float(energy)

    SetXYZT = SetPxPyPzE

    def SetXYZM(self, x: float, y: float, z: float, mass: float) -> None:
        self.vector.SetXYZ(x, y, z)
        square = self.vector.Mag2() + math.copysign(mass**2, mass)
        self.energy = math.sqrt(max(square, 0.0))

    def SetVectM(self, vector: TVector3, mass: float) -> None:
        self.SetXYZM(vector.x, vector.y, vector.z, mass)

    def SetVectMag(self, vector: TVector3, mass: float) -> None:
        self.SetXYZM(vector.x, vector.y, vector.z, mass)

    def SetVect(self, vector: TVector3) -> None:
        self.vector = TVector3(vector)

    def SetPtEtaPhiM(self, pt: float, eta: float, phi: float, mass: float) -> None:
        self.SetXYZM(*cartesian(pt, eta, phi), mass)

    def SetPtEtaPhiE(self, pt: float, eta: float, phi: float, energy: float) -> None:
        self.SetPxPyPzE(*cartesian(pt, eta, phi), energy)

    def SetPerp(self, pt: float) -> None:
        scale = pt / self.Pt() if self.Pt() else 0.0
        self.vector.SetXYZ(self.vector.x * scale, self.vector.y * scale, self.vector.z)

    def SetPx(self, x: float) -> None:
        self.vector.SetX(x)

    def SetPy(self, y: float) -> None:
        self.vector.SetY(y)

    def SetPz(self, z: float) -> None:
        self.vector.SetZ(z)

    def SetE(self, energy: float) -> None:
        self.energy = float(energy)

    SetX, SetY, SetZ, SetT = SetPx, SetPy, SetPz, SetE

    # --- get ------------------------------------------------------------------------------------------

    def Px(self) -> float:
        return self.vector.x

    def Py(self) -> float:
        return self.vector.y

    def Pz(self) -> float:
        return self.vector.z

    def E(self) -> float:
        return self.energy

    X, Y, Z, T, Energy = Px, Py, Pz, E, E

    def __getitem__(self, number: int) -> float:
        return (self.vector.x, self.vector.y, self.vector.z, self.energy)[number]

    __call__ = __getitem__

    def __len__(self) -> int:
        return 4

    def Vect(self) -> TVector3:
        return TVector3(self.vector)

    def P(self) -> float:
        return self.vector.Mag()

    Rho = P

    def Pt(self) -> float:
        return self.vector.Perp()

    Perp = Pt

    def Perp2(self) -> float:
        return self.vector.Perp2()

    def Phi(self) -> float:
        return self.vector.Phi()

    def Theta(self) -> float:
        return self.vector.Theta()

    def CosTheta(self) -> float:
        return self.vector.CosTheta()

    def Eta(self) -> float:
        return self.vector.Eta()

    PseudoRapidity = Eta

    def M2(self) -> float:
        return self.energy**2 - self.vector.Mag2()

    Mag2 = M2

    def M(self) -> float:
        return _root_with_sign(self.M2())

    Mag = M

    def Mt2(self) -> float:
        return self.energy**2 - self.vector.z**2

    def Mt(self) -> float:
        return _root_with_sign(self.Mt2())

    def Et2(self) -> float:
        across = self.vector.Perp2()
        return self.energy**2 * across / self.vector.Mag2() if across else 0.0

    def Et(self) -> float:
        return math.copysign(math.sqrt(self.Et2()), self.energy)

    def Rapidity(self) -> float:
        return 0.5 * math.log((self.energy + self.vector.z) / (self.energy - self.vector.z))

    def Plus(self) -> float:
        return self.energy + self.vector.z

    def Minus(self) -> float:
        return self.energy - self.vector.z

    def Beta(self) -> float:
        return self.P() / self.energy

    def Gamma(self) -> float:
        return 1 / math.sqrt(1 - self.Beta() ** 2)

    # --- two of them ----------------------------------------------------------------------------------

    def Dot(self, other: TLorentzVector) -> float:
        return self.energy * other.energy - self.vector.Dot(other.vector)

    def Angle(self, other: Any) -> float:
        return self.vector.Angle(other)

    def DeltaPhi(self, other: Any) -> float:
        return angle_between(self.Phi(), other.Phi())

    def DeltaR(self, other: Any, by_rapidity: bool = False) -> float:
        along = self.Rapidity() - other.Rapidity() if by_rapidity else self.Eta() - other.Eta()
        return math.hypot(along, self.DeltaPhi(other))

    DrEtaPhi = DeltaR

    def DrRapidityPhi(self, other: Any) -> float:
        return self.DeltaR(other, True)

    def __add__(self, other: TLorentzVector) -> TLorentzVector:
        return TLorentzVector(self.vector + other.vector, self.energy + other.energy)

    def __sub__(self, other: TLorentzVector) -> TLorentzVector:
        return self + -other

    def __neg__(self) -> TLorentzVector:
        return self.scaled(-1.0)

    def scaled(self, factor: float) -> TLorentzVector:
        """Return a multiple."""
        return TLorentzVector(self.vector.scaled(factor), self.energy * factor)

    def __mul__(self, other: Any) -> Any:
        return self.Dot(other) if isinstance(other, TLorentzVector) else self.scaled(other)

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TLorentzVector) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # it changes in place

    # --- changed in place -----------------------------------------------------------------------------

    def BoostVector(self) -> TVector3:
        return self.vector.scaled(1 / self.energy)

    def Boost(self, x: Any, y: float = 0.0, z: float = 0.0) -> None:
        """Go into another frame, which moves with a velocity in units of light's."""
        velocity = TVector3(x, y, z)
        square = velocity.Mag2()
        gamma = 1 / math.sqrt(1 - square)
        along = velocity.Dot(self.vector)
        more = (gamma - 1) / square if square > 0 else 0.0
        self.vector = self.vector + velocity.scaled(more * along + gamma * self.energy)
        self.energy = gamma * (self.energy + along)

    def RotateX(self, angle: float) -> None:
        self.vector.RotateX(angle)

    def RotateY(self, angle: float) -> None:
        self.vector.RotateY(angle)

    def RotateZ(self, angle: float) -> None:
        self.vector.RotateZ(angle)


def cartesian(pt: float, eta: float, phi: float) -> tuple[float, float, float]:
    """Return a momentum along x, y and z."""
    size = abs(pt)
    return size * math.cos(phi), size * math.sin(phi), size * math.sinh(eta)


def angle_between(first: float, second: float) -> float:
    """Return the difference of two angles, from -π to π."""
    found = math.remainder(first - second, 2 * math.pi)
    return math.pi if found == -math.pi else found


def _root_with_sign(square: float) -> float:
    return math.copysign(math.sqrt(abs(square)), square)


def _turned(first: float, second: float, angle: float) -> tuple[float, float]:
    sine, cosine = math.sin(angle), math.cos(angle)
    return cosine * first - sine * second, sine * first + cosine * second
