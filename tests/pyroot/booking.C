#include "TFile.h"
#include "TMVA/Factory.h"
#include "TMVA/DataLoader.h"
#include "TMVA/Tools.h"
#include "TMVA/TMVAGui.h"

TTree *make(const char *name, double shift)
{
   TRandom3 random(shift < 0 ? 1 : 2);
   float x, y;
   auto tree = new TTree(name, name);
   tree->Branch("x", &x, "x/F");
   tree->Branch("y", &y, "y/F");
   for (int i = 0; i < 1000; ++i) {
      x = random.Gaus(shift, 1);
      y = random.Gaus(0, 1);
      tree->Fill();
   }
   tree->ResetBranchAddresses();
   return tree;
}

int booking(TString methods = "")
{
   TMVA::Tools::Instance();
   std::cout << "methods:";
   for (const auto &one : TMVA::gTools().SplitString(methods, ','))
      std::cout << " " << one;
   std::cout << std::endl;
   std::unique_ptr<TFile> output{TFile::Open("out.root", "RECREATE")};
   TNamed("mine", "of the script").Write();
   auto signal = make("signal", 1), background = make("background", -1);
   auto factory = std::make_unique<TMVA::Factory>("job", output.get(), "!V:!Silent:!Color:!DrawProgressBar");
   TMVA::DataLoader loader("data");
   (TMVA::gConfig().GetIONames()).fWeightFileDir = "mine";
   TMVA::gConfig().GetVariablePlotting().fNbins1D = 20;
   loader.AddVariable("sum := x+y", 'F');
   loader.AddVariable("x", "Variable x", "GeV", 'F');
   loader.AddSpectator("y");
   loader.AddSignalTree(signal, 1.0);
   loader.AddBackgroundTree(background, 2.0);
   TCut cut = "abs(y) < 3";
   loader.PrepareTrainingAndTestTree(cut, cut, "nTrain_Signal=400:nTrain_Background=400:SplitMode=Random:!V");
   auto method = factory->BookMethod(&loader, TMVA::Types::kFisher, "Fisher", "!H:!V:CreateMVAPdfs");
   factory->BookMethod(&loader, "LD", "LD", "!H:!V");
   std::cout << "booked " << method->GetName() << " " << method->GetMethodTypeName() << std::endl;
   factory->TrainAllMethods();
   factory->TestAllMethods();
   factory->EvaluateAllMethods();
   std::cout << "bins " << TMVA::gConfig().GetVariablePlotting().fNbins1D << ", variables";
   for (const auto &name : loader.GetDataSetInfo().GetListOfVariables())
      std::cout << " " << name;
   std::cout << "\narea " << factory->GetROCIntegral(&loader, "Fisher") << std::endl;
   factory->GetROCCurve(&loader)->SaveAs("roc.root");
   output->Close();
   if (!gROOT->IsBatch())
      TMVA::TMVAGui("out.root");
   return 0;
}
