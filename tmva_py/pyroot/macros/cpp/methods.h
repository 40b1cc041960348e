// What BookMethod and BookMVA give: each function calls the one of its name in Python.
#pragma once

#include <algorithm>
#include <map>

#include "data.h"

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

class IMethod : public Bridge::Object {
public:
   using Object::Object;
   TString GetMethodName() const { return Call("GetMethodName").Text(); }
   TString GetMethodTypeName() const { return Call("GetMethodTypeName").Text(); }
   Types::EMVA GetMethodType() const { return Types::Instance().GetMethodType(GetMethodTypeName()); }
   TString GetJobName() const { return Call("GetJobName").Text(); }
   TString GetTestvarName() const { return Call("GetTestvarName").Text(); }
   TString GetProbaName() const { return GetTestvarName() + "_Proba"; }
   TString GetWeightFileName() const { return Call("GetWeightFileName").Text(); }
   TString GetOptions() const { return Call("GetOptions").Text(); }
   TString GetInputVar(Int_t index) const { return Call("GetInputVar", index).Text(); }
   TString GetInputLabel(Int_t index) const { return Call("GetInputLabel", index).Text(); }
   TString GetInputTitle(Int_t index) const { return Call("GetInputTitle", index).Text(); }
   UInt_t GetNvar() const { return Call("GetNvar").Integer(); }
   UInt_t GetNVariables() const { return GetNvar(); }
   UInt_t GetNTargets() const { return DataInfo().GetNTargets(); }
   Double_t GetTrainTime() const { return Call("GetTrainTime").Number(); }
   Double_t GetSignalReferenceCut() const { return Call("GetSignalReferenceCut").Number(); }
   Double_t GetSeparation() const { return Call("GetSeparation").Number(); }
   Double_t GetSignificance() const { return Call("GetSignificance").Number(); }
   Double_t GetROCIntegral() const { return Call("GetROCIntegral").Number(); }
   Double_t GetEfficiency(const TString &what, Types::ETreeType type, Double_t &error) const
   {
      error = Call("efficiency_error", what).Number();
      return Call("GetEfficiency", what, int(type)).Number();
   }
   Double_t GetTrainingEfficiency(const TString &what) const { return Call("GetTrainingEfficiency", what).Number(); }
   void TrainMethod() const { Call("TrainMethod"); }
   void PrintHelpMessage() const { Call("PrintHelpMessage"); }
   void WriteStateToFile() const { Call("WriteStateToFile"); }
   void MakeClass(const TString &file = "") const { Call("MakeClass", file); }
   DataSetInfo &DataInfo() const
   {
      if (!fInfo)
         fInfo = std::make_shared<DataSetInfo>(Call("DataInfo").Handle());
      return *fInfo;
   }
   DataSet *Data() const { return DataInfo().GetDataSet(); }
   Double_t GetMvaValue(const Event *event, Double_t * = nullptr, Double_t * = nullptr) const
   {
      return GetRegressionValues(event).at(0);
   }
   std::vector<Float_t> GetRegressionValues(const Event *event) const
   {
      return Call("responses_to", event->GetValues(), event->GetSpectators()).Numbers<Float_t>();
   }
   std::map<TString, Double_t>
   OptimizeTuningParameters(const TString &figure = "ROCIntegral", const TString &fit = "FitGA")
   {
      return Bridge::by_name(Object(Call("OptimizeTuningParameters", figure, fit).Handle()));
   }

private:
   mutable std::shared_ptr<DataSetInfo> fInfo;
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
   static MethodCuts *DynamicCast(IMethod *method) { return dynamic_cast<MethodCuts *>(method); }
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

} // namespace TMVA
