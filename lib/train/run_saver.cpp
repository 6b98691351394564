#include "train/run_saver.h"

#include <atomic>
#include <chrono>
#include <utility>

#include "base/error.h"
#include "kernels/kernels.h"

namespace mtlkit {
namespace {

double SecondsNow() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

bool IsSet(const std::atomic<bool>* flag) {
  return flag != nullptr && flag->load(std::memory_order_relaxed);
}

}  // namespace

RunSaver::RunSaver(const TrainEnvironment& environment, const Json& settings,
                   const RunState& state)
    : environment_(environment),
      settings_(settings),
      state_(state),
      saved_at_(SecondsNow()) {}

bool RunSaver::Resume() {
  if (environment_.checkpoint.empty()) return false;
  std::vector<TraineeState*> states;
  for (Trainee& peer : *state_.peers) states.push_back(&peer.state());
  const bool resumed =
      ReadCheckpoint(environment_.checkpoint, settings_, state_.position,
                     states, state_.meeting->State());
  if (resumed) {
    state_.schedule->set_state(state_.position->schedule);
    state_.sampler->set_state(state_.position->sampler);
  }
  return resumed;
}

void RunSaver::BetweenBatches() {
  const bool stops = IsSet(environment_.stop) || IsSet(environment_.abandoned);
  if (!stops) return SaveIfDue();
  const std::string& path = environment_.checkpoint;
  if (!path.empty()) Save();
  Fail(ErrorKind::kStopped,
       Str("stopped in epoch ", state_.position->epoch + 1,
           path.empty() ? "" : Str(", the state is saved in ", path)),
       path.empty() ? "" : "run the same command again to go on");
}

void RunSaver::SaveIfDue() {
  const bool is_due = !environment_.checkpoint.empty() &&
                      SecondsNow() - saved_at_ >= environment_.checkpoint_every;
  if (is_due) Save();
}

void RunSaver::End() {
  if (environment_.saves_end && !environment_.checkpoint.empty()) Save();
}

// Keeps the last state that is sound: the step before may have spoilt the
// weights without a loss having shown it yet.
void RunSaver::Save() {
  for (Trainee& peer : *state_.peers) {
    const std::span<const Real> weights =
        std::as_const(peer.state().learner.params).weights.all();
    if (!ActiveKernels().finite(weights.data(),
                                static_cast<Index>(weights.size()))) {
      return;
    }
  }
  state_.position->schedule = state_.schedule->state();
  state_.position->sampler = state_.sampler->state();
  std::vector<const TraineeState*> states;
  for (Trainee& peer : *state_.peers) states.push_back(&peer.state());
  WriteCheckpoint(environment_.checkpoint, settings_, *state_.position, states,
                  state_.meeting->State());
  saved_at_ = SecondsNow();
}

}  // namespace mtlkit
