// Calls of every class; what they give is printed for the test, or compared with one another here.
#include "TMVA/DataLoader.h"
#include "TMVA/Factory.h"
#include "TMVA/MethodCuts.h"
#include "TMVA/Reader.h"
#include "TMVA/Tools.h"
#include "TMVA/tmvaglob.h"

using namespace TMVA;
using std::cout;
using std::endl;

// A macro's own names, which are also those of TMVA's macros that draw.
std::vector<TString> variables = {"x", "y"};

TTree *tree_of(const char *name, double shift, int seed)
{
   TRandom3 random(seed);
   float x, y, t;
   auto tree = new TTree(name, name);
   tree->Branch("x", &x, "x/F");
   tree->Branch("y", &y, "y/F");
   tree->Branch("t", &t, "t/F");
   for (int i = 0; i < 400; ++i) {
      x = random.Gaus(shift, 1);
      y = random.Gaus(-shift, 1) + x;
      t = 2 * x - y;
      tree->Fill();
   }
   tree->ResetBranchAddresses();
   return tree;
}

void settings()
{
   gConfig().GetIONames().fWeightFileDir += "/mine";
   TString folder = gConfig().fIONames.fWeightFileDir + "/";
   cout << "folder " << folder << endl;
   gConfig().fVariablePlotting.fNbins1D = 30;
   cout << "bins " << gConfig().GetVariablePlotting().fNbins1D << endl;
   gConfig().SetWriteOptionsReference(kTRUE);
   cout << "reference " << gConfig().WriteOptionsReference() << endl;
}

void tools()
{
   std::unique_ptr<TList> list(gTools().ParseFormatLine("BDT, MLP:LD", " :,"));
   cout << "list " << list->GetSize() << " " << list->At(1)->GetName() << endl;
   TH1F narrow("narrow", "", 4, 0, 4), wide("wide", "", 4, 0, 4);
   narrow.Fill(0.5, 3);
   narrow.Fill(1.5);
   wide.Fill(1.5, 2);
   cout << "separation " << gTools().GetSeparation(&narrow, &wide) << endl;
   gTools().NormHist(&narrow);
   cout << "normed " << narrow.GetBinContent(1) << endl;
   std::vector<Double_t> values = {2, 7, -1};
   cout << "elements " << gTools().GetIndexMaxElement(values) << gTools().GetIndexMinElement(values) << endl;
   cout << "unit " << gTools().GetXTitleWithUnit("p", "GeV") << " " << gTools().GetXTitleWithUnit("n", "") << endl;
   gConfig().SetUseColor(kFALSE);
   cout << "colour [" << gTools().Color("red") << "]" << endl;
}

void weight_file(const TString &path)
{
   void *document = gTools().xmlengine().ParseFile(path, gTools().xmlenginebuffersize());
   void *top = gTools().xmlengine().DocGetRootElement(document);
   TString method, label;
   gTools().ReadAttr(top, "Method", method);
   UInt_t number = 0;
   void *variables = gTools().GetChild(top, "Variables");
   gTools().ReadAttr(variables, "NVar", number);
   void *second = gTools().GetNextChild(gTools().GetChild(variables), "Variable");
   gTools().ReadAttr(second, "Label", label);
   cout << "xml " << gTools().GetName(top) << " " << method << " " << number << " " << label << endl;
   try {
      gTools().ReadAttr(top, "none", label);
   } catch (const std::exception &error) {
      cout << "caught " << error.what() << endl;
   }
}

void data(DataLoader &loader)
{
   auto &info = loader.GetDataSetInfo();
   cout << "info " << info.GetNClasses() << " " << info.GetClassNames()[1] << " " << info.FindVarIndex("y") << " "
        << info.GetVariableInfos().size() << " " << info.GetVariableInfo(0).GetTitle() << " "
        << info.GetClassInfo("Background")->GetNumber() << " " << info.GetCut("Signal").GetTitle() << " "
        << info.GetWeightExpression(0) << " " << info.HasCuts() << " " << info.GetSplitOptions() << " "
        << info.GetNormalization() << endl;
   DataSet *events = info.GetDataSet();
   const Event *first = events->GetTrainingEvent(0);
   cout << "events " << events->GetNTrainingEvents() << " " << events->GetNEvents(Types::kTesting) << " "
        << events->GetNEvtSigTest() << " " << events->GetEventCollection(Types::kTraining).size() << " "
        << first->GetNVariables() << " " << first->GetNSpectators() << " " << first->GetWeight() << endl;
   Double_t error = 0;
   Long64_t signals = 0;
   for (const Event *event : events->GetEventCollection(Types::kTraining)) {
      error += std::abs(event->GetSpectator(0) - (2 * event->GetValue(0) - event->GetValue(1)));
      signals += info.IsSignal(event);
   }
   cout << "spectators " << (error < 1e-3) << " " << signals << endl;
   const TMatrixD *matrix = info.CorrelationMatrix("Signal");
   TH2 *histogram = loader.GetCorrelationMatrix("Signal");
   cout << "matrix " << (*matrix)(0, 0) << " " << ((*matrix)(0, 1) == (*matrix)(1, 0)) << " "
        << (std::abs((*matrix)(0, 1) * 100 - histogram->GetBinContent(1, 2)) < 1) << " " << histogram->GetName() << endl;
}

