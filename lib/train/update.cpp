#include "train/update.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

#include "kernels/kernels.h"

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
  std::size_t most_wholes = 0;
  for (const Part& part : parts_) {
    most_wholes += std::max<std::size_t>(1, part.columns.size());
    const Index pieces = part.rows * static_cast<Index>(part.columns.size()) +
                         part.rows * part.cols / kTile + 1;
    most += At(pieces);
  }
  runs_.reserve(most);
  squares_.resize(most_wholes);
  direction_squares_.resize(most_wholes);
}

void Updater::Add(const Run& run) {
  // Neighbours that are alike become one run, within a tile.
  if (!runs_.empty()) {
    Run& last = runs_.back();
    const bool is_apart =
        optimizer_.scales_parameters() && last.whole != run.whole;
    if (!is_apart && last.offset + last.size == run.offset &&
        last.step == run.step && last.terms == run.terms &&
        last.size + run.size <= kTile) {
      last.size += run.size;
      return;
    }
  }
  runs_.push_back(run);
}

void Updater::AddWhole(const Part& part, Index step) {
  const Index size = part.rows * part.cols;
  for (Index first = 0; first < size; first += kTile) {
    Add({part.offset + first, std::min(kTile, size - first), step, part.terms,
         wholes_});
  }
  ++wholes_;
}

void Updater::AddColumns(const Part& part,
                         std::span<const std::uint8_t> present,
                         const LearnerState& state) {
  for (Index row = 0; row < part.rows; ++row) {
    for (std::size_t i = 0; i < part.columns.size(); ++i) {
      const Columns& columns = part.columns[i];
      const std::size_t task = At(columns.task);
      if (present[task] == 0) continue;
      Add({part.offset + row * part.cols + columns.range.first,
           columns.range.count, state.task_steps[task], part.terms,
           wholes_ + static_cast<Index>(i)});
    }
  }
  wholes_ += std::ssize(part.columns);
}

template <class Work>
void Updater::ForRuns(Index parameters, const Work& work) {
  const Index runs = static_cast<Index>(runs_.size());
  if (pool_ != nullptr && parameters > kParallelSize) {
    pool_->For(runs, work);
  } else {
    for (Index i = 0; i < runs; ++i) work(i);
  }
}

void Updater::Update(std::span<const Real> gradient, double scale, double rate,
                     std::span<const std::uint8_t> present,
                     LearnerState* state) {
  for (std::size_t task = 0; task < present.size(); ++task) {
    if (present[task] != 0) ++state->task_steps[task];
  }
  runs_.clear();
  wholes_ = 0;
  for (const Part& part : parts_) {
    if (part.frozen || !AnyPresent(part.tasks, present)) continue;
    const Index step = ++state->slice_steps[At(part.slice)];
    // What a task's columns are scaled by is not to depend on who is there.
    const bool is_alike =
        !optimizer_.scales_parameters() &&
        std::ranges::all_of(part.columns, [&](const Columns& columns) {
          const auto task = At(columns.task);
          return present[task] != 0 && state->task_steps[task] == step;
        });
    const bool whole = part.columns.empty() || is_alike;
    whole ? AddWhole(part, step) : AddColumns(part, present, *state);
  }
  const Index parameters = static_cast<Index>(gradient.size());
  ForRuns(parameters,
          [&](Index i) { Apply(&runs_[At(i)], gradient, scale, rate, state); });
  if (!optimizer_.scales_parameters()) return;
  std::fill(squares_.begin(), squares_.end(), 0.0);
  std::fill(direction_squares_.begin(), direction_squares_.end(), 0.0);
  for (const Run& run : runs_) {
    squares_[At(run.whole)] += run.square;
    direction_squares_[At(run.whole)] += run.direction_square;
  }
  ForRuns(parameters,
          [&](Index i) { Finish(runs_[At(i)], gradient, scale, rate, state); });
}

OptimizerStep Updater::StepOf(const Run& run, std::span<const Real> gradient,
                              double scale, double rate, LearnerState* state,
                              std::span<Real*> slots) const {
  const auto offset = At(run.offset);
  const auto size = At(run.size);
  for (std::size_t i = 0; i < state->slots.size(); ++i) {
    slots[i] = state->slots[i].data() + run.offset;
  }
  OptimizerStep step;
  step.weights = state->params.weights.all().subspan(offset, size);
  step.gradient = gradient.subspan(offset, size);
  step.slots = slots.first(state->slots.size());
  step.step = run.step;
  step.rate = rate * run.terms.rate;
  step.gradient_scale = scale;
  step.decay = run.terms.decay;
  return step;
}

void Updater::Apply(Run* run, std::span<const Real> gradient, double scale,
                    double rate, LearnerState* state) const {
  std::array<Real*, kMostSlots> slots{};
  const OptimizerStep step = StepOf(*run, gradient, scale, rate, state, slots);
  optimizer_.Step(step);
  if (!optimizer_.scales_parameters()) return MoveAverages(*run, state);
  const Kernels& kernels = ActiveKernels();
  const Real* direction = step.slots.back();
  run->square =
      kernels.dot(step.weights.data(), step.weights.data(), run->size);
  run->direction_square = kernels.dot(direction, direction, run->size);
}

void Updater::Finish(const Run& run, std::span<const Real> gradient,
                     double scale, double rate, LearnerState* state) const {
  std::array<Real*, kMostSlots> slots{};
  optimizer_.Finish(StepOf(run, gradient, scale, rate, state, slots),
                    std::sqrt(squares_[At(run.whole)]),
                    std::sqrt(direction_squares_[At(run.whole)]));
  MoveAverages(run, state);
}

void Updater::MoveAverages(const Run& run, LearnerState* state) const {
  if (averaging_ == nullptr) return;
  const auto part = [&run](Block* block) {
    return block->all().subspan(At(run.offset), At(run.size));
  };
  MoveAverage(averaging_->ShareOfUpdate(run.step), part(&state->params.weights),
              part(&state->average.weights));
}

}  // namespace mtlkit
