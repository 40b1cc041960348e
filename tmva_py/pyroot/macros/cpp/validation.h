// CrossValidation, HyperParameterOptimisation, VariableImportance and their results.
#pragma once

#include "booking.h"

namespace TMVA {

// The options of a booked method, by their names.
class OptionMap : public Bridge::Object {
public:
   using Object::Object;
   template <class T> T GetValue(const TString &key) const { return Call("GetValue", key).template As<T>(); }
};

class CrossValidationResult : public Bridge::Object {
public:
   using Object::Object;
   Float_t GetROCAverage() const { return Call("GetROCAverage").Number(); }
   Float_t GetROCStandardDeviation() const { return Call("GetROCStandardDeviation").Number(); }
   std::map<UInt_t, Float_t> GetROCValues() const
   {
      std::map<UInt_t, Float_t> areas;
      for (const auto one : Call("GetROCValues").Numbers())
         areas.emplace(areas.size(), one);
      return areas;
   }
   std::vector<Double_t> GetSigValues() const { return Call("GetSigValues").Numbers(); }
   std::vector<Double_t> GetSepValues() const { return Call("GetSepValues").Numbers(); }
   std::vector<Double_t> GetEff01Values() const { return Call("GetEff01Values").Numbers(); }
   std::vector<Double_t> GetEff10Values() const { return Call("GetEff10Values").Numbers(); }
   std::vector<Double_t> GetEff30Values() const { return Call("GetEff30Values").Numbers(); }
   std::vector<Double_t> GetEffAreaValues() const { return Call("GetEffAreaValues").Numbers(); }
   std::vector<Double_t> GetTrainEff01Values() const { return Call("GetTrainEff01Values").Numbers(); }
   std::vector<Double_t> GetTrainEff10Values() const { return Call("GetTrainEff10Values").Numbers(); }
   std::vector<Double_t> GetTrainEff30Values() const { return Call("GetTrainEff30Values").Numbers(); }
   TGraph *GetAvgROCCurve(UInt_t points = 100) const { return Call("GetAvgROCCurve", points).Pointer<TGraph>(); }
   TMultiGraph *GetROCCurves(Bool_t legend = kTRUE) const
   {
      return Call("GetROCCurves", bool(legend)).Pointer<TMultiGraph>();
   }
   TCanvas *Draw(const TString &name = "CrossValidation") const { return Call("Draw", name).Pointer<TCanvas>(); }
   TCanvas *DrawAvgROCCurve(Bool_t folds = kFALSE, TString title = "") const
   {
      return Call("DrawAvgROCCurve", bool(folds), title).Pointer<TCanvas>();
   }
   void Print() const { Call("Print"); }
};

class CrossValidation : public Bridge::Object {
public:
   CrossValidation(const TString &job, DataLoader *loader, TFile *file, const TString &options = "")
      : Object(Bridge::make("CrossValidation", job, loader, file, options).Handle())
   {
   }
   CrossValidation(const TString &job, DataLoader *loader, const TString &options = "")
      : Object(Bridge::make("CrossValidation", job, loader, options).Handle())
   {
   }
   void BookMethod(Types::EMVA method, const TString &title, const TString &options = "")
   {
      BookMethod(Types::Instance().GetMethodName(method), title, options);
   }
   void BookMethod(const TString &method, const TString &title, const TString &options = "")
   {
      Call("BookMethod", method, title, options);
   }
   void Evaluate()
   {
      Call("Evaluate");
      fResults = Bridge::list_of<CrossValidationResult>(*this, "GetResults");
   }
   const std::vector<CrossValidationResult> &GetResults() const { return fResults; }
   std::vector<OptionMap> &GetMethods()
   {
      fMethods = Bridge::list_of<OptionMap>(*this, "GetMethods");
      return fMethods;
   }
   UInt_t GetNumFolds() const { return Call("GetNumFolds").Integer(); }
   void SetNumFolds(UInt_t folds) { Call("SetNumFolds", folds); }
   void SetSplitExpr(const TString &text) { Call("SetSplitExpr", text); }

private:
   std::vector<CrossValidationResult> fResults;
   std::vector<OptionMap> fMethods;
};

class HyperParameterOptimisationResult : public Bridge::Object {
public:
   HyperParameterOptimisationResult() = default;
   explicit HyperParameterOptimisationResult(long long handle) : Object(handle)
   {
      for (const auto &fold : Bridge::list_of<Bridge::Object>(*this, "GetFolds"))
         fFoldParameters.push_back(Bridge::by_name(fold));
   }
   void Print() const { Call("Print"); }
   std::vector<std::map<TString, Double_t>> fFoldParameters;
};

class HyperParameterOptimisation : public Bridge::Object {
public:
   explicit HyperParameterOptimisation(DataLoader *loader)
      : Object(Bridge::make("HyperParameterOptimisation", loader).Handle())
   {
   }
   void BookMethod(Types::EMVA method, const TString &title, const TString &options = "")
   {
      BookMethod(Types::Instance().GetMethodName(method), title, options);
   }
   void BookMethod(const TString &method, const TString &title, const TString &options = "")
   {
      Call("BookMethod", method, title, options);
   }
   void SetFOMType(const TString &figure) { Call("SetFOMType", figure); }
   void SetFitter(const TString &fit) { Call("SetFitter", fit); }
   void SetNumFolds(UInt_t folds) { Call("SetNumFolds", folds); }
   void Evaluate()
   {
      Call("Evaluate");
      fResults = HyperParameterOptimisationResult(Call("GetResults").Handle());
   }
   const HyperParameterOptimisationResult &GetResults() const { return fResults; }

private:
   HyperParameterOptimisationResult fResults;
};

class VariableImportanceResult : public Bridge::Object {
public:
   using Object::Object;
   VIType GetType() const { return VIType(Call("GetType").Integer()); }
   OptionMap GetImportanceValues() const { return OptionMap(Call("GetImportanceValues").Handle()); }
   TH1F *GetImportanceHist() const { return Bridge::histogram_of(Call("GetImportanceHist")); }
   void Print() const { Call("Print"); }
   TCanvas *Draw(const TString &name = "VariableImportance") const
   {
      auto canvas = new TCanvas(name, name);
      GetImportanceHist()->Draw();
      canvas->Update();
      return canvas;
   }
};

class VariableImportance : public Bridge::Object {
public:
   explicit VariableImportance(DataLoader *loader) : Object(Bridge::make("VariableImportance", loader).Handle()) {}
   void BookMethod(Types::EMVA method, const TString &title, const TString &options = "")
   {
      BookMethod(Types::Instance().GetMethodName(method), title, options);
   }
   void BookMethod(const TString &method, const TString &title, const TString &options = "")
   {
      Call("BookMethod", method, title, options);
   }
   void SetType(VIType type) { Call("SetType", int(type)); }
   VIType GetType() const { return VIType(Call("GetType").Integer()); }
   void Evaluate() { Call("Evaluate"); }
   VariableImportanceResult GetResults() const { return VariableImportanceResult(Call("GetResults").Handle()); }
};

namespace Experimental {

class ClassificationResult : public Bridge::Object {
public:
   using Object::Object;
   TString GetMethodName() const { return Call("GetMethodName").Text(); }
   TString GetMethodTitle() const { return Call("GetMethodTitle").Text(); }
   Bool_t IsCutsMethod() const { return Call("IsCutsMethod").Integer(); }
   Double_t GetROCIntegral() const { return Call("GetROCIntegral").Number(); }
   TGraph *GetROCGraph() const { return Call("GetROCGraph").Pointer<TGraph>(); }
};

class Classification : public Bridge::Object {
public:
   Classification(DataLoader *loader, const TString &options)
      : Object(Bridge::make("Classification", loader, nullptr, options).Handle())
   {
   }
   Classification(DataLoader *loader, TFile *file, const TString &options)
      : Object(Bridge::make("Classification", loader, file, options).Handle())
   {
   }
   void BookMethod(Types::EMVA method, const TString &title, const TString &options = "")
   {
      BookMethod(Types::Instance().GetMethodName(method), title, options);
   }
   void BookMethod(const TString &method, const TString &title, const TString &options = "")
   {
      Call("BookMethod", method, title, options);
   }
   void Evaluate()
   {
      Call("Evaluate");
      fResults = Bridge::list_of<ClassificationResult>(*this, "GetResults");
   }
   std::vector<ClassificationResult> &GetResults() { return fResults; }

private:
   std::vector<ClassificationResult> fResults;
};

} // namespace Experimental
} // namespace TMVA
