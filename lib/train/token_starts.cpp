#include "train/token_starts.h"

#include <algorithm>
#include <numeric>

#include "data/head.h"
#include "data/tag_labels.h"
#include "prep/piece.h"
#include "prep/text_columns.h"

namespace mtlkit {
namespace {

std::vector<std::int64_t> StartsOf(const Task& task, Index count,
                                   ModelRows* rows) {
  std::vector<std::int64_t> starts{0};
  starts.reserve(At(count) + 1);
  const Index most = std::min<Index>(rows->most(), kPieceRows);
  std::vector<Index> some;
  for (Index first = 0; first < count; first += most) {
    some.resize(At(std::min(most, count - first)));
    std::iota(some.begin(), some.end(), first);
    const auto [data, numbers] = rows->Load(some);
    const auto of_data = TokenStartsOf(task, *data);
    for (const Index row : numbers) {
      starts.push_back(starts.back() + of_data[At(row) + 1] - of_data[At(row)]);
    }
  }
  return starts;
}

}  // namespace

TokenStarts FitTags(const Model& model, const Dataset& dataset, ModelRows* rows,
                    std::vector<Labels>* labels) {
  const std::vector<Task>& tasks = model.schema.tasks;
  TokenStarts starts(tasks.size());
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (!tasks[t].traits().of_tokens) continue;
    starts[t] = StartsOf(tasks[t], dataset.rows, rows);
    FitTagLabels(tasks[t], starts[t], dataset.ids,
                 CutsTexts(model.transforms, tasks[t].tokens), &(*labels)[t]);
  }
  return starts;
}

}  // namespace mtlkit
