// Regression, several classes, cuts, categories and events one by one; what they give is printed for the test.
#include "TFile.h"
#include "TTree.h"
#include "TMVA/DataLoader.h"
#include "TMVA/Factory.h"
#include "TMVA/MethodCategory.h"
#include "TMVA/MethodCuts.h"
#include "TMVA/Reader.h"

using namespace TMVA;

TTree *tree_of(const char *name, double shift, int seed)
{
   TRandom3 random(seed);
   float x, y, t;
   auto tree = new TTree(name, name);
   tree->Branch("x", &x, "x/F");
   tree->Branch("y", &y, "y/F");
   tree->Branch("t", &t, "t/F");
   for (int i = 0; i < 600; ++i) {
      x = random.Gaus(shift, 1);
      y = random.Uniform(-1, 1);
      t = 3 * x - y + 5;
      tree->Fill();
   }
   tree->ResetBranchAddresses();
   return tree;
}

void train()
{
   auto output = TFile::Open("methods.root", "RECREATE");
   auto signal = tree_of("signal", 1, 1), first = tree_of("first", -1, 2), second = tree_of("second", 4, 3);

   Factory two("two", output, "Silent:!DrawProgressBar:AnalysisType=Classification");
   DataLoader loader("two");
   loader.AddVariable("x", 'F');
   loader.AddVariable("y", 'F');
   loader.AddSpectator("t");
   loader.AddSignalTree(signal);
   loader.AddBackgroundTree(first);
   loader.PrepareTrainingAndTestTree("", "", "SplitMode=Random:!V");
   two.BookMethod(&loader, Types::kCuts, "Cuts", "!H:!V:FitMethod=MC:SampleSize=2000:EffSel");
   MethodBase *category = two.BookMethod(&loader, Types::kCategory, "Category", "");
   auto parts = dynamic_cast<MethodCategory *>(category);
   parts->AddMethod("t < 5", "x:y", Types::kFisher, "low", "!H:!V");
   parts->AddMethod("t >= 5", "x", Types::kLD, "high", "!H:!V");
   two.TrainAllMethods();

   Factory several("several", output, "Silent:!DrawProgressBar:AnalysisType=Multiclass");
   DataLoader classes("several");
   classes.AddVariable("x");
   classes.AddVariable("y");
   classes.AddTree(signal, "one");
   classes.AddTree(first, "two");
   classes.AddTree(second, "three");
   classes.PrepareTrainingAndTestTree("", "SplitMode=Random:NormMode=NumEvents:!V");
   auto dropped = several.BookMethod(&classes, Types::kFisher, "Fisher", "!H:!V");
   several.BookMethod(&classes, Types::kBDT, "BDTG", "!H:!V:NTrees=20:BoostType=Grad:MaxDepth=2");
   several.TrainAllMethods();
   std::cout << "dropped " << (dropped == nullptr) << std::endl;

   Factory regression("regression", output, "Silent:!DrawProgressBar:AnalysisType=Regression");
   DataLoader target("regression");
   target.AddVariable("x");
   target.AddVariable("y");
   target.AddTarget("t");
   target.AddRegressionTree(first, 1.0);
   target.PrepareTrainingAndTestTree("", "nTrain_Regression=300:SplitMode=Random:!V");
   regression.BookMethod(&target, Types::kLD, "LD", "!H:!V");
   regression.TrainAllMethods();

   Factory single("single", "Silent:!DrawProgressBar:AnalysisType=Classification");
   DataLoader events("single");
   events.AddVariable("x");
   events.AddVariable("y");
   TRandom3 random(5);
   for (int i = 0; i < 200; ++i) {
      std::vector<Double_t> event = {random.Gaus(1, 1), random.Rndm()};
      events.AddSignalTrainingEvent(event, 1.0);
      events.AddBackgroundTrainingEvent({random.Gaus(-1, 1), random.Rndm()}, 0.5);
      events.AddSignalTestEvent(event);
      events.AddBackgroundTestEvent(event, 0.5);
   }
   single.BookMethod(&events, "Fisher", "Fisher", "!H:!V");
   single.TrainAllMethods();
   std::cout << "single " << single.HasMethod("single", "Fisher") << single.HasMethod("single", "none") << std::endl;
   output->Close();
}

void apply()
{
   Float_t x, y;
   Float_t t;
   Reader reader("!Color:Silent"), other("!Color:Silent"), third("!Color:Silent");
   for (auto one : {&reader, &other, &third}) {
      one->AddVariable("x", &x);
      one->AddVariable("y", &y);
   }
   reader.AddSpectator("t", &t);
   reader.BookMVA("Cuts", "two/weights/two_Cuts.weights.xml");
   reader.BookMVA("Category", "two/weights/two_Category.weights.xml");
   other.BookMVA("method", "several/weights/several_BDTG.weights.xml");
   third.BookMVA("method", "regression/weights/regression_LD.weights.xml");

   auto file = TFile::Open("applied.root", "RECREATE");
   auto tree = new TTree("applied", "applied");
   Float_t cuts, category, classes[3], estimate, second;
   tree->Branch("x", &x);
   tree->Branch("y", &y);
   tree->Branch("t", &t);
   tree->Branch("cuts", &cuts);
   tree->Branch("category", &category);
   tree->Branch("classes", classes, "classes[3]/F");
   tree->Branch("second", &second);
   tree->Branch("estimate", &estimate);
   for (int i = 0; i < 100; ++i) {
      x = 0.1 * i - 4, y = 0.02 * i - 1, t = i % 10;
      cuts = reader.EvaluateMVA("Cuts", 0.7);
      category = reader.EvaluateMVA("Category");
      const std::vector<Float_t> &several = other.EvaluateMulticlass("method");
      std::copy(several.begin(), several.end(), classes);
      second = other.EvaluateMulticlass(1, "method");
      estimate = third.EvaluateRegression("method")[0];
      tree->Fill();
   }
   file->Write();

   auto found = dynamic_cast<MethodCuts *>(reader.FindMVA("Cuts"));
   std::vector<Double_t> low, high;
   const double efficiency = found->GetCuts(0.7, low, high);
   std::cout << "cuts " << efficiency << " " << low.size() << " " << high.size() << " " << found->GetInputVar(1)
             << " " << (dynamic_cast<MethodCuts *>(reader.FindMVA("Category")) == nullptr) << std::endl;
   std::cout << std::setprecision(17) << "low " << low[0] << " " << low[1] << std::endl;
   x = std::numeric_limits<float>::quiet_NaN();
   std::cout << "nan " << reader.EvaluateMVA("Category") << std::endl;
}

void methods()
{
   train();
   apply();
}
