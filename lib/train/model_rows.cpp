#include "train/model_rows.h"

#include <algorithm>
#include <numeric>
#include <variant>

#include "data/block_kind.h"
#include "data/blocks.h"
#include "prep/piece.h"

namespace mtlkit {
namespace {

// The rows without labels, splits and weights, which no input depends on.
Dataset InputsOf(const Dataset& dataset) {
  Dataset rows;
  rows.rows = dataset.rows;
  rows.ids = dataset.ids;
  rows.inputs = dataset.inputs;
  rows.transforms = dataset.transforms;
  return rows;
}

// Images and texts go through no transform, and are not copied.
bool IsTableFor(const Model& model, const Dataset& dataset) {
  return dataset.transforms.size() < model.transforms.size() &&
         std::ranges::all_of(dataset.inputs, [](const InputBlock& block) {
           return TraitsOf(block.kind).has_columns;
         });
}

}  // namespace

ModelRows::ModelRows(const Model& model, const Dataset& dataset)
    : model_(model), dataset_(dataset), is_whole_(!IsTableFor(model, dataset)) {
  // Of no rows the columns are checked all the same.
  data_ = InputRowsFor(model, is_whole_ ? InputsOf(dataset) : Gather({}));
}

ModelRows::Block ModelRows::Load(std::span<const Index> rows) {
  ForgetLast();
  if (!rows.empty()) {
    first_ = rows.front();
    count_ = rows.back() + 1 - first_;
  }
  if (is_whole_) return {&data_, rows};
  data_ = InputRowsFor(model_, Gather(rows));
  numbers_.resize(rows.size());
  std::iota(numbers_.begin(), numbers_.end(), Index{0});
  return {&data_, numbers_};
}

Index ModelRows::most() const {
  constexpr Index kMostCells = Index{1} << 22;
  Index cells = 1;
  for (const InputSpec& spec : model_.schema.inputs) {
    if (!TraitsOf(spec.kind).is_compressed) cells += spec.row_cells();
  }
  for (const InputBlock& block : dataset_.inputs) {
    if (!TraitsOf(block.kind).is_compressed) cells += block.row_cells();
  }
  return is_whole_ ? std::max<Index>(dataset_.rows, 1)
                   : std::max<Index>(kMostCells / cells, 1);
}

Dataset ModelRows::Gather(std::span<const Index> rows) const {
  Dataset some;
  some.rows = std::ssize(rows);
  some.ids = TakeIds(dataset_.ids, rows);
  some.transforms = dataset_.transforms;
  for (const InputBlock& block : dataset_.inputs) {
    some.inputs.push_back(GatherRows(block, rows));
  }
  return some;
}

void ModelRows::ForgetLast() {
  for (const InputBlock& block : dataset_.inputs) {
    ForgetRows(block, first_, count_);
  }
}

}  // namespace mtlkit
