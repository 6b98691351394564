#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/view.h"
#include "text/record_shape.h"

namespace mtlkit {

// The beginning of a text that is looked at.
struct TextSample {
  std::string_view text;
  std::string_view comment;           // lines that begin so are none
  bool whole = false;                 // the text ends the file
  Index most_cells = Index{1} << 20;  // that a record may have
};

// The first records of a text, without comments and empty lines, at most 200,
// and fewer where they are long. Where the text goes on the last record is left
// out. A record that cannot be parsed, or is too long, ends the sample.
TextRecords SampleRecords(const TextSample& sample, char delimiter);

// The delimiter that gives the most records of one length: tab, ';', '|', ','
// or blanks, in this order where several fit, but blanks where only they give
// numbers. ',' where none does.
char GuessDelimiter(const TextSample& sample);

// Refuses (kBadInput, of the file `name`) rows that something else divides and
// that ';' ends, as statements are ended: it would be part of the last cell.
void RequireNoEndMarks(const TextSample& sample, const TextRecords& records,
                       const std::string& name);

// What speaks against records of one cell, of texts that other marks divide;
// "": nothing.
std::string DoubtOfOneColumn(const TextRecords& records);

// Whether the first record names the columns: none of its cells is a number
// while the cells below one are, or all are texts that do not come again, or
// they are running numbers, or words beside years in order or numbers in equal
// steps, which no record below is. `missing` are the texts that stand for no
// value.
bool GuessHeader(const TextRecords& records,
                 const std::vector<std::string>& missing, char decimal);

// What speaks against taking the first record for a header, or for a row; "":
// nothing.
std::string DoubtOfHeader(const TextRecords& records, bool has_header,
                          char delimiter,
                          const std::vector<std::string>& missing,
                          char decimal);

// "tab", "','" ...; for messages.
std::string DelimiterName(char delimiter);
// A character, or comma, semicolon, tab, pipe, space (runs of blanks). Throws
// kUsage.
char ParseDelimiter(std::string_view text);

}  // namespace mtlkit
