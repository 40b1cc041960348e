"""Methods of objects that are vectors, from their members, by the formulas of ROOT's classes.

TLorentzVector, TVector2 and TVector3, and of ROOT::Math LorentzVector, PositionVector and DisplacementVector.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tmva_py.lazy import lazy

Values: TypeAlias = npt.NDArray[np.float64]

_ETA_LIMIT = 22756.0  # what ROOT::Math adds to z where the transverse part is 0
_OLD_ETA_LIMIT = 10e10  # what TVector3 gives there

#: Which members hold the coordinates, by kind of class; the first set that an object has is taken.
_CARTESIAN = {"x": "fX", "y": "fY", "z": "fZ"}
_MEMBERS: dict[str, tuple[dict[str, str], ...]] = {
    "TLorentzVector": ({"x": "fP.fX", "y": "fP.fY", "z": "fP.fZ", "e": "fE"},),
    "TVector3": (_CARTESIAN,),
    "TVector2": ({"x": "fX", "y": "fY"},),
    "LorentzVector": (
        {**_CARTESIAN, "e": "fT"},
        {**_CARTESIAN, "m": "fM"},
        {"pt": "fPt", "eta": "fEta", "phi": "fPhi", "m": "fM"},
        {"pt": "fPt", "eta": "fEta", "phi": "fPhi", "e": "fE"},
    ),
    "Vector3D": (
        _CARTESIAN,
        {"r": "fR", "theta": "fTheta", "phi": "fPhi"},
        {"pt": "fRho", "eta": "fEta", "phi": "fPhi"},
        {"pt": "fRho", "z": "fZ", "phi": "fPhi"},
    ),
    "Vector2D": ({"x": "fX", "y": "fY"}, {"pt": "fR", "phi": "fPhi"}),
}
_CLASS = re.compile(
    r"(?:.*[<:])?(?P<old>TLorentzVector|TVector2|TVector3)\b"
    r"|.*ROOT::Math::(?:(?P<four>LorentzVector)|(?:Displacement|Position)(?P<three>Vector[23]D))<"
)


@dataclass(frozen=True)
class VectorMethod:
    """A method of an object: the members that it needs, and its values from theirs."""

    members: tuple[str, ...]
    compute: Callable[[Mapping[str, npt.NDArray[Any]]], Values]


def kind_of(class_name: str) -> str:
    """Return which of the vectors a class is, or is a list of; empty for any other class.

    Examples
    --------
    >>> kind_of("vector<ROOT::Math::LorentzVector<ROOT::Math::PtEtaPhiM4D<float> > >")
    'LorentzVector'
    >>> kind_of("Muon")
    ''
    """
    match = _CLASS.match(class_name)
    return (match["old"] or match["four"] or match["three"]) if match else ""


def methods_of(kind: str) -> tuple[str, ...]:
    """Return the methods that are known of a kind."""
    return tuple(_METHODS.get(kind, ()))


def method_of(kind: str, name: str, has: Callable[[str], bool]) -> VectorMethod | None:
    """Return a method of an object that `has` some members, or None if it cannot be computed."""
    attribute = _METHODS.get(kind, {}).get(name)
    if attribute is None:
        return None
    prefix = "fCoordinates." if kind[0] in "LV" else ""
    for members in _MEMBERS[kind]:
        if all(has(prefix + member) for member in members.values()):
            needed = tuple(prefix + member for member in members.values())

            def compute(columns: Mapping[str, npt.NDArray[Any]], members: dict[str, str] = members) -> Values:
                given = {key: columns[prefix + member] for key, member in members.items()}
                with np.errstate(all="ignore"):
                    vector = _Vector({key: np.asarray(one, np.float64) for key, one in given.items()}, kind)
                    return np.asarray(getattr(vector, attribute), np.float64)

            return VectorMethod(needed, compute)
    return None


def _signed_root(square: Values) -> Values:
    return np.where(square < 0, -np.sqrt(-square), np.sqrt(square))


class _Vector:
    """A vector with whatever coordinates are stored; all others follow from them."""

    def __init__(self, stored: dict[str, Values], kind: str) -> None:
        self.__dict__.update(stored)  # a stored coordinate goes before the property of its name
        self._stored = stored
        self._is_old = kind.startswith("T")

    @lazy
    def x(self) -> Values:
        return self.pt * np.cos(self.phi)

    @lazy
    def y(self) -> Values:
        return self.pt * np.sin(self.phi)

    @lazy
    def z(self) -> Values:
        if "r" in self._stored:
            return self.r * np.cos(self.theta)
        eta = self.eta
        return np.where(self.pt > 0, self.pt * np.sinh(eta), eta - np.copysign(_ETA_LIMIT, eta) * (eta != 0))

    @lazy
    def pt(self) -> Values:
        return self.r * np.sin(self.theta) if "r" in self._stored else np.sqrt(self.pt2)

    @lazy
    def pt2(self) -> Values:
        return self.x**2 + self.y**2 if "x" in self._stored else self.pt**2

    @lazy
    def phi(self) -> Values:
        return np.arctan2(self.y, self.x)

    @lazy
    def phi_from_zero(self) -> Values:
        return np.pi + np.where((self.x == 0) & (self.y == 0), 0.0, np.arctan2(-self.y, -self.x))

    @lazy
    def p2(self) -> Values:
        return self.x**2 + self.y**2 + self.z**2 if "x" in self._stored else self.r**2

    @lazy
    def r(self) -> Values:
        if "eta" in self._stored:
            return np.where(self.pt > 0, self.pt * np.cosh(self.eta), np.abs(self.z))
        return np.sqrt(self.pt2 + self.z**2)

    @lazy
    def theta(self) -> Values:
        if "eta" in self._stored:
            return np.where(self.pt > 0, 2 * np.arctan(np.exp(-self.eta)), np.where(self.z >= 0, 0, np.pi))
        return np.arctan2(self.pt, self.z)

    @lazy
    def cos_theta(self) -> Values:
        return np.where(self.r == 0, 1.0, self.z / self.r)

    @lazy
    def eta(self) -> Values:
        if self._is_old:
            cosine = self.cos_theta
            along = np.where(self.z == 0, 0.0, np.copysign(_OLD_ETA_LIMIT, self.z))
            return np.where(cosine**2 < 1, -0.5 * np.log((1 - cosine) / (1 + cosine)), along)
        if "theta" in self._stored:
            tangent = np.tan(self.theta / 2)
            return np.where(tangent == 0, self.r + _ETA_LIMIT, -np.log(tangent))
        along = np.where(self.z == 0, 0.0, self.z + np.copysign(_ETA_LIMIT, self.z))
        return np.where(self.pt > 0, np.arcsinh(self.z / self.pt), along)

    @lazy
    def e(self) -> Values:
        return np.sqrt(np.maximum(self.p2 + self.m2, 0))

    @lazy
    def m2(self) -> Values:
        return self.m * np.abs(self.m) if "m" in self._stored else self.e**2 - self.p2

    @lazy
    def m(self) -> Values:
        return _signed_root(self.m2)

    @lazy
    def mt2(self) -> Values:
        return self.m2 + self.pt2 if "m" in self._stored else self.e**2 - self.z**2

    @lazy
    def mt(self) -> Values:
        return _signed_root(self.mt2)

    @lazy
    def et2(self) -> Values:
        if "eta" in self._stored:
            return (self.e / np.cosh(self.eta)) ** 2
        return np.where(self.pt2 == 0, 0.0, self.e**2 * self.pt2 / (self.pt2 + self.z**2))

    @lazy
    def et(self) -> Values:
        return np.copysign(np.sqrt(self.et2), self.e)

    @lazy
    def rapidity(self) -> Values:
        return 0.5 * np.log((self.e + self.z) / (self.e - self.z))

    @lazy
    def beta(self) -> Values:
        beta = self.r / self.e
        return beta if self._is_old else np.where((self.e == 0) & (self.p2 == 0), 0.0, beta)

    @lazy
    def gamma(self) -> Values:
        if self._is_old:
            return 1 / np.sqrt(1 - self.beta**2)
        at_rest = (self.e == 0) & (self.p2 == 0)
        gamma = np.where(self.e**2 >= self.p2, 1 / np.sqrt(1 - self.p2 / self.e**2), 0.0)
        return np.where(at_rest, 1.0, gamma)

    @lazy
    def plus(self) -> Values:
        return self.e + self.z

    @lazy
    def minus(self) -> Values:
        return self.e - self.z


_PLANE = {"X": "x", "Y": "y"}
_SPACE = {**_PLANE, "Z": "z", "Theta": "theta", "Phi": "phi", "Eta": "eta", "Mag2": "p2", "Perp2": "pt2"}
_OLD_SPACE = {
    **_SPACE, "x": "x", "y": "y", "z": "z", "Px": "x", "Py": "y", "Pz": "z", "Mag": "r", "Perp": "pt",
    "Pt": "pt", "CosTheta": "cos_theta", "PseudoRapidity": "eta",
}  # fmt: skip
_FOUR = {
    "Px": "x", "Py": "y", "Pz": "z", "E": "e", "P": "r", "Pt": "pt", "M": "m", "M2": "m2", "Mt": "mt",
    "Mt2": "mt2", "Et": "et", "Et2": "et2", "Rapidity": "rapidity", "Beta": "beta", "Gamma": "gamma",
}  # fmt: skip
_METHODS: dict[str, dict[str, str]] = {
    "TVector2": {**_PLANE, "Px": "x", "Py": "y", "Mod": "pt", "Mod2": "pt2", "Phi": "phi_from_zero"},
    "TVector3": _OLD_SPACE,
    "TLorentzVector": {
        **_OLD_SPACE, **_FOUR, "T": "e", "Energy": "e", "Rho": "r", "Mag": "m", "Mag2": "m2", "Plus": "plus",
        "Minus": "minus",
    },
    "Vector2D": {
        **_PLANE, "R": "pt", "Mag2": "pt2", "Phi": "phi", "x": "x", "y": "y", "r": "pt", "phi": "phi",
    },
    "Vector3D": {
        **_SPACE, "R": "r", "Rho": "pt", "x": "x", "y": "y", "z": "z", "r": "r", "rho": "pt",
        "theta": "theta", "phi": "phi", "eta": "eta", "mag2": "p2", "perp2": "pt2",
    },
    "LorentzVector": {
        **_PLANE, **_FOUR, "Z": "z", "T": "e", "Theta": "theta", "Phi": "phi", "Eta": "eta", "R": "r",
        "Rho": "pt", "P2": "p2", "Perp2": "pt2", "mass": "m", "mag": "m", "mag2": "m2", "energy": "e",
        "px": "x", "py": "y", "pz": "z", "pt": "pt", "eta": "eta", "phi": "phi", "theta": "theta", "mt": "mt",
        "mt2": "mt2",
    },
}  # fmt: skip
_METHODS["TLorentzVector"].pop("x")
_METHODS["TLorentzVector"].pop("y")
_METHODS["TLorentzVector"].pop("z")
