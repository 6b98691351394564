#include "prep/row_columns.h"

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "prep/label_columns.h"
#include "prep/table_columns.h"

namespace mtlkit {
namespace {

class RowColumnReader {
 public:
  RowColumnReader(const PrepareOptions& options, UsedColumns* columns,
                  Dataset* table)
      : options_(options), columns_(columns), data_(*table) {}

  void Run() {
    if (!options_.group.empty()) {
      const CodedColumn coded =
          columns_->Take(data_, options_.group, "--group");
      data_.groups.clear();
      for (std::size_t row = 0; row < coded.codes.size(); ++row) {
        RequireKnown(coded, row, options_.group, "--group");
        data_.groups.push_back(coded.codes[row]);
      }
    }
    if (!options_.weight.empty()) ReadWeights();
    if (!options_.split_from.empty()) ReadSplits();
  }

 private:
  void RequireKnown(const CodedColumn& coded, std::size_t row,
                    const std::string& column, std::string_view flag) const {
    if (coded.codes[row] >= 0) return;
    Fail(ErrorKind::kBadInput,
         Str(flag, ": column '", column, "' has no value in row '",
             IdText(data_.ids, static_cast<Index>(row)), "'"));
  }

  void ReadWeights() {
    const auto found =
        FindOneColumn(columns_->all(), options_.weight, "--weight");
    Require(columns_->used().count(found[0].ref) == 0, ErrorKind::kUsage,
            Str("--weight ", options_.weight, ": the column is a task"),
            "weights come from another column");
    columns_->Use(found);
    const InputBlock& block = data_.inputs[found[0].block];
    data_.weights.clear();
    for (Index row = 0; row < data_.rows; ++row) {
      const double weight = CellNumber(block, row, found[0].col);
      if (!(weight >= 0) || std::isinf(static_cast<float>(weight))) {
        Fail(ErrorKind::kBadInput,
             Str("--weight: column '", options_.weight, "', row '",
                 IdText(data_.ids, row),
                 "' is not a number from 0 on, or too large"));
      }
      data_.weights.push_back(static_cast<float>(weight));
    }
    for (Task& task : data_.tasks) task.source.weight = options_.weight;
  }

  void ReadSplits() {
    const CodedColumn coded =
        columns_->Take(data_, options_.split_from, "--split-from");
    data_.splits.clear();
    for (std::size_t row = 0; row < coded.codes.size(); ++row) {
      if (coded.codes[row] < 0) continue;
      const auto code = static_cast<std::size_t>(coded.codes[row]);
      data_.splits[coded.names[code]].push_back(static_cast<Index>(row));
    }
  }

  const PrepareOptions& options_;
  UsedColumns* columns_;
  Dataset& data_;
};

}  // namespace

void ReadRowColumns(const PrepareOptions& options, UsedColumns* columns,
                    Dataset* table) {
  RowColumnReader(options, columns, table).Run();
}

}  // namespace mtlkit
