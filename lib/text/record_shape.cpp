#include "text/record_shape.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "text/number_text.h"

namespace mtlkit {
namespace {

// Whether all records below the first have `cells` cells.
bool AreAllOf(const TextRecords& records, std::size_t cells) {
  return records.size() > 1 &&
         std::all_of(records.begin() + 1, records.end(),
                     [cells](const std::vector<std::string>& record) {
                       return record.size() == cells;
                     });
}

// Whether cells are names of rows: running numbers, or different texts.
bool AreRowNames(const TextRecords& records, char decimal) {
  std::set<std::string_view> names;
  bool is_running = true;
  bool has_number = false;
  long long next = 0;
  for (std::size_t i = 1; i < records.size(); ++i) {
    const std::string& name = records[i][0];
    if (name.empty() || !names.insert(name).second) return false;
    has_number |= IsCellNumber(name, decimal);
    long long number = 0;
    is_running &= ParseInteger(name, &number) && (i == 1 || number == next) &&
                  (i > 1 || number == 0 || number == 1);
    next = number + 1;
  }
  return is_running || !has_number;
}

}  // namespace

bool HasRowNames(const TextRecords& records, char decimal) {
  // One row may be cut or too long, but R calls its first row 1.
  const bool is_one_of_r =
      records.size() == 2 && !records[1].empty() && records[1][0] == "1";
  if (records.size() < 3 && !is_one_of_r) return false;
  const std::vector<std::string>& header = records[0];
  const std::set<std::string_view> names(header.begin(), header.end());
  const bool are_names =
      names.size() == header.size() && names.count("") == 0 &&
      std::ranges::none_of(header, [decimal](const std::string& name) {
        return IsCellNumber(name, decimal);
      });
  if (!are_names || !AreAllOf(records, header.size() + 1) ||
      !AreRowNames(records, decimal)) {
    return false;
  }
  // Words only may be text that happens to be of one length.
  for (std::size_t column = 1; column <= header.size(); ++column) {
    const bool are_numbers =
        std::all_of(records.begin() + 1, records.end(),
                    [&](const std::vector<std::string>& record) {
                      return IsCellNumber(record[column], decimal);
                    });
    if (are_numbers) return true;
  }
  return false;
}

RecordShape ShapeOf(const TextRecords& records, char decimal) {
  RecordShape shape;
  if (records.size() < 2) return shape;
  const std::size_t names = records[0].size();
  shape.has_last_name =
      names > 1 && records[0].back().empty() && AreAllOf(records, names - 1);
  shape.has_last_delimiters =
      AreAllOf(records, names + 1) &&
      std::all_of(records.begin() + 1, records.end(),
                  [](const std::vector<std::string>& record) {
                    return record.back().empty();
                  });
  shape.has_row_names =
      !shape.has_last_delimiters && HasRowNames(records, decimal);
  return shape;
}

}  // namespace mtlkit
