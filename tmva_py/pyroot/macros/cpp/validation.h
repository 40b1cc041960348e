// CrossValidation and its results.
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
   std::vector<Float_t> GetROCValues() const { return Numbers("GetROCValues"); }
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

private:
   std::vector<Float_t> Numbers(const char *name) const { return Call(name).Numbers<Float_t>(); }
};

// std::vector<T> of Python's objects: they cannot be copied here.
namespace Bridge {
template <class T> class List {
public:
   void Fill(const Object &owner, const char *name)
   {
      fItems.clear();
      const auto size = owner.Call("number_of", name).Integer();
      for (long long i = 0; i < size; ++i)
         fItems.push_back(std::make_unique<T>(owner.Call("item_of", name, i).Handle()));
   }
   std::size_t size() const { return fItems.size(); }
   bool empty() const { return fItems.empty(); }
   T &operator[](std::size_t i) const { return *fItems[i]; }
   T &at(std::size_t i) const { return *fItems.at(i); }
   class Iterator {
   public:
      explicit Iterator(const std::unique_ptr<T> *at) : fAt(at) {}
      T &operator*() const { return **fAt; }
      T *operator->() const { return fAt->get(); }
      Iterator &operator++()
      {
         ++fAt;
         return *this;
      }
      bool operator!=(const Iterator &other) const { return fAt != other.fAt; }

   private:
      const std::unique_ptr<T> *fAt;
   };
   Iterator begin() const { return Iterator(fItems.data()); }
   Iterator end() const { return Iterator(fItems.data() + fItems.size()); }

private:
   std::vector<std::unique_ptr<T>> fItems;
};
} // namespace Bridge

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
      fResults.Fill(*this, "GetResults");
   }
   const Bridge::List<CrossValidationResult> &GetResults() const { return fResults; }
   const Bridge::List<OptionMap> &GetMethods()
   {
      fMethods.Fill(*this, "GetMethods");
      return fMethods;
   }
   UInt_t GetNumFolds() const { return Call("GetNumFolds").Integer(); }
   void SetNumFolds(UInt_t folds) { Call("SetNumFolds", folds); }
   void SetSplitExpr(const TString &text) { Call("SetSplitExpr", text); }
   Factory *GetFactory() = delete;

private:
   Bridge::List<CrossValidationResult> fResults;
   Bridge::List<OptionMap> fMethods;
};

} // namespace TMVA
