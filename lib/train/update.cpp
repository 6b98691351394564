#include "train/update.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace mtlkit {
namespace {

// Numbers of one tile; a whole number of cache lines.
constexpr Index kTile = 16384;
// Below this many numbers, waking threads costs more than they do.
constexpr Index kParallelSize = 65536;
constexpr std::size_t kMostSlots = 4;

bool AnyPresent(std::span<const Index> tasks,
                std::span<const std::uint8_t> present) {
  return std::any_of(tasks.begin(), tasks.end(),
                     [&](Index task) { return present[At(task)] != 0; });
}

}  // namespace

Updater::Updater(const Network& network, const Optimizer& optimizer,
                 const std::vector<SliceTerms>& terms,
                 const std::vector<bool>& frozen, ThreadPool* pool)
    : optimizer_(optimizer), pool_(pool) {
  assert(At(optimizer.slots()) <= kMostSlots);
  const Layout& layout = *network.weights();
  for (const Slice& slice : layout.slices()) {
    Part part;
    part.slice = static_cast<Index>(parts_.size());
    part.offset = slice.offset;
    part.rows = slice.spec.rows;
    part.cols = slice.spec.cols;
    part.frozen = !frozen.empty() && frozen[parts_.size()];
    part.terms = terms[parts_.size()];
    part.tasks = slice.tasks;
    parts_.push_back(std::move(part));
  }
  for (const Node& node : network.nodes()) {
    if (!node.split_by_task) continue;
    for (const Index slice : node.params) {
      Part& part = parts_[At(slice)];
      for (Index task = 0; task < network.task_count(); ++task) {
        const OutputInfo& output = network.output(task);
        if (output.value != node.output) continue;
        part.columns.push_back({task, output.columns});
      }
    }
  }
  std::size_t most = 0;
  for (const Part& part : parts_) {
    const Index pieces = part.rows * static_cast<Index>(part.columns.size()) +
                         part.rows * part.cols / kTile + 1;
    most += At(pieces);
  }
  runs_.reserve(most);
}

void Updater::Add(const Run& run) {
  // Neighbours that are alike become one run, within a tile.
  if (!runs_.empty()) {
    Run& last = runs_.back();
    if (last.offset + last.size == run.offset && last.step == run.step &&
        last.terms == run.terms && last.size + run.size <= kTile) {
      last.size += run.size;
      return;
    }
  }
  runs_.push_back(run);
}

void Updater::AddWhole(const Part& part, Index step) {
  const Index size = part.rows * part.cols;
  for (Index first = 0; first < size; first += kTile) {
    Add({part.offset + first, std::min(kTile, size - first), step, part.terms});
  }
}

void Updater::AddColumns(const Part& part,
                         std::span<const std::uint8_t> present,
                         const LearnerState& state) {
  for (Index row = 0; row < part.rows; ++row) {
    for (const Columns& columns : part.columns) {
      const std::size_t task = At(columns.task);
      if (present[task] == 0) continue;
      Add({part.offset + row * part.cols + columns.range.first,
           columns.range.count, state.task_steps[task], part.terms});
    }
  }
}

void Updater::Update(std::span<const Real> gradient, double scale, double rate,
                     std::span<const std::uint8_t> present,
                     LearnerState* state) {
  for (std::size_t task = 0; task < present.size(); ++task) {
    if (present[task] != 0) ++state->task_steps[task];
  }
  runs_.clear();
  for (const Part& part : parts_) {
    if (part.frozen || !AnyPresent(part.tasks, present)) continue;
    const Index step = ++state->slice_steps[At(part.slice)];
    const bool whole = part.columns.empty() ||
                       std::all_of(part.columns.begin(), part.columns.end(),
                                   [&](const Columns& columns) {
                                     const auto task = At(columns.task);
                                     return present[task] != 0 &&
                                            state->task_steps[task] == step;
                                   });
    whole ? AddWhole(part, step) : AddColumns(part, present, *state);
  }
  const auto work = [&](Index i) {
    Apply(runs_[At(i)], gradient, scale, rate, state);
  };
  const Index runs = static_cast<Index>(runs_.size());
  if (pool_ != nullptr && static_cast<Index>(gradient.size()) > kParallelSize) {
    pool_->For(runs, work);
  } else {
    for (Index i = 0; i < runs; ++i) work(i);
  }
}

void Updater::Apply(const Run& run, std::span<const Real> gradient,
                    double scale, double rate, LearnerState* state) const {
  const auto offset = At(run.offset);
  const auto size = At(run.size);
  std::array<Real*, kMostSlots> slots{};
  for (std::size_t i = 0; i < state->slots.size(); ++i) {
    slots[i] = state->slots[i].data() + run.offset;
  }
  OptimizerStep step;
  step.weights = state->params.weights.all().subspan(offset, size);
  step.gradient = gradient.subspan(offset, size);
  step.slots = {slots.data(), state->slots.size()};
  step.step = run.step;
  step.rate = rate * run.terms.rate;
  step.gradient_scale = scale;
  step.decay = run.terms.decay;
  optimizer_.Step(step);
  if (averaging_ == nullptr) return;
  MoveAverage(averaging_->ShareOfUpdate(run.step), step.weights,
              state->average.weights.all().subspan(offset, size));
}

}  // namespace mtlkit
