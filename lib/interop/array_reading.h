#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/known_columns.h"
#include "text/convert_options.h"

namespace mtlkit {

// How columns of arrays are read that are to be like those of a table before
// (mtl-convert --like): as columns of text would be.
struct ArrayReading {
  KnownColumns known = {};
  // Texts that stand for no value where they are no class of the column, and
  // numbers of theirs.
  std::vector<std::string> markers = {};
  std::vector<std::string> dates = {};  // COLUMN=date:FORMAT
};

// Of options that read like a table (app/reading_like.h); all empty in others.
ArrayReading ArrayReadingOf(const ConvertOptions& options);

// Makes different texts of a column empty that stand for no value.
void ForgetMarkers(const ArrayReading& reading, const std::string& column,
                   std::vector<std::string>* texts);
// Numbers of a column that stand for no value.
std::vector<double> MarkersAsNumbers(const ArrayReading& reading,
                                     const std::string& column);

// Texts of a column that has dates as seconds since 1970, NaN of an empty one;
// nothing of another column. Throws kBadInput for a text that is no date.
std::optional<std::vector<double>> SecondsOfTexts(
    const ArrayReading& reading, const std::string& column,
    const std::vector<std::string>& texts);

}  // namespace mtlkit
