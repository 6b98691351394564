#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "text/convert_options.h"

namespace mtlkit {

// Sets how text is read (missing markers, decimal sign, comments, encoding,
// delimiter, header, lines to skip, ids, dates and joined spellings) as the
// texts were that a history (a JSON array of provenance) begins with, so that
// the same cell means the same in new rows. What was given (ConvertOptions)
// stays. Throws kBadInput where texts of the history were read in different
// ways: nobody can say which is meant. Where only their layout differs
// (delimiter, header, skipped lines), that is not taken over.
void ReadAsBefore(std::string_view provenance, ConvertOptions* options);

// The flags of mtl-convert that were taken over, for people; "" where all were
// usual, or the history does not know.
std::string FlagsTakenOver(const ConvertOptions& options);

// `settings` of a command with what was taken over, so that the history of what
// it makes says all of how text was read.
Json SettingsWith(const ConvertOptions& options, Json settings);

// How a table was read that did not have another to be like (--like).
struct TextsRead {
  std::vector<std::string> markers;  // of missing values
  bool are_delimited = false;  // its numbers had a spelling, which is gone
};
// Of the newest conversion in a history; nothing where it was read like
// another, or was no text.
std::optional<TextsRead> HowTextsWereRead(std::string_view provenance);

}  // namespace mtlkit
