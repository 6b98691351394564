// Peers that exist on paper only: what they say of one task in one batch is
// given, and what a protocol makes of it is looked at.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/choice.h"
#include "train/protocol.h"

namespace mtlkit {

inline Task TaskOfType(TaskType type, std::vector<std::string> classes) {
  Task task;
  task.name = "task";
  task.type = type;
  task.classes = std::move(classes);
  return task;
}

// Outputs and losses are one list a peer, row by row.
class PaperPeers {
 public:
  PaperPeers(const std::string& method, const Task& task,
             std::vector<std::vector<Real>> outputs, std::vector<Real> labels,
             std::vector<Real> weights)
      : labels_(std::move(labels)),
        weight(std::move(weights)),
        outputs(std::move(outputs)),
        tasks_{task} {
    const auto peers = this->outputs.size();
    rows_ = weight.size();
    first = this->outputs;
    losses.assign(peers, std::vector<Real>(rows_));
    last.assign(peers, {});
    for (std::size_t row = 0; row < rows_; ++row) {
      numbers_.push_back(static_cast<Index>(row));
      partners.push_back(static_cast<Index>(row));
    }
    protocol = MakeProtocol(ParseChoice(method, "--method"),
                            static_cast<Index>(peers));
    protocol->Prepare(static_cast<Index>(peers), tasks_,
                      static_cast<Index>(rows_));
    view.peers = static_cast<Index>(peers);
    view.rows = static_cast<Index>(rows_);
  }

  // Selects and teaches; `view` may be set before.
  void Meet() {
    const std::size_t peers = outputs.size();
    const Index cols = tasks_[0].output_cols();
    kept.assign(peers, weight);
    values.assign(peers, std::vector<Real>(outputs[0].size()));
    row_loss.assign(peers, std::vector<Real>(rows_));
    lesson_weight = row_loss;
    seen_.clear();
    lessons.assign(peers, {});
    std::vector<std::span<Real>> spans;
    const auto rows = static_cast<Index>(rows_);
    for (std::size_t k = 0; k < peers; ++k) {
      PeerTask& seen = seen_.emplace_back();
      seen.output = {outputs[k].data(), rows, cols};
      seen.first_output = {first[k].data(), rows, cols};
      seen.labels = {labels_.data(), rows, tasks_[0].target_cols()};
      seen.weight = weight;
      seen.row_loss = losses[k];
      seen.last_losses = last[k];
      spans.emplace_back(kept[k]);
      const MatView of_lesson = {values[k].data(), rows, cols};
      (protocol->gives_gradients() ? lessons[k].gradient : lessons[k].target) =
          of_lesson;
      lessons[k].row_loss = row_loss[k];
      lessons[k].weight = lesson_weight[k];
    }
    mixed_.assign(peers, {share, partners});
    view.row_numbers = numbers_;
    view.tasks = tasks_;
    view.seen = seen_;
    view.mixed = mixed_;
    if (protocol->selects()) protocol->Select(view, spans);
    if (protocol->teaches()) protocol->Teach(view, lessons);
  }

  double Value(std::size_t peer, std::size_t i) const {
    return static_cast<double>(values[peer][i]);
  }

 private:
  std::vector<Real> labels_;

 public:
  std::vector<Real> weight;
  std::vector<std::vector<Real>> outputs, first, losses, last;
  double share = 1;  // of a mixed row itself
  std::vector<Index> partners;
  std::unique_ptr<Protocol> protocol;
  PeerView view;
  // What became of it, one a peer: label weights, targets or gradients.
  std::vector<std::vector<Real>> kept, values, row_loss, lesson_weight;
  std::vector<Lesson> lessons;

 private:
  std::size_t rows_ = 0;
  std::vector<Task> tasks_;
  std::vector<Index> numbers_;
  std::vector<PeerTask> seen_;
  std::vector<RowMix> mixed_;
};

}  // namespace mtlkit
