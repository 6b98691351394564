#pragma once

#include <string>
#include <string_view>

#include "base/view.h"

namespace mtlkit {

// Where something was first seen: "adult.csv:1043" and the text.
struct CellPlace {
  std::string where;
  std::string text;
};

// A line of a file, for messages.
struct LinePlace {
  const std::string* file = nullptr;
  Index line = 0;
  std::string Where() const;  // "adult.csv:1043"
};

CellPlace MakePlace(const LinePlace& place, std::string_view text);

}  // namespace mtlkit
