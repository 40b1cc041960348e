// GeneticFitter and its kin: Python searches, and calls back the estimator that a macro defines.
#pragma once

#include <cstdint>
#include <limits>

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

// The addresses of estimate() and of its target, and of each range both ends and the number of bins.
inline long long address_of_estimate()
{
   return (long long)reinterpret_cast<std::uintptr_t>(&estimate);
}
inline long long address_of(IFitterTarget &target)
{
   return (long long)reinterpret_cast<std::uintptr_t>(&target);
}
inline std::vector<double> limits_of(const std::vector<Interval *> &ranges)
{
   std::vector<double> limits;
   for (const auto *one : ranges)
      limits.insert(limits.end(), {one->GetMin(), one->GetMax(), double(one->GetNbins())});
   return limits;
}

class AnyFitter {
public:
   AnyFitter(const char *kind, IFitterTarget &target, const TString &name, const std::vector<Interval *> &ranges,
             const TString &options)
      : fKind(kind), fTarget(target), fName(name), fRanges(ranges), fOptions(options)
   {
   }
   virtual ~AnyFitter() = default;
   Double_t Run()
   {
      std::vector<Double_t> found;
      return Run(found);
   }
   Double_t Run(std::vector<Double_t> &parameters)
   {
      // The smallest value, and the parameters there.
      const auto found = make("fit", fKind, fName, fOptions, limits_of(fRanges), parameters,
                              address_of_estimate(), address_of(fTarget))
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

class GeneticGenes {
public:
   GeneticGenes(const std::vector<Double_t> &factors, Double_t fitness) : fFactors(factors), fFitness(fitness) {}
   std::vector<Double_t> &GetFactors() { return fFactors; }
   Double_t GetFitness() const { return fFitness; }

private:
   std::vector<Double_t> fFactors;
   Double_t fFitness;
};

class GeneticPopulation : public Bridge::Object {
public:
   using Object::Object;
   Int_t GetPopulationSize() const { return Call("GetPopulationSize").Integer(); }
   Double_t GetFitness() const { return Call("GetFitness").Number(); }
   void GiveHint(const std::vector<Double_t> &hint, Double_t fitness = 0) { Call("GiveHint", hint, fitness); }
   void TrimPopulation() { Call("TrimPopulation"); }
   void Sort() { Call("Sort"); }
   void Print(Int_t last = -1) { Call("Print", last); }
   GeneticGenes *GetGenes(Int_t index)
   {
      const Object genes(Call("GetGenes", index).Handle());
      fGenes.push_back(std::make_unique<GeneticGenes>(genes.Call("GetFactors").Numbers<Double_t>(),
                                                      genes.Call("GetFitness").Number()));
      return fGenes.back().get();
   }

private:
   std::vector<std::unique_ptr<GeneticGenes>> fGenes;
};

class GeneticAlgorithm : public Bridge::Object {
public:
   GeneticAlgorithm(IFitterTarget &target, Int_t size, const std::vector<Interval *> &ranges, UInt_t seed = 0)
      : Object(Bridge::make("genetic_algorithm", size, Bridge::limits_of(ranges), seed,
                            Bridge::address_of_estimate(), Bridge::address_of(target))
                  .Handle()),
        fPopulation(Call("GetGeneticPopulation").Handle())
   {
   }
   void Init() { Call("Init"); }
   Double_t CalculateFitness() { return Call("CalculateFitness").Number(); }
   Double_t SpreadControl(Int_t steps, Int_t successes, Double_t factor)
   {
      return Call("SpreadControl", steps, successes, factor).Number();
   }
   Bool_t HasConverged(Int_t steps = 10, Double_t improvement = 0.1)
   {
      return Call("HasConverged", steps, improvement).Integer();
   }
   GeneticPopulation &GetGeneticPopulation() { return fPopulation; }
   Double_t GetSpread() const { return Call("GetSpread").Number(); }
   void SetSpread(Double_t spread) { Call("SetSpread", spread); }
   void SetMakeCopies(Bool_t makes) { Call("SetMakeCopies", bool(makes)); }
   Bool_t GetMakeCopies() const { return Call("GetMakeCopies").Integer(); }

private:
   GeneticPopulation fPopulation;
};

} // namespace TMVA
