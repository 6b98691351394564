#include "text/delimited_guess.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "text/number_text.h"
#include "text/record_parser.h"

namespace mtlkit {
namespace {

constexpr std::size_t kSampleRecords = 200;
// Texts of so many cells are held, of records that are long.
constexpr std::size_t kSampleCells = std::size_t{1} << 20;
constexpr double kUniform = 0.9;
// Fewer cells than this can be running numbers by chance.
constexpr std::size_t kRunningNumbers = 8;
// Fewer numbers beside words can be in equal steps by chance.
constexpr std::size_t kEqualSteps = 4;

// In the order of preference where several fit a text equally well: a decimal
// comma makes ',' fit by chance, blanks after commas make blanks fit.
constexpr char kDelimiters[] = {'\t', ';', '|', ',', RecordParser::kBlanks};

struct Word {
  std::string_view name;
  char delimiter;
};
constexpr Word kWords[] = {{"comma", ','}, {"semicolon", ';'},
                           {"tab", '\t'},  {"\\t", '\t'},
                           {"pipe", '|'},  {"space", RecordParser::kBlanks}};

bool IsEmpty(const std::vector<RawCell>& cells) {
  return std::all_of(cells.begin(), cells.end(), [](const RawCell& cell) {
    return !cell.quoted && cell.begin == cell.end;
  });
}

// How many of the records have the most frequent number of cells, as a
// fraction; 0 if that number is 1.
double Uniformity(const TextRecords& records) {
  std::map<std::size_t, std::size_t> lengths;
  for (const auto& record : records) ++lengths[record.size()];
  std::size_t length = 1;
  std::size_t count = 0;
  for (const auto& [cells, times] : lengths) {
    if (times >= count) {
      length = cells;
      count = times;
    }
  }
  if (length <= 1) return 0;
  return static_cast<double>(count) / static_cast<double>(records.size());
}

// Whether the delimiter divides nothing, but stands behind each record.
bool EndsRows(const TextRecords& records) {
  return std::ranges::all_of(records, [](const auto& record) {
    return record.size() == 2 && record[1].empty();
  });
}

double ShareOfNumbers(const TextRecords& records) {
  std::size_t cells = 0;
  std::size_t numbers = 0;
  for (const std::vector<std::string>& record : records) {
    cells += record.size();
    for (const std::string& cell : record) numbers += IsCellNumber(cell, '.');
  }
  return cells == 0 ? 0
                    : static_cast<double>(numbers) / static_cast<double>(cells);
}

// Whether records that fit a delimiter hold texts only, which are numbers once
// blanks divide them, as where a tab stands before the last of many columns.
bool OnlyBlanksGiveNumbers(const TextSample& sample,
                           const TextRecords& records) {
  constexpr double kMostly = 0.5;
  if (ShareOfNumbers(records) > 0 || sample.comment.starts_with(' ')) {
    return false;
  }
  const TextRecords divided = SampleRecords(sample, RecordParser::kBlanks);
  return Uniformity(divided) >= kUniform && ShareOfNumbers(divided) >= kMostly;
}

bool IsRunningNumbers(const std::vector<std::string>& cells) {
  if (cells.size() < kRunningNumbers) return false;
  long long first = 0;
  if (!ParseInteger(cells[0], &first) || first < 0 || first > 1) return false;
  std::size_t running = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    running += cells[i] == std::to_string(first + static_cast<long long>(i));
  }
  return running + 1 >= cells.size();
}

struct ColumnView {
  bool has_texts = false;
  bool has_numbers = false;  // and no texts
  bool repeats_first = false;
};

// What stands below the first record in a column.
ColumnView LookBelow(const TextRecords& records, std::size_t column,
                     const std::vector<std::string>& missing, char decimal) {
  ColumnView view;
  for (std::size_t i = 1; i < records.size(); ++i) {
    if (column >= records[i].size()) continue;
    const std::string& text = records[i][column];
    if (text == records[0][column]) view.repeats_first = true;
    if (text.empty() ||
        std::find(missing.begin(), missing.end(), text) != missing.end()) {
      continue;
    }
    (IsCellNumber(text, decimal) ? view.has_numbers : view.has_texts) = true;
  }
  view.has_numbers &= !view.has_texts;
  return view;
}

// The whole numbers of a record at `columns`; none if one is something else.
std::vector<long long> WholesAt(const std::vector<std::string>& record,
                                const std::vector<std::size_t>& columns) {
  std::vector<long long> wholes;
  for (const std::size_t column : columns) {
    long long whole = 0;
    if (column >= record.size() || !ParseInteger(record[column], &whole)) {
      return {};
    }
    wholes.push_back(whole);
  }
  return wholes;
}

bool AreYears(const std::vector<long long>& wholes) {
  return wholes.size() > 1 && std::ranges::all_of(wholes, [](long long whole) {
           return whole >= 1800 && whole <= 2100;
         });
}

bool AreInOrder(const std::vector<long long>& wholes) {
  return std::ranges::adjacent_find(wholes, std::greater_equal<>()) ==
             wholes.end() ||
         std::ranges::adjacent_find(wholes, std::less_equal<>()) ==
             wholes.end();
}

bool HaveEqualSteps(const std::vector<long long>& wholes, std::size_t fewest) {
  if (wholes.size() < fewest || wholes[1] == wholes[0]) return false;
  for (std::size_t i = 2; i < wholes.size(); ++i) {
    if (wholes[i] - wholes[i - 1] != wholes[1] - wholes[0]) return false;
  }
  return true;
}

// Whether the first record is one of words and of numbers that name columns of
// other numbers: years in order, or numbers in equal steps (wavelengths), as no
// record below has them.
// `fewest`: of numbers in equal steps.
bool IsHeaderOfNumbers(const TextRecords& records,
                       const std::vector<std::string>& missing, char decimal,
                       std::size_t fewest = kEqualSteps) {
  const std::vector<std::string>& first = records[0];
  std::vector<std::size_t> columns;  // that numbers may name
  for (std::size_t i = 0; i < first.size(); ++i) {
    const ColumnView view = LookBelow(records, i, missing, decimal);
    if (IsCellNumber(first[i], decimal)) {
      if (view.has_texts) return false;
      columns.push_back(i);
      continue;
    }
    const bool is_name = first[i].empty() ? i == 0 : !view.repeats_first;
    if (!is_name || std::ranges::count(missing, first[i]) > 0) return false;
  }
  if (columns.size() == first.size()) return false;
  const std::vector<long long> names = WholesAt(first, columns);
  const bool are_years = AreYears(names) && AreInOrder(names);
  if (!are_years && !HaveEqualSteps(names, fewest)) return false;
  return std::none_of(
      records.begin() + 1, records.end(), [&](const auto& record) {
        const std::vector<long long> wholes = WholesAt(record, columns);
        return are_years ? AreYears(wholes) : HaveEqualSteps(wholes, fewest);
      });
}

// Whether the first record would be one of names but for two that are equal, or
// one that marks missing values.
bool AreDoubtfulNames(const TextRecords& records,
                      const std::vector<std::string>& missing, char decimal) {
  const std::vector<std::string>& first = records[0];
  bool any_name = false;
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (first[i].empty() || IsCellNumber(first[i], decimal)) return false;
    // Below, a marker says nothing.
    if (std::ranges::count(missing, first[i]) > 0) continue;
    if (LookBelow(records, i, missing, decimal).repeats_first) return false;
    any_name = true;
  }
  return any_name;
}

}  // namespace

