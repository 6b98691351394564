#include "prep/stratify.h"

#include <algorithm>

#include "base/error.h"
#include "base/name_said.h"
#include "base/text.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

// Values of fewer rows than there are parts cannot be dealt out by share.
void RequireUsefulStrata(const CodedColumn& coded,
                         const PrepareOptions& options) {
  double least = 1;
  for (const std::string& text : options.split) {
    least = std::min(least, ParseSplitPart(text).fraction);
  }
  if (options.folds > 0) {
    least = std::min(least, 1.0 / static_cast<double>(options.folds));
  }
  std::vector<Index> rows(coded.names.size());
  for (const std::int32_t code : coded.codes) {
    if (code >= 0) ++rows[At(code)];
  }
  Index all = 0;
  Index small = 0;
  for (const Index count : rows) {
    all += count;
    if (static_cast<double>(count) * least < 1) small += count;
  }
  Require(
      2 * small <= all, ErrorKind::kUsage,
      Str("--stratify ", options.stratify, " has no effect: the column has ",
          coded.names.size(), " different values in ", all,
          " rows, most of them too rare to have a share in every part"),
      "name a task, or a column of few values");
}

}  // namespace

void Stratify(const Dataset& data, const std::vector<TableColumn>& columns,
              const PrepareOptions& options, SplitMethod* method) {
  const Index number =
      FindTask(data.tasks, NameSaid(options.stratify, NamesOf(data.tasks)));
  method->kind = SplitMethod::kStratified;
  if (number < 0) {
    const CodedColumn coded = CodeColumns(
        data, FindOneColumn(columns, options.stratify, "--stratify"));
    RequireUsefulStrata(coded, options);
    method->numbers.assign(coded.codes.begin(), coded.codes.end());
    return;
  }
  const Task& task = data.tasks[At(number)];
  Require(task.is_classification(), ErrorKind::kUsage,
          Str("--stratify ", task.name, ": the task is a regression"),
          "name a task with classes");
  StratifyByTask(data, number, method);
}

void StratifyByTask(const Dataset& data, Index task, SplitMethod* method) {
  const LabelView labels(data, task);
  const bool several = !labels.task().traits().one_class;
  if (several) {
    method->kind = SplitMethod::kMultilabel;
    method->labels.resize(At(data.rows));
    method->label_count = labels.cols();
  } else {
    method->numbers.assign(At(data.rows), -1);
  }
  for (Index place = 0; place < labels.places(); ++place) {
    const std::size_t row = At(labels.RowOf(place));
    for (Index col = 0; col < labels.cols(); ++col) {
      const float value = labels.Value(place, col);
      if (several && value > 0) {
        method->labels[row].push_back(col);
      } else if (!several && value >= 0) {
        method->numbers[row] = static_cast<std::int64_t>(value);
      }
    }
  }
}

}  // namespace mtlkit
