// Curves of responses, and the windows of TMVA.
#pragma once

#include "TGraph.h"
#include "TH1.h"

#include "bridge.h"

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
