// Tuning, of a factory's methods, of one alone, and in folds.
#include "TMVA/DataLoader.h"
#include "TMVA/Factory.h"
#include "TMVA/HyperParameterOptimisation.h"
#include "TMVA/MethodBase.h"

TTree *tree_of(const char *name, double shift)
{
   TRandom3 random(shift < 0 ? 1 : 2);
   float x;
   auto tree = new TTree(name, name);
   tree->Branch("x", &x, "x/F");
   for (int number = 0; number < 80; ++number) {
      x = random.Gaus(shift, 1);
      tree->Fill();
   }
   tree->ResetBranchAddresses();
   return tree;
}

void tuning()
{
   TMVA::DataLoader loader("tuned");
   loader.AddVariable("x", 'F');
   loader.AddSignalTree(tree_of("signal", 1));
   loader.AddBackgroundTree(tree_of("background", -1));
   loader.PrepareTrainingAndTestTree("", "", "SplitMode=Random:!V");
   TMVA::Factory factory("job", "Silent:!DrawProgressBar:AnalysisType=Classification");
   const TString options = "VarTransform=Norm:Tune=Gamma[0.1;1;2],C[0.5;1;2]";
   auto alone = factory.BookMethod(&loader, TMVA::Types::kSVM, "alone", options);
   for (auto &one : dynamic_cast<TMVA::MethodBase *>(alone)->OptimizeTuningParameters("ROCIntegral", "Scan"))
      std::cout << "alone " << one.first << " " << one.second << std::endl;
   factory.BookMethod(&loader, TMVA::Types::kSVM, "other", options);
   for (auto &one : factory.OptimizeAllMethodsForClassification("ROCIntegral", "Scan"))
      std::cout << "other " << one.first << " " << one.second << std::endl;
   factory.TrainAllMethods();

   auto folds = new TMVA::HyperParameterOptimisation(&loader);
   folds->BookMethod(TMVA::Types::kSVM, "SVM", options);
   folds->SetNumFolds(2);
   folds->SetFitter("Scan");
   folds->SetFOMType("ROCIntegral");
   folds->Evaluate();
   TMVA::HyperParameterOptimisationResult result = folds->GetResults();
   result.Print();
   for (auto &fold : result.fFoldParameters)
      std::cout << "fold " << fold["C"] << " " << fold["Gamma"] << std::endl;
}
