#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/parallel.h"
#include "nn/network.h"
#include "train/averaging.h"
#include "train/learner_state.h"
#include "train/optimizer.h"
#include "train/slice_terms.h"

namespace mtlkit {

// Applies an optimiser to the parameters of a network, part by part: what
// belongs to absent tasks alone stays as it is. Allocates when built only.
class Updater {
 public:
  // `terms`: one a slice. Slices that are `frozen` (one each, or empty) never
  // move.
  Updater(const Network& network, const Optimizer& optimizer,
          const std::vector<SliceTerms>& terms, const std::vector<bool>& frozen,
          ThreadPool* pool);

  // From now on averages follow the updates: `averaging` must outlive it, and
  // states have an average.
  void AverageBy(const Averaging* averaging) { averaging_ = averaging; }

  // One update from `gradient` (in the layout of the weights) times `scale`.
  void Update(std::span<const Real> gradient, double scale, double rate,
              std::span<const std::uint8_t> present, LearnerState* state);

 private:
  // Columns of a slice that belong to one task.
  struct Columns {
    Index task = 0;
    ColumnRange range;
  };
  struct Part {
    Index slice = 0;
    Index offset = 0;
    Index rows = 0;
    Index cols = 0;
    bool frozen = false;
    SliceTerms terms;
    std::vector<Index> tasks;
    std::vector<Columns> columns;  // empty: the slice is moved as a whole
  };
  // A piece of work of one update.
  struct Run {
    Index offset = 0;
    Index size = 0;
    Index step = 0;
    SliceTerms terms = {};
    Index whole = 0;  // the number of the parameter that it is of
    // Of optimisers that scale parameters: of its weights and its direction.
    double square = 0;
    double direction_square = 0;
  };

  void AddWhole(const Part& part, Index step);
  void AddColumns(const Part& part, std::span<const std::uint8_t> present,
                  const LearnerState& state);
  void Add(const Run& run);
  OptimizerStep StepOf(const Run& run, std::span<const Real> gradient,
                       double scale, double rate, LearnerState* state,
                       std::span<Real*> slots) const;
  void Apply(Run* run, std::span<const Real> gradient, double scale,
             double rate, LearnerState* state) const;
  void Finish(const Run& run, std::span<const Real> gradient, double scale,
              double rate, LearnerState* state) const;
  void MoveAverages(const Run& run, LearnerState* state) const;
  // Calls work(i) for every run, on the threads if that pays.
  template <class Work>
  void ForRuns(Index parameters, const Work& work);

  const Optimizer& optimizer_;
  ThreadPool* pool_;
  const Averaging* averaging_ = nullptr;
  std::vector<Part> parts_;
  std::vector<Run> runs_;
  Index wholes_ = 0;  // of the last update
  // Of optimisers that scale parameters: sums of squares of the wholes, and of
  // their directions.
  std::vector<double> squares_;
  std::vector<double> direction_squares_;
};

}  // namespace mtlkit
