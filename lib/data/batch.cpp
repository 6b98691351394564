#include "data/batch.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "data/block_kind.h"
#include "data/head.h"
#include "data/label_view.h"
#include "data/tag_labels.h"

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

  OwnPlaces(Index rows, std::span<const Labels> tasks) : starts_(At(rows) + 1) {
    for (const Labels& labels : tasks) {
      for (const Index row : labels.rows) ++starts_[Next(row)];
    }
    for (std::size_t i = 1; i < starts_.size(); ++i)
      starts_[i] += starts_[i - 1];
    entries_.resize(starts_.back());
    std::vector<std::size_t> end(starts_.begin(), starts_.end() - 1);
    for (std::size_t task = 0; task < tasks.size(); ++task) {
      const std::vector<Index>& own = tasks[task].rows;
      for (std::size_t place = 0; place < own.size(); ++place) {
        entries_[end[At(own[place])]++] = {task, static_cast<Index>(place)};
      }
    }
  }

  std::span<const Entry> Of(Index row) const {
    const std::size_t first = starts_[At(row)];
    return std::span(entries_).subspan(first, starts_[Next(row)] - first);
  }

 private:
  static std::size_t Next(Index row) { return At(row) + 1; }

  std::vector<std::size_t> starts_;  // a row
  std::vector<Entry> entries_;
};

}  // namespace

struct Batcher::State {
  const Dataset& dataset;
  Index capacity;
  OwnPlaces own_places;
  Batch batch;
  std::vector<std::unique_ptr<InputLoader>> inputs;
  std::vector<LabelView> labels;   // one a task
  std::vector<double> units;       // of weights, one a task
  std::vector<Index> token_input;  // of tasks of tokens; -1: of rows
  // Backing memory, one a task.
  std::vector<std::vector<Real>> targets;
  std::vector<std::vector<Real>> weights;
  std::vector<std::int64_t> groups;  // none where the rows have none

  State(const Dataset& data, Index rows, BatchParts parts)
      : dataset(data),
        capacity(rows),
        own_places(parts == BatchParts::kInputs
                       ? OwnPlaces(0, {})
                       : OwnPlaces(data.rows, data.labels)) {
    for (const InputBlock& block : data.inputs) {
      inputs.push_back(MakeInputLoader(data, block, rows));
      batch.inputs.emplace_back().kind = block.kind;
    }
    if (parts == BatchParts::kInputs) return;
    const std::vector<Index> tokens = MostTokens(data, rows);
    const std::vector<InputSpec> specs(data.inputs.begin(), data.inputs.end());
    for (std::size_t i = 0; i < data.tasks.size(); ++i) {
      labels.emplace_back(data, static_cast<Index>(i));
      units.push_back(labels.back().WeightUnit());
      const bool of_tokens = data.tasks[i].traits().puts_out_tokens();
      if (of_tokens) TokenStartsOf(data.tasks[i], data);  // is there
      token_input.push_back(of_tokens ? TokenInputOf(data.tasks[i], specs)
                                      : -1);
      const Index most = of_tokens ? tokens[At(token_input.back())] : rows;
      targets.emplace_back(At(most * labels.back().cols()));
      weights.emplace_back(At(most));
    }
    batch.targets.resize(data.tasks.size());
    if (!data.groups.empty()) groups.resize(At(rows));
  }

  // Rows of the batch for a task: tokens, where it has labels of these.
  std::size_t RowsFor(std::size_t i, std::size_t rows) const {
    if (token_input[i] < 0) return rows;
    return At(batch.inputs[At(token_input[i])].row_starts.back());
  }

  // More than was reserved only where rows are repeated.
  void MakeRoom(std::size_t i, std::size_t rows) {
    if (rows <= weights[i].size()) return;
    targets[i].resize(rows * At(labels[i].cols()));
    weights[i].resize(rows);
  }

