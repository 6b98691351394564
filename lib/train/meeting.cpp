#include "train/meeting.h"

namespace mtlkit {

Meeting::Meeting(Protocol* protocol, std::vector<Trainee>* peers)
    : protocol_(protocol), peers_(peers), tasks_((*peers)[0].tasks()) {
  const std::size_t count = peers->size() * tasks_.size();
  seen_.resize(count);
  weights_.resize(count);
  label_weights_.resize(tasks_.size());
  lessons_.resize(count);
}

void Meeting::Run(Index epoch) {
  if (!protocol_->selects() && !protocol_->teaches()) return;
  const PeerView view = View(epoch);
  if (protocol_->selects()) Select(view);
  if (protocol_->teaches()) Teach(view);
}

void Meeting::Exchange(Index epoch) {
  if (!protocol_->exchanges()) return;
  std::vector<PeerParams> params;
  for (Trainee& peer : *peers_) {
    params.push_back({peer.state().learner.params.weights.all(),
                      static_cast<double>(peer.train_rows().size())});
  }
  protocol_->Exchange(epoch, params);
}

PeerView Meeting::View(Index epoch) {
  std::size_t place = 0;
  for (Trainee& peer : *peers_) {
    for (std::size_t task = 0; task < tasks_.size(); ++task) {
      seen_[place++] = peer.learner().Seen(static_cast<Index>(task));
    }
  }
  const Batch& batch = (*peers_)[0].batch();
  for (std::size_t task = 0; task < tasks_.size(); ++task) {
    label_weights_[task] = batch.targets[task].weight;
  }
  PeerView view;
  view.peers = static_cast<Index>(peers_->size());
  view.rows = batch.rows;
  view.epoch = epoch;
  view.tasks = tasks_;
  view.weights = label_weights_;
  view.seen = seen_;
  return view;
}

void Meeting::Select(const PeerView& view) {
  std::size_t place = 0;
  for (Trainee& peer : *peers_) {
    for (std::size_t task = 0; task < tasks_.size(); ++task) {
      weights_[place++] = peer.learner().Weights(static_cast<Index>(task));
    }
  }
  protocol_->Select(view, weights_);
}

void Meeting::Teach(const PeerView& view) {
  const std::size_t tasks = tasks_.size();
  for (std::size_t i = 0; i < lessons_.size(); ++i) {
    lessons_[i] = Learn(i / tasks).lesson(static_cast<Index>(i % tasks));
  }
  protocol_->Teach(view, lessons_);
  for (std::size_t i = 0; i < lessons_.size(); ++i) {
    Learn(i / tasks).lesson(static_cast<Index>(i % tasks)).factor =
        lessons_[i].factor;
  }
}

}  // namespace mtlkit
