#include "train/run_report.h"

#include <cmath>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace mtlkit {

std::string UselessText(const History& history) {
  const bool is_measured =
      history.best_epoch > 0 && history.selected_on.starts_with("valid loss");
  if (!is_measured || history.best < 1) return "";
  return "on the validation rows the model is no better than the best "
         "constants (their loss is 1): look for inputs far out of range "
         "(mtl-inspect; mtl-prep --transform 'COLUMNS=clip'), or learn with "
         "a lower --rate";
}

RunReport::RunReport(const TrainEnvironment& environment,
                     std::span<const Peer> models, std::span<Trainee> peers)
    : environment_(environment), models_(models), peers_(peers) {}

Reporter& RunReport::reporter() {
  return environment_.reporter != nullptr ? *environment_.reporter : silent_;
}

void RunReport::Begin(bool resumed, Index first_epoch, Index epochs,
                      const std::string& first_rows) {
  if (resumed) {
    reporter().Note(Str(environment_.notes_of, "goes on in epoch ",
                        first_epoch + 1, " from ", environment_.checkpoint));
  }
  Announce();
  if (!first_rows.empty()) {
    reporter().Note(
        Str("epoch ", first_epoch + 1, " has ", VisibleText(first_rows)));
  }
  const std::string& who = environment_.who;
  reporter().Begin(who.empty() ? "epoch" : who + " epoch", epochs);
}

void RunReport::Announce() {
  if (models_[0].inputs.keeps_last) return;
  for (const std::string& task : peers_[0].left_out()) {
    reporter().Warn(Str(task, "; it is left out of the validation measure"));
  }
  if (peers_[0].has_validation()) return;
  const bool no_rows = models_[0].inputs.valid_rows.empty();
  if (no_rows && !environment_.wants_validation) return;
  reporter().Note(
      Str(no_rows ? "no validation rows" : "nothing to choose the weights by",
          ": training runs to the last epoch, and its weights are kept"));
}

void RunReport::Advance(Index epoch) {
  reporter().Advance(epoch);
}

void RunReport::EndEpoch(Index epochs, double rows_per_second) {
  reporter().Advance(epochs);
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    ReportPeer(i);
    ReportStops(i, epochs);
  }
  reporter().Show("rows_per_second", rows_per_second,
                  Str(ShortRate(rows_per_second), " rows/s"));
  reporter().Commit();
}

std::string RunReport::NotesOf(std::size_t peer) const {
  return peers_.size() == 1 ? environment_.notes_of : Str("peer ", peer, ": ");
}

void RunReport::ReportStops(std::size_t i, Index epochs) {
  Trainee& peer = peers_[i];
  for (std::size_t t = 0; t < peer.tasks().size(); ++t) {
    if (peer.state().learner.stopped[t] != epochs) continue;
    reporter().Note(Str(NotesOf(i), "task '", peer.tasks()[t].name,
                        "' learns no more: its validation loss was lowest in "
                        "epoch ",
                        peer.state().task_epoch[t]));
  }
}

void RunReport::End(bool keeps_each) {
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    for (const std::string& text : peers_[i].UnusedExperts()) {
      reporter().Warn(
          Str(peers_.size() == 1 ? "" : Str("peer ", i, ": "), text));
    }
  }
  if (!keeps_each) return;
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    Trainee& peer = peers_[i];
    if (!peer.has_validation()) continue;
    std::string text;
    for (std::size_t t = 0; t < peer.tasks().size(); ++t) {
      const Index epoch = peer.state().task_epoch[t];
      text += Str(text.empty() ? "" : ", ", peer.tasks()[t].name, " ",
                  epoch > 0 ? Str(epoch) : "the last");
    }
    reporter().Note(Str(NotesOf(i), "kept each task's own best epoch: ", text));
  }
}

void RunReport::ReportPeer(std::size_t i) {
  Trainee& peer = peers_[i];
  const std::string prefix = peers_.size() == 1 ? "" : Str("peer", i, ".");
  if (peers_.size() == 1) {
    for (std::size_t t = 0; t < peer.tasks().size(); ++t) {
      const double loss = peer.epoch_losses()[t];
      if (!std::isnan(loss)) reporter().Measure(peer.tasks()[t].name, loss);
    }
  }
  if (!peer.has_validation()) return;
  reporter().Measure(prefix + "valid", peer.validation()->relative, true);
  if (peer.validator().has_metric()) {
    reporter().Measure(
        prefix + peer.validator().selected_on().substr(sizeof("valid")),
        peer.validation()->metric, true);
  }
  const TraineeState& state = peer.state();
  if (state.best_epoch > 0) {
    reporter().Show(prefix + "best", state.best_shown,
                    Str("(best ", ShortNumber(state.best_shown), " @ ",
                        state.best_epoch, ")"));
    reporter().Show(prefix + "best_epoch",
                    static_cast<double>(state.best_epoch));
  }
}

}  // namespace mtlkit
