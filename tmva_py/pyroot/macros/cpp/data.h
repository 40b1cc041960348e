// What is known of the data: variables, classes, events.
#pragma once

#include <algorithm>

#include "TH2.h"
#include "TMatrixD.h"

#include "types.h"

namespace TMVA {

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

class ClassInfo : public Bridge::Object {
public:
   using Object::Object;
   TCut GetCut() const { return Call("GetCut").Text().Data(); }
   TString GetWeight() const { return Call("GetWeight").Text(); }
   UInt_t GetNumber() const { return Call("GetNumber").Integer(); }
};

class Event {
public:
   using Values = std::vector<Float_t>;
   Event() = default;
   explicit Event(const Values &values, UInt_t number = 0, Double_t weight = 1, Double_t boost = 1)
      : Event(values, Values(), Values(), number, weight, boost)
   {
   }
   Event(const Values &values, const Values &targets, UInt_t number = 0, Double_t weight = 1, Double_t boost = 1)
      : Event(values, targets, Values(), number, weight, boost)
   {
   }
   Event(const Values &values, const Values &targets, const Values &spectators, UInt_t number = 0, Double_t weight = 1,
         Double_t boost = 1)
      : fValues(values), fTargets(targets), fSpectators(spectators), fClass(number), fWeight(weight), fBoost(boost)
   {
   }
   UInt_t GetNVariables() const { return fValues.size(); }
   UInt_t GetNTargets() const { return fTargets.size(); }
   UInt_t GetNSpectators() const { return fSpectators.size(); }
   Float_t GetValue(UInt_t index) const { return fValues.at(index); }
   Float_t GetTarget(UInt_t index) const { return fTargets.at(index); }
   Float_t GetSpectator(UInt_t index) const { return fSpectators.at(index); }
   Values &GetValues() { return fValues; }
   const Values &GetValues() const { return fValues; }
   Values &GetTargets() { return fTargets; }
   const Values &GetTargets() const { return fTargets; }
   Values &GetSpectators() { return fSpectators; }
   const Values &GetSpectators() const { return fSpectators; }
   void SetVal(UInt_t index, Float_t value) { Put(fValues, index, value); }
   void SetTarget(UInt_t index, Float_t value) { Put(fTargets, index, value); }
   void SetSpectator(UInt_t index, Float_t value) { Put(fSpectators, index, value); }
   UInt_t GetClass() const { return fClass; }
   void SetClass(UInt_t number) { fClass = number; }
   Double_t GetWeight() const { return fWeight * fBoost; }
   Double_t GetOriginalWeight() const { return fWeight; }
   Double_t GetBoostWeight() const { return std::max(0.0001, fBoost); }
   void SetWeight(Double_t weight) { fWeight = weight; }
   void SetBoostWeight(Double_t weight) { fBoost = weight; }
   void ScaleBoostWeight(Double_t factor) { fBoost *= factor; }

private:
   static void Put(Values &values, UInt_t index, Float_t value)
   {
      if (index >= values.size())
         values.resize(index + 1);
      values[index] = value;
   }
   Values fValues, fTargets, fSpectators;
   UInt_t fClass = 0;
   Double_t fWeight = 1, fBoost = 1;
};

class DataSet : public Bridge::Object {
public:
   using Object::Object;
   UInt_t GetNVariables() const { return Call("GetNVariables").Integer(); }
   UInt_t GetNTargets() const { return Call("GetNTargets").Integer(); }
   UInt_t GetNSpectators() const { return Call("GetNSpectators").Integer(); }
   Long64_t GetNEvents(Types::ETreeType type = Types::kMaxTreeType) const
   {
      return Call("GetNEvents", Sample(type)).Integer();
   }
   Long64_t GetNTrainingEvents() const { return Call("GetNTrainingEvents").Integer(); }
   Long64_t GetNTestEvents() const { return Call("GetNTestEvents").Integer(); }
   Long64_t GetNClassEvents(Int_t type, UInt_t number) const { return Call("GetNClassEvents", type, number).Integer(); }
   Long64_t GetNEvtSigTrain() const { return Call("GetNEvtSigTrain").Integer(); }
   Long64_t GetNEvtBkgdTrain() const { return Call("GetNEvtBkgdTrain").Integer(); }
   Long64_t GetNEvtSigTest() const { return Call("GetNEvtSigTest").Integer(); }
   Long64_t GetNEvtBkgdTest() const { return Call("GetNEvtBkgdTest").Integer(); }
   Bool_t HasNegativeEventWeights() const { return Call("HasNegativeEventWeights").Integer(); }
   void SetCurrentType(Types::ETreeType type) const { Call("SetCurrentType", int(type)); }
   Types::ETreeType GetCurrentType() const { return Types::ETreeType(Call("GetCurrentType").Integer()); }
   const Event *GetEvent(Long64_t index) const { return Keep(index, Types::kMaxTreeType); }
   const Event *GetEvent(Long64_t index, Types::ETreeType type) const { return Keep(index, type); }
   const Event *GetTrainingEvent(Long64_t index) const { return Keep(index, Types::kTraining); }
   const Event *GetTestEvent(Long64_t index) const { return Keep(index, Types::kTesting); }
   const std::vector<Event *> &GetEventCollection(Types::ETreeType type = Types::kMaxTreeType) const
   {
      fCollection.clear();
      const Long64_t size = GetNEvents(type);
      for (Long64_t i = 0; i < size; ++i)
         fCollection.push_back(Keep(i, type));
      return fCollection;
   }

private:
   // The present sample where none is meant.
   static Bridge::Argument Sample(Types::ETreeType type)
   {
      return type == Types::kMaxTreeType ? Bridge::Argument(nullptr) : Bridge::Argument(int(type));
   }
   Event *Keep(Long64_t index, Types::ETreeType type) const
   {
      // How many variables and targets, class, weights; then variables, targets and spectators.
      const auto found = Call("event", index, Sample(type)).Numbers();
      const auto variables = found.begin() + 5, targets = variables + Long64_t(found[0]),
                 spectators = targets + Long64_t(found[1]);
      fEvents.push_back(std::make_unique<Event>(Event::Values(variables, targets), Event::Values(targets, spectators),
                                                Event::Values(spectators, found.end()), found[2], found[3], found[4]));
      return fEvents.back().get();
   }
   mutable std::vector<std::unique_ptr<Event>> fEvents;
   mutable std::vector<Event *> fCollection;
};

namespace Bridge {
// What a DataSetInfo or a DataLoader gives as a matrix of correlations.
class CorrelationMatrix : public Object {
public:
   using Object::Object;
   const TMatrixD *Matrix() const
   {
      const Int_t size = Call("GetNbinsX").Integer();
      auto matrix = new TMatrixD(size, size);
      matrix->SetMatrixArray(Call("values").Numbers().data());
      return matrix;
   }
   TH2 *Histogram() const
   {
      const auto labels = Call("labels").Texts();
      const Int_t size = labels.size();
      const TString name = Call("GetName").Text(), title = Call("GetTitle").Text();
      auto histogram = new TH2F(name, title, size, 0, size, size, 0, size);
      histogram->SetDirectory(nullptr);
      for (Int_t x = 1; x <= size; ++x) {
         histogram->GetXaxis()->SetBinLabel(x, labels[x - 1]);
         histogram->GetYaxis()->SetBinLabel(x, labels[x - 1]);
         for (Int_t y = 1; y <= size; ++y)
            histogram->SetBinContent(x, y, Call("GetBinContent", x, y).Number());
      }
      return histogram;
   }
};
} // namespace Bridge

class DataSetInfo : public Bridge::Object {
public:
   using Object::Object;
   std::vector<TString> GetListOfVariables() const { return Call("GetListOfVariables").Texts(); }
   UInt_t GetNVariables() const { return Call("GetNVariables").Integer(); }
   UInt_t GetNTargets() const { return Call("GetNTargets").Integer(); }
   UInt_t GetNSpectators(bool = true) const { return Call("GetNSpectators").Integer(); }
   UInt_t GetNClasses() const { return Call("GetNClasses").Integer(); }
   std::vector<TString> GetClassNames() const { return Call("GetClassNames").Texts(); }
   UInt_t GetSignalClassIndex() const { return Call("GetSignalClassIndex").Integer(); }
   Int_t FindVarIndex(const TString &name) const { return Call("FindVarIndex", name).Integer(); }
   Bool_t IsVariableFromArray(Int_t index) const { return Call("IsVariableFromArray", index).Integer(); }
   Int_t GetVarArraySize(const TString &expression) const { return Call("GetVarArraySize", expression).Integer(); }
   Bool_t IsSignal(const Event *event) const { return event->GetClass() == GetSignalClassIndex(); }
   Bool_t HasCuts() const { return Call("HasCuts").Integer(); }
   template <class C> TCut GetCut(const C &name) const { return Call("GetCut", name).Text().Data(); }
   template <class C> TString GetWeightExpression(const C &name) const
   {
      return Call("GetWeightExpression", name).Text();
   }
   TString GetSplitOptions() const { return Call("GetSplitOptions").Text(); }
   TString GetNormalization() const { return Call("GetNormalization").Text(); }
   Double_t GetTrainingSumSignalWeights() const { return Call("GetTrainingSumSignalWeights").Number(); }
   Double_t GetTrainingSumBackgrWeights() const { return Call("GetTrainingSumBackgrWeights").Number(); }
   Double_t GetTestingSumSignalWeights() const { return Call("GetTestingSumSignalWeights").Number(); }
   Double_t GetTestingSumBackgrWeights() const { return Call("GetTestingSumBackgrWeights").Number(); }
   void PrintClasses() const { Call("PrintClasses"); }
   const TMatrixD *CorrelationMatrix(const TString &name) const
   {
      return Bridge::CorrelationMatrix(Call("CorrelationMatrix", name).Handle()).Matrix();
   }
   VariableInfo &GetVariableInfo(Int_t index) const { return GetVariableInfos().at(index); }
   VariableInfo &GetTargetInfo(Int_t index) const { return GetTargetInfos().at(index); }
   VariableInfo &GetSpectatorInfo(Int_t index) const { return GetSpectatorInfos().at(index); }
   std::vector<VariableInfo> &GetVariableInfos() const { return Infos("GetVariableInfos", fVariables); }
   std::vector<VariableInfo> &GetTargetInfos() const { return Infos("GetTargetInfos", fTargets); }
   std::vector<VariableInfo> &GetSpectatorInfos() const { return Infos("GetSpectatorInfos", fSpectators); }
   template <class C> ClassInfo *GetClassInfo(const C &name) const
   {
      fClasses.push_back(std::make_unique<ClassInfo>(Call("GetClassInfo", name).Handle()));
      return fClasses.back().get();
   }
   DataSet *GetDataSet() const
   {
      if (!fDataSet)
         fDataSet = std::make_shared<DataSet>(Call("GetDataSet").Handle());
      return fDataSet.get();
   }

private:
   std::vector<VariableInfo> &Infos(const char *name, std::vector<VariableInfo> &kept) const
   {
      // As many as there are now; those that a macro refers to stay where they are.
      const auto all = Bridge::list_of<VariableInfo>(*this, name);
      if (all.size() != kept.size())
         kept = all;
      return kept;
   }
   mutable std::vector<VariableInfo> fVariables, fTargets, fSpectators;
   mutable std::vector<std::unique_ptr<ClassInfo>> fClasses;
   mutable std::shared_ptr<DataSet> fDataSet;
};

} // namespace TMVA