TextRecords SampleRecords(const TextSample& sample, char delimiter) {
  const auto& [text, comment, whole, most_cells] = sample;
  TextRecords records;
  std::string copy(text);
  char* position = copy.data();
  char* const end = position + copy.size();
  RecordParser parser(delimiter, most_cells);
  std::size_t cells = 0;
  while (position < end && records.size() < kSampleRecords &&
         (records.size() < 2 || cells < kSampleCells)) {
    const std::string_view rest(position,
                                static_cast<std::size_t>(end - position));
    if (!comment.empty() && rest.starts_with(comment)) {
      position = std::min(end, position + rest.find('\n') + 1);
      if (rest.find('\n') == std::string_view::npos) break;
      continue;
    }
    if (parser.Parse(position, end, whole) != RecordParser::Result::kRecord) {
      break;
    }
    position = parser.next();
    if (IsEmpty(parser.cells())) continue;
    cells += parser.cells().size();
    std::vector<std::string>& record = records.emplace_back();
    for (RawCell& cell : parser.cells()) {
      cell.Unquote();
      record.emplace_back(cell.text());
    }
  }
  return records;
}

std::string DoubtOfOneColumn(const TextRecords& records) {
  constexpr std::string_view kMarks = " \t:;|^~!";
  std::size_t divided = 0;
  std::size_t doubled = 0;
  for (const std::vector<std::string>& record : records) {
    if (record.size() != 1) return "";
    divided += record[0].find_first_of(kMarks) != std::string::npos;
    doubled += record[0].find("::") != std::string::npos;
  }
  if (records.size() < 2 || divided * 2 <= records.size()) return "";
  std::string advice = "one column of texts: is --delimiter another";
  if (doubled * 2 > records.size()) {
    advice += " (':' reads '::', too: what is between is left out)";
  }
  const std::string& first = records[0][0];
  if (first.starts_with('#') || first.starts_with('%')) {
    advice +=
        Str(", are lines comments (--comment '", first.substr(0, 1), "')");
  }
  return advice + "?";
}

