// Cross-validation, and a factory as it was before ROOT 6.08.
#include "TMVA/Classification.h"
#include "TMVA/CrossValidation.h"
#include "TMVA/DataLoader.h"
#include "TMVA/Factory.h"

TTree *tree_of(const char *name, double shift)
{
   TRandom3 random(shift < 0 ? 1 : 2);
   float x;
   int number = 0;
   auto tree = new TTree(name, name);
   tree->Branch("x", &x, "x/F");
   tree->Branch("number", &number, "number/I");
   for (; number < 400; ++number) {
      x = random.Gaus(shift, 1);
      tree->Fill();
   }
   tree->ResetBranchAddresses();
   return tree;
}

void folds()
{
   auto signal = tree_of("signal", 1), background = tree_of("background", -1);
   TMVA::DataLoader loader("folds");
   loader.AddVariable("x", 'F');
   loader.AddSpectator("number", 'I');
   loader.AddSignalTree(signal);
   loader.AddBackgroundTree(background);
   loader.PrepareTrainingAndTestTree("", "", "nTest_Signal=1:nTest_Background=1:SplitMode=Random:!V");
   TMVA::CrossValidation validation("cv", &loader,
                                    "Silent:AnalysisType=Classification:SplitType=Deterministic:NumFolds=2:"
                                    "SplitExpr=int(fabs([number]))%int([NumFolds])");
   validation.BookMethod(TMVA::Types::kLD, "my title", "!H:!V");
   validation.Evaluate();
   TMVA::CrossValidationResult result = validation.GetResults()[0];
   auto &method = validation.GetMethods()[0];
   std::cout << method.GetValue<TString>("MethodName") << " " << method.GetValue<TString>("MethodTitle") << " "
             << result.GetROCValues()[0] << " " << result.GetROCValues()[1] << " " << result.GetROCAverage() << " "
             << validation.GetNumFolds() << " " << validation.GetResults().size() << std::endl;

   TMVA::Experimental::Classification classification(&loader, "Silent:!DrawProgressBar:Jobs=1");
   classification.BookMethod(TMVA::Types::kFisher, "Fisher", "!H:!V");
   classification.Evaluate();
   for (auto &one : classification.GetResults())
      std::cout << "classification " << one.GetMethodTitle() << " " << one.IsCutsMethod() << " "
                << one.GetROCGraph()->ClassName() << " " << one.GetROCIntegral() << std::endl;

   auto output = TFile::Open("old.root", "RECREATE");
   TMVA::Factory factory("old", output, "Silent:!DrawProgressBar:AnalysisType=Classification");
   factory.AddVariable("x", 'F');
   factory.AddSignalTree(signal, 1.0);
   factory.AddBackgroundTree(background, 1.0);
   factory.PrepareTrainingAndTestTree("", "SplitMode=Random:!V");
   auto booked = factory.BookMethod(TMVA::Types::kFisher, "Fisher", "!H:!V");
   factory.TrainAllMethods();
   std::cout << "old " << booked->GetMethodName() << std::endl;
   output->Close();
}
