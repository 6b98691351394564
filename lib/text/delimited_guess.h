#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mtlkit {

using TextRecords = std::vector<std::vector<std::string>>;

// The first records of a text, without comments and empty lines, at most 200.
// `whole`: the text ends the file; otherwise the last record is left out. A
// record that cannot be parsed ends the sample.
TextRecords SampleRecords(std::string_view text, char delimiter,
                          std::string_view comment, bool whole);

// The delimiter that gives the most records of one length: tab, ';', '|', ','
// or blanks, in this order where several fit. ',' where none does.
char GuessDelimiter(std::string_view text, std::string_view comment,
                    bool whole);

// Whether the first record names the columns: none of its cells is a number
// while the cells below one are, or all are texts that do not come again, or
// they are running numbers. `missing` are the texts that stand for no value.
bool GuessHeader(const TextRecords& records,
                 const std::vector<std::string>& missing, char decimal);

// "tab", "','" ...; for messages.
std::string DelimiterName(char delimiter);
// A character, or comma, semicolon, tab, pipe, space (runs of blanks). Throws
// kUsage.
char ParseDelimiter(std::string_view text);

}  // namespace mtlkit