  // Writes the label of a place into row `r` of the batch.
  void LoadLabel(std::size_t i, std::size_t r, Index place) {
    const LabelView& view = labels[i];
    const Task& task = view.task();
    Real* out = targets[i].data() + r * At(view.cols());
    view.CopyCells(place, out);
    // In double to the end: a mean may be large beside the deviation.
    const std::size_t learned = std::max(task.mean.size(), task.curves.size());
    for (std::size_t col = 0; col < learned; ++col) {
      auto label = static_cast<double>(out[col]);
      if (!task.curves.empty()) label = task.curves[col].Apply(label);
      if (!task.mean.empty()) {
        label = (label - task.mean[col]) / task.deviation[col];
      }
      out[col] = static_cast<Real>(label);
    }
    if (view.HasLabel(place)) {
      weights[i][r] = static_cast<Real>(view.Weight(place) / units[i]);
    }
  }

  bool IsWritten(std::size_t i) const {
    return dataset.tasks[i].traits().is_written;
  }

  // Of each token of the texts that there are, what comes behind it.
  void LoadWritten(std::size_t i, std::span<const Index> rows) {
    const InputBatch& text = batch.inputs[At(token_input[i])];
    // As an input the code stands for words that have none.
    const auto end = static_cast<std::int32_t>(dataset.tasks[i].codes - 1);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const Index place = labels[i].PlaceOf(rows[r]);
      if (place < 0 || !(labels[i].Value(place, 0) > 0)) continue;
      const auto weight = static_cast<Real>(labels[i].Weight(place) / units[i]);
      const Index last = text.row_starts[r + 1] - 1;
      for (Index t = text.row_starts[r]; t <= last; ++t) {
        const std::int32_t next = t < last ? text.codes.data[t + 1] : end;
        if (t < last && next == end) continue;
        targets[i][At(t)] = static_cast<Real>(next);
        weights[i][At(t)] = weight;
      }
    }
  }

  void LoadTargets(std::span<const Index> rows) {
    if (labels.empty()) return;
    for (std::size_t r = 0; r < rows.size() && !groups.empty(); ++r) {
      groups[r] = dataset.groups[At(rows[r])];
    }
    if (!groups.empty()) batch.groups = std::span(groups).first(rows.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto cols = At(dataset.tasks[i].target_cols());
      const std::size_t count = RowsFor(i, rows.size());
      MakeRoom(i, count);
      std::fill_n(targets[i].begin(), count * cols, kMissing);
      std::fill_n(weights[i].begin(), count, Real{0});
      if (IsWritten(i)) {
        LoadWritten(i, rows);
        continue;
      }
      if (!dataset.labels[i].on_all_rows) continue;
      for (std::size_t r = 0; r < rows.size(); ++r) {
        LoadLabel(i, r, rows[r]);
      }
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
      OwnPlaces::Entry first{targets.size(), 0};  // of its task
      for (const OwnPlaces::Entry& entry : own_places.Of(rows[r])) {
        if (IsWritten(entry.task)) continue;
        if (entry.task != first.task) first = entry;
        const Index input = token_input[entry.task];
        const Index at = input < 0 ? static_cast<Index>(r)
                                   : batch.inputs[At(input)].row_starts[r] +
                                         entry.place - first.place;
        LoadLabel(entry.task, At(at), entry.place);
      }
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
      FinishTarget(i, RowsFor(i, rows.size()));
    }
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
    const Index input = token_input[i];
    if (input >= 0) target.row_starts = batch.inputs[At(input)].row_starts;
  }
};

Batcher::Batcher(const Dataset& dataset, Index capacity, BatchParts parts)
    : state_(std::make_unique<State>(dataset, capacity, parts)) {}

Batcher::~Batcher() = default;

const Batch& Batcher::Load(std::span<const Index> rows) {
  State& state = *state_;
  assert(static_cast<Index>(rows.size()) <= state.capacity);
  state.batch.rows = static_cast<Index>(rows.size());
  state.batch.row_numbers = rows;
  for (std::size_t i = 0; i < state.inputs.size(); ++i) {
    state.inputs[i]->Load(rows, &state.batch.inputs[i]);
  }
  state.LoadTargets(rows);
  return state.batch;
}

}  // namespace mtlkit
