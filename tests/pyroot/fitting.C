// Searches whose estimator is the macro's.
#include "TMVA/GeneticAlgorithm.h"
#include "TMVA/GeneticFitter.h"
#include "TMVA/IFitterTarget.h"
#include "TMVA/Interval.h"

class Parabola : public TMVA::IFitterTarget {
public:
   int calls = 0;
   Double_t EstimatorFunction(std::vector<Double_t> &x)
   {
      ++calls;
      return (x[0] - 1) * (x[0] - 1) + (x[1] + 2) * (x[1] + 2);
   }
};

void fitting()
{
   Parabola parabola;
   std::vector<TMVA::Interval *> ranges = {new TMVA::Interval(-5, 5), new TMVA::Interval(-5, 5)};
   std::vector<Double_t> found;
   TMVA::GeneticFitter fitter(parabola, "search", ranges, "PopSize=100:Steps=20:Seed=3");
   const double smallest = fitter.Run(found);
   std::cout << "fitter " << smallest << " " << found[0] << " " << found[1] << " " << (parabola.calls > 1000)
             << std::endl;
   TMVA::GeneticAlgorithm algorithm(parabola, 60, ranges, 7);
   do {
      algorithm.Init();
      algorithm.CalculateFitness();
      algorithm.GetGeneticPopulation().TrimPopulation();
      algorithm.SpreadControl(10, 5, 0.95);
   } while (!algorithm.HasConverged(15, 0.0001));
   auto genes = algorithm.GetGeneticPopulation().GetGenes(0);
   std::cout << "algorithm " << genes->GetFitness() << " " << genes->GetFactors()[0] << " " << genes->GetFactors()[1]
             << std::endl;
}
