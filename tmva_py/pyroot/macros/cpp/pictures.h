// The macros that draw what an output file holds. Each is declared where its header is included: macros of users
// have variables of these names.
#pragma once

#include "tmva.h"

namespace TMVA {
// What mvas and mvasMulticlass draw.
enum HistType { kMVAType = 0, kProbaType = 1, kRarityType = 2, kCompareType = 3 };
// What efficienciesMulticlass1vsRest draws.
enum class EEfficiencyPlotType { kEffBvsEffS, kRejBvsEffS };
} // namespace TMVA

#define TMVA_PY_PICTURE(NAME, IN_PYTHON)                     \
   namespace TMVA {                                          \
   template <class... A> void NAME(const A &...arguments)    \
   {                                                         \
      Bridge::make(#IN_PYTHON, arguments...);                \
   }                                                         \
   }
