#include "nn/family_start.h"

#include <algorithm>
#include <vector>

#include "data/task_families.h"

namespace mtlkit {
namespace {

// The columns of one layer that several tasks share out.
void CopyColumns(const Network& network, Index from, Index to, Block* weights) {
  const OutputInfo& source = network.output(from);
  const OutputInfo& target = network.output(to);
  if (source.value.id != target.value.id) return;
  for (const Node& node : network.nodes()) {
    if (node.output.id != source.value.id || !node.split_by_task) continue;
    for (const Index param : node.params) {
      const MatView slice = weights->At(param);
      for (Index row = 0; row < slice.rows; ++row) {
        std::copy_n(slice.Row(row) + source.columns.first, source.columns.count,
                    slice.Row(row) + target.columns.first);
      }
    }
  }
}

std::vector<Index> OwnSlices(const Layout& layout, Index task) {
  std::vector<Index> own;
  Index i = 0;
  for (const Slice& slice : layout.slices()) {
    if (slice.tasks == std::vector<Index>{task}) own.push_back(i);
    ++i;
  }
  return own;
}

void CopyOwn(Index from, Index to, Block* weights) {
  const std::vector<Index> source = OwnSlices(weights->layout(), from);
  const std::vector<Index> target = OwnSlices(weights->layout(), to);
  const bool same = std::ranges::equal(source, target, [&](Index a, Index b) {
    const ConstMatView x = weights->At(a);
    const ConstMatView y = weights->At(b);
    return x.rows == y.rows && x.cols == y.cols;
  });
  if (!same) return;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const MatView x = weights->At(source[i]);
    std::copy_n(x.data, x.size(), weights->At(target[i]).data);
  }
}

}  // namespace

void StartFamiliesAlike(std::span<const Task> tasks, const Network& network,
                        Block* weights) {
  for (const auto& family : MembersOfFamilies(tasks)) {
    for (const Index task : family) {
      if (task == family.front()) continue;
      CopyColumns(network, family.front(), task, weights);
      CopyOwn(family.front(), task, weights);
    }
  }
}

}  // namespace mtlkit
