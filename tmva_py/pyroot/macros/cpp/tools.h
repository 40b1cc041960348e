// TMVA::gTools(): texts, histograms and XML, in C++ alone.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <sstream>

#include "TH1.h"
#include "TList.h"
#include "TObjArray.h"
#include "TObjString.h"
#include "TXMLEngine.h"

#include "settings.h"

namespace TMVA {

class Tools {
public:
   static Tools &Instance()
   {
      static Tools one;
      return one;
   }

   // --- texts ---
   std::vector<TString> SplitString(const TString &text, const char separator) const
   {
      return Bridge::make("split_string", text, separator).Texts();
   }
   TList *ParseFormatLine(const TString &text, const char *separators = ":") const
   {
      auto parts = new TList;
      const std::unique_ptr<TObjArray> found(text.Tokenize(separators));
      found->SetOwner(kFALSE);
      parts->SetOwner();
      parts->AddAll(found.get());
      return parts;
   }
   TString StringFromInt(Long_t number) const { return TString::Format("%ld", number); }
   TString StringFromDouble(Double_t number) const { return TString::Format("%5.10e", number); }
   Bool_t CheckForSilentOption(const TString &options) const { return HasOption(options, "Silent"); }
   Bool_t CheckForVerboseOption(const TString &options) const { return HasOption(options, "V"); }
   TString GetXTitleWithUnit(const TString &title, const TString &unit) const
   {
      return unit == "" ? title : title + " [" + unit + "]";
   }
   // What a terminal takes to change its colour; nothing where colours are not wanted.
   TString Color(const TString &name) const
   {
      static const std::map<std::string, const char *> codes = {
         {"reset", "0"},   {"bold", "1"},     {"dyellow", "33"},  {"red", "31"},      {"lgreen", "32"}, {"green", "32"},
         {"blue", "34"},   {"purple", "35"},  {"cyan", "36"},     {"white", "37"},    {"black", "30"},
         {"bgreen", "42"}, {"bblue", "44"},   {"white_on_black", "40"}, {"white_on_red", "41"}};
      const auto code = codes.find(name.Data());
      return code == codes.end() || !gConfig().UseColor() ? TString() : TString::Format("\033[%sm", code->second);
   }
   template <class... A> void TMVAWelcomeMessage(const A &...) const {}
   template <class... A> void TMVAVersionMessage(const A &...) const {}
   template <class... A> void ROOTVersionMessage(const A &...) const {}

   // --- numbers and histograms ---
   void UsefulSortDescending(std::vector<Double_t> &values) const { std::sort(values.rbegin(), values.rend()); }
   void UsefulSortAscending(std::vector<Double_t> &values) const { std::sort(values.begin(), values.end()); }
   Int_t GetIndexMaxElement(const std::vector<Double_t> &values) const
   {
      return std::max_element(values.begin(), values.end()) - values.begin();
   }
   Int_t GetIndexMinElement(const std::vector<Double_t> &values) const
   {
      return std::min_element(values.begin(), values.end()) - values.begin();
   }
   template <class T> void Scale(std::vector<T> &values, T factor) const
   {
      for (auto &one : values)
         one *= factor;
   }
   Double_t NormVariable(Double_t x, Double_t low, Double_t high) const { return 2 * (x - low) / (high - low) - 1; }
   Double_t ComputeVariance(Double_t squares, Double_t sum, Int_t count) const
   {
      return count < 2 ? 0 : (squares - sum * sum / count) / (count - 1);
   }
   Double_t NormHist(TH1 *histogram, Double_t norm = 1) const
   {
      if (!histogram)
         return 0;
      if (histogram->GetSumw2N() == 0)
         histogram->Sumw2();
      const Double_t sum = histogram->GetSumOfWeights();
      if (sum == 0)
         return 0;
      histogram->Scale(norm / sum);
      return norm / sum;
   }
   // Half the integral of (s - b)^2 / (s + b), both normalised.
   Double_t GetSeparation(TH1 *signal, TH1 *background) const
   {
      const Double_t signals = signal->GetSumOfWeights(), backgrounds = background->GetSumOfWeights();
      if (signals <= 0 || backgrounds <= 0 || signal->GetNbinsX() != background->GetNbinsX())
         throw std::runtime_error("GetSeparation: two histograms of the same bins, both filled, are expected");
      Double_t separation = 0;
      for (Int_t bin = 1; bin <= signal->GetNbinsX(); ++bin) {
         const Double_t s = signal->GetBinContent(bin) / signals, b = background->GetBinContent(bin) / backgrounds;
         if (s + b > 0)
            separation += 0.5 * (s - b) * (s - b) / (s + b);
      }
      return separation;
   }

