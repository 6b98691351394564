#pragma once

#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/reporter.h"
#include "base/text.h"
#include "data/dataset_io.h"
#include "prep/prepare.h"
#include "temp_folder.h"
#include "text/convert.h"

// A table with a column for every type of task, with holes and weights.

namespace mtlkit {

inline constexpr Index kTableRows = 36;

// A cell of the table, by the number of its row; "" is missing.
inline std::string CellOf(const std::string& column, Index row) {
  const auto pick = [row](std::vector<std::string> values, Index step) {
    return values[At(row * step % static_cast<Index>(values.size()))];
  };
  if (column == "id") return Str("r", row);
  if (column == "x") return Str(row % 7, ".", row % 10);
  if (column == "w") return pick({"1", "2", "0", "0.5", "1"}, 1);
  if (column == "school") return pick({"north", "south"}, 5);
  if (row % 9 == 4) return "";
  if (column == "price") return Str(row * 3 % 20, ".5");
  if (column == "won") return pick({"no", "yes", "yes"}, 1);
  if (column == "stars") return pick({"3", "1", "2"}, 2);
  if (column == "kind") return pick({"cat", "eel", "dog"}, 1);
  if (column == "grade") return pick({"low", "high", "mid", "mid"}, 3);
  if (column == "tags") return pick({"a", "b;a", "c", "b; c"}, 1);
  if (column == "c_red") return pick({"N", "Y"}, 1);
  if (column == "c_blue") return pick({"Y", "N", "N"}, 1);
  return "?";
}

inline const std::vector<std::string> kColumns = {
    "id",    "x",    "w",     "school", "price", "won",
    "stars", "kind", "grade", "tags",   "c_red", "c_blue"};

struct Written {
  std::vector<std::string> columns = kColumns;
  bool backwards = false;
  // What stands for a cell, by column and value.
  std::map<std::pair<std::string, std::string>, std::string> instead = {};
};

// The table as text, converted.
inline Dataset Table(const TempFolder& folder, const Written& how = {}) {
  const std::string path = folder / "table.csv";
  std::ofstream file(path);
  file << Join(how.columns, ",") << "\n";
  for (Index i = 0; i < kTableRows; ++i) {
    const Index row = how.backwards ? kTableRows - 1 - i : i;
    std::vector<std::string> cells;
    for (const std::string& column : how.columns) {
      std::string cell = CellOf(column, row);
      const auto at = how.instead.find({column, cell});
      cells.push_back(at == how.instead.end() ? cell : at->second);
    }
    file << Join(cells, ",") << "\n";
  }
  file.close();
  SilentReporter silent;
  ConvertTables({{"", path}}, folder / "table.h5", {}, {}, false, &silent);
  return ReadDataset(folder / "table.h5");
}

inline PrepareOptions Options(bool weighted, bool per_school) {
  PrepareOptions options;
  options.task = {"price",         "won",           "stars=multiclass",
                  "kind",          "grade=ordinal", "tags=multilabel",
                  "c_*=multilabel"};
  options.classes = {"grade=low,mid,high"};
  options.ignore = {"school"};
  if (weighted) {
    options.weight = "w";
  } else {
    options.ignore.emplace_back("w");
  }
  if (per_school) {
    options.ignore =
        weighted ? std::vector<std::string>{} : std::vector<std::string>{"w"};
    options.task_per = "school";
  }
  return options;
}

inline Dataset Ready(const Dataset& table, const PrepareOptions& options) {
  SilentReporter silent;
  return Prepare(table, options, 1, &silent);
}

}  // namespace mtlkit
