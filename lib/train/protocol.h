#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/choice.h"
#include "base/registry.h"
#include "base/view.h"
#include "data/task.h"

namespace mtlkit {

// What one peer makes of one task in a batch.
struct PeerTask {
  ConstMatView output;  // rows x output_cols: logits, or normalised values
  // Loss of each row times its weight; 0 where the row is not labelled.
  std::span<const Real> row_loss;
};

// What the peers make of one batch. All see the same rows.
struct PeerView {
  Index peers = 0;
  Index rows = 0;
  Index epoch = 0;  // from 0
  std::span<const Task> tasks;
  // Label weights of each task's rows, 0 where no label is; the same for all.
  std::span<const std::span<const Real>> weights;
  std::span<const PeerTask> seen;  // peers x tasks
  const PeerTask& At(Index peer, Index task) const {
    return seen[static_cast<std::size_t>(
        peer * static_cast<Index>(tasks.size()) + task)];
  }
};

// Soft targets for one peer and task, set by Teach.
struct Lesson {
  // rows x output_cols, as Head::SoftTargets makes them of outputs.
  MatView target;
  std::span<Real> weight;  // of each row; 0: nothing to learn from this row
  double factor = 0;       // of the mean over rows, beside the task's loss
};

// What a peer is to the other peers: parameters only, never layers.
struct PeerParams {
  std::span<Real> values;
  double rows = 0;  // rows that it learns from
};

// A way of training peers together, seen batch by batch. Every hook may be
// absent. Immutable but for scratch; one thread at a time.
//
// Lessons are constants: no gradient flows into the peer that gave them. An
// unlabelled row has weight 0 until Select or Teach gives it something.
class Protocol {
 public:
  virtual ~Protocol() = default;
  virtual bool selects() const { return false; }
  virtual bool teaches() const { return false; }
  virtual bool exchanges() const { return false; }

  // Called once before training: the largest batch.
  virtual void Prepare(Index peers, std::span<const Task> tasks, Index rows);

  // Sets the row weights of every peer: `weights[peer x tasks + task]` holds
  // the label weights on entry.
  virtual void Select(const PeerView& view,
                      std::span<const std::span<Real>> weights);
  // Sets the lessons of every peer: lessons[peer x tasks + task].
  virtual void Teach(const PeerView& view, std::span<Lesson> lessons);
  // After every epoch: may move parameters between peers.
  virtual void Exchange(Index epoch, std::span<const PeerParams> peers);
};

// A registered protocol (protocols.def): how several networks ("peers") that
// are trained together help one another.
struct ProtocolEntry : RegistryEntry<std::unique_ptr<Protocol>> {
  Index least_peers = 1;
};

std::span<const ProtocolEntry* const> ProtocolEntries();
// An unknown name or option, and too few peers, is kUsage.
std::unique_ptr<Protocol> MakeProtocol(const Choice& choice, Index peers,
                                       const std::string& where = "--method");

}  // namespace mtlkit
