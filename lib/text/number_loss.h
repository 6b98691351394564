#pragma once

#include <string_view>

#include "base/view.h"
#include "text/cell_place.h"

namespace mtlkit {

// What the numbers of a column would lose where they are stored.
struct NumberLoss {
  CellPlace first_beyond;  // too large for single precision
  // In single precision another whole number, or 0.
  CellPlace first_changed;
  Index changed = 0;
  // A whole number of more digits than double precision holds, or a decimal
  // that is as large.
  CellPlace first_rounded;
  Index rounded = 0;
  // A whole number with zeros in front, as codes have them.
  CellPlace first_padded;

  // A fraction that is rounded: of a decimal, or of the seconds of a date.
  CellPlace first_cut;
  Index cut = 0;

  void Note(const LinePlace& place, std::string_view text, double value);
  // Beside that: of what is stored as a decimal, all digits count.
  void NoteDecimal(const LinePlace& place, std::string_view text, double value);
  void NoteCut(const LinePlace& place, std::string_view text);
};

}  // namespace mtlkit