void reading()
{
   float x, y, t;
   Reader reader(std::string("x:y"), TString("Silent"));
   reader.SetVerbose(kFALSE);
   cout << "reader " << reader.Verbose() << " " << reader.DataInfo().GetNVariables() << endl;
   Reader applied("Silent");
   applied.AddVariable("x", &x);
   applied.AddVariable("y", &y);
   auto method = dynamic_cast<MethodBase *>(applied.BookMVA("regression", "weights/mine/old_LD.weights.xml"));
   x = 1;
   y = 0.5;
   cout << "estimates " << applied.EvaluateRegression("regression")[0] << " " << applied.EvaluateRegression(method)[0]
        << endl;
   const Event event({1, 0.5}, 0);
   cout << "alone " << method->GetRegressionValues(&event)[0] << endl;
   cout << "not cuts " << (MethodCuts::DynamicCast(method) == nullptr) << endl;
}

void calls()
{
   settings();
   tools();
   auto output = TFile::Open("calls.root", "RECREATE");
   auto signal = tree_of("signal", 1, 1), background = tree_of("background", -1, 2);
   Factory factory("job", output, "Silent:!DrawProgressBar:AnalysisType=Classification");
   DataLoader loader("data");
   for (const auto &name : variables)
      loader.AddVariable(name, "Title of " + name, "", 'F');
   loader.AddSpectator("t");
   loader.SetInputTrees(signal, background, 1.0, 2.0);
   loader.SetSignalWeightExpression("1+0*x");
   loader.AddCut("x > -9", "Signal");
   loader.PrepareTrainingAndTestTree("", "nTrain_Signal=200:nTrain_Background=200:SplitMode=Block:!V");
   factory.BookMethod(&loader, Types::kLD, "LD", "!H:!V");
   data(loader);
   factory.TrainAllMethodsForClassification();
   factory.EvaluateAllVariables(&loader);
   factory.TestAllMethods();
   factory.EvaluateAllMethods();
   auto method = dynamic_cast<MethodBase *>(factory.GetMethod("data", "LD"));
   Double_t error = -1;
   const Double_t efficiency = method->GetEfficiency("Efficiency:0.1", Types::kTesting, error);
   cout << "method " << (method->GetMethodType() == Types::kLD) << " " << method->GetProbaName() << " "
        << method->GetNVariables() << " " << method->GetInputTitle(1) << " " << (method->GetTrainTime() >= 0) << " "
        << (method->GetSeparation() > 0.3) << " " << (method->GetSignificance() > 1) << " "
        << (method->GetROCIntegral() == factory.GetROCIntegral(&loader, "LD")) << " "
        << method->Data()->GetNEvtSigTest() << endl;
   cout << "efficiency " << efficiency << " " << error << " "
        << (std::abs(method->GetTrainingEfficiency("Efficiency:0.1") - efficiency) < 0.2) << endl;
   cout << "training " << (factory.GetROCIntegral(&loader, "LD", 0, Types::kTraining) > 0.9) << " "
        << factory.GetROCCurve(&loader, "LD", kTRUE, 0, Types::kTraining)->ClassName() << endl;
   weight_file(method->GetWeightFileName());

   std::unique_ptr<TH1F> shares(factory.EvaluateImportance(&loader, kShort, Types::kLD, "again", "!H:!V"));
   cout << "shares " << shares->GetNbinsX() << " " << shares->GetXaxis()->GetBinLabel(2) << " "
        << std::lround(shares->Integral()) << endl;
   VariableImportance importance(&loader);
   importance.BookMethod(Types::kLD, "LD", "!H:!V");
   importance.SetType(kShort);
   importance.Evaluate();
   auto results = importance.GetResults();
   std::unique_ptr<TH1F> histogram(results.GetImportanceHist());
   const float first = results.GetImportanceValues().GetValue<float>("x");
   cout << "importance " << (results.GetType() == kShort) << " " << results.Draw()->GetName() << " "
        << (std::abs(first - histogram->GetBinContent(histogram->GetXaxis()->FindBin("x"))) < 1e-2) << endl;

   CvSplitKFolds folds(2, "", kTRUE, 1);
   loader.MakeKFoldDataSet(folds);
   loader.PrepareFoldDataSet(folds, 0);
   cout << "fold " << loader.GetDataSetInfo().GetDataSet()->GetNTrainingEvents() << endl;
   ROCCurve curve({0.8f, 0.9f, 0.3f}, std::vector<Float_t>{0.1f, 0.5f});
   cout << "curve " << curve.GetROCIntegral() << " " << curve.GetEffSForEffB(0.5) << endl;

   // As before ROOT 6.08: a target means a regression, and a title is enough.
   Factory old("old", output, "!V:Silent:!DrawProgressBar");
   old.AddVariable("x", 'F');
   old.AddVariable("y", 'F');
   old.AddRegressionTarget("t");
   old.AddRegressionTree(signal, 1.0);
   old.PrepareTrainingAndTestTree("", "nTrain_Regression=200:SplitMode=Block:!V");
   old.BookMethod(Types::kLD, "LD", "!H:!V");
   old.TrainAllMethodsForRegression();
   cout << "old " << old.GetMethod("LD")->GetMethodTypeName() << " " << (old.GetMethod("none") == nullptr) << endl;
   output->Close();
   reading();
}
