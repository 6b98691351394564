#include "data/batch.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "data/schema.h"

namespace mtlkit {
namespace {

constexpr Real kMissing = std::numeric_limits<Real>::quiet_NaN();

// The place of a row among those that a task has labels for; -1 if none.
Index PlaceOf(const Labels& labels, Index row) {
  if (labels.on_all_rows) return row;
  const auto at = std::lower_bound(labels.rows.begin(), labels.rows.end(), row);
  return at == labels.rows.end() || *at != row ? -1 : at - labels.rows.begin();
}

[[noreturn]] void FailNotFinite(const Dataset& dataset, const InputBlock& block,
                                Index row, Index col, double value) {
  Fail(ErrorKind::kBadInput,
       Str("input block '", block.name, "', column '", ColumnName(block, col),
           "', row '", IdText(dataset.ids, row), "' is ",
           std::isnan(value) ? "missing" : "infinite"),
       "mtl-prep fills missing values");
}

}  // namespace

struct Batcher::State {
  const Dataset& dataset;
  Index capacity;
  Batch batch;
  // Backing memory, one entry an input block; those of another kind are empty.
  std::vector<std::vector<Real>> dense;
  std::vector<std::vector<Index>> row_starts;
  std::vector<std::vector<std::int32_t>> indices;  // or codes
  std::vector<std::vector<Real>> values;
  // And one a task.
  std::vector<std::vector<Real>> targets;
  std::vector<std::vector<Real>> weights;

  State(const Dataset& data, Index rows) : dataset(data), capacity(rows) {
    for (const InputBlock& block : data.inputs) ReserveInput(block);
    for (const Task& task : data.tasks) {
      targets.emplace_back(static_cast<std::size_t>(rows * task.target_cols()));
      weights.emplace_back(static_cast<std::size_t>(rows));
    }
    batch.inputs.resize(data.inputs.size());
    batch.targets.resize(data.tasks.size());
  }

  void ReserveInput(const InputBlock& block) {
    dense.emplace_back();
    row_starts.emplace_back();
    indices.emplace_back();
    values.emplace_back();
    const auto cells = static_cast<std::size_t>(capacity * block.cols);
    if (block.kind == InputKind::kDense) dense.back().resize(cells);
    if (block.kind == InputKind::kCategorical) indices.back().resize(cells);
    if (block.kind == InputKind::kSparse) {
      row_starts.back().resize(static_cast<std::size_t>(capacity) + 1);
      const Index entries = MostEntries(block);
      indices.back().resize(static_cast<std::size_t>(entries));
      values.back().resize(static_cast<std::size_t>(entries));
    }
  }

  // The largest number of entries that `capacity` different rows can have.
  Index MostEntries(const InputBlock& block) const {
    std::vector<Index> lengths;
    for (Index row = 0; row + 1 < block.row_starts.size(); ++row) {
      lengths.push_back(block.row_starts[row + 1] - block.row_starts[row]);
    }
    const Index longest =
        lengths.empty() ? 0 : *std::max_element(lengths.begin(), lengths.end());
    return longest * capacity;
  }

  void LoadDense(std::size_t i, std::span<const Index> rows) {
    const InputBlock& block = dataset.inputs[i];
    Real* out = dense[i].data();
    for (const Index row : rows) {
      for (Index col = 0; col < block.cols; ++col) {
        const Index at = row * block.cols + col;
        const double value = block.wide.empty()
                                 ? static_cast<double>(block.dense[at])
                                 : block.wide[at];
        if (!std::isfinite(value)) {
          FailNotFinite(dataset, block, row, col, value);
        }
        *out++ = static_cast<Real>(value);
      }
    }
    batch.inputs[i].dense = {dense[i].data(), static_cast<Index>(rows.size()),
                             block.cols};
  }

  void LoadSparse(std::size_t i, std::span<const Index> rows) {
    const InputBlock& block = dataset.inputs[i];
    std::size_t count = 0;
    row_starts[i][0] = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const Index end = block.row_starts[rows[r] + 1];
      for (Index at = block.row_starts[rows[r]]; at < end; ++at) {
        const float value = block.values[at];
        if (!std::isfinite(value)) {
          FailNotFinite(dataset, block, rows[r], block.indices[at],
                        static_cast<double>(value));
        }
        indices[i][count] = block.indices[at];
        values[i][count++] = static_cast<Real>(value);
      }
      row_starts[i][r + 1] = static_cast<Index>(count);
    }
    InputBatch& input = batch.inputs[i];
    input.row_starts = {row_starts[i].data(), rows.size() + 1};
    input.indices = {indices[i].data(), count};
    input.values = {values[i].data(), count};
    input.sparse_cols = block.cols;
  }

