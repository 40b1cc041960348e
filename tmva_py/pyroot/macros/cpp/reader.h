// The Reader: values are gathered here, and one call for each event goes to a function made by Python.
#pragma once

#include <unordered_map>

#include "booking.h"

namespace TMVA {

// Constructors are those of TMVA, for the compiler to choose the same one.
class Reader : public Bridge::Object {
public:
   explicit Reader(const TString &options = "", Bool_t verbose = kFALSE)
      : Object(Bridge::make("Reader", options, bool(verbose)).Handle())
   {
   }
   Reader(const std::vector<std::string> &names, const TString &options = "", Bool_t verbose = kFALSE)
      : Object(Bridge::make("Reader", names, options, bool(verbose)).Handle())
   {
   }
   Reader(const std::vector<TString> &names, const TString &options = "", Bool_t verbose = kFALSE)
      : Object(Bridge::make("Reader", names, options, bool(verbose)).Handle())
   {
   }
   Reader(const std::string &names, const TString &options, Bool_t verbose = kFALSE)
      : Object(Bridge::make("Reader", names, options, bool(verbose)).Handle())
   {
   }
   Reader(const TString &names, const TString &options, Bool_t verbose = kFALSE)
      : Object(Bridge::make("Reader", names, options, bool(verbose)).Handle())
   {
   }
   Bool_t Verbose() const { return Call("Verbose").Integer(); }
   void SetVerbose(Bool_t verbose) { Call("SetVerbose", bool(verbose)); }
   DataSetInfo &DataInfo()
   {
      Open();
      fInfo = std::make_unique<DataSetInfo>(Call("DataInfo").Handle());
      return *fInfo;
   }
   void AddVariable(const TString &expression, Float_t *address) { Add("AddVariable", expression, {address, nullptr}); }
   void AddVariable(const TString &expression, Int_t *address) { Add("AddVariable", expression, {nullptr, address}); }
   void AddSpectator(const TString &expression, Float_t *address) { Add("AddSpectator", expression, {address, nullptr}); }
   void AddSpectator(const TString &expression, Int_t *address) { Add("AddSpectator", expression, {nullptr, address}); }

   IMethod *BookMVA(const TString &tag, const TString &file)
   {
      Open();
      Booked booked;
      booked.method = Bridge::method_of(Call("BookMVA", tag, file));
      auto *method = booked.method.get();
      fBooked.emplace(tag.Data(), std::move(booked));
      return method;
   }
   IMethod *BookMVA(Types::EMVA type, const char *xml)
   {
      Open();
      fUnnamed.push_back(Bridge::method_of(Call("BookMVA", Types::Instance().GetMethodName(type), xml, true)));
      return fUnnamed.back().get();
   }
   IMethod *FindMVA(const TString &tag)
   {
      const auto found = fBooked.find(tag.Data());
      return found == fBooked.end() ? nullptr : found->second.method.get();
   }
   MethodCuts *FindCutsMVA(const TString &tag) { return dynamic_cast<MethodCuts *>(FindMVA(tag)); }

   Double_t EvaluateMVA(const TString &tag, Double_t aux = 0) { return Response(tag, aux); }
   Double_t EvaluateMVA(const std::vector<Float_t> &event, const TString &tag, Double_t aux = 0)
   {
      return Call("EvaluateMVA", event, tag, aux).Number();
   }
   Double_t EvaluateMVA(const std::vector<Double_t> &event, const TString &tag, Double_t aux = 0)
   {
      return Call("EvaluateMVA", event, tag, aux).Number();
   }
   Double_t EvaluateMVA(MethodBase *method, Double_t aux = 0)
   {
      Gather();
      return Call("EvaluateMVA", method, aux).Number();
   }
   const std::vector<Float_t> &EvaluateRegression(const TString &tag, Double_t = 0) { return Responses(tag); }
   Float_t EvaluateRegression(UInt_t number, const TString &tag, Double_t = 0) { return Responses(tag).at(number); }
   const std::vector<Float_t> &EvaluateRegression(MethodBase *method, Double_t = 0)
   {
      return Several("EvaluateRegression", method);
   }
   const std::vector<Float_t> &EvaluateMulticlass(MethodBase *method, Double_t = 0)
   {
      return Several("EvaluateMulticlass", method);
   }
   const std::vector<Float_t> &EvaluateMulticlass(const TString &tag, Double_t = 0) { return Responses(tag); }
   Float_t EvaluateMulticlass(UInt_t number, const TString &tag, Double_t = 0) { return Responses(tag).at(number); }

