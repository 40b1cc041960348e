// Forms in which macros write their calls. They are compiled, and those of texts are run too.
#include "TMVA/Config.h"
#include "TMVA/DataLoader.h"
#include "TMVA/Factory.h"
#include "TMVA/MethodCuts.h"
#include "TMVA/Reader.h"
#include "TMVA/Version.h"

#include "TChain.h"
#include "TObjString.h"

#if TMVA_VERSION_CODE < TMVA_VERSION(4, 2, 0)
#error an old TMVA
#endif

namespace TMVA {
class Reader;
}

class Analysis {
public:
   Analysis() : fReader("!Color:Silent"), fOwned(new TMVA::Reader("Silent", false)) {}
   float Response(const std::string &name) { return fReader.EvaluateMVA(name); }

private:
   TMVA::Reader fReader;
   std::unique_ptr<TMVA::Reader> fOwned;
   std::map<TString, TMVA::Reader *> fReaders;
   std::vector<TMVA::IMethod *> fMethods;
};

void trees(TMVA::DataLoader *loader, TChain *chain, TFile &file)
{
   TTree *tree = chain;
   loader->AddSignalTree(chain);
   loader->AddBackgroundTree((TTree *)file.Get("t"), 2, "Training");
   loader->AddTree(tree, "class", 1.0, "x > 0", "test");
   loader->AddTree(tree, "class", 1.0, TCut(""), TMVA::Types::kTraining);
   loader->SetInputTrees(tree, "x > 0", "x < 0");
   loader->SetInputTrees(tree, tree);
   loader->SetInputTrees(tree, TCut("x > 0"), TCut("x < 0"));
   TCut cut = "x > 0";
   cut += "y > 0";
   ULong64_t many = 100;
   loader->PrepareTrainingAndTestTree(cut, "SplitMode=Random:!V");
   loader->PrepareTrainingAndTestTree(cut, cut && "z > 0", std::string("SplitMode=Random"));
   loader->PrepareTrainingAndTestTree(cut, many, many, many, many, "SplitMode=Random");
   loader->PrepareTrainingAndTestTree("", 100, -1);
}

void methods(TMVA::Factory *factory, TMVA::DataLoader &loader, TMVA::Reader &reader)
{
   TMVA::Types::EMVA kinds[] = {TMVA::Types::kBDT, TMVA::Types::EMVA::kMLP};
   for (auto kind : kinds)
      factory->BookMethod(&loader, kind, Form("title_%d", kind), TString("!H") + ":!V");
   TMVA::MethodBase *booked = factory->BookMethod(&loader, std::string("BDT"), std::string("title"));
   TMVA::IMethod *any = booked;
   std::vector<double> low(2), high(2);
   double lower[2], upper[2];
   TMVA::MethodCuts *cuts = dynamic_cast<TMVA::MethodCuts *>(reader.FindMVA("CutsGA"));
   cuts->GetCuts(0.7, low, high);
   reader.FindCutsMVA("CutsGA")->GetCuts(0.7, lower, upper);
   bool passed = reader.EvaluateMVA("CutsGA method", 0.7);
   std::vector<float> event = {1, 2};
   double response = reader.EvaluateMVA(event, "BDT") + reader.EvaluateMVA(std::vector<double>{1, 2}, TString("BDT"));
   TString title = any->GetName(), weights = booked->GetWeightFileName();
   (void)passed, (void)response, (void)title, (void)weights;
}

void forms()
{
   TMVA::DataLoader loader("forms");
   const std::string text = "a";
   TString more = "b_c";
   TObjString object("d");
   TObjArray *parts = TString("e,f").Tokenize(",");
   const char letter = 'F';
   loader.AddVariable(text);
   loader.AddVariable(text.substr(0, 1) + "1", letter);
   loader.AddVariable(more(2, 1), "Title", "", 'F');
   loader.AddVariable(object.GetString(), 'I');
   loader.AddVariable(parts->At(0)->GetName(), "Title", TString("GeV"), 'F', 0, 10.5);
   loader.AddVariable(((TObjString *)parts->At(1))->String().Data());
   loader.AddVariable(Form("sum_%d := a+%s", 1, more.Data()), 'F');
   loader.AddVariable(std::string_view("g"));
   for (const auto &one : loader.GetDataSetInfo().GetListOfVariables())
      std::cout << one << " ";
   std::cout << std::endl;
   TMVA::Config::VariablePlotting &plotting = TMVA::gConfig().GetVariablePlotting();
   plotting.fMaxNumOfAllowedVariablesForScatterPlots = 5;
   (TMVA::gConfig().GetVariablePlotting()).fNbinsXOfROCCurve = 50.;
   std::cout << "version " << TMVA_RELEASE << " " << plotting.fNbinsXOfROCCurve << std::endl;
}
