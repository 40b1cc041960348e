// Curves of responses, and the windows of TMVA.
#pragma once

#include "TGraph.h"
#include "TH1.h"

#include "histograms.h"

namespace TMVA {

class ROCCurve : public Bridge::Object {
public:
   template <class... A> explicit ROCCurve(const std::vector<Float_t> &values, const A &...more)
      : Object(Bridge::make("ROCCurve", values, more...).Handle())
   {
   }
   Double_t GetROCIntegral(UInt_t points = 41) const { return Call("GetROCIntegral", points).Number(); }
   Double_t GetEffSForEffB(Double_t efficiency, UInt_t points = 41) const
   {
      return Call("GetEffSForEffB", efficiency, points).Number();
   }
   TGraph *GetROCCurve(UInt_t points = 100) const { return Call("GetROCCurve", points).Pointer<TGraph>(); }
};

class ROCCalc : public Bridge::Object {
public:
   ROCCalc(TH1 *signal, TH1 *background) : Object(Bridge::make("ROCCalc", signal, background).Handle()) {}
   TH1D *GetROC() const { return Bridge::histogram_of<TH1D>(Call("GetROC")); }
   Double_t GetROCIntegral() const { return Call("GetROCIntegral").Number(); }
   Double_t GetEffSForEffBof(Double_t background, Double_t &error) const
   {
      const auto found = Call("signal_efficiency", background).Numbers();
      error = found.at(1);
      return found.at(0);
   }
   Double_t GetSignalReferenceCut() const { return Call("GetSignalReferenceCut").Number(); }
   TH1 *GetSignificance(Int_t signal, Int_t background) const
   {
      return Bridge::histogram_of<TH1D>(Call("GetSignificance", signal, background));
   }
   TH1 *GetPurity(Int_t signal, Int_t background) const
   {
      return Bridge::histogram_of<TH1D>(Call("GetPurity", signal, background));
   }
   Bool_t GetStatus() const { return kTRUE; } // histograms that do not fit are an exception
   void ResetStatus() const {}
};

// Windows do not open here; Python says how to see the same.
inline void TMVAGui(const char *file = "TMVA.root", TString data = "")
{
   Bridge::make("TMVAGui", file, data);
}
inline void TMVARegGui(const char *file = "TMVAReg.root", TString data = "")
{
   Bridge::make("TMVARegGui", file, data);
}
inline void TMVAMultiClassGui(const char *file = "TMVAMulticlass.root", TString data = "")
{
   Bridge::make("TMVAMultiClassGui", file, data);
}

} // namespace TMVA
