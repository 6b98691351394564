// Peers that exist on paper only, for tests of protocols.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/rng.h"
#include "contract/option_texts.h"
#include "data/head.h"
#include "train/protocol.h"

namespace mtlkit {

inline constexpr Index kPeers = 2;
inline constexpr Index kRows = 6;

inline std::size_t Size(Index i) {
  return static_cast<std::size_t>(i);
}

// Every protocol with every option, as --method has it.
inline std::vector<Choice> AllProtocols() {
  std::vector<Choice> all;
  for (const ProtocolEntry* entry : ProtocolEntries()) {
    for (Choice choice : OptionTexts(entry->describe)) {
      choice.name = entry->name;
      all.push_back(choice);
    }
  }
  return all;
}

inline const ProtocolEntry& ProtocolOf(const Choice& choice) {
  return FindEntry(ProtocolEntries(), "protocol", choice.name);
}

inline Index PeersOf(const Choice& choice) {
  return std::max(kPeers, ProtocolOf(choice).least_peers);
}

inline std::vector<Task> TasksOfAllTypes() {
  std::vector<Task> tasks(4);
  tasks[0].name = "value";
  tasks[0].width = 2;
  tasks[1].name = "sign";
  tasks[1].type = TaskType::kBinary;
  tasks[1].classes = {"no", "yes"};
  tasks[2].name = "kind";
  tasks[2].type = TaskType::kMulticlass;
  tasks[2].classes = {"a", "b", "c"};
  tasks[3].name = "tags";
  tasks[3].type = TaskType::kMultilabel;
  tasks[3].classes = {"x", "y"};
  return tasks;
}

// One batch of peers that exist on paper only: random outputs, losses and
// label weights, some 0. Row numbers are those of a dataset of 40 rows.
struct Scene {
  explicit Scene(const Choice& choice)
      : tasks(TasksOfAllTypes()),
        peers(PeersOf(choice)),
        protocol(MakeProtocol(choice, peers)) {
    for (Index i = 0; i < kRows; ++i) numbers.push_back(3 + 5 * i);
    const std::size_t count = Size(peers) * tasks.size();
    for (std::size_t place = 0; place < count; ++place) {
      const auto task = static_cast<Index>(place % tasks.size());
      const Index cols = tasks[Size(task)].output_cols();
      const auto number = static_cast<Index>(place);
      for (Index i = 0; i < kRows * cols; ++i) {
        outputs[place].push_back(static_cast<Real>(rng.Normal(number, i)));
      }
      for (Index i = 0; i < kRows; ++i) {
        // Labels are the same for all peers.
        const bool labelled = (i + task) % 3 != 0;
        weights[place].push_back(labelled ? Real(0.5) * Real(1 + i % 2) : 0);
        losses[place].push_back(
            weights[place].back() *
            static_cast<Real>(rng.Uniform(number, 100 + i)));
      }
      for (Index i = 0; i < kRows * cols; ++i) {
        first[place].push_back(
            static_cast<Real>(12 * rng.Normal(number, 300 + i)));
      }
      for (Index i = 0; i < 2 * kRows * cols; ++i) {
        members[place].push_back(
            static_cast<Real>(rng.Normal(number, 500 + i)));
      }
      const Task& of_task = tasks[Size(task)];
      for (Index i = 0; i < kRows * of_task.target_cols(); ++i) {
        // The same for all peers.
        const double label = 2 * rng.Uniform(task, 400 + i);
        labels[place].push_back(static_cast<Real>(
            of_task.traits().has_classes ? std::floor(label) : label));
      }
      for (Index i = 0; i < 40; ++i) {
        last[place].push_back(static_cast<Real>(rng.Uniform(number, 200 + i)));
      }
    }
    protocol->Prepare(peers, tasks, kRows);
    for (Index i = 0; i < kRows; ++i) partners.push_back((i + 2) % kRows);
    mixed.assign(Size(peers), {0.75, partners});
    const std::size_t size = 7;
    params.assign(Size(peers), std::vector<Real>(2 * size, Real{1}));
    std::vector<PeerParams> spans;
    for (auto& numbers_of_peer : params) {
      spans.push_back({{numbers_of_peer.data(), size},
                       {numbers_of_peer.data() + size, size},
                       10});
    }
    protocol->Begin(spans);
  }

  // Selects and teaches once; a task in `absent` is missing in peer 1.
  void Meet(Index epoch = 3) {
    PeerView view;
    view.peers = peers;
    view.rows = kRows;
    view.epoch = epoch;
    view.progress = static_cast<double>(epoch);
    view.row_numbers = numbers;
    view.tasks = tasks;
    seen.clear();
    lessons.clear();
    std::vector<std::span<Real>> spans;
    for (std::size_t place = 0; place < outputs_size(); ++place) {
      const std::size_t task = place % tasks.size();
      const Index cols = tasks[task].output_cols();
      const bool has = absent < 0 || place != tasks.size() + Size(absent);
      selected[place] = weights[place];
      targets[place].assign(Size(kRows * cols), 0);
      row_loss[place].assign(Size(kRows), 0);
      lesson_weight[place].assign(Size(kRows), 0);
      seen.emplace_back();
      lessons.emplace_back();
      spans.emplace_back();
      if (!has) continue;
      seen.back() = {{outputs[place].data(), kRows, cols},
                     losses[place],
                     weights[place],
                     {}};
      seen.back().labels = {labels[place].data(), kRows,
                            tasks[task].target_cols()};
      if (protocol->LooksTwice(epoch)) {
        seen.back().first_output = {first[place].data(), kRows, cols};
      }
      if (protocol->teaches_members()) {
        seen.back().member_output = {members[place].data(), 2 * kRows, cols};
      }
      if (protocol->remembers_losses()) seen.back().last_losses = last[place];
      const MatView values = {targets[place].data(), kRows, cols};
      (protocol->gives_gradients() ? lessons.back().gradient
                                   : lessons.back().target) = values;
      lessons.back().row_loss = row_loss[place];
      lessons.back().weight = lesson_weight[place];
      spans.back() = selected[place];
    }
    view.seen = seen;
    view.mixed = mixed;
    if (protocol->selects()) protocol->Select(view, spans);
    if (protocol->teaches()) protocol->Teach(view, lessons);
  }

  std::size_t outputs_size() const { return Size(peers) * tasks.size(); }

  // Of a given lesson: the sum of its row losses, by the protocol or the loss.
  double LessonSum(std::size_t place) const {
    double sum = 0;
    for (const Real loss : row_loss[place]) sum += static_cast<double>(loss);
    return sum;
  }

  static constexpr std::size_t kMost = 16;
  Rng rng{5, RandomPurpose::kTest};
  std::vector<Task> tasks;
  Index peers;
  std::unique_ptr<Protocol> protocol;
  std::vector<Index> numbers;
  Index absent = -1;
  std::vector<Real> outputs[kMost], losses[kMost], weights[kMost], last[kMost];
  std::vector<Real> first[kMost], labels[kMost], members[kMost];
  std::vector<Index> partners;
  std::vector<RowMix> mixed;
  std::vector<Real> selected[kMost], targets[kMost], row_loss[kMost];
  std::vector<Real> lesson_weight[kMost];
  std::vector<std::vector<Real>> params;
  std::vector<PeerTask> seen;
  std::vector<Lesson> lessons;
};

}  // namespace mtlkit
