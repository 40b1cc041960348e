"""Variable transformations: the interface, TMVA's own, and chains of them."""

from __future__ import annotations

from tmva_py.data.transformations.base import VariableTransformation
from tmva_py.data.transformations.chain import TransformationChain, TransformationStep
from tmva_py.data.transformations.decorrelate import DecorrelateTransformation
from tmva_py.data.transformations.gauss import GaussTransformation
from tmva_py.data.transformations.grammar import parse_chain, split_chains
from tmva_py.data.transformations.identity import IdentityTransformation
from tmva_py.data.transformations.normalize import NormalizeTransformation
from tmva_py.data.transformations.principal_components import PrincipalComponentsTransformation
from tmva_py.data.transformations.selection import Selection
from tmva_py.data.transformations.uniform import UniformTransformation

__all__ = [
    "DecorrelateTransformation",
    "GaussTransformation",
    "IdentityTransformation",
    "NormalizeTransformation",
    "PrincipalComponentsTransformation",
    "Selection",
    "TransformationChain",
    "TransformationStep",
    "UniformTransformation",
    "VariableTransformation",
    "parse_chain",
    "split_chains",
]
