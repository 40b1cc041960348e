// Histograms that Python gives, as ROOT's.
#pragma once

#include "TH1.h"

#include "bridge.h"

namespace TMVA {
namespace Bridge {
template <class H = TH1F> H *histogram_of(const Answer &found)
{
   const Object view(found.Handle());
   const Int_t size = view.Call("GetNbinsX").Integer();
   const Double_t low = view.Call("GetBinLowEdge", 1).Number(), high = view.Call("GetBinLowEdge", size + 1).Number();
   auto histogram = new H(view.Call("GetName").Text(), view.Call("GetTitle").Text(), size, low, high);
   histogram->SetDirectory(nullptr);
   histogram->GetXaxis()->SetTitle(Object(view.Call("GetXaxis").Handle()).Call("GetTitle").Text());
   histogram->GetYaxis()->SetTitle(Object(view.Call("GetYaxis").Handle()).Call("GetTitle").Text());
   for (Int_t bin = 1; bin <= size; ++bin) {
      histogram->SetBinContent(bin, view.Call("GetBinContent", bin).Number());
      const TString label = view.Call("GetBinLabel", bin).Text();
      if (label != "")
         histogram->GetXaxis()->SetBinLabel(bin, label);
   }
   return histogram;
}
} // namespace Bridge
} // namespace TMVA