void RequireNoEndMarks(const TextSample& sample, const TextRecords& records,
                       const std::string& name) {
  std::string_view line = sample.text.substr(0, sample.text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!line.ends_with(';') || records.size() < 2) return;
  const auto is_ended = [](const std::vector<std::string>& record) {
    return record.size() > 1 && record.back().ends_with(';') &&
           Join(record, "").find(';') + 1 == Join(record, "").size();
  };
  if (!std::ranges::all_of(records, is_ended)) return;
  Fail(
      ErrorKind::kBadInput,
      Str(name, ": each row ends in ';', which would be part of its last cell"),
      "take it off: sed 's/;\\r*$//' FILE | mtl-convert -");
}

char GuessDelimiter(const TextSample& sample) {
  char best = ',';
  double best_score = 0;
  for (const char delimiter : kDelimiters) {
    if (sample.comment.starts_with(delimiter)) continue;
    const TextRecords records = SampleRecords(sample, delimiter);
    double score = Uniformity(records);
    if (HasRowNames(records, '.')) score = 1;
    // It ends rows, which something else may divide.
    if (EndsRows(records)) score = std::min(score, kUniform / 2);
    if (score >= kUniform) {
      return OnlyBlanksGiveNumbers(sample, records) ? RecordParser::kBlanks
                                                    : delimiter;
    }
    if (score > best_score) {
      best = delimiter;
      best_score = score;
    }
  }
  return best == RecordParser::kBlanks ? ',' : best;
}

bool GuessHeader(const TextRecords& records,
                 const std::vector<std::string>& missing, char decimal) {
  if (records.size() < 2) return false;
  const std::vector<std::string>& first = records[0];
  if (IsRunningNumbers(first)) return true;
  const bool any_number = std::any_of(
      first.begin(), first.end(),
      [&](const std::string& cell) { return IsCellNumber(cell, decimal); });
  if (any_number) return IsHeaderOfNumbers(records, missing, decimal);
  const auto is_marker = [&](const std::string& cell) {
    return !cell.empty() && std::ranges::count(missing, cell) > 0;
  };
  bool repeats = false;
  for (std::size_t column = 0; column < first.size(); ++column) {
    if (first[column].empty() || is_marker(first[column])) continue;
    const ColumnView view = LookBelow(records, column, missing, decimal);
    if (view.has_numbers) return true;
    repeats |= view.repeats_first;
  }
  const std::set<std::string> distinct(first.begin(), first.end());
  // Names that are markers of missing values are rare, such values are not.
  const bool are_names =
      std::ranges::none_of(first, is_marker) || first[0] == "id";
  return are_names && !repeats && distinct.size() == first.size() &&
         !distinct.count("");
}

std::string DoubtOfHeader(const TextRecords& records, bool has_header,
                          char delimiter,
                          const std::vector<std::string>& missing,
                          char decimal) {
  if (records.size() < 3 || records[0].size() < 2) return "";
  const std::string& first = records[0][0];
  if (has_header && delimiter == RecordParser::kBlanks &&
      (first.starts_with('#') || first.starts_with('%'))) {
    return Str("the first line, '", Join(records[0], " "),
               "', is taken for the names of columns; if it is a comment: "
               "--comment '",
               first.substr(0, 1), "'");
  }
  constexpr std::size_t kFewSteps = 3;
  if (has_header || (!IsHeaderOfNumbers(records, missing, decimal, kFewSteps) &&
                     !AreDoubtfulNames(records, missing, decimal))) {
    return "";
  }
  return Str("the first row, '", Join(records[0], ","),
             "', is taken for a row; if it names the columns: --header yes");
}

std::string DelimiterName(char delimiter) {
  if (delimiter == '\t') return "tab";
  if (delimiter == RecordParser::kBlanks) return "blanks";
  return Str("'", delimiter, "'");
}

char ParseDelimiter(std::string_view text) {
  for (const Word& word : kWords) {
    if (text == word.name) return word.delimiter;
  }
  const bool usable = text.size() == 1 && text[0] != '"' && text[0] != '\n' &&
                      text[0] != '\r' && (text[0] & 0x80) == 0;
  if (!usable) {
    Fail(ErrorKind::kUsage, Str("--delimiter: '", text, "' is no delimiter"),
         "one ASCII character, or comma, semicolon, tab, pipe, space");
  }
  return text[0];
}

}  // namespace mtlkit
