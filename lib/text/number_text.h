#pragma once

#include <string>
#include <string_view>

#include "base/terminal_text.h"
#include "base/view.h"

namespace mtlkit {

enum class NumberText { kNumber, kInfinite, kNotANumber, kOther };

// Reads the whole of `text` as a number whose decimal sign is '.' or ','.
// kInfinite: "inf" and what no double holds; kNotANumber: "nan"; kOther: text.
// No blanks, no grouping of digits; a leading '+' is allowed.
NumberText ParseCellNumber(std::string_view text, char decimal, double* value);
// Whether that is a finite number.
bool IsCellNumber(std::string_view text, char decimal);

// A number as all that are equal to it are written: 1 for +1, 1.0 and 1e0.
// Whole numbers of more digits than a double holds keep them. `text` has to be
// a number.
std::string CanonicalNumber(std::string_view text);

// Whether `text` of `value` is a whole number, written in digits, that double
// precision does not hold.
bool LosesDigits(std::string_view text, double value);
// Whether `text` of `value`, written in digits, has a fraction that the
// shortest text of double precision has not.
bool CutsFraction(std::string_view text, double value);
// All digits of a whole number.
std::string WholeText(double value);

// Whether the decimal `text` of `value` reads back the same from single
// precision: its shortest decimal form has the same value, and whole numbers up
// to 2^53 are themselves.
bool SurvivesSinglePrecision(std::string_view text, double value);

}  // namespace mtlkit
