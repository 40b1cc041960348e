"""Files of foams as ROOT's own streamers read them; `make test-root` installs it and runs these."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from foams import small_foam

from tmva_py.methods.pdefoam.foam_file import write_foams

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of an alpha version
    ROOT: Any = pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")

pytestmark = pytest.mark.root

# The members of TMVA's classes that a file holds, in their order: PyROOT comes without TMVA.
CLASSES = """
#include "TObjArray.h"
#include "TRandom3.h"
#include "TRef.h"
#include "TVectorD.h"
namespace TMVA {
class PDEFoamCell : public TObject {
public:
   Short_t fDim; Int_t fSerial, fStatus; TRef fParent, fDaught0, fDaught1; Double_t fXdiv; Int_t fBest;
   Double_t fVolume, fIntegral, fDrive; TObject *fElement = nullptr;
   ClassDefInline(PDEFoamCell, 2)
};
enum EFoamType { kSeparate };
enum EDTSeparation { kFoam };
class PDEFoam : public TObject {
public:
   TString fName; Int_t fDim, fNCells, fNBin, fNSampl, fEvPerBin, fNoAct, fLastCe;
   PDEFoamCell **fCells = nullptr; //[fNCells]
   TObjArray *fHistEdg = nullptr;
   Double_t *fRvec = nullptr; //[fDim]
   TRandom3 *fPseRan = nullptr;
   Double_t *fAlpha = nullptr; //[fDim]
   EFoamType fFoamType;
   Double_t *fXmin = nullptr; //[fDim]
   Double_t *fXmax = nullptr; //[fDim]
   UInt_t fNElements, fNmin, fMaxDepth; Float_t fVolFrac; Bool_t fFillFoamWithOrigWeights;
   EDTSeparation fDTSeparation; Bool_t fPeekMax; TObjArray *fVariableNames = nullptr;
   ClassDefInline(PDEFoam, 7)
};
class PDEFoamDiscriminant : public PDEFoam {
public:
   UInt_t fClass;
   ClassDefInline(PDEFoamDiscriminant, 1)
};
}
"""


def test_root_reads_foams(tmp_path: Path) -> None:
    ROOT.gErrorIgnoreLevel = ROOT.kError
    assert ROOT.gInterpreter.Declare(CLASSES)
    foams = [small_foam(), small_foam(name="Other", selector=3)]
    write_foams(tmp_path / "x_foams.root", foams, compress=True)
    file = ROOT.TFile(str(tmp_path / "x_foams.root"))
    for expected in foams:
        seen = file.Get(expected.name)
        assert (seen.fName, seen.fDim, seen.fNCells, seen.fClass) == (expected.name, 2, 5, expected.selector)
        assert (seen.fNoAct, seen.fLastCe, seen.fNBin, seen.fNSampl) == (3, 4, 5, 2000)
        assert [(seen.fXmin[i], seen.fXmax[i]) for i in range(2)] == [(-1.0, 1.0), (0.0, 4.0)]
        assert [str(one.GetString()) for one in seen.fVariableNames] == ["a", "b"]
        for number in range(5):
            cell = seen.fCells[number]
            relatives = [one.GetObject() for one in (cell.fParent, cell.fDaught0, cell.fDaught1)]
            assert [one.fSerial if one else -1 for one in relatives] == [
                expected.parent[number],
                *expected.daughters[number],
            ]
            # Those of this foam, not of the other one.
            assert all(one == seen.fCells[one.fSerial] for one in relatives if one)
            assert (cell.fSerial, cell.fBest, cell.fXdiv) == (
                number,
                expected.axis[number],
                expected.division[number],
            )
            assert (cell.fVolume, cell.fDrive) == (expected.volume[number], expected.drive[number])
            values = [cell.fElement[i] for i in range(2)] if cell.fElement else [0.0, 0.0]
            assert values == expected.elements[number].tolist()
    file.Close()
