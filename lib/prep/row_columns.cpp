#include "prep/row_columns.h"

#include <cmath>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "data/label_view.h"
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

  float WeightOf(double weight, const std::string& what, Index row) const {
    if (!(weight >= 0) || std::isinf(static_cast<float>(weight))) {
      Fail(ErrorKind::kBadInput,
           Str("--weight: ", what, " '", options_.weight, "', row '",
               IdText(data_.ids, row),
               "' is not a number from 0 on, or too large"));
    }
    return static_cast<float>(weight);
  }

  // Of a task that came with the file, which is none then: of SVMlight, a file
  // of weights beside it (mtl-convert --task-files).
  bool TakeTask() {
    const Index at = FindTask(data_.tasks, options_.weight);
    if (at < 0 || !data_.tasks[At(at)].source.columns.empty()) return false;
    const Task& task = data_.tasks[At(at)];
    const LabelView labels(task, data_.labels[At(at)], {});
    Require(labels.cols() == 1, ErrorKind::kUsage,
            Str("--weight ", task.name, ": the task has ", labels.cols(),
                " numbers a row"),
            "a weight is one number");
    Require(data_.tasks.size() > 1, ErrorKind::kUsage,
            Str("--weight ", task.name, ": it is the only task"),
            "there is nothing to learn");
    data_.weights.clear();
    for (Index row = 0; row < data_.rows; ++row) {
      const Index place = labels.PlaceOf(row);
      double weight = place < 0 ? NAN : labels.Value(place, 0);
      if (!task.classes.empty() && !std::isnan(weight)) {
        const std::string& name =
            task.classes[static_cast<std::size_t>(weight)];
        if (!ParseNumber(name, &weight)) weight = NAN;
      }
      data_.weights.push_back(WeightOf(weight, "task", row));
    }
    data_.tasks.erase(data_.tasks.begin() + at);
    data_.labels.erase(data_.labels.begin() + at);
    return true;
  }

  void ReadWeights() {
    if (TakeTask()) return;
    const auto found =
        FindOneColumn(columns_->all(), options_.weight, "--weight");
    Require(columns_->used().count(found[0].ref) == 0, ErrorKind::kUsage,
            Str("--weight ", options_.weight, ": the column is a task"),
            "weights come from another column");
    columns_->Use(found);
    const InputBlock& block = data_.inputs[found[0].block];
    data_.weights.clear();
    for (Index row = 0; row < data_.rows; ++row) {
      data_.weights.push_back(
          WeightOf(CellNumber(block, row, found[0].col), "column", row));
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
