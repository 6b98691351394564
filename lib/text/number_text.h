#pragma once

#include <string_view>

#include "base/terminal_text.h"
#include "base/view.h"

namespace mtlkit {

enum class NumberText { kNumber, kInfinite, kNotANumber, kOther };

// Reads the whole of `text` as a number whose decimal sign is '.' or ','.
// kInfinite: "inf" and what no double holds; kNotANumber: "nan"; kOther: text.
// No blanks, no grouping of digits; a leading '+' is allowed.
NumberText ParseCellNumber(std::string_view text, char decimal, double* value);

// Whether the decimal `text` of `value` reads back the same from single
// precision: its shortest decimal form has the same value.
bool SurvivesSinglePrecision(std::string_view text, double value);

}  // namespace mtlkit