   // --- XML: nodes are those of TXMLEngine ---
   TXMLEngine &xmlengine() { return fEngine; }
   int xmlenginebuffersize() const { return fBufferSize; }
   void SetXMLEngineBufferSize(int size) { fBufferSize = size; }
   void *GetParent(void *child) { return fEngine.GetParent(Node(child)); }
   void *GetChild(void *parent, const char *name = nullptr) { return Named(fEngine.GetChild(Node(parent)), name); }
   void *GetNextChild(void *before, const char *name = nullptr) { return Named(fEngine.GetNext(Node(before)), name); }
   const char *GetContent(void *node) { return fEngine.GetNodeContent(Node(node)); }
   const char *GetName(void *node) { return fEngine.GetNodeName(Node(node)); }
   Bool_t HasAttr(void *node, const char *name) { return fEngine.HasAttr(Node(node), name); }
   void ReadAttr(void *node, const char *name, TString &value) { value = Attribute(node, name); }
   template <class T> void ReadAttr(void *node, const char *name, T &value)
   {
      std::istringstream(Attribute(node, name)) >> value;
   }
   void AddAttr(void *node, const char *name, const char *value) { fEngine.NewAttr(Node(node), nullptr, name, value); }
   template <class T> void AddAttr(void *node, const char *name, const T &value, Int_t precision = 16)
   {
      std::ostringstream text;
      text.precision(precision);
      text << std::scientific << value;
      AddAttr(node, name, text.str().c_str());
   }
   void *AddChild(void *parent, const char *name, const char *content = nullptr, bool isRoot = false)
   {
      return isRoot ? fEngine.NewChild(nullptr, nullptr, name, content)
                    : fEngine.NewChild(Node(parent), nullptr, name, content);
   }
   Bool_t AddRawLine(void *node, const char *text) { return fEngine.AddRawLine(Node(node), text); }
   Bool_t AddComment(void *node, const char *text) { return fEngine.AddComment(Node(node), text); }

private:
   static XMLNodePointer_t Node(void *one) { return static_cast<XMLNodePointer_t>(one); }
   void *Named(XMLNodePointer_t node, const char *name)
   {
      while (node && name && TString(fEngine.GetNodeName(node)) != name)
         node = fEngine.GetNext(node);
      return node;
   }
   const char *Attribute(void *node, const char *name)
   {
      const char *value = fEngine.GetAttr(Node(node), name);
      if (!value)
         throw std::runtime_error(Form("no attribute '%s' of the XML node '%s'", name, GetName(node)));
      return value;
   }
   static Bool_t HasOption(const TString &options, const char *name)
   {
      const std::unique_ptr<TObjArray> parts(options.Tokenize(":"));
      return parts->FindObject(name) != nullptr;
   }
   TXMLEngine fEngine;
   int fBufferSize = 10000000;
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

// What is said meanwhile is Python's: a factory's option Silent.
class MsgLogger {
public:
   template <class... A> explicit MsgLogger(const A &...) {}
   static void EnableOutput() { gConfig().SetSilent(kFALSE); }
   static void InhibitOutput() { gConfig().SetSilent(kTRUE); }
};

} // namespace TMVA
