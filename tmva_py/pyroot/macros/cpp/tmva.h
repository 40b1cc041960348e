// All of TMVA that macros may use, but for TMVA::Experimental.
#pragma once

#include "booking.h"
#include "evaluation.h"
#include "fitting.h"
#include "reader.h"
#include "settings.h"
#include "timer.h"
#include "tools.h"
#include "validation.h"
