// GeneticFitter and its kin: Python searches, and calls back the estimator that a macro defines.
#pragma once

#include "bridge.h"

namespace TMVA {

class Interval {
public:
   Interval(Double_t low, Double_t high, Int_t bins = 0) : fMin(low), fMax(high), fNbins(bins) {}
   virtual ~Interval() = default;
   Double_t GetMin() const { return fMin; }
   Double_t GetMax() const { return fMax; }
   Double_t GetWidth() const { return fMax - fMin; }
   Double_t GetMean() const { return (fMax + fMin) / 2; }
   Int_t GetNbins() const { return fNbins; }

private:
   Double_t fMin, fMax;
   Int_t fNbins;
};

class IFitterTarget {
public:
   virtual ~IFitterTarget() = default;
   virtual Double_t EstimatorFunction(std::vector<Double_t> &parameters) = 0;
   virtual void ProgressNotifier(TString, TString) {}
};

namespace Bridge {
// What Python calls; an exception must not leave through its frames.
inline double estimate(void *target, const double *parameters, int count)
{
   std::vector<Double_t> values(parameters, parameters + count);
   try {
      return static_cast<IFitterTarget *>(target)->EstimatorFunction(values);
   } catch (const std::exception &error) {
      std::cerr << "EstimatorFunction: " << error.what() << std::endl;
      return std::numeric_limits<double>::quiet_NaN();
   }
}

class AnyFitter {
public:
   AnyFitter(const char *kind, IFitterTarget &target, const TString &name, const std::vector<Interval *> &ranges,
             const TString &options)
      : fKind(kind), fTarget(target), fName(name), fRanges(ranges), fOptions(options)
   {
   }
   virtual ~AnyFitter() = default;
   Double_t Run() { std::vector<Double_t> found(fRanges.size()); return Run(found); }
   Double_t Run(std::vector<Double_t> &parameters)
   {
      std::vector<Double_t> limits;
      for (const auto *one : fRanges)
         limits.insert(limits.end(), {one->GetMin(), one->GetMax(), Double_t(one->GetNbins())});
      parameters.resize(fRanges.size());
      // The smallest value, and the parameters there.
      const auto found = make("fit", fKind, fName, fOptions, limits, parameters,
                              (long long)reinterpret_cast<std::uintptr_t>(&estimate),
                              (long long)reinterpret_cast<std::uintptr_t>(&fTarget))
                            .Numbers<Double_t>();
      parameters.assign(found.begin() + 1, found.end());
      return found.front();
   }

private:
   TString fKind;
   IFitterTarget &fTarget;
   TString fName;
   std::vector<Interval *> fRanges;
   TString fOptions;
};
} // namespace Bridge

#define TMVA_PY_FITTER(NAME, KIND)                                                                       \
   class NAME : public Bridge::AnyFitter {                                                               \
   public:                                                                                               \
      NAME(IFitterTarget &target, const TString &name, const std::vector<Interval *> ranges,             \
           const TString &options)                                                                       \
         : AnyFitter(KIND, target, name, ranges, options)                                                \
      {                                                                                                  \
      }                                                                                                  \
   };
TMVA_PY_FITTER(GeneticFitter, "GA")
TMVA_PY_FITTER(MCFitter, "MC")
TMVA_PY_FITTER(SimulatedAnnealingFitter, "SA")
TMVA_PY_FITTER(MinuitFitter, "MINUIT")
#undef TMVA_PY_FITTER

} // namespace TMVA
