// What TMVA's macros draw, curves of histograms, and the stopwatch.
#include "TMVA/BDTControlPlots.h"
#include "TMVA/ROCCalc.h"
#include "TMVA/Timer.h"
#include "TMVA/efficienciesMulticlass.h"
#include "TMVA/network.h"

void pictures() {
   TMVA::network("dataset", "two.root");
   TMVA::BDTControlPlots("dataset", "two.root");
   TMVA::mvasMulticlass("dataset", "three.root", TMVA::kCompareType);
   TMVA::efficienciesMulticlass1vsRest("dataset", "three.root", TMVA::EEfficiencyPlotType::kEffBvsEffS);
   TMVA::efficienciesMulticlass1vs1("dataset", "three.root");

   TH1F signal("signal", "", 4, 0, 4), background("background", "", 4, 0, 4);
   for (int bin = 1; bin <= 4; ++bin) {
      signal.SetBinContent(bin, bin);
      background.SetBinContent(bin, 5 - bin);
   }
   TMVA::ROCCalc curve(&signal, &background);
   double error = 0;
   const double efficiency = curve.GetEffSForEffBof(0.5, error);
   std::cout << "curve " << curve.GetROCIntegral() << " " << efficiency << " " << error << " "
             << curve.GetROC()->GetNbinsX() << " " << curve.GetPurity(100, 100)->GetBinContent(1) << " "
             << curve.GetSignalReferenceCut() << std::endl;

   TMVA::Timer timer(10, "mine");
   gSystem->Sleep(20);
   timer.DrawProgressBar(3);
   const double seconds = timer.ElapsedSeconds();
   std::cout << "timer " << (seconds > 0.019) << " " << (timer.ElapsedSeconds() >= seconds) << " "
             << timer.GetElapsedTime().EndsWith(" sec") << " " << timer.GetLeftTime(5) << std::endl;
}
