// TMVA's stopwatch.
#pragma once

#include "TStopwatch.h"
#include "TString.h"

namespace TMVA {

class Timer : public TStopwatch {
public:
   explicit Timer(const char * = "", Bool_t = kTRUE) {}
   explicit Timer(Int_t counts, const char * = "", Bool_t = kTRUE) : fCounts(counts) {}
   void Init(Int_t counts)
   {
      fCounts = counts;
      Reset();
   }
   void Reset() { Start(kTRUE); }
   Double_t ElapsedSeconds()
   {
      const Double_t seconds = RealTime();
      Start(kFALSE);
      return seconds;
   }
   TString GetElapsedTime(Bool_t with_fractions = kTRUE) { return Text(ElapsedSeconds(), with_fractions); }
   TString GetLeftTime(Int_t counts)
   {
      return Text(counts > 0 ? ElapsedSeconds() * (fCounts - counts) / counts : -1, kFALSE);
   }
   // Progress is shown by Python.
   template <class... A> void DrawProgressBar(const A &...) {}

private:
   static TString Text(Double_t seconds, Bool_t with_fractions)
   {
      if (seconds < 0)
         return "unknown";
      if (with_fractions)
         return TString::Format("%.3g sec", seconds);
      const Int_t whole = Int_t(seconds);
      if (whole < 300)
         return TString::Format("%d sec", whole);
      return whole < 3600 ? TString::Format("%d mins", whole / 60)
                          : TString::Format("%d hrs %d mins", whole / 3600, whole / 60 % 60);
   }
   Int_t fCounts = 0;
};

} // namespace TMVA
