// TMVA::Types and the version; the numbers are those of tmva_py.booking.types.
#pragma once

#include "bridge.h"

// What Version.h of TMVA in ROOT 6 says.
#define TMVA_RELEASE "4.2.1"
#define TMVA_RELEASE_DATE "Feb 5, 2015"
#define TMVA_VERSION(MAJOR, MINOR, PATCH) (((MAJOR) << 16) + ((MINOR) << 8) + (PATCH))
#define TMVA_VERSION_CODE TMVA_VERSION(4, 2, 1)

namespace TMVA {

class Types {
public:
   enum EMVA {
      kVariable = 0, kCuts, kLikelihood, kPDERS, kHMatrix, kFisher, kKNN, kCFMlpANN, kTMlpANN, kBDT, kDT, kRuleFit,
      kSVM, kMLP, kBayesClassifier, kFDA, kBoost, kPDEFoam, kLD, kPlugins, kCategory, kDNN, kDL, kPyRandomForest,
      kPyAdaBoost, kPyGTB, kPyKeras, kPyTorch, kC50, kRSNNS, kRSVM, kRXGB, kCrossValidation, kMaxMethod
   };
   enum EAnalysisType { kClassification = 0, kRegression, kMulticlass, kNoAnalysisType, kMaxAnalysisType };
   enum ETreeType { kTraining = 0, kTesting, kMaxTreeType, kValidation, kTrainingOriginal };
   enum ESBType { kSignal = 0, kBackground, kSBBoth, kMaxSBType, kTrueType };
   enum EVariableTransform {
      kIdentity = 0, kDecorrelated, kNormalized, kPCA, kRearranged, kGauss, kUniform, kMaxVariableTransform
   };
   static Types &Instance()
   {
      static Types one;
      return one;
   }
   TString GetMethodName(EMVA method) const;
   EMVA GetMethodType(const TString &name) const;
};

enum VIType { kShort = 0, kAll, kRandom };

namespace Bridge {
// An enumerator of a method's type goes to Python as one; numbers do not say which method is meant.
struct MethodType {
   MethodType(Types::EMVA given) : number(given) {}
   Types::EMVA number;
};
} // namespace Bridge
} // namespace TMVA
