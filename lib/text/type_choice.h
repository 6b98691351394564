#pragma once

#include <string>

#include "text/date_text.h"
#include "text/format.h"

namespace mtlkit {

// The type of the columns of a name, or of a pattern.
struct TypeChoice {
  std::string columns;
  ColumnType type = ColumnType::kUnknown;
  DateFormat date = DateFormat();  // of dates
};

// COLUMN=TYPE; throws kUsage for what is no such thing.
TypeChoice ParseTypeChoice(const std::string& text);

}  // namespace mtlkit