   Double_t GetMVAError() const { return Call("GetMVAError").Number(); }
   Double_t GetMVAErrorLower() const { return Call("GetMVAErrorLower").Number(); }
   Double_t GetMVAErrorUpper() const { return Call("GetMVAErrorUpper").Number(); }
   Double_t GetProba(const TString &tag, Double_t signal = 0.5, Double_t response = -9999999)
   {
      Gather();
      return Call("GetProba", tag, signal, response).Number();
   }
   Double_t GetRarity(const TString &tag, Double_t response = -9999999)
   {
      Gather();
      return Call("GetRarity", tag, response).Number();
   }

private:
   struct Source {
      const Float_t *number;
      const Int_t *integer;
      Float_t Value() const { return number ? *number : Float_t(*integer); }
   };
   struct Input {
      const char *function;
      TString expression;
      Source source;
   };
   struct Booked {
      std::unique_ptr<MethodBase> method;
      double (*evaluate)(double) = nullptr;
      const float *responses = nullptr;
      std::vector<Float_t> values;
   };

   void Add(const char *function, const TString &expression, Source source)
   {
      if (fIsOpen) {
         // Python says why it is too late.
         Call(function, expression, Bridge::Argument(&fZero, 1));
         return;
      }
      fInputs.push_back({function, expression, source});
   }

   // Tell Python of all inputs; their values will lie one after the other.
   void Open()
   {
      if (fIsOpen)
         return;
      fIsOpen = true;
      fValues.resize(fInputs.size());
      for (std::size_t i = 0; i < fInputs.size(); ++i) {
         const bool isInteger = fInputs[i].source.integer;
         Call(fInputs[i].function, fInputs[i].expression, Bridge::Argument(&fValues[i], 1), isInteger);
      }
   }

   void Gather()
   {
      for (std::size_t i = 0; i < fInputs.size(); ++i)
         fValues[i] = fInputs[i].source.Value();
   }

   Booked &Find(const TString &tag)
   {
      const auto found = fBooked.find(tag.Data());
      if (found == fBooked.end()) {
         Call("EvaluateMVA", tag); // Python says which methods there are
         throw std::runtime_error(("no method " + tag + " is booked").Data());
      }
      auto &booked = found->second;
      if (!booked.evaluate) {
         booked.evaluate = reinterpret_cast<double (*)(double)>(Call("evaluator", tag).Pointer<void>());
         booked.responses = Call("responses_address", tag).Pointer<float>();
         booked.values.resize(Call("n_responses", tag).Integer());
      }
      return booked;
   }

   double Response(const TString &tag, double aux)
   {
      auto &booked = Find(tag);
      Gather();
      const double response = booked.evaluate(aux);
      Bridge::check_evaluation();
      return response;
   }

   const std::vector<Float_t> &Responses(const TString &tag)
   {
      auto &booked = Find(tag);
      Gather();
      booked.evaluate(0);
      Bridge::check_evaluation();
      std::copy(booked.responses, booked.responses + booked.values.size(), booked.values.begin());
      return booked.values;
   }

   const std::vector<Float_t> &Several(const char *function, const MethodBase *method)
   {
      Gather();
      fResponses = Call(function, method).Numbers<Float_t>();
      return fResponses;
   }

   float fZero = 0;
   bool fIsOpen = false;
   std::vector<Input> fInputs;
   std::vector<float> fValues, fResponses;
   std::unique_ptr<DataSetInfo> fInfo;
   std::unordered_map<std::string, Booked> fBooked;
   std::vector<std::unique_ptr<MethodBase>> fUnnamed;
};

} // namespace TMVA
