// All of TMVA that macros may use, but for TMVA::Experimental.
#pragma once

#include "booking.h"
#include "fitting.h"
#include "reader.h"
#include "validation.h"
