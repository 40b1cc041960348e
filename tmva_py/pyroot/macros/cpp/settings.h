// TMVA::gConfig(): settings that live in Python.
#pragma once

#include "bridge.h"

namespace TMVA {

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
   Bool_t WriteOptionsReference() const { return Call("WriteOptionsReference").Integer(); }
   void SetWriteOptionsReference(Bool_t write) { Call("SetWriteOptionsReference", bool(write)); }
   Bool_t IsSilent() const { return Call("IsSilent").Integer(); }
   void SetSilent(Bool_t silent) { Call("SetSilent", bool(silent)); }
   Bool_t DrawProgressBar() const { return Call("DrawProgressBar").Integer(); }
   void SetDrawProgressBar(Bool_t draw) { Call("SetDrawProgressBar", bool(draw)); }
   UInt_t GetNWorkers() const { return Call("GetNWorkers").Integer(); }
   void SetNWorkers(UInt_t count) { Call("SetNWorkers", count); }
   UInt_t GetNumWorkers() const { return Call("GetNumWorkers").Integer(); }
   void SetNumWorkers(UInt_t count) { Call("SetNumWorkers", count); }

private:
   Config() : Object(Bridge::make("gConfig").Handle()) {}

public:
   VariablePlotting fVariablePlotting{Call("GetVariablePlotting").Handle()};
   IONames fIONames{Call("GetIONames").Handle()};
};

inline Config &gConfig()
{
   return Config::Instance();
}

} // namespace TMVA