  void LoadCodes(std::size_t i, std::span<const Index> rows) {
    const InputBlock& block = dataset.inputs[i];
    std::int32_t* out = indices[i].data();
    for (const Index row : rows) {
      for (Index col = 0; col < block.cols; ++col) {
        const auto unknown = static_cast<std::int32_t>(
            block.categories[static_cast<std::size_t>(col)].size());
        const std::int32_t code = block.codes[row * block.cols + col];
        *out++ = code < 0 ? unknown : code;
      }
    }
    batch.inputs[i].codes = {indices[i].data(), static_cast<Index>(rows.size()),
                             block.cols};
  }

  // Writes the target cells of a place; says whether any label is there.
  bool LoadTarget(const Task& task, const Labels& labels, Index place,
                  Real* out) const {
    bool any = false;
    const Index cols = task.target_cols();
    for (Index col = 0; col < cols; ++col) {
      const float label =
          place < 0
              ? std::numeric_limits<float>::quiet_NaN()
              : labels.values[static_cast<std::size_t>(place * cols + col)];
      if (std::isnan(label)) {
        out[col] = kMissing;
        continue;
      }
      any = true;
      const auto c = static_cast<std::size_t>(col);
      out[col] =
          task.mean.empty()
              ? static_cast<Real>(label)
              : static_cast<Real>((static_cast<double>(label) - task.mean[c]) /
                                  task.deviation[c]);
    }
    return any;
  }

  void LoadTask(std::size_t i, std::span<const Index> rows) {
    const Task& task = dataset.tasks[i];
    const Labels& labels = dataset.labels[i];
    const Index cols = task.target_cols();
    TargetBatch& target = batch.targets[i];
    target.labelled = 0;
    target.weight_sum = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const Index place = PlaceOf(labels, rows[r]);
      const bool any =
          LoadTarget(task, labels, place,
                     targets[i].data() + static_cast<Index>(r) * cols);
      double weight = any ? 1 : 0;
      if (any && !dataset.weights.empty()) {
        weight *= static_cast<double>(
            dataset.weights[static_cast<std::size_t>(rows[r])]);
      }
      if (any && !labels.weights.empty()) {
        weight *= static_cast<double>(
            labels.weights[static_cast<std::size_t>(place)]);
      }
      weights[i][r] = static_cast<Real>(weight);
      target.weight_sum += static_cast<double>(weights[i][r]);
      if (weights[i][r] > 0) ++target.labelled;
    }
    target.target = {targets[i].data(), static_cast<Index>(rows.size()), cols};
    target.weight = {weights[i].data(), rows.size()};
  }
};

Batcher::Batcher(const Dataset& dataset, Index capacity)
    : state_(std::make_unique<State>(dataset, capacity)) {}

Batcher::~Batcher() = default;

const Batch& Batcher::Load(std::span<const Index> rows) {
  State& state = *state_;
  assert(static_cast<Index>(rows.size()) <= state.capacity);
  state.batch.rows = static_cast<Index>(rows.size());
  state.batch.row_numbers = rows;
  for (std::size_t i = 0; i < state.dataset.inputs.size(); ++i) {
    state.batch.inputs[i].kind = state.dataset.inputs[i].kind;
    switch (state.dataset.inputs[i].kind) {
      case InputKind::kDense:
        state.LoadDense(i, rows);
        break;
      case InputKind::kSparse:
        state.LoadSparse(i, rows);
        break;
      case InputKind::kCategorical:
        state.LoadCodes(i, rows);
        break;
    }
  }
  for (std::size_t i = 0; i < state.dataset.tasks.size(); ++i) {
    state.LoadTask(i, rows);
  }
  return state.batch;
}

EpochOrder::EpochOrder(std::span<const Index> rows, Index batch)
    : sorted_(rows.begin(), rows.end()), order_(sorted_), batch_(batch) {
  assert(batch > 0);
  std::sort(sorted_.begin(), sorted_.end());
  order_ = sorted_;
}

void EpochOrder::Shuffle(Seed seed, Index epoch) {
  std::copy(sorted_.begin(), sorted_.end(), order_.begin());
  Rng(seed, RandomPurpose::kEpochOrder, static_cast<std::uint64_t>(epoch))
      .Shuffle(order_);
}

Index EpochOrder::batch_count() const {
  return (static_cast<Index>(order_.size()) + batch_ - 1) / batch_;
}

std::span<const Index> EpochOrder::Batch(Index i) const {
  assert(i >= 0 && i < batch_count());
  const auto first = static_cast<std::size_t>(i * batch_);
  const std::size_t count =
      std::min(static_cast<std::size_t>(batch_), order_.size() - first);
  return std::span(order_).subspan(first, count);
}

}  // namespace mtlkit
