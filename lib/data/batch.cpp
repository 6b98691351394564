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

// Where the labels of a row are that tasks with rows of their own have: for
// many tasks (one a school, say) a batch then looks at its rows only, not at
// each task for each row.
class OwnPlaces {
 public:
  struct Entry {
    std::size_t task;
    Index place;
  };

  explicit OwnPlaces(const Dataset& dataset)
      : starts_(static_cast<std::size_t>(dataset.rows) + 1) {
    for (const Labels& labels : dataset.labels) {
      for (const Index row : labels.rows) ++starts_[Next(row)];
    }
    for (std::size_t i = 1; i < starts_.size(); ++i)
      starts_[i] += starts_[i - 1];
    entries_.resize(starts_.back());
    std::vector<std::size_t> end(starts_.begin(), starts_.end() - 1);
    for (std::size_t task = 0; task < dataset.labels.size(); ++task) {
      const std::vector<Index>& rows = dataset.labels[task].rows;
      for (std::size_t place = 0; place < rows.size(); ++place) {
        entries_[end[static_cast<std::size_t>(rows[place])]++] = {
            task, static_cast<Index>(place)};
      }
    }
  }

  std::span<const Entry> Of(Index row) const {
    const std::size_t first = starts_[static_cast<std::size_t>(row)];
    return std::span(entries_).subspan(first, starts_[Next(row)] - first);
  }

 private:
  static std::size_t Next(Index row) {
    return static_cast<std::size_t>(row) + 1;
  }

  std::vector<std::size_t> starts_;  // a row
  std::vector<Entry> entries_;
};

[[noreturn]] void FailNotFinite(const Dataset& dataset, const InputBlock& block,
                                Index row, Index col, double value) {
  Fail(ErrorKind::kBadInput,
       Str("input block '", block.name, "', column '", ColumnName(block, col),
           "', row '", IdText(dataset.ids, row), "' is ",
           std::isnan(value) ? "missing" : "infinite"),
       "mtl-prep fills missing values");
}

// Copies a row; says whether all of it is finite. One flag for the whole row,
// so that the loop has no branch.
template <class T>
bool CopyFinite(const T* values, Index count, Real* out) {
  bool finite = true;
  for (Index i = 0; i < count; ++i) {
    out[i] = static_cast<Real>(values[i]);
    // NaN and infinity less themselves are NaN, which equals nothing.
    finite &= out[i] - out[i] == 0;
  }
  return finite;
}

[[noreturn]] void FailInRow(const Dataset& dataset, const InputBlock& block,
                            Index row, const Real* values) {
  Index col = 0;
  while (std::isfinite(values[col])) ++col;
  FailNotFinite(dataset, block, row, col, static_cast<double>(values[col]));
}

}  // namespace

struct Batcher::State {
  const Dataset& dataset;
  Index capacity;
  OwnPlaces own_places;
  Batch batch;
  // Backing memory, one entry an input block; those of another kind are empty.
  std::vector<std::vector<Real>> dense;
  std::vector<std::vector<Index>> row_starts;
  std::vector<std::vector<std::int32_t>> indices;  // or codes
  std::vector<std::vector<Real>> values;
  // And one a task.
  std::vector<std::vector<Real>> targets;
  std::vector<std::vector<Real>> weights;

  State(const Dataset& data, Index rows)
      : dataset(data), capacity(rows), own_places(data) {
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
      const Index first = row * block.cols;
      const bool finite =
          block.wide.empty()
              ? CopyFinite(block.dense.data() + first, block.cols, out)
              : CopyFinite(block.wide.data() + first, block.cols, out);
      if (!finite) FailInRow(dataset, block, row, out);
      out += block.cols;
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

  // Writes the label of a place into row `r` of the batch.
  void LoadLabel(std::size_t i, std::size_t r, Index row, Index place) {
    const Task& task = dataset.tasks[i];
    const Labels& labels = dataset.labels[i];
    const auto cols = static_cast<std::size_t>(task.target_cols());
    const float* from =
        labels.values.data() + static_cast<std::size_t>(place) * cols;
    Real* out = targets[i].data() + r * cols;
    bool any = false;
    for (std::size_t col = 0; col < cols; ++col) {
      const auto label = static_cast<double>(from[col]);
      any |= !std::isnan(label);
      out[col] = static_cast<Real>(
          task.mean.empty() ? label
                            : (label - task.mean[col]) / task.deviation[col]);
    }
    if (any) weights[i][r] = static_cast<Real>(WeightOf(labels, row, place));
  }

  double WeightOf(const Labels& labels, Index row, Index place) const {
    double weight = 1;
    if (!dataset.weights.empty()) {
      weight *=
          static_cast<double>(dataset.weights[static_cast<std::size_t>(row)]);
    }
    if (!labels.weights.empty()) {
      weight *=
          static_cast<double>(labels.weights[static_cast<std::size_t>(place)]);
    }
    return weight;
  }

  void LoadTargets(std::span<const Index> rows) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto cols =
          static_cast<std::size_t>(dataset.tasks[i].target_cols());
      std::fill_n(targets[i].begin(), rows.size() * cols, kMissing);
      std::fill_n(weights[i].begin(), rows.size(), Real{0});
      if (!dataset.labels[i].on_all_rows) continue;
      for (std::size_t r = 0; r < rows.size(); ++r) {
        LoadLabel(i, r, rows[r], rows[r]);
      }
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (const OwnPlaces::Entry& entry : own_places.Of(rows[r])) {
        LoadLabel(entry.task, r, rows[r], entry.place);
      }
    }
    for (std::size_t i = 0; i < targets.size(); ++i)
      FinishTarget(i, rows.size());
  }

  void FinishTarget(std::size_t i, std::size_t rows) {
    TargetBatch& target = batch.targets[i];
    target.labelled = 0;
    target.weight_sum = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      target.weight_sum += static_cast<double>(weights[i][r]);
      if (weights[i][r] > 0) ++target.labelled;
    }
    target.target = {targets[i].data(), static_cast<Index>(rows),
                     dataset.tasks[i].target_cols()};
    target.weight = {weights[i].data(), rows};
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
  state.LoadTargets(rows);
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
