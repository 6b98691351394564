// What tasks put out, at the top of a network.
#include "base/text.h"
#include "data/head.h"
#include "nn/archs/parts.h"

namespace mtlkit {
namespace {

bool HasThresholds(const Task& task) {
  return task.traits().thresholds != Thresholds::kNone;
}

}  // namespace

void NetworkParts::AddHeads(const std::string& group, const Source& source,
                            const std::vector<Index>& tasks) {
  std::vector<Index> together;
  for (const Index i : tasks) {
    if (head_layers_.empty() && tasks.size() > 1 && !HasThresholds(task(i))) {
      together.push_back(i);
      continue;
    }
    const std::string name = "head." + task(i).name;
    const Source top = AddLayers(name, source, head_layers_);
    const std::string last =
        head_layers_.empty() ? name : Str(name, ".", head_layers_.size());
    builder_.Output(i, AddTaskOutput(last, top, task(i)));
  }
  if (together.empty()) return;
  if (together.size() == 1) return AddHeads(group, source, together);
  Index units = 0;
  for (const Index i : together) units += task(i).output_cols();
  const Value value = AddOutput("heads." + group, source, units);
  Index first = 0;
  for (const Index i : together) {
    builder_.Output(i, value, first, task(i).output_cols());
    first += task(i).output_cols();
  }
}

void NetworkParts::AddPooledHead(const Source& source,
                                 const std::vector<Index>& tasks) {
  const Source top = AddLayers("head", source, head_layers_);
  const std::string name =
      head_layers_.empty() ? "head" : Str("head.", head_layers_.size());
  const Value value = AddTaskOutput(name, top, task(tasks.front()));
  for (const Index i : tasks) builder_.Output(i, value);
}

Value NetworkParts::AddTaskOutput(const std::string& name, const Source& source,
                                  const Task& task) {
  if (!HasThresholds(task)) return AddOutput(name, source, task.output_cols());
  // Thresholds are all the bias that a score needs; members have theirs.
  const Value score =
      has_members()
          ? AddOutput(name, source, 1)
          : AddDense(name, source, 1, {InitKind::kTorchLinear, 0}, false);
  const bool is_ordered = task.traits().thresholds == Thresholds::kOrdered;
  return builder_.Add(name + ".thresholds",
                      MakeThresholds(task.output_cols(), is_ordered), {score});
}

}  // namespace mtlkit
