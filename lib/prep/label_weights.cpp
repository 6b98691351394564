#include "prep/label_weights.h"

#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/options.h"
#include "base/text.h"
#include "data/label_view.h"
#include "data/schema.h"
#include "prep/table_columns.h"

namespace mtlkit {
namespace {

// The tasks and the column of "TASK=COLUMN". Names of both may hold a '=': the
// first one counts that leaves a task and a column.
std::pair<std::vector<Index>, std::string> ReadRequest(
    const std::string& request, const std::vector<TableColumn>& columns,
    const std::vector<Task>& tasks) {
  std::vector<Index> named;
  std::string column;
  for (std::size_t at = request.find('=');
       at != std::string::npos && named.empty();
       at = request.find('=', at + 1)) {
    const std::string pattern = request.substr(0, at);
    column = request.substr(at + 1);
    const Index exact = FindTask(tasks, pattern);
    if (exact >= 0) named.push_back(exact);
    for (std::size_t i = 0; i < tasks.size() && exact < 0; ++i) {
      if (MatchesPattern(pattern, tasks[i].name)) {
        named.push_back(static_cast<Index>(i));
      }
    }
  }
  Require(!column.empty(), ErrorKind::kUsage,
          Str("--label-weight ", request, " is not TASK=COLUMN"));
  if (named.empty()) {
    const std::string said = request.substr(0, request.find('='));
    const std::string near = Nearest(said, NamesOf(tasks));
    Fail(ErrorKind::kUsage,
         Str("--label-weight: there is no task '", said, "'",
             near.empty() ? "" : Str("; did you mean '", near, "'?")),
         Str("the tasks are: ", Join(NamesOf(tasks), ", ")));
  }
  return {named, ColumnSaid(columns, column)};
}

void SetWeights(const Dataset& table, const TableColumn& column, Index task,
                Labels* labels) {
  const LabelView view(table, task);
  const InputBlock& block = table.inputs[column.block];
  std::vector<float> weights;
  for (Index place = 0; place < view.places(); ++place) {
    const Index row = view.RowOf(place);
    const double weight = CellNumber(block, row, column.col);
    const bool fits = weight >= 0 && !std::isinf(static_cast<float>(weight));
    Require(fits || !view.HasLabel(place), ErrorKind::kBadInput,
            Str("--label-weight: column '", column.name(), "', row '",
                IdText(table.ids, row), "': the weight of a label of '",
                view.task().name, "' is not a number from 0 on, or too large"));
    weights.push_back(fits ? static_cast<float>(weight) : 0.0F);
  }
  labels->weights = std::move(weights);
}

}  // namespace

void ReadLabelWeights(const PrepareOptions& options, UsedColumns* columns,
                      Dataset* table) {
  std::set<Index> done;
  const std::set<ColumnRef> taken = columns->used();
  for (const std::string& request : options.label_weight) {
    const auto [tasks, name] =
        ReadRequest(request, columns->all(), table->tasks);
    const auto found = FindOneColumn(columns->all(), name, "--label-weight");
    Require(
        taken.count(found[0].ref) == 0, ErrorKind::kUsage,
        Str("--label-weight ", request, ": the column has another use already"),
        "weights come from a column of their own");
    columns->Use(found);
    for (const Index task : tasks) {
      Task& own = table->tasks[At(task)];
      Require(done.insert(task).second, ErrorKind::kUsage,
              Str("--label-weight gives task '", own.name, "' weights twice"));
      SetWeights(*table, found[0], task, &table->labels[At(task)]);
      own.source.label_weight = name;
    }
  }
}

}  // namespace mtlkit
