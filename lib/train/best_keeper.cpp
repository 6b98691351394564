#include "train/best_keeper.h"

#include <cmath>

#include "base/error.h"

namespace mtlkit {

BestKeeper::BestKeeper(const Network& network, const TrainOptions& options,
                       const std::vector<bool>& frozen)
    : tasks_(network.task_count()),
      each_(options.keep_best == "each-task"),
      patience_(options.task_patience),
      own_parts_(network, frozen) {
  if (!each_) return;
  Require(own_parts_.shared().empty(), ErrorKind::kUsage,
          Str("--keep-best each-task: '", own_parts_.shared(),
              "' serves several tasks, and their best epochs may differ"),
          "use --arch single, or --freeze what they share");
  Require(options.select_on == "loss", ErrorKind::kUsage,
          Str("--select-on ", options.select_on,
              " chooses one epoch for all tasks, and --keep-best each-task one "
              "for each, by its loss"),
          "leave one of them out");
}

void BestKeeper::Start(TraineeState* state) const {
  state->task_epoch.assign(At(tasks_), 0);
  state->task_best.assign(At(tasks_), 0);
}

void BestKeeper::Observe(Index epoch, const ValidationResult& measured,
                         double shown, const Params& result,
                         TraineeState* state) const {
  if (each_ && state->best.weights.all().empty()) state->best = result;
  for (std::size_t t = 0; t < measured.relatives.size(); ++t) {
    const double loss = measured.relatives[t];
    const bool first = state->task_epoch[t] == 0;
    if (!std::isfinite(loss) || (!first && loss >= state->task_best[t])) {
      continue;
    }
    state->task_epoch[t] = epoch;
    state->task_best[t] = loss;
  }
  each_ ? KeepEach(epoch, measured, result, state)
        : KeepTogether(epoch, measured, shown, result, state);
  if (patience_ > 0) StopTasks(epoch, state);
}

void BestKeeper::KeepTogether(Index epoch, const ValidationResult& measured,
                              double shown, const Params& result,
                              TraineeState* state) const {
  const bool first = state->best_epoch == 0;
  if (!std::isfinite(measured.score) ||
      (!first && measured.score >= state->best_score)) {
    ++state->since_best;
    return;
  }
  state->best = result;
  state->best_epoch = epoch;
  state->best_score = measured.score;
  state->best_shown = shown;
  state->since_best = 0;
}

void BestKeeper::KeepEach(Index epoch, const ValidationResult& measured,
                          const Params& result, TraineeState* state) const {
  ++state->since_best;
  double sum = 0;
  double count = 0;
  for (Index task = 0; task < tasks_; ++task) {
    const std::size_t t = At(task);
    const bool is_measured = !std::isnan(measured.relatives[t]);
    if (state->task_epoch[t] == epoch || !is_measured) {
      own_parts_.Copy(task, result, &state->best);
    }
    if (state->task_epoch[t] == epoch) {
      state->best_epoch = epoch;
      state->since_best = 0;
    }
    if (state->task_epoch[t] == 0) continue;
    sum += state->task_best[t];
    ++count;
  }
  if (count == 0) return;
  state->best_score = sum / count;
  state->best_shown = state->best_score;
}

void BestKeeper::StopTasks(Index epoch, TraineeState* state) const {
  std::vector<Index>& stopped = state->learner.stopped;
  for (std::size_t t = 0; t < stopped.size(); ++t) {
    const bool is_measured = state->task_epoch[t] > 0;
    if (!is_measured || stopped[t] > 0) continue;
    if (epoch - state->task_epoch[t] >= patience_) stopped[t] = epoch;
  }
}

bool BestKeeper::HasStopped(const TraineeState& state) const {
  bool any = false;
  for (std::size_t t = 0; t < state.task_epoch.size(); ++t) {
    const bool has_stopped = state.learner.stopped[t] > 0;
    if (state.task_epoch[t] > 0 && !has_stopped) return false;
    any = any || has_stopped;
  }
  return any;
}

}  // namespace mtlkit
