#include "train/meeting.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"

namespace mtlkit {
namespace {

constexpr Real kNone = std::numeric_limits<Real>::quiet_NaN();

}  // namespace

Meeting::Meeting(Protocol* protocol, std::vector<Trainee>* peers, Index rows,
                 Index capacity)
    : protocol_(protocol), peers_(peers) {
  FindTasks();
  const std::size_t count = peers->size() * tasks_.size();
  seen_.resize(count);
  weights_.resize(count);
  lessons_.resize(count);
  const std::optional<SecondLook> look = protocol->second_look();
  if (look && look->mixup > 0) mixed_.resize(peers->size());
  if (protocol->remembers_losses()) {
    losses_.assign(count, std::vector<Real>(At(rows), kNone));
    last_losses_ = losses_;
  }
  protocol->Prepare(static_cast<Index>(peers->size()), tasks_, capacity);
  for (Trainee& peer : *peers) {
    Params& params = peer.state().learner.params;
    params_.push_back({params.weights.all(), params.buffers.all(),
                       static_cast<double>(peer.train_rows().size())});
  }
  protocol->Begin(params_);
}

// A task is the same where its name is; then its outputs must be.
void Meeting::FindTasks() {
  for (const Trainee& peer : *peers_) {
    for (const Task& task : peer.tasks()) {
      const Index known = FindTask(tasks_, task.name);
      if (known < 0) {
        tasks_.push_back(task);
        continue;
      }
      Require(IsSameKind(tasks_[At(known)], task) &&
                  tasks_[At(known)].classes == task.classes,
              ErrorKind::kUsage,
              Str("task '", task.name, "' is not the same for all peers"));
    }
  }
  for (const Trainee& peer : *peers_) {
    for (const Task& task : tasks_) {
      Index number = -1;
      for (std::size_t i = 0; i < peer.tasks().size(); ++i) {
        if (peer.tasks()[i].name == task.name) number = static_cast<Index>(i);
      }
      numbers_.push_back(number);
    }
  }
}

void Meeting::Meet(std::span<const Index> rows, Index step, Index epoch,
                   double progress) {
  if (!protocol_->selects() && !protocol_->teaches()) return;
  Show();
  if (protocol_->remembers_losses()) Remember(rows);
  PeerView view;
  view.peers = static_cast<Index>(peers_->size());
  view.rows = static_cast<Index>(rows.size());
  view.step = step;
  view.epoch = epoch;
  view.progress = progress;
  view.row_numbers = rows;
  view.tasks = tasks_;
  view.seen = seen_;
  view.mixed = mixed_;
  if (protocol_->selects()) Select(view);
  if (protocol_->teaches()) Teach(view);
}

void Meeting::Show() {
  for (std::size_t peer = 0; peer < peers_->size(); ++peer) {
    Trainee& trainee = (*peers_)[peer];
    if (!mixed_.empty()) mixed_[peer] = trainee.mixed();
    for (std::size_t task = 0; task < tasks_.size(); ++task) {
      const std::size_t place = Place(peer, task);
      const Index number = numbers_[place];
      if (number < 0) continue;
      seen_[place] = trainee.learner().Seen(number);
      const TargetBatch& labels = trainee.batch().targets[At(number)];
      seen_[place].weight = labels.weight;
      seen_[place].labels = labels.target;
      if (!last_losses_.empty()) {
        seen_[place].last_losses = last_losses_[place];
      }
    }
  }
}

void Meeting::Remember(std::span<const Index> rows) {
  for (std::size_t place = 0; place < seen_.size(); ++place) {
    const PeerTask& seen = seen_[place];
    if (!seen.exists()) continue;
    const std::span<const Real> losses =
        (*peers_)[place / tasks_.size()].learner().FirstRowLoss(
            numbers_[place]);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (seen.weight[i] <= 0) continue;
      losses_[place][At(rows[i])] = losses[i] / seen.weight[i];
    }
  }
}

void Meeting::Select(const PeerView& view) {
  for (std::size_t place = 0; place < weights_.size(); ++place) {
    const Index number = numbers_[place];
    if (number < 0) continue;
    weights_[place] =
        (*peers_)[place / tasks_.size()].learner().Weights(number);
  }
  protocol_->Select(view, weights_);
}

void Meeting::Teach(const PeerView& view) {
  for (std::size_t place = 0; place < lessons_.size(); ++place) {
    const Index number = numbers_[place];
    if (number < 0) continue;
    lessons_[place] = (*peers_)[place / tasks_.size()].learner().lesson(number);
  }
  protocol_->Teach(view, lessons_);
  for (std::size_t place = 0; place < lessons_.size(); ++place) {
    const Index number = numbers_[place];
    if (number < 0) continue;
    (*peers_)[place / tasks_.size()].learner().lesson(number).factor =
        lessons_[place].factor;
  }
}

void Meeting::Exchange(const Moment& moment) {
  if (protocol_->exchanges()) protocol_->Exchange(moment, params_);
}

void Meeting::EndEpoch() {
  std::swap(losses_, last_losses_);
  for (std::vector<Real>& losses : losses_) {
    std::fill(losses.begin(), losses.end(), kNone);
  }
}

std::vector<ProtocolState> Meeting::State() {
  std::vector<ProtocolState> state = protocol_->State();
  for (std::size_t place = 0; place < losses_.size(); ++place) {
    state.push_back({Str("losses/", place), losses_[place]});
    state.push_back({Str("last_losses/", place), last_losses_[place]});
  }
  return state;
}

}  // namespace mtlkit
