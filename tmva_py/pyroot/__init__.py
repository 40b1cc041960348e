"""Scripts that were written for ROOT: importing this gives them a module ``ROOT`` with this package's TMVA.

``import ROOT`` and ``from ROOT import TMVA`` then work. With ROOT's wheel the module is ROOT itself, in which
``ROOT.TMVA`` is this package; without, it is a stand-in for what booking scripts touch of ROOT.
"""

from tmva_py.pyroot.installing import install, uninstall

__all__ = ["install", "uninstall"]

install()
