// Factory, DataLoader and what belongs to them: each function calls the one of its name in Python.
#pragma once

#include <map>

#include "TCanvas.h"
#include "TDirectory.h"
#include "TFile.h"
#include "TGraph.h"
#include "TH2.h"
#include "TMultiGraph.h"
#include "TTree.h"

#include "types.h"

namespace TMVA {

inline TString Types::GetMethodName(EMVA method) const
{
   return Bridge::make("method_name", int(method)).Text();
}
inline Types::EMVA Types::GetMethodType(const TString &name) const
{
   return EMVA(Bridge::make("method_number", name).Integer());
}

namespace Bridge {
// Numbers that an object has by their names.
inline std::map<TString, Double_t> by_name(const Object &owner)
{
   std::map<TString, Double_t> found;
   const auto names = owner.Call("GetNames").Texts();
   const auto numbers = owner.Call("GetNumbers").Numbers();
   for (std::size_t i = 0; i < names.size(); ++i)
      found[names[i]] = numbers[i];
   return found;
}
} // namespace Bridge

// --- methods ------------------------------------------------------------------------------------------------

class IMethod : public Bridge::Object {
public:
   using Object::Object;
   TString GetMethodName() const { return Call("GetMethodName").Text(); }
   TString GetMethodTypeName() const { return Call("GetMethodTypeName").Text(); }
   TString GetJobName() const { return Call("GetJobName").Text(); }
   TString GetTestvarName() const { return Call("GetTestvarName").Text(); }
   TString GetWeightFileName() const { return Call("GetWeightFileName").Text(); }
   TString GetOptions() const { return Call("GetOptions").Text(); }
   TString GetInputVar(Int_t index) const { return Call("GetInputVar", index).Text(); }
   TString GetInputLabel(Int_t index) const { return Call("GetInputLabel", index).Text(); }
   UInt_t GetNvar() const { return Call("GetNvar").Integer(); }
   Double_t GetSignalReferenceCut() const { return Call("GetSignalReferenceCut").Number(); }
   void PrintHelpMessage() const { Call("PrintHelpMessage"); }
   std::map<TString, Double_t>
   OptimizeTuningParameters(const TString &figure = "ROCIntegral", const TString &fit = "FitGA")
   {
      return Bridge::by_name(Object(Call("OptimizeTuningParameters", figure, fit).Handle()));
   }
};

class MethodBase : public IMethod {
public:
   using IMethod::IMethod;
};

class MethodCompositeBase : public MethodBase {
public:
   using MethodBase::MethodBase;
};

class MethodCategory : public MethodCompositeBase {
public:
   using MethodCompositeBase::MethodCompositeBase;
   IMethod *AddMethod(const TCut &cut, const TString &variables, Types::EMVA method, const TString &title,
                      const TString &options = "")
   {
      const TString name = Types::Instance().GetMethodName(method);
      fParts.push_back(
         std::make_unique<MethodBase>(Call("AddMethod", cut, variables, name, title, options).Handle()));
      return fParts.back().get();
   }

private:
   std::vector<std::unique_ptr<MethodBase>> fParts;
};

class MethodCuts : public MethodBase {
public:
   using MethodBase::MethodBase;
   Double_t GetCuts(Double_t efficiency, std::vector<Double_t> &low, std::vector<Double_t> &high) const
   {
      // The efficiency, all lower cuts, all upper cuts.
      const auto found = Call("GetCuts", efficiency).Numbers<Double_t>();
      const auto middle = found.begin() + 1 + (found.size() - 1) / 2;
      low.assign(found.begin() + 1, middle);
      high.assign(middle, found.end());
      return found.front();
   }
   Double_t GetCuts(Double_t efficiency, Double_t *low, Double_t *high) const
   {
      std::vector<Double_t> below, above;
      const auto found = GetCuts(efficiency, below, above);
      std::copy(below.begin(), below.end(), low);
      std::copy(above.begin(), above.end(), high);
      return found;
   }
   void PrintCuts(Double_t efficiency) const { Call("PrintCuts", efficiency); }
};

#define TMVA_PY_METHOD(NAME)             \
   class NAME : public MethodBase {      \
   public:                               \
      using MethodBase::MethodBase;      \
   };
TMVA_PY_METHOD(MethodBDT)
TMVA_PY_METHOD(MethodBoost)
TMVA_PY_METHOD(MethodCFMlpANN)
TMVA_PY_METHOD(MethodCrossValidation)
TMVA_PY_METHOD(MethodDL)
TMVA_PY_METHOD(MethodDNN)
TMVA_PY_METHOD(MethodDT)
TMVA_PY_METHOD(MethodFDA)
TMVA_PY_METHOD(MethodFisher)
TMVA_PY_METHOD(MethodHMatrix)
TMVA_PY_METHOD(MethodKNN)
TMVA_PY_METHOD(MethodLD)
TMVA_PY_METHOD(MethodLikelihood)
TMVA_PY_METHOD(MethodMLP)
TMVA_PY_METHOD(MethodPDEFoam)
TMVA_PY_METHOD(MethodPDERS)
TMVA_PY_METHOD(MethodPyKeras)
TMVA_PY_METHOD(MethodPyTorch)
TMVA_PY_METHOD(MethodRuleFit)
TMVA_PY_METHOD(MethodSVM)
TMVA_PY_METHOD(MethodTMlpANN)
#undef TMVA_PY_METHOD

namespace Bridge {
template <class T> std::unique_ptr<MethodBase> method(long long handle)
{
   return std::make_unique<T>(handle);
}

// A method of its own class, so that dynamic_cast finds it; nothing for nothing.
inline std::unique_ptr<MethodBase> method_of(const Answer &found)
{
   if (!found.Handle())
      return nullptr;
   using Maker = std::unique_ptr<MethodBase> (*)(long long);
   static const std::map<std::string, Maker> makers = {
      {"BDT", method<MethodBDT>},           {"Boost", method<MethodBoost>},
      {"CFMlpANN", method<MethodCFMlpANN>}, {"CrossValidation", method<MethodCrossValidation>},
      {"Category", method<MethodCategory>}, {"Cuts", method<MethodCuts>},
      {"DL", method<MethodDL>},             {"DNN", method<MethodDNN>},
      {"DT", method<MethodDT>},             {"FDA", method<MethodFDA>},
      {"Fisher", method<MethodFisher>},     {"HMatrix", method<MethodHMatrix>},
      {"KNN", method<MethodKNN>},           {"LD", method<MethodLD>},
      {"Likelihood", method<MethodLikelihood>}, {"MLP", method<MethodMLP>},
      {"PDEFoam", method<MethodPDEFoam>},   {"PDERS", method<MethodPDERS>},
      {"PyKeras", method<MethodPyKeras>},   {"PyTorch", method<MethodPyTorch>},
      {"RuleFit", method<MethodRuleFit>},   {"SVM", method<MethodSVM>},
      {"TMlpANN", method<MethodTMlpANN>}};
   const auto maker = makers.find(found.Text().Data());
   return (maker == makers.end() ? method<MethodBase> : maker->second)(found.Handle());
}
} // namespace Bridge

// --- data ---------------------------------------------------------------------------------------------------

class VariableInfo : public Bridge::Object {
public:
   using Object::Object;
   TString GetExpression() const { return Call("GetExpression").Text(); }
   TString GetInternalName() const { return Call("GetInternalName").Text(); }
   TString GetLabel() const { return Call("GetLabel").Text(); }
   TString GetTitle() const { return Call("GetTitle").Text(); }
   TString GetUnit() const { return Call("GetUnit").Text(); }
   char GetVarType() const { return Call("GetVarType").Text()[0]; }
   Double_t GetMin() const { return Call("GetMin").Number(); }
   Double_t GetMax() const { return Call("GetMax").Number(); }
};

class DataSetInfo : public Bridge::Object {
public:
   using Object::Object;
   std::vector<TString> GetListOfVariables() const { return Call("GetListOfVariables").Texts(); }
   UInt_t GetNVariables() const { return Call("GetNVariables").Integer(); }
   UInt_t GetNTargets() const { return Call("GetNTargets").Integer(); }
   UInt_t GetNSpectators() const { return Call("GetNSpectators").Integer(); }
   UInt_t GetNClasses() const { return Call("GetNClasses").Integer(); }
   UInt_t GetSignalClassIndex() const { return Call("GetSignalClassIndex").Integer(); }
   VariableInfo &GetVariableInfo(Int_t index) { return Info("GetVariableInfo", index); }
   VariableInfo &GetTargetInfo(Int_t index) { return Info("GetTargetInfo", index); }
   VariableInfo &GetSpectatorInfo(Int_t index) { return Info("GetSpectatorInfo", index); }

private:
   VariableInfo &Info(const char *name, Int_t index)
   {
      fInfos.push_back(std::make_unique<VariableInfo>(Call(name, index).Handle()));
      return *fInfos.back();
   }
   std::vector<std::unique_ptr<VariableInfo>> fInfos;
};

// The overloads are told apart in Python.
#define TMVA_PY_FORWARD(NAME)                                     \
   template <class... A> void NAME(const A &...arguments)         \
   {                                                              \
      Call(#NAME, arguments...);                                  \
   }

class DataLoader : public Bridge::Object {
public:
   DataLoader(const TString &name = "default") : Object(Bridge::make("DataLoader", name).Handle()) {}
   explicit DataLoader(long long handle) : Object(handle) {}
   TMVA_PY_FORWARD(AddVariable)
   TMVA_PY_FORWARD(AddVariablesArray)
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
   TMVA_PY_FORWARD(SetWeightExpression)
   TMVA_PY_FORWARD(SetSignalWeightExpression)
   TMVA_PY_FORWARD(SetBackgroundWeightExpression)
   TMVA_PY_FORWARD(AddCut)
   TMVA_PY_FORWARD(SetCut)
   TMVA_PY_FORWARD(PrepareTrainingAndTestTree)
   void SetInputVariables(std::vector<TString> *variables) { Call("SetInputVariables", *variables); }
   void SetInputTrees(TTree *signal, TTree *background, Double_t signalWeight = 1, Double_t backgroundWeight = 1)
   {
      Call("SetInputTrees", signal, background, signalWeight, backgroundWeight);
   }
   void SetInputTrees(TTree *tree, const TCut &signal, const TCut &background)
   {
      Call("AddTree", tree, "Signal", 1.0, signal);
      Call("AddTree", tree, "Background", 1.0, background);
   }
   // With braces around the values, too.
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
   void AddTrainingEvent(const TString &name, const std::vector<Double_t> &event, Double_t weight = 1)
   {
      Call("AddTrainingEvent", name, event, weight);
   }
   void AddTestEvent(const TString &name, const std::vector<Double_t> &event, Double_t weight = 1)
   {
      Call("AddTestEvent", name, event, weight);
   }
   void AddEvent(const TString &name, Types::ETreeType type, const std::vector<Double_t> &event, Double_t weight)
   {
      Call("AddEvent", name, int(type), event, weight);
   }
   DataSetInfo &GetDataSetInfo()
   {
      fInfo = std::make_unique<DataSetInfo>(Call("GetDataSetInfo").Handle());
      return *fInfo;
   }
   DataSetInfo &DefaultDataSetInfo() { return GetDataSetInfo(); }
   DataLoader *MakeCopy(const TString &name) { return new DataLoader(Call("MakeCopy", name).Handle()); }
   DataLoader *VarTransform(const TString &definition)
   {
      return new DataLoader(Call("VarTransform", definition).Handle());
   }

private:
   std::unique_ptr<DataSetInfo> fInfo;
};

// --- the factory --------------------------------------------------------------------------------------------

class Factory : public Bridge::Object {
public:
   Factory(const TString &job, TFile *file, const TString &options = "")
      : Object(Bridge::make("Factory", job, file, options).Handle())
   {
   }
   Factory(const TString &job, const TString &options = "")
      : Object(Bridge::make("Factory", job, nullptr, options).Handle())
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
   TMVA_PY_FORWARD(AddVariable)
   TMVA_PY_FORWARD(AddTarget)
   TMVA_PY_FORWARD(AddSpectator)
   TMVA_PY_FORWARD(AddTree)
   TMVA_PY_FORWARD(AddSignalTree)
   TMVA_PY_FORWARD(AddBackgroundTree)
   TMVA_PY_FORWARD(AddRegressionTree)
   TMVA_PY_FORWARD(SetInputTrees)
   TMVA_PY_FORWARD(SetWeightExpression)
   TMVA_PY_FORWARD(SetSignalWeightExpression)
   TMVA_PY_FORWARD(SetBackgroundWeightExpression)
   TMVA_PY_FORWARD(AddCut)
   TMVA_PY_FORWARD(SetCut)
   TMVA_PY_FORWARD(PrepareTrainingAndTestTree)
   TMVA_PY_FORWARD(AddSignalTrainingEvent)
   TMVA_PY_FORWARD(AddBackgroundTrainingEvent)
   TMVA_PY_FORWARD(AddSignalTestEvent)
   TMVA_PY_FORWARD(AddBackgroundTestEvent)
   void TrainAllMethods() { Call("TrainAllMethods"); }
   void TestAllMethods() { Call("TestAllMethods"); }
   void EvaluateAllMethods() { Call("EvaluateAllMethods"); }
   void DeleteAllMethods() { Call("DeleteAllMethods"); }
   void SetVerbose(Bool_t verbose = kTRUE) { Call("SetVerbose", bool(verbose)); }
   std::map<TString, Double_t> OptimizeAllMethods(const TString &figure = "ROCIntegral", const TString &fit = "FitGA")
   {
      return Bridge::by_name(Bridge::Object(Call("OptimizeAllMethods", figure, fit).Handle()));
   }
   std::map<TString, Double_t>
   OptimizeAllMethodsForClassification(const TString &figure = "ROCIntegral", const TString &fit = "FitGA")
   {
      return OptimizeAllMethods(figure, fit);
   }
   Bool_t HasMethod(const TString &loader, const TString &title) const
   {
      return Call("HasMethod", loader, title).Integer();
   }
   IMethod *GetMethod(const TString &loader, const TString &title)
   {
      return Keep(Call("GetMethod", loader, title));
   }
   TH1F *EvaluateImportance(DataLoader *loader, VIType type, Types::EMVA method, const TString &title,
                            const char *options = "")
   {
      return Call("EvaluateImportance", loader, int(type), Types::Instance().GetMethodName(method), title, options)
         .Pointer<TH1F>();
   }
   template <class L> Double_t GetROCIntegral(const L &loader, const TString &title, UInt_t number = 0)
   {
      return Call("GetROCIntegral", loader, title, number).Number();
   }
   template <class L> TGraph *GetROCCurve(const L &loader, const TString &title, Bool_t titles = kTRUE, UInt_t number = 0)
   {
      return Call("GetROCCurve", loader, title, bool(titles), number).template Pointer<TGraph>();
   }
   template <class L> TCanvas *GetROCCurve(const L &loader, UInt_t number = 0)
   {
      return Call("GetROCCurve", loader, number).template Pointer<TCanvas>();
   }
   template <class L> TMultiGraph *GetROCCurveAsMultiGraph(const L &loader, UInt_t number = 0)
   {
      return Call("GetROCCurveAsMultiGraph", loader, number).template Pointer<TMultiGraph>();
   }
   template <class... A> void PrintHelpMessage(const A &...arguments) { Call("PrintHelpMessage", arguments...); }

private:
   MethodBase *Keep(const Bridge::Answer &found)
   {
      fMethods.push_back(Bridge::method_of(found));
      return fMethods.back().get();
   }
   std::vector<std::unique_ptr<MethodBase>> fMethods;
};

// --- settings and tools -------------------------------------------------------------------------------------

class Config : public Bridge::Object {
public:
   class VariablePlotting : public Object {
   public:
      using Object::Object;
      Bridge::Setting<Float_t> fTimesRMS{*this, "fTimesRMS"};
      Bridge::Setting<Int_t> fNbins1D{*this, "fNbins1D"};
      Bridge::Setting<Int_t> fNbins2D{*this, "fNbins2D"};
      Bridge::Setting<Int_t> fMaxNumOfAllowedVariables{*this, "fMaxNumOfAllowedVariables"};
      Bridge::Setting<Int_t> fMaxNumOfAllowedVariablesForScatterPlots{
         *this, "fMaxNumOfAllowedVariablesForScatterPlots"};
      Bridge::Setting<Int_t> fNbinsMVAoutput{*this, "fNbinsMVAoutput"};
      Bridge::Setting<Int_t> fNbinsXOfROCCurve{*this, "fNbinsXOfROCCurve"};
      Bridge::Setting<Bool_t> fUsePaperStyle{*this, "fUsePaperStyle"};
      Bridge::Setting<Int_t> fPlotFormat{*this, "fPlotFormat"};
   };
   class IONames : public Object {
   public:
      using Object::Object;
      Bridge::Setting<TString> fWeightFileDirPrefix{*this, "fWeightFileDirPrefix"};
      Bridge::Setting<TString> fWeightFileDir{*this, "fWeightFileDir"};
      Bridge::Setting<TString> fWeightFileExtension{*this, "fWeightFileExtension"};
      Bridge::Setting<TString> fOptionsReferenceFileDir{*this, "fOptionsReferenceFileDir"};
   };
   static Config &Instance()
   {
      static Config one;
      return one;
   }
   VariablePlotting &GetVariablePlotting() { return fVariablePlotting; }
   IONames &GetIONames() { return fIONames; }
   Bool_t UseColor() const { return Call("UseColor").Integer(); }
   void SetUseColor(Bool_t use) { Call("SetUseColor", bool(use)); }
   Bool_t IsSilent() const { return Call("IsSilent").Integer(); }
   void SetSilent(Bool_t silent) { Call("SetSilent", bool(silent)); }
   Bool_t DrawProgressBar() const { return Call("DrawProgressBar").Integer(); }
   void SetDrawProgressBar(Bool_t draw) { Call("SetDrawProgressBar", bool(draw)); }
   UInt_t GetNWorkers() const { return Call("GetNWorkers").Integer(); }
   void SetNWorkers(UInt_t count) { Call("SetNWorkers", count); }

private:
   Config() : Object(Bridge::make("gConfig").Handle()) {}
   VariablePlotting fVariablePlotting{Call("GetVariablePlotting").Handle()};
   IONames fIONames{Call("GetIONames").Handle()};
};

inline Config &gConfig()
{
   return Config::Instance();
}

class Tools {
public:
   static Tools &Instance()
   {
      static Tools one;
      return one;
   }
   std::vector<TString> SplitString(const TString &text, const char separator) const
   {
      return Bridge::make("split_string", text, separator).Texts();
   }
   void UsefulSortDescending(std::vector<Double_t> &values) const { std::sort(values.rbegin(), values.rend()); }
   void UsefulSortAscending(std::vector<Double_t> &values) const { std::sort(values.begin(), values.end()); }
};

inline Tools &gTools()
{
   return Tools::Instance();
}

class PyMethodBase {
public:
   static void PyInitialize() {}
   static int PyIsInitialized() { return 1; }
   static void PyFinalize() {}
};

inline TString Python_Executable()
{
   return Bridge::make("python_executable").Text();
}

inline void TMVAGui(const char *file = "TMVA.root", TString data = "")
{
   Bridge::make("TMVAGui", file, data);
}
inline void TMVARegGui(const char *file = "TMVAReg.root", TString data = "")
{
   Bridge::make("TMVARegGui", file, data);
}
inline void TMVAMultiClassGui(const char *file = "TMVAMulticlass.root", TString data = "")
{
   Bridge::make("TMVAMultiClassGui", file, data);
}

class ROCCurve : public Bridge::Object {
public:
   template <class... A> explicit ROCCurve(const std::vector<Float_t> &values, const A &...more)
      : Object(Bridge::make("ROCCurve", values, more...).Handle())
   {
   }
   Double_t GetROCIntegral(UInt_t points = 41) const { return Call("GetROCIntegral", points).Number(); }
   TGraph *GetROCCurve(UInt_t points = 100) const { return Call("GetROCCurve", points).Pointer<TGraph>(); }
};

class Event {
public:
   Event() = default;
   explicit Event(const std::vector<Float_t> &values, UInt_t number = 0, Double_t weight = 1)
      : fValues(values), fClass(number), fWeight(weight)
   {
   }
   UInt_t GetNVariables() const { return fValues.size(); }
   Float_t GetValue(UInt_t index) const { return fValues.at(index); }
   void SetVal(UInt_t index, Float_t value) { fValues.at(index) = value; }
   const std::vector<Float_t> &GetValues() const { return fValues; }
   UInt_t GetClass() const { return fClass; }
   void SetClass(UInt_t number) { fClass = number; }
   Double_t GetWeight() const { return fWeight; }
   Double_t GetOriginalWeight() const { return fWeight; }
   void SetWeight(Double_t weight) { fWeight = weight; }

private:
   std::vector<Float_t> fValues;
   UInt_t fClass = 0;
   Double_t fWeight = 1;
};

} // namespace TMVA
