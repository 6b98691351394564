#include "train/hold_out.h"

#include <set>

#include "data/blocks.h"
#include "data/split_names.h"
#include "prep/split.h"
#include "prep/stratify.h"

namespace mtlkit {

TrainInputs HeldOut(const TrainInputs& inputs, double share, Seed seed) {
  constexpr const char* kHeld = "valid";
  const Dataset& data = *inputs.data;
  // What dealing out needs, of these rows alone: no other has a say.
  Dataset all;
  all.rows = data.rows;
  all.ids = RunningIds(data.rows);
  all.tasks = data.tasks;
  all.labels = data.labels;
  all.groups = data.groups;
  Dataset rows = GatherRows(all, inputs.train_rows);
  SplitMethod method;
  if (!rows.groups.empty()) {
    method.kind = SplitMethod::kGrouped;
    method.numbers = rows.groups;
  }
  StratifyByTasks(rows, share, &method);
  AddSplits({{kHeld, share}}, method, seed, &rows);
  TrainInputs result = inputs;
  const auto take = [&](const char* split, std::vector<Index>* taken) {
    taken->clear();
    for (const Index place : rows.SplitRows(split)) {
      taken->push_back(inputs.train_rows[At(place)]);
    }
  };
  take("train", &result.train_rows);
  take(kHeld, &result.valid_rows);
  result.valid_name = kHeldOutRows;
  return result;
}

bool HasGroupsToHoldOut(const TrainInputs& inputs) {
  constexpr std::size_t kLeastGroups = 4;
  const std::vector<std::int64_t>& groups = inputs.data->groups;
  if (groups.empty()) return true;
  std::set<std::int64_t> found;
  for (const Index row : inputs.train_rows) {
    found.insert(groups[At(row)]);
    if (found.size() >= kLeastGroups) return true;
  }
  return false;
}

}  // namespace mtlkit
