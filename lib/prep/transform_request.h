#pragma once

#include <string>

#include "base/choice.h"

namespace mtlkit {

// COLUMNS=NAME[:option=value,...] of --transform.
struct TransformRequest {
  std::string columns;
  Choice choice;
};

// kUsage where the text names no transform that can be chosen.
TransformRequest ParseTransformRequest(const std::string& text);

}  // namespace mtlkit
