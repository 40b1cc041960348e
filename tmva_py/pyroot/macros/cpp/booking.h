// Factory and DataLoader: each function calls the one of its name in Python, which tells overloads apart.
#pragma once

#include "TCanvas.h"
#include "TDirectory.h"
#include "TFile.h"
#include "TGraph.h"
#include "TMultiGraph.h"
#include "TTree.h"

#include "histograms.h"
#include "methods.h"

namespace TMVA {

// How a data set is shared out into folds.
class CvSplit : public Bridge::Object {
public:
   using Object::Object;
   UInt_t GetNumFolds() const { return Call("GetNumFolds").Integer(); }
};

class CvSplitKFolds : public CvSplit {
public:
   CvSplitKFolds(UInt_t folds, const TString &expression = "", Bool_t stratified = kTRUE, UInt_t seed = 100)
      : CvSplit(Bridge::make("CvSplitKFolds", folds, expression, bool(stratified), seed).Handle())
   {
   }
};

namespace Bridge {
// What a DataLoader is told; a Factory was told it before ROOT 6.08.
class DataDescription : public Object {
public:
   using Object::Object;
#define TMVA_PY_FORWARD(NAME)                                     \
   template <class... A> void NAME(const A &...arguments)         \
   {                                                              \
      Call(#NAME, arguments...);                                  \
   }
   TMVA_PY_FORWARD(AddVariable)
   TMVA_PY_FORWARD(AddTarget)
   TMVA_PY_FORWARD(AddRegressionTarget)
   TMVA_PY_FORWARD(AddSpectator)
   TMVA_PY_FORWARD(AddTree)
   TMVA_PY_FORWARD(SetTree)
   TMVA_PY_FORWARD(AddSignalTree)
   TMVA_PY_FORWARD(AddBackgroundTree)
   TMVA_PY_FORWARD(AddRegressionTree)
   TMVA_PY_FORWARD(SetSignalTree)
   TMVA_PY_FORWARD(SetBackgroundTree)
   TMVA_PY_FORWARD(SetInputTrees)
   TMVA_PY_FORWARD(SetWeightExpression)
   TMVA_PY_FORWARD(SetSignalWeightExpression)
   TMVA_PY_FORWARD(SetBackgroundWeightExpression)
   TMVA_PY_FORWARD(AddCut)
   TMVA_PY_FORWARD(SetCut)
   TMVA_PY_FORWARD(PrepareTrainingAndTestTree)
#undef TMVA_PY_FORWARD
   void SetInputVariables(std::vector<TString> *variables) { Call("SetInputVariables", *variables); }
   void AddEvent(const TString &name, Types::ETreeType type, const std::vector<Double_t> &event, Double_t weight = 1)
   {
      Call("AddEvent", name, int(type), event, weight);
   }
   void AddTrainingEvent(const TString &name, const std::vector<Double_t> &event, Double_t weight = 1)
   {
      Call("AddTrainingEvent", name, event, weight);
   }
   void AddTestEvent(const TString &name, const std::vector<Double_t> &event, Double_t weight = 1)
   {
      Call("AddTestEvent", name, event, weight);
   }
   void AddSignalTrainingEvent(const std::vector<Double_t> &event, Double_t weight = 1)
   {
      Call("AddSignalTrainingEvent", event, weight);
   }
   void AddBackgroundTrainingEvent(const std::vector<Double_t> &event, Double_t weight = 1)
   {
      Call("AddBackgroundTrainingEvent", event, weight);
   }
   void AddSignalTestEvent(const std::vector<Double_t> &event, Double_t weight = 1)
   {
      Call("AddSignalTestEvent", event, weight);
   }
   void AddBackgroundTestEvent(const std::vector<Double_t> &event, Double_t weight = 1)
   {
      Call("AddBackgroundTestEvent", event, weight);
   }
};
} // namespace Bridge

class DataLoader : public Bridge::DataDescription {
public:
   DataLoader(const TString &name = "default") : DataDescription(Bridge::make("DataLoader", name).Handle()) {}
   explicit DataLoader(long long handle) : DataDescription(handle) {}
   template <class... A> void AddVariablesArray(const A &...arguments) { Call("AddVariablesArray", arguments...); }
   void SetInputTreesFromEventAssignTrees() { Call("SetInputTreesFromEventAssignTrees"); }
   DataSetInfo &GetDataSetInfo()
   {
      fInfo = std::make_unique<DataSetInfo>(Call("GetDataSetInfo").Handle());
      return *fInfo;
   }
   DataSetInfo &DefaultDataSetInfo() { return GetDataSetInfo(); }
   const DataSetInfo &GetDefaultDataSetInfo() { return GetDataSetInfo(); }
   TH2 *GetCorrelationMatrix(const TString &name)
   {
      return Bridge::CorrelationMatrix(Call("GetCorrelationMatrix", name).Handle()).Histogram();
   }
   void MakeKFoldDataSet(CvSplit &split) { Call("MakeKFoldDataSet", split); }
   void PrepareFoldDataSet(CvSplit &split, UInt_t fold, Types::ETreeType type = Types::kTraining)
   {
      Call("PrepareFoldDataSet", split, fold, int(type));
   }
   void RecombineKFoldDataSet(CvSplit &split, Types::ETreeType type = Types::kTraining)
   {
      Call("RecombineKFoldDataSet", split, int(type));
   }
   DataLoader *MakeCopy(const TString &name) { return new DataLoader(Call("MakeCopy", name).Handle()); }
   DataLoader *VarTransform(const TString &definition)
   {
      return new DataLoader(Call("VarTransform", definition).Handle());
   }

private:
   std::unique_ptr<DataSetInfo> fInfo;
};

class Factory : public Bridge::DataDescription {
public:
   Factory(const TString &job, TFile *file, const TString &options = "")
      : DataDescription(Bridge::make("Factory", job, file, options).Handle())
   {
   }
   Factory(const TString &job, const TString &options = "")
      : DataDescription(Bridge::make("Factory", job, nullptr, options).Handle())
   {
   }
   MethodBase *
   BookMethod(DataLoader *loader, const TString &method, const TString &title, const TString &options = "")
   {
      return Keep(Call("BookMethod", loader, method, title, options));
   }
   MethodBase *
   BookMethod(DataLoader *loader, Types::EMVA method, const TString &title, const TString &options = "")
   {
      return BookMethod(loader, Types::Instance().GetMethodName(method), title, options);
   }
   // Before ROOT 6.08 a factory was its own loader; Python says what has become of it.
   template <class M, std::enable_if_t<!std::is_convertible_v<M, DataLoader *>, int> = 0>
   MethodBase *BookMethod(M method, const TString &title, const TString &options = "")
   {
      if constexpr (std::is_enum_v<M>)
         return Keep(Call("BookMethod", Types::Instance().GetMethodName(method), title, options));
      else
         return Keep(Call("BookMethod", method, title, options));
   }
   MethodBase *BookMethodWeightfile(DataLoader *loader, Types::EMVA method, const TString &file)
   {
      return Keep(Call("BookMethodWeightfile", loader, Types::Instance().GetMethodName(method), file));
   }
   void TrainAllMethods() { Call("TrainAllMethods"); }
   void TrainAllMethodsForClassification() { TrainAllMethods(); }
   void TrainAllMethodsForRegression() { TrainAllMethods(); }
   void TestAllMethods() { Call("TestAllMethods"); }
   void EvaluateAllMethods() { Call("EvaluateAllMethods"); }
   template <class... A> void EvaluateAllVariables(const A &...arguments)
   {
      Call("EvaluateAllVariables", arguments...);
   }
   void DeleteAllMethods() { Call("DeleteAllMethods"); }
   void SetVerbose(Bool_t verbose = kTRUE) { Call("SetVerbose", bool(verbose)); }
   Bool_t Verbose() const { return Call("Verbose").Integer(); }
   std::map<TString, Double_t> OptimizeAllMethods(const TString &figure = "ROCIntegral", const TString &fit = "FitGA")
   {
      return Bridge::by_name(Bridge::Object(Call("OptimizeAllMethods", figure, fit).Handle()));
   }
   std::map<TString, Double_t>
   OptimizeAllMethodsForClassification(const TString &figure = "ROCIntegral", const TString &fit = "FitGA")
   {
      return OptimizeAllMethods(figure, fit);
   }
   std::map<TString, Double_t>
   OptimizeAllMethodsForRegression(const TString &figure = "ROCIntegral", const TString &fit = "FitGA")
   {
      return OptimizeAllMethods(figure, fit);
   }
   Bool_t HasMethod(const TString &loader, const TString &title) const
   {
      return Call("HasMethod", loader, title).Integer();
   }
   // With the data set first; before ROOT 6.08 the title alone.
   template <class... A> IMethod *GetMethod(const A &...arguments) { return Keep(Call("GetMethod", arguments...)); }
   template <class... A> void MakeClass(const A &...arguments) { Call("MakeClass", arguments...); }
   template <class... A> void PrintHelpMessage(const A &...arguments) { Call("PrintHelpMessage", arguments...); }
   TH1F *EvaluateImportance(DataLoader *loader, VIType type, Types::EMVA method, const TString &title,
                            const char *options = "")
   {
      return Bridge::histogram_of(
         Call("EvaluateImportance", loader, int(type), Types::Instance().GetMethodName(method), title, options));
   }
   template <class L>
   Double_t GetROCIntegral(const L &loader, const TString &title, UInt_t number = 0,
                           Types::ETreeType type = Types::kTesting)
   {
      return Call("GetROCIntegral", loader, title, number, int(type)).Number();
   }
   template <class L>
   TGraph *GetROCCurve(const L &loader, const TString &title, Bool_t titles = kTRUE, UInt_t number = 0,
                       Types::ETreeType type = Types::kTesting)
   {
      return Call("GetROCCurve", loader, title, bool(titles), number, int(type)).template Pointer<TGraph>();
   }
   template <class L>
   TCanvas *GetROCCurve(const L &loader, UInt_t number = 0, Types::ETreeType type = Types::kTesting)
   {
      return Call("GetROCCurve", loader, number, int(type)).template Pointer<TCanvas>();
   }
   template <class L>
   TMultiGraph *GetROCCurveAsMultiGraph(const L &loader, UInt_t number = 0, Types::ETreeType type = Types::kTesting)
   {
      return Call("GetROCCurveAsMultiGraph", loader, number, int(type)).template Pointer<TMultiGraph>();
   }

private:
   MethodBase *Keep(const Bridge::Answer &found)
   {
      fMethods.push_back(Bridge::method_of(found));
      return fMethods.back().get();
   }
   std::vector<std::unique_ptr<MethodBase>> fMethods;
};

} // namespace TMVA
